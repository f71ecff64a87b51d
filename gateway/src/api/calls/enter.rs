//! Writing a call down: what staff know of it, with a recording that they brought.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::{
    clock::Millis,
    id::{ConversationId, PhoneCallId, UploadId},
    import::digits_of_phone,
    message::{Direction, Media},
    phone_call::CallState,
    staff::Permission,
};
use serde::Deserialize;
use store::{
    call::{self, Call, Link, Source},
    upload,
};
use utoipa::ToSchema;

use super::{
    gone, link, note_text, person_link,
    view::{CallView, shown},
};
use crate::{
    api::{
        field::{self, invalid, is_id},
        threads::refusal::note as audited,
    },
    error::Problem,
    guard::Read,
    live::recording,
    staff::Principal,
    state::Gateway,
    telephony::hear,
};

/// A call that lasted longer is a slip of the pen.
const LONGEST_MS: i64 = 24 * 3_600 * 1_000;
/// Our clock and that of who writes it down may differ.
const AHEAD_MS: i64 = 5 * 60 * 1_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCall {
    /// `in` or `out`.
    direction: String,
    /// `ended` if left out; also `missed` or `failed`.
    #[serde(default)]
    state: Option<String>,
    /// The person's number; whose it is, is looked up.
    #[serde(default)]
    #[schema(max_length = 40)]
    number: Option<String>,
    /// Who it was with, where that is known.
    #[serde(default)]
    contact_id: Option<String>,
    /// The thread that it belongs to, where that is known: its person's.
    #[serde(default)]
    thread_id: Option<String>,
    /// RFC 3339; now if left out.
    #[serde(default)]
    started_at: Option<String>,
    /// RFC 3339; not before `started_at`.
    #[serde(default)]
    ended_at: Option<String>,
    #[serde(default)]
    #[schema(max_length = 4000)]
    note: Option<String>,
    /// A recording from `POST /uploads`.
    #[serde(default)]
    upload_id: Option<String>,
}

