//! `GET /api/live/poll`: the same frames by long polls, the last rung of the ladder. Each poll names where the last one
//! ended; nothing is kept in between.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use domain::staff::Permission;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::{
    events::{Held, subscribe},
    frame::{Close, Position},
    session::Session,
    writer::Writer,
};
use crate::{
    api::page::{self, Query},
    error::Problem,
    staff::{Principal, principal::unauthorized},
    state::Gateway,
};

/// The longest a poll waits, in seconds: shorter than any request may take.
const LONGEST: u64 = 25;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct From {
    /// Where the last poll ended, as `epoch:seq`; left out at the start.
    after: Option<String>,
    /// Seconds to wait for something to happen: at most 25.
    #[param(minimum = 0, maximum = 25)]
    wait: Option<u64>,
    /// Ids of conversations to follow in full, with commas between them.
    conversations: Option<String>,
}

/// What happened since
///
/// `frames` are frames of the live protocol, `next` is where the next poll begins. `resumed` is false where the log does
/// not reach back to `after`: read everything anew, then go on from `next`.
#[utoipa::path(
    get,
    path = "/poll",
    tag = "live",
    params(From),
    responses(
        (status = 200, description = "Frames, oldest first; none where nothing happened in time.",
         content_type = "application/json"),
        (status = 400, description = "`invalid_query`", body = Problem),
        (status = 403, description = "`forbidden`", body = Problem),
    )
)]
pub(crate) async fn poll(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(from): Query<From>,
) -> Result<Response, Problem> {
    principal.require(Permission::ThreadView)?;
    let wait = from.wait.unwrap_or(0);
    if wait > LONGEST {
        return Err(page::invalid(format!("wait is {wait}: it must be 0 to {LONGEST}")));
    }
    let live = gateway.live.clone();
    let place = live.polls.try_acquire();
    // Where too many wait already, nobody waits: a poll holds a place of all requests.
    let wait = if place.is_ok() { wait } else { 0 };
    let resume = from.after.as_deref().and_then(Position::read);
    let session = Session::new(gateway.ids.uuid(), principal, true, &live.config);
    subscribe(&session, from.conversations.as_deref());
    // What was committed a moment ago is told by this poll, not the next.
    live.tick(&gateway).await?;
    let mut entry = live.enter(&gateway, &session, resume.as_ref()).await?;
    let held = Held { gateway: gateway.clone(), session: Arc::clone(&session) };
    let position = |last_seq| Position { epoch: entry.epoch.clone(), last_seq };
    let Some((resume, missed)) = resume.zip(entry.missed.take()) else {
        return Ok(answer(&position(entry.head), entry.head, false, &[]));
    };
    let mut writer = Writer::after(resume.last_seq);
    let mut frames: Vec<String> = missed.iter().map(|out| writer.write(out).0.as_str().to_owned()).collect();
    if frames.is_empty() && wait > 0 {
        let waited = tokio::time::timeout(Duration::from_secs(wait), session.queue.take()).await;
        let (waiting, close) = waited.unwrap_or_default();
        if close == Some(Close::Unauthenticated) {
            return Err(unauthorized("what you showed no longer counts: log in again"));
        }
        frames = writer.all(&waiting).iter().map(|text| text.as_str().to_owned()).collect();
    }
    drop(held);
    let head = writer.last().max(entry.head);
    Ok(answer(&position(head), head, true, &frames))
}

/// The frames are JSON texts already.
fn answer(next: &Position, head: i64, resumed: bool, frames: &[String]) -> Response {
    let next_place = json!(next.to_string());
    let body = format!(
        "{{\"epoch\":{},\"head_seq\":{head},\"resumed\":{resumed},\"next\":{next_place},\"frames\":[{}]}}",
        json!(next.epoch),
        frames.join(",")
    );
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
