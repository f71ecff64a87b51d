//! `POST /threads/{id}/suggest`: the office's model drafts the next message of a conversation. It is shown to whoever
//! asked, by the live stream, and sent by nobody.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use domain::{
    command::{Command, Request},
    id::ConversationId,
    staff::Permission,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::ask::{Place, operator, submit};
use crate::{api::field::key, error::Problem, staff::Principal, state::Gateway};

/// A draft that is being written.
#[derive(Serialize, ToSchema)]
pub(crate) struct DraftAsked {
    /// The `ref` of the `response` frame that brings the draft.
    request_id: String,
}

/// Suggest a reply
///
/// The draft comes as a `response` frame of the live stream, to nobody but you. Nothing is sent. Repeat it with the same
/// `Idempotency-Key` and it is the same request.
#[utoipa::path(
    post,
    path = "/threads/{id}/suggest",
    tag = "threads",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header, max_length = 64)),
    responses(
        (status = 202, description = "The draft is being written.", body = DraftAsked),
        (status = 403, description = "`forbidden`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`id_used`", body = Problem),
        (status = 422, description = "`invalid_key`", body = Problem),
        (status = 429, description = "`too_many_commands`", body = Problem),
    )
)]
pub(crate) async fn suggest(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<DraftAsked>), Problem> {
    principal.require(Permission::ThreadReply)?;
    let conversation = ConversationId(id);
    if store::conversation::get(&mut gateway.store.reader(), &conversation).await?.is_none() {
        return Err(Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such thread"));
    }
    let request_id = key(&headers)?.unwrap_or_else(|| gateway.ids.uuid());
    let command = Command {
        id: request_id.clone(),
        by: operator(&principal, Place::default()),
        request: Request::Draft { conversation: conversation.clone() },
        about: Some(conversation),
        at: gateway.now(),
    };
    submit(&gateway, command).await?;
    Ok((StatusCode::ACCEPTED, Json(DraftAsked { request_id })))
}
