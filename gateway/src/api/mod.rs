//! What staff and other programs do over HTTP, under `/api/comms`: one resource a file, with its routes, its wire types
//! and its handlers. Everything here is behind the door (`staff/entrance.rs`); nothing here holds SQL.

pub(crate) mod approvals;
mod audit;
pub(crate) mod calls;
mod channels;
pub(crate) mod contacts;
pub(crate) mod customers;
mod document;
pub(crate) mod erased;
pub(crate) mod field;
mod hold;
pub(crate) mod invoices;
pub(crate) mod jobs;
pub(crate) mod me;
pub(crate) mod media;
pub(crate) mod notes;
pub(crate) mod page;
pub(crate) mod provider;
mod queue;
mod report;
mod rights;
pub(crate) mod settings;
pub(crate) mod tasks;
pub(crate) mod templates;
pub(crate) mod threads;
pub(crate) mod uploads;
pub(crate) mod users;

use axum::http::Uri;
use domain::clock::Millis;
use utoipa::OpenApi as _;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::Problem,
    live,
    staff::{Principal, ticket},
    state::Gateway,
};

/// Every route of the API. A resource is merged here, with paths below `/api/comms`.
pub(crate) fn routes() -> OpenApiRouter<Gateway> {
    let comms = OpenApiRouter::new()
        .merge(approvals::router())
        .merge(audit::router())
        .merge(calls::router())
        .merge(channels::router())
        .merge(invoices::router())
        .merge(jobs::router())
        .merge(contacts::router())
        .merge(customers::router())
        .merge(hold::router())
        .merge(notes::router())
        .merge(tasks::router())
        .merge(me::router())
        .merge(media::router())
        .merge(provider::router())
        .merge(queue::router())
        .merge(report::router())
        .merge(rights::router())
        .merge(settings::router())
        .merge(templates::router())
        .merge(threads::router())
        .merge(uploads::router())
        .merge(users::router());
    let comms = comms.merge(live::comms());
    let live = live::router().routes(routes!(ticket::issue));
    let mut all = OpenApiRouter::with_openapi(document::Document::openapi())
        .nest("/api/comms", comms)
        .nest("/api/live", live);
    document::name_operations(all.get_openapi_mut());
    document::say_how_all_refuse(all.get_openapi_mut());
    all
}

/// The OpenAPI 3.1 document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    routes().split_for_parts().1
}

/// What is not there is not told to strangers either. A webhook that is not configured has no door.
pub(crate) async fn nowhere(uri: Uri, principal: Result<Principal, Problem>) -> Problem {
    match principal {
        Err(problem) if !uri.path().starts_with("/api/comms/webhooks/") => problem,
        _ => crate::guard::nothing_at(&uri),
    }
}

/// A time as it stands in every answer: RFC 3339, UTC, milliseconds.
pub(crate) fn at(time: Millis) -> String {
    format!("{:.3}", time.timestamp())
}
