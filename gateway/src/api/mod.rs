//! What staff and other programs do over HTTP, under `/api/comms`: one resource a file, with its routes, its wire types
//! and its handlers. Everything here is behind the door (`staff/entrance.rs`); nothing here holds SQL.

pub(crate) mod approvals;
pub(crate) mod field;
pub(crate) mod invoices;
pub(crate) mod jobs;
pub(crate) mod me;
pub(crate) mod media;
pub(crate) mod page;
pub(crate) mod templates;
pub(crate) mod threads;
pub(crate) mod uploads;
pub(crate) mod users;

use axum::{extract::State, http::Uri};
use domain::clock::Millis;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::Problem,
    staff::{Principal, ticket},
    state::Gateway,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Plumbline",
        description = "Conversations of a plumbing firm: threads, people, approvals, jobs and invoices. Errors are \
                       `application/problem+json` (RFC 9457) with a stable `code`. Times are RFC 3339 in UTC, money is \
                       integer cents, ids are strings. Lists take `limit` and `cursor`.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem)),
    security(("bearer" = []), ("session" = [])),
    modifiers(&Proofs)
)]
struct Document;

/// How a caller proves who they are.
struct Proofs;

impl Modify for Proofs {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_with(Default::default);
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.bearer_format = Some("JWT".to_owned());
        bearer.description =
            Some("`plumbline token` mints one; so does a configured identity provider".to_owned());
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            "__Host-plumbline",
            "a browser that logged in at /console/login",
        ));
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    }
}

/// Every route of the API. A resource is merged here, with paths below `/api/comms`.
pub(crate) fn routes() -> OpenApiRouter<Gateway> {
    let comms = OpenApiRouter::new()
        .merge(approvals::router())
        .merge(invoices::router())
        .merge(jobs::router())
        .merge(me::router())
        .merge(media::router())
        .merge(templates::router())
        .merge(threads::router())
        .merge(uploads::router())
        .merge(users::router());
    let live = OpenApiRouter::new().routes(routes!(ticket::issue));
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/comms", comms).nest("/api/live", live)
}

/// The OpenAPI 3.1 document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    routes().split_for_parts().1
}

/// What is not there is not told to strangers either. A webhook that is not configured has no door.
pub(crate) async fn nowhere(
    State(gateway): State<Gateway>,
    uri: Uri,
    principal: Result<Principal, Problem>,
) -> Problem {
    let _ = &gateway;
    match principal {
        Err(problem) if !uri.path().starts_with("/api/comms/webhooks/") => problem,
        _ => crate::guard::nothing_at(&uri),
    }
}

/// A time as it stands in every answer: RFC 3339, UTC, milliseconds.
pub(crate) fn at(time: Millis) -> String {
    format!("{:.3}", time.timestamp())
}
