//! `GET /api/live/events`: the same frames as server-sent events, for who gets no WebSocket through. A browser reconnects
//! by itself and names the last number it saw.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{State, ws::Utf8Bytes},
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse, Sse,
        sse::{Event, KeepAlive},
    },
};
use domain::staff::Permission;
use futures::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    frame::Position,
    hello,
    session::Session,
    writer::{self, Writer},
};
use crate::{api::page::Query, error::Problem, staff::Principal, state::Gateway};

/// What keeps proxies from taking the stream for dead.
const COMMENT_EVERY: Duration = Duration::from_secs(15);
/// When a browser comes back.
const RETRY: Duration = Duration::from_secs(3);
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const UNBUFFERED: [(&str, &str); 1] = [("x-accel-buffering", "no")];

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct From {
    /// The last number seen, as `epoch:seq`; `Last-Event-ID` says the same.
    after: Option<String>,
    /// Ids of conversations to follow in full, with commas between them.
    conversations: Option<String>,
}

/// Follow what happens, as server-sent events
///
/// Each event's data is one frame of the live protocol (`/api/live/schema.json`); its id is `epoch:seq`.
#[utoipa::path(
    get,
    path = "/events",
    tag = "live",
    params(From),
    responses(
        (status = 200, description = "Frames, until either side ends it.", content_type = "text/event-stream"),
        (status = 400, description = "`invalid_query`", body = Problem),
        (status = 403, description = "`forbidden`", body = Problem),
    )
)]
pub(crate) async fn follow(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    principal.require(Permission::ThreadView)?;
    let named = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    let resume = named.or(from.after.as_deref()).and_then(Position::read);
    let session = Session::new(gateway.ids.uuid(), principal, false, &gateway.live.config);
    subscribe(&session, from.conversations.as_deref());
    let mut entry = gateway.live.enter(&gateway, &session, resume.as_ref()).await?;
    let held = Held { gateway: gateway.clone(), session };
    let mut writer = Writer::after(match (&entry.missed, resume) {
        (Some(_), Some(from)) => from.last_seq,
        _ => entry.head,
    });
    let hello = hello::authenticated(&gateway, &held.session, &entry, None);
    let mut first = VecDeque::from([(hello, Some(writer.last()))]);
    if let Some(missed) = entry.missed.take() {
        first.extend(missed.iter().map(|out| writer.write(out)));
        first.push_back((writer::live_from(&gateway, &entry), None));
    }
    let following = Following { held, writer, ready: first, epoch: entry.epoch, over: false };
    let frames = stream::unfold(following, Following::next);
    Ok((UNBUFFERED, Sse::new(frames).keep_alive(KeepAlive::new().interval(COMMENT_EVERY))))
}

/// Joins what the query names.
pub(crate) fn subscribe(session: &Session, conversations: Option<&str>) {
    for id in conversations.unwrap_or_default().split(',').map(str::trim).filter(|id| !id.is_empty()) {
        if !session.join(&id.into()) {
            break;
        }
    }
}

struct Following {
    held: Held,
    writer: Writer,
    ready: VecDeque<(Utf8Bytes, Option<i64>)>,
    epoch: String,
    over: bool,
}

impl Following {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        while self.ready.is_empty() {
            if self.over {
                return None;
            }
            let (waiting, close) = self.held.session.queue.take().await;
            self.ready = waiting.iter().map(|out| self.writer.write(out)).collect();
            self.over = close.is_some();
        }
        let (text, seq) = self.ready.pop_front()?;
        let event = Event::default().retry(RETRY).data(text.as_str());
        let event = match seq {
            Some(last_seq) => event.id(Position { epoch: self.epoch.clone(), last_seq }.to_string()),
            None => event,
        };
        Some((Ok(event), self))
    }
}

/// Leaves the stream when the client is gone, however that shows.
pub(crate) struct Held {
    pub gateway: Gateway,
    pub session: Arc<Session>,
}

impl Drop for Held {
    fn drop(&mut self) {
        let (gateway, session) = (self.gateway.clone(), Arc::clone(&self.session));
        tokio::spawn(async move { gateway.live.left(&gateway, &session).await });
    }
}