/// Write a call down
///
/// Say with whom: by `number`, `contact_id` or `thread_id`. A recording is transcribed where a transcription server is
/// configured. Repeat it with the same `Idempotency-Key` and it is the same call.
#[utoipa::path(
    post,
    path = "/calls",
    tag = "calls",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 64)),
    request_body = NewCall,
    responses(
        (status = 200, description = "It was written down before, under this key", body = CallView),
        (status = 201, body = CallView),
        (status = 403, description = "`forbidden`: needs `thread.note`", body = Problem),
        (status = 404, description = "`not_found`: no such upload", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`, `invalid_key`, `not_a_recording`", body = Problem),
    )
)]
pub(super) async fn create(
    State(gateway): State<Gateway>,
    principal: Principal,
    headers: HeaderMap,
    Read(body): Read<NewCall>,
) -> Result<(StatusCode, Json<CallView>), Problem> {
    principal.require(Permission::ThreadNote)?;
    let external = field::key(&headers)?.map(|key| format!("staff:{}:{key}", principal.user));
    if let Some(external) = &external
        && let Some(known) = call::known_as(&mut gateway.store.reader(), external).await?
    {
        return Ok((StatusCode::OK, Json(known.into())));
    }
    let upload = body.upload_id.clone().map(UploadId);
    let media = match &upload {
        Some(upload) => Some(recording(&gateway, &principal, upload).await?),
        None => None,
    };
    let call = written(&gateway, &principal, body, external, media).await?;
    let id = keep(&gateway, principal, call, upload).await?;
    let call = shown(&mut gateway.store.reader(), &id).await?.ok_or_else(gone)?;
    Ok((StatusCode::CREATED, Json(call)))
}

async fn written(
    gateway: &Gateway,
    principal: &Principal,
    body: NewCall,
    external: Option<String>,
    recording: Option<Media>,
) -> Result<Call, Problem> {
    let now = gateway.now();
    let direction = match body.direction.as_str() {
        "in" => Direction::In,
        "out" => Direction::Out,
        _ => return Err(invalid("direction", "it must be in or out")),
    };
    let state = match body.state.as_deref().map(CallState::parse) {
        None => CallState::Ended,
        Some(Some(state)) if state.rank() == CallState::Ended.rank() => state,
        Some(_) => return Err(invalid("state", "it must be ended, missed or failed")),
    };
    let (started, ended) = times(&body, now)?;
    let (number, link) = with_whom(gateway, &body).await?;
    Ok(Call {
        id: PhoneCallId::new(&gateway.ids),
        source: Source::Staff,
        external,
        direction,
        state,
        number,
        line: String::new(),
        link,
        started,
        answered: (state == CallState::Ended).then_some(started),
        ended,
        note: note_text(body.note.as_deref().unwrap_or_default())?,
        recording,
        created_by: Some(principal.user.clone()),
        created: now,
    })
}

fn times(body: &NewCall, now: Millis) -> Result<(Millis, Option<Millis>), Problem> {
    let time =
        |field: &str, text: &Option<String>| text.as_deref().map(|text| field::time(field, text)).transpose();
    let started = time("started_at", &body.started_at)?.unwrap_or(now);
    if started.0 > now.0.saturating_add(AHEAD_MS) || started.0 < 0 {
        return Err(invalid("started_at", "it must not be after now"));
    }
    let ended = time("ended_at", &body.ended_at)?;
    if ended.is_some_and(|ended| ended < started || ended.0 - started.0 > LONGEST_MS) {
        return Err(invalid("ended_at", "it must be after started_at, within a day"));
    }
    Ok((started, ended))
}

/// The person's number and who that is.
async fn with_whom(gateway: &Gateway, body: &NewCall) -> Result<(String, Link), Problem> {
    let mut tx = gateway.store.reader();
    let number = match body.number.as_deref().map(str::trim).filter(|number| !number.is_empty()) {
        Some(number) => digits_of_phone(number, &gateway.config.house.get().country_code)
            .map_err(|why| invalid("number", why))?,
        None => String::new(),
    };
    if let Some(person) = &body.contact_id {
        let link = person_link(&mut tx, "contact_id", person.clone()).await?;
        return Ok((own(&mut tx, number, &link).await?, link));
    }
    if let Some(thread) = &body.thread_id {
        let wrong = || invalid("thread_id", "there is no such thread");
        let thread = if is_id(thread) { ConversationId(thread.clone()) } else { return Err(wrong()) };
        let link = link::of_thread(&mut tx, &thread).await?.ok_or_else(wrong)?;
        return Ok((own(&mut tx, number, &link).await?, link));
    }
    if number.is_empty() {
        return Err(invalid("number", "say with whom: by number, contact_id or thread_id"));
    }
    let link = link::by_number(&mut tx, gateway, &number).await?;
    Ok((number, link))
}

/// The number that was said, or else the person's own.
async fn own(tx: &mut store::Tx, number: String, link: &Link) -> Result<String, Problem> {
    match &link.contact {
        Some(person) if number.is_empty() => {
            Ok(link::numbers_of(tx, person).await?.into_iter().next().unwrap_or_default())
        }
        _ => Ok(number),
    }
}

async fn keep(
    gateway: &Gateway,
    principal: Principal,
    call: Call,
    upload: Option<UploadId>,
) -> Result<PhoneCallId, Problem> {
    let (house, now) = (gateway.clone(), gateway.now());
    let kept = gateway.store.write(move |tx| {
        Box::pin(async move {
            if !call::put(tx, &call, now).await? {
                // The same key at the same moment.
                let external = call.external.as_deref().unwrap_or_default();
                let known = call::known_as(tx, external).await?;
                return Ok(known.map_or(call.id, |known| known.call.id));
            }
            if let Some(upload) = &upload {
                upload::used(tx, upload).await?;
            }
            if let Some(media) = &call.recording {
                hear(tx, &house, call.id.clone(), media, now).await?;
            }
            audited(tx, &principal, "call_noted", call.id.as_str(), now).await?;
            Ok(call.id)
        })
    });
    let id = kept.await?;
    gateway.waker.wake();
    Ok(id)
}
