//! `POST /recordings/transcribe`: the words of a recording, once more or for the first time. Queued here and heard by the
//! runtime; the words come as a `response` frame of the live stream and stand at the message or the call.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use domain::{
    command::{Command, Request},
    id::{ConversationId, MessageId, PhoneCallId},
    message::{Media, MediaKind, MediaSource, Part},
    staff::Permission,
};
use serde::{Deserialize, Serialize};
use store::command::{self, Answer};
use utoipa::ToSchema;

use super::ask::{Place, operator, submit};
use crate::{
    api::field::{invalid, key, nothing},
    error::Problem,
    guard::Read,
    staff::Principal,
    state::Gateway,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recording {
    /// A message that holds one.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    message_id: Option<String>,
    /// Its place in the message's `parts`, from 0; the first recording if left out.
    #[serde(default)]
    part: Option<u16>,
    /// A call by telephone, in place of a message.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    call_id: Option<String>,
}

/// A transcription, waiting or done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Transcription {
    /// The `ref` of the `response` frame that brings the words.
    request_id: String,
    /// `processing`, `success` or `error`.
    status: &'static str,
    text: Option<String>,
    /// Why there are no words: one sentence.
    error: Option<String>,
}

/// Transcribe a recording
///
/// Repeat it with the same `Idempotency-Key` and it is the same request.
#[utoipa::path(
    post,
    path = "/recordings/transcribe",
    tag = "recordings",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 64)),
    request_body = Recording,
    responses(
        (status = 202, description = "It is queued.", body = Transcription),
        (status = 403, description = "`forbidden`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`id_used`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`: no recording of which a file is kept; `invalid_key`", body = Problem),
        (status = 429, description = "`too_many_commands`", body = Problem),
    )
)]
pub(crate) async fn transcribe(
    State(gateway): State<Gateway>,
    principal: Principal,
    headers: HeaderMap,
    Read(asked): Read<Recording>,
) -> Result<(StatusCode, Json<Transcription>), Problem> {
    principal.require(Permission::ThreadReply)?;
    let (request, about) = match (asked.message_id, asked.call_id) {
        (Some(message), None) => of_message(&gateway, MessageId(message), asked.part).await?,
        (None, Some(call)) => of_call(&gateway, PhoneCallId(call)).await?,
        _ => return Err(invalid("message_id", "name a message or a call, and not both")),
    };
    let request_id = key(&headers)?.unwrap_or_else(|| gateway.ids.uuid());
    let command = Command {
        id: request_id.clone(),
        by: operator(&principal, Place::default()),
        request,
        about,
        at: gateway.now(),
    };
    let answer = submit(&gateway, command).await?;
    Ok((StatusCode::ACCEPTED, Json(view(request_id, answer.as_ref()))))
}

async fn of_message(
    gateway: &Gateway,
    message: MessageId,
    part: Option<u16>,
) -> Result<(Request, Option<ConversationId>), Problem> {
    let found = store::message::get(&mut gateway.store.reader(), &message).await?;
    let found = found.ok_or_else(|| nothing("there is no such message"))?;
    let (part, media) = recording(&found.parts, part.map(usize::from))
        .ok_or_else(|| invalid("part", "it must be a recording of which a file is kept"))?;
    Ok((Request::Transcription { message, part, media }, Some(found.conversation)))
}

async fn of_call(gateway: &Gateway, call: PhoneCallId) -> Result<(Request, Option<ConversationId>), Problem> {
    let found = store::call::get(&mut gateway.store.reader(), &call).await?;
    let found = found.ok_or_else(|| nothing("there is no such call"))?.call;
    let media = found
        .recording
        .filter(store::call::is_kept)
        .ok_or_else(|| invalid("call_id", "it must be a call of which a recording is kept"))?;
    let media = Media { transcript: None, ..media };
    Ok((Request::CallTranscription { call, media }, found.link.conversation))
}

/// How far a transcription is
///
/// Kept for a day.
#[utoipa::path(
    get,
    path = "/recordings/transcribe/{request_id}",
    tag = "recordings",
    params(("request_id" = String, Path)),
    responses(
        (status = 200, body = Transcription),
        (status = 403, description = "`forbidden`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub(crate) async fn transcription(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path(request_id): Path<String>,
) -> Result<Json<Transcription>, Problem> {
    principal.require(Permission::ThreadView)?;
    let stored = command::get(&mut gateway.store.reader(), &principal.user, &request_id).await?;
    let asked = |request: &Request| {
        matches!(request, Request::Transcription { .. } | Request::CallTranscription { .. })
    };
    let stored = stored.filter(|stored| asked(&stored.command.request));
    let stored = stored.ok_or_else(|| nothing("you asked for no such transcription"))?;
    Ok(Json(view(request_id, stored.answer.as_ref())))
}

fn view(request_id: String, answer: Option<&Answer>) -> Transcription {
    let (status, text, error) = match answer {
        None => ("processing", None, None),
        Some(Answer::Success { text }) => ("success", Some(text.clone()), None),
        Some(Answer::Error { message, .. }) => ("error", None, Some(message.clone())),
    };
    Transcription { request_id, status, text, error }
}

/// The recording at `part`, or the first there is, as one that nobody has heard yet.
fn recording(parts: &[Part], part: Option<usize>) -> Option<(usize, Media)> {
    parts.iter().enumerate().find_map(|(place, found)| match found {
        Part::Media(media)
            if part.is_none_or(|part| part == place)
                && media.kind == MediaKind::Audio
                && matches!(media.source, MediaSource::File(_)) =>
        {
            Some((place, Media { transcript: None, ..media.clone() }))
        }
        _ => None,
    })
}
