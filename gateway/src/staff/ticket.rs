//! `POST /api/live/ticket`: what a page shows in the first frame of its live stream. Good once, for a minute: a socket
//! cannot carry a header, and an address would land in logs.

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use store::ticket::{Purpose, Ticket};
use utoipa::ToSchema;

use super::principal::{Principal, Via};
use crate::{error::Problem, state::Gateway};

/// How long a ticket is good.
const SECONDS: u64 = 60;

/// A ticket for the live stream.
#[derive(Serialize, ToSchema)]
pub(crate) struct LiveTicket {
    /// Good for one use.
    ticket: String,
    /// RFC 3339, UTC.
    expires_at: String,
}

/// Ask for a ticket for the live stream
#[utoipa::path(
    post,
    path = "/ticket",
    tag = "live",
    responses(
        (status = 201, description = "Good once, for a minute.", body = LiveTicket),
        (status = 403, description = "`cross_site`", body = Problem),
    )
)]
pub(crate) async fn issue(
    State(gateway): State<Gateway>,
    principal: Principal,
) -> Result<(StatusCode, Json<LiveTicket>), Problem> {
    let now = gateway.now();
    let expires = now.plus(std::time::Duration::from_secs(SECONDS));
    let secret = gateway.ids.token();
    let (session, token) = match &principal.via {
        Via::Session(id) => (Some(id.clone()), None),
        Via::Token(hash) => (None, Some(hash.clone())),
    };
    let ticket = Ticket {
        purpose: Purpose::Live,
        user: principal.user,
        role: principal.role,
        version: principal.version,
        session,
        token,
        ends: principal.ends,
        expires,
    };
    let kept = secret.clone();
    gateway
        .store
        .write(move |tx| Box::pin(async move { store::ticket::put(tx, &kept, &ticket, now).await }))
        .await?;
    let expires_at = crate::api::at(expires);
    Ok((StatusCode::CREATED, Json(LiveTicket { ticket: secret, expires_at })))
}
