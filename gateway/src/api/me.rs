//! Oneself: who one is here, what one may, where one is logged in, and leaving.

use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{firm::Firm, staff::Permission};
use serde::Serialize;
use store::{session::Session, ticket};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::at;
use crate::{
    error::Problem,
    staff::{Principal, Via, login::note, session},
    state::Gateway,
};

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(sessions))
        .routes(routes!(end_session))
        .routes(routes!(logout))
}

/// Who asks, and what they may do.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    id: String,
    name: String,
    /// `owner`, `admin`, `dispatcher`, `staff` or `auditor`.
    role: &'static str,
    /// Verbs, such as `thread.reply`.
    permissions: Vec<&'static str>,
    /// The same person where they write to the agents.
    contact_id: Option<String>,
    /// `session` or `token`.
    via: &'static str,
    /// When the session or the token ends.
    expires_at: String,
    /// The firm's, by its IANA name: its days begin there.
    time_zone: Option<String>,
    /// ISO 4217, of all prices.
    currency: String,
}

impl Me {
    pub(crate) fn of(principal: &Principal, firm: &Firm) -> Self {
        Self {
            id: principal.user.0.clone(),
            name: principal.name.clone(),
            role: principal.role.as_str(),
            permissions: principal.role.permissions().into_iter().map(Permission::as_str).collect(),
            contact_id: principal.contact.as_ref().map(|contact| contact.0.clone()),
            via: match principal.via {
                Via::Session(_) => "session",
                Via::Token(_) => "token",
            },
            expires_at: at(principal.ends),
            time_zone: firm.time_zone.iana_name().map(ToOwned::to_owned),
            currency: firm.currency.clone(),
        }
    }
}

/// Who I am and what I may do
#[utoipa::path(
    get,
    path = "/me",
    tag = "me",
    responses((status = 200, body = Me), (status = 401, description = "`unauthorized`", body = Problem))
)]
async fn me(State(gateway): State<Gateway>, principal: Principal) -> Json<Me> {
    Json(Me::of(&principal, &gateway.firm))
}

/// A browser that is logged in.
#[derive(Serialize, ToSchema)]
struct SessionView {
    id: String,
    /// As the browser calls itself.
    browser: String,
    created_at: String,
    seen_at: String,
    expires_at: String,
    /// Whether this request came by it.
    current: bool,
}

#[derive(Serialize, ToSchema)]
struct Sessions {
    items: Vec<SessionView>,
}

/// Where I am logged in
#[utoipa::path(
    get,
    path = "/me/sessions",
    tag = "me",
    responses((status = 200, body = Sessions), (status = 401, description = "`unauthorized`", body = Problem))
)]
async fn sessions(State(gateway): State<Gateway>, principal: Principal) -> Result<Json<Sessions>, Problem> {
    let now = gateway.now();
    let idle_since = session::idle_since(&gateway, now);
    let open = store::session::list(&mut gateway.store.reader(), &principal.user, idle_since, now).await?;
    let view = |session: Session| SessionView {
        current: principal.via == Via::Session(session.id.clone()),
        created_at: at(session.created),
        seen_at: at(session.seen),
        expires_at: at(session.ends),
        id: session.id,
        browser: session.browser,
    };
    Ok(Json(Sessions { items: open.into_iter().map(view).collect() }))
}

/// End one of my sessions
///
/// Its open sockets are closed.
#[utoipa::path(
    delete,
    path = "/me/sessions/{id}",
    tag = "me",
    params(("id" = String, Path)),
    responses(
        (status = 204),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn end_session(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    if end(&gateway, principal, id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::new(StatusCode::NOT_FOUND, "not_found", "you have no such session"))
}

async fn end(gateway: &Gateway, principal: Principal, id: String) -> Result<bool, Problem> {
    let now = gateway.now();
    let ended = gateway.store.write(move |tx| {
        Box::pin(async move {
            let ended = store::session::close(tx, &principal.user, &id, now).await?;
            if ended {
                note(tx, &principal, "logout", id, now).await?;
            }
            Ok(ended)
        })
    });
    Ok(ended.await?)
}

/// Log out
///
/// Ends the session or gives the bearer token back; open sockets that it opened are closed.
#[utoipa::path(
    post,
    path = "/logout",
    tag = "me",
    responses((status = 204), (status = 401, description = "`unauthorized`", body = Problem))
)]
async fn logout(State(gateway): State<Gateway>, principal: Principal) -> Result<Response, Problem> {
    match principal.via.clone() {
        Via::Session(id) => {
            end(&gateway, principal, id).await?;
        }
        Via::Token(hash) => {
            let (now, ends) = (gateway.now(), principal.ends);
            let revoked = gateway.store.write(move |tx| {
                Box::pin(async move {
                    ticket::revoke(tx, &principal.user, &hash, ends, now).await?;
                    note(tx, &principal, "logout", principal.user.0.clone(), now).await
                })
            });
            revoked.await?;
        }
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, session::clear())]).into_response())
}
