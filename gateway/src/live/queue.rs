//! What waits to be written to one stream. Bounded: what may be lost goes first, then the stream is ended, so a slow
//! reader costs the others nothing. A frame that is numbered is never dropped silently.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;

use super::{
    frame::Close,
    rendered::{Detail, Rendered},
};

/// One frame to write.
#[derive(Clone)]
pub(crate) enum Out {
    /// An event; `prev` is known when it is written.
    Event(Arc<Rendered>, Detail),
    /// An event of a conversation that was joined after it: told again, in full.
    Again(Arc<Rendered>),
    /// An answer to this stream.
    Answer(Utf8Bytes),
    /// Typing, presence: it may be lost.
    Passing(Utf8Bytes),
}

impl Out {
    fn bytes(&self) -> usize {
        match self {
            Self::Event(event, detail) => event.bytes(*detail),
            Self::Again(event) => event.bytes(Detail::Full),
            Self::Answer(text) | Self::Passing(text) => text.len(),
        }
    }
}

pub(crate) struct Queue {
    state: Mutex<State>,
    wake: Notify,
    most_frames: usize,
    most_bytes: usize,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Out>,
    bytes: usize,
    close: Option<Close>,
}

impl Queue {
    pub(crate) fn new(most_frames: usize, most_bytes: usize) -> Self {
        Self { state: Mutex::default(), wake: Notify::new(), most_frames, most_bytes }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds `frames`. Beyond the limit what may be lost goes, then the stream is to end.
    pub(crate) fn push(&self, frames: impl IntoIterator<Item = Out>) {
        let mut state = self.state();
        if state.close.is_some() {
            return;
        }
        for frame in frames {
            state.bytes += frame.bytes();
            state.waiting.push_back(frame);
        }
        if self.is_over(&state) {
            state.waiting.retain(|frame| !matches!(frame, Out::Passing(_)));
            state.bytes = state.waiting.iter().map(Out::bytes).sum();
        }
        if self.is_over(&state) {
            state.waiting = VecDeque::new();
            state.bytes = 0;
            state.close = Some(Close::Resync);
        }
        drop(state);
        self.wake.notify_one();
    }

    fn is_over(&self, state: &State) -> bool {
        state.waiting.len() > self.most_frames || state.bytes > self.most_bytes
    }

    /// Ends the stream once what waits is written. The first reason stands.
    pub(crate) fn close(&self, close: Close) {
        self.state().close.get_or_insert(close);
        self.wake.notify_one();
    }

    pub(crate) fn closing(&self) -> Option<Close> {
        self.state().close
    }

    /// Everything that waits, and whether the stream is to end after it. Waits while there is neither.
    pub(crate) async fn take(&self) -> (VecDeque<Out>, Option<Close>) {
        loop {
            let woken = self.wake.notified();
            {
                let mut state = self.state();
                if !state.waiting.is_empty() || state.close.is_some() {
                    state.bytes = 0;
                    return (std::mem::take(&mut state.waiting), state.close);
                }
            }
            woken.await;
        }
    }

    /// Comes back once more waited than may.
    pub(crate) async fn overflowed(&self) {
        loop {
            let woken = self.wake.notified();
            if self.closing() == Some(Close::Resync) {
                return;
            }
            woken.await;
        }
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
