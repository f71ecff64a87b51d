//! `send_message` frames: what staff say to a person, or note for each other. The same pieces as the REST
//! routes', a message under the same key: one that was sent both ways is sent once.

use domain::{
    id::UploadId,
    message::{Media, MediaKind, MediaSource},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    act::{Actor, Answers, conversation, refusal, response, unfit},
    frame::{Incoming, Mode, Trouble},
};
use crate::{
    api::{
        notes::{self, NoteBody},
        threads::send::{SendBody, TemplateBody, send},
    },
    error::Problem,
    staff::Principal,
    state::Gateway,
};

#[derive(Debug, Deserialize)]
struct Message {
    #[serde(default)]
    mode: Option<Mode>,
    client_msg_id: Option<String>,
    text: Option<String>,
    #[serde(default)]
    buttons: Vec<String>,
    template: Option<TemplateBody>,
    upload_id: Option<String>,
    caption: Option<String>,
    reply_to: Option<String>,
    expect_owner_version: Option<i64>,
}

pub(crate) async fn submit(
    gateway: &Gateway,
    actor: &Actor,
    incoming: &Incoming,
) -> Result<Answers, Trouble> {
    let of = incoming.id.as_deref().ok_or_else(|| unfit("send_message needs an id".to_owned()))?;
    let conversation = conversation(incoming)?;
    let message: Message = incoming.data().map_err(unfit)?;
    let principal = actor.principal();
    if let Err(early) = gateway.live.sends.check_key(&principal.user.0) {
        let wait = early.wait_time_from(governor::clock::Clock::now(gateway.live.sends.clock()));
        let error = json!({
            "code": "rate_limited", "message": "too many messages at once: slow down", "retryable": true,
            "retry_after_ms": u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        });
        return Ok(vec![response(gateway, of, &json!({ "status": "error", "error": error }))]);
    }
    if message.mode == Some(Mode::Note) {
        let body = NoteBody { text: message.text.unwrap_or_default() };
        return Ok(match notes::write(gateway, &principal, &conversation, body).await {
            Ok(note) => vec![response(gateway, of, &json!({ "status": "success", "note": note }))],
            Err(problem) => vec![refusal(gateway, of, &problem)],
        });
    }
    let body = SendBody {
        text: message.text,
        buttons: message.buttons,
        template: message.template,
        upload_id: message.upload_id,
        caption: message.caption,
        reply_to: message.reply_to,
        client_msg_id: Some(message.client_msg_id.unwrap_or_else(|| of.to_owned())),
        expect_owner_version: message.expect_owner_version,
    };
    Ok(match send(gateway, &principal, &conversation, body).await {
        Ok(sent) => {
            let data = json!({
                "status": "success", "message_id": sent.message.id, "repeat": sent.repeat, "said": sent.message,
            });
            vec![response(gateway, of, &json!({ "status": "processing" })), response(gateway, of, &data)]
        }
        Err(problem) => vec![refusal(gateway, of, &problem)],
    })
}

/// The recording that a user uploaded, and from now on the command's.
///
/// # Errors
/// 404 `not_found` for none of theirs, 422 `not_a_recording`.
pub(crate) async fn recording(
    gateway: &Gateway,
    principal: &Principal,
    upload: &UploadId,
) -> Result<Media, Problem> {
    let found = store::upload::get(&mut gateway.store.reader(), upload).await?;
    let Some(found) = found.filter(|found| found.user == principal.user) else {
        let detail = "you have no such upload: POST /api/comms/uploads first";
        return Err(Problem::new(axum::http::StatusCode::NOT_FOUND, "not_found", detail));
    };
    if !found.mime.starts_with("audio/") {
        let detail = format!("the upload is {}, and not a recording", found.mime);
        let unprocessable = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(unprocessable, "not_a_recording", detail));
    }
    Ok(Media {
        kind: MediaKind::Audio,
        mime: found.mime,
        name: Some(found.name),
        caption: None,
        source: MediaSource::File(found.path),
        transcript: None,
        voice: true,
        sha256: Some(found.sha256),
    })
}
