//! Frames in the order in which one stream is written them, each numbered one naming the number before it. A client that
//! finds another number there than it knows has missed something.

use std::collections::VecDeque;

use axum::extract::ws::Utf8Bytes;
use serde_json::json;

use super::{
    frame::{About, frame},
    hub::Entry,
    queue::Out,
    rendered::Detail,
};
use crate::state::Gateway;

/// What one stream was last told.
pub(crate) struct Writer {
    last: i64,
}

impl Writer {
    /// For a stream whose client has seen everything up to `last`.
    pub(crate) fn after(last: i64) -> Self {
        Self { last }
    }

    pub(crate) fn last(&self) -> i64 {
        self.last
    }

    /// `out` as it is written now, and its number if it has one.
    pub(crate) fn write(&mut self, out: &Out) -> (Utf8Bytes, Option<i64>) {
        match out {
            Out::Event(event, detail) => {
                let text = event.frame(*detail, Some(self.last));
                self.last = event.seq;
                (text, Some(event.seq))
            }
            Out::Again(event) => (event.frame(Detail::Full, None), None),
            Out::Answer(text) | Out::Passing(text) => (text.clone(), None),
        }
    }

    pub(crate) fn all(&mut self, frames: &VecDeque<Out>) -> Vec<Utf8Bytes> {
        frames.iter().map(|out| self.write(out).0).collect()
    }
}

/// The frame that ends a replay: from here on it is live.
pub(crate) fn live_from(gateway: &Gateway, entry: &Entry) -> Utf8Bytes {
    let data = json!({ "scope": "stream", "state": "live", "seq": entry.head });
    frame("status", About::default(), &data, gateway.now())
}
