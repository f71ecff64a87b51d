//! Server-sent events: every change, as it happens, for the page and for tests that wait.
//! Whoever falls too far behind is told to load everything again; nothing is kept for replay.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::Stream;
use futures::stream;
use tokio::sync::broadcast::error::RecvError;

use super::Hubs;

pub(super) async fn stream(State(hub): Hubs) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let news = hub.news.subscribe();
    let stop = hub.stop.clone();
    let first = Event::default().data(r#"{"type":"hello"}"#);
    let rest = stream::unfold((news, stop), async |(mut news, stop)| {
        let item = tokio::select! {
            () = stop.cancelled() => return None,
            item = news.recv() => item,
        };
        let data = match item {
            Ok(value) => value.to_string(),
            Err(RecvError::Lagged(_)) => r#"{"type":"reset"}"#.to_owned(),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(Event::default().data(data)), (news, stop)))
    });
    let all = futures::StreamExt::chain(stream::iter([Ok(first)]), rest);
    Sse::new(all).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}
