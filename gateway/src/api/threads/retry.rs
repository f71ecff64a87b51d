//! Sends a message that failed once more: new rows of the outbox under keys of their own, never the old one again.

use axum::{Json, extract::State, http::StatusCode};
use domain::{id::MessageId, staff::Permission};
use serde_json::json;
use store::{delivered, event};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    refusal::{self, Refusal},
    send,
    view::MessageView,
};
use crate::{
    api::field::{Id, nothing},
    error::Problem,
    staff::Principal,
    state::Gateway,
};

pub(super) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(post))
}

/// Send a message that failed once more
#[utoipa::path(
    post,
    path = "/messages/{id}/retry",
    tag = "threads",
    params(("id" = String, Path)),
    responses(
        (status = 201, body = MessageView),
        (status = 403, description = "`forbidden`: needs `thread.reply`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`not_failed`, `window_closed`", body = Problem),
    )
)]
async fn post(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<MessageId>,
) -> Result<(StatusCode, Json<MessageView>), Problem> {
    principal.require(Permission::ThreadReply)?;
    let mut tx = gateway.store.reader();
    let message =
        store::message::get(&mut tx, &id).await?.ok_or_else(|| nothing("there is no such message"))?;
    let thread = super::find(&mut tx, &message.conversation).await?;
    let failed = delivered::failed(&mut tx, &id).await?;
    let now = gateway.now();
    if failed.iter().any(|piece| send::is_shut(&piece.content, &thread, now)) {
        return Err(Refusal::WindowClosed.into());
    }
    let (ids, again) = (gateway.ids.clone(), id.clone());
    let queued = gateway.store.write(move |tx| {
        Box::pin(async move {
            let queued = delivered::retry(tx, &ids, &again, now).await?;
            if queued > 0 {
                let body = json!({ "message": again });
                event::put(tx, "status", Some(&message.conversation), &body, now).await?;
                refusal::note(tx, &principal, "sent_again", again.as_str(), now).await?;
            }
            Ok(queued)
        })
    });
    if queued.await? == 0 {
        return Err(Refusal::NotFailed.into());
    }
    gateway.waker.wake();
    Ok((StatusCode::CREATED, Json(send::shown(&gateway, &id).await?)))
}
