//! One stream: whose it is, which conversations it joined, and what waits to be written to it. A WebSocket, an event
//! stream and a long poll are all one of these.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    clock::Millis,
    id::{ConversationId, UserId},
};

use super::{
    config::Config,
    frame::{Close, Trouble, error},
    queue::{Out, Queue},
    rendered::Rendered,
};
use crate::{staff::Principal, state::Gateway};

pub(crate) struct Session {
    pub id: String,
    pub user: UserId,
    pub queue: Queue,
    /// A long poll: it is gone in a moment and takes nobody's place.
    pub brief: bool,
    most_joined: usize,
    state: Mutex<State>,
}

struct State {
    principal: Principal,
    joined: BTreeSet<ConversationId>,
}

impl Session {
    pub(crate) fn new(id: String, principal: Principal, brief: bool, config: &Config) -> Arc<Self> {
        Arc::new(Self {
            id,
            user: principal.user.clone(),
            queue: Queue::new(config.queue_frames, config.queue_bytes),
            brief,
            most_joined: config.joined,
            state: Mutex::new(State { principal, joined: BTreeSet::new() }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn principal(&self) -> Principal {
        self.state().principal.clone()
    }

    /// A newer proof of the same user.
    pub(crate) fn renew(&self, principal: Principal) {
        self.state().principal = principal;
    }

    /// `false` where it has joined too many already.
    pub(crate) fn join(&self, conversation: &ConversationId) -> bool {
        let mut state = self.state();
        if state.joined.len() >= self.most_joined && !state.joined.contains(conversation) {
            return false;
        }
        state.joined.insert(conversation.clone());
        true
    }

    /// `false` where it had not joined.
    pub(crate) fn leave(&self, conversation: &ConversationId) -> bool {
        self.state().joined.remove(conversation)
    }

    pub(crate) fn has_joined(&self, conversation: &ConversationId) -> bool {
        self.state().joined.contains(conversation)
    }

    pub(crate) fn joined(&self) -> BTreeSet<ConversationId> {
        self.state().joined.clone()
    }

    /// What of `events` this stream is told.
    pub(crate) fn seen(&self, events: &[Arc<Rendered>]) -> Vec<Out> {
        let state = self.state();
        let role = state.principal.role;
        let told = |event: &Arc<Rendered>| {
            let joined = event.conversation.as_ref().is_some_and(|of| state.joined.contains(of));
            event.detail(&self.user, role, joined).map(|detail| Out::Event(Arc::clone(event), detail))
        };
        events.iter().filter_map(told).collect()
    }

    /// Ends the stream, with the reason in words before it.
    pub(crate) fn end(&self, trouble: &Trouble, close: Close, now: Millis) {
        self.queue.push([Out::Answer(error(None, trouble, now))]);
        self.queue.close(close);
    }

    /// Asks whether the user may still watch, and ends the stream where they may not.
    ///
    /// # Errors
    /// [`store::Error::Database`].
    pub(crate) async fn stands(&self, gateway: &Gateway) -> Result<bool, store::Error> {
        let stands = self.principal().stands(gateway).await?;
        if !stands {
            let trouble = Trouble::fatal("unauthenticated", "what you showed no longer counts: log in again");
            self.end(&trouble, Close::Unauthenticated, gateway.now());
        }
        Ok(stands)
    }
}
