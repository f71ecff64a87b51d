//! Follows the log and tells every stream of this process. One reader a process; what an event looks like is worked out
//! once. Nothing is lost between replay and live: a stream is entered at a number, is replayed up to it, and is told from
//! it on.

use std::{collections::HashMap, num::NonZeroU32, sync::Arc};

use domain::{
    id::{ConversationId, UserId},
    live::Progress,
};
use governor::{DefaultKeyedRateLimiter, Quota};
use store::{Error, event};
use tokio::sync::{Mutex, Notify, Semaphore, broadcast};

use super::{
    cache::Cache,
    config::Config,
    frame::{Close, Position, Trouble},
    presence::Presence,
    queue::Out,
    rendered::Rendered,
    session::Session,
};
use crate::state::Gateway;

/// Events read at once: well below what may wait for one stream, so that a reader who keeps up is never ended by a burst.
const BATCH: i64 = 100;

/// The live stream of one process; cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<Hub>);

/// What [`Live`] is made of.
pub struct Hub {
    pub(crate) config: Config,
    /// Where the belt of this process hears that staff type, and tells what its agents do.
    pub(crate) progress: Option<broadcast::Sender<Arc<Progress>>>,
    pub(crate) presence: Presence,
    pub(crate) polls: Semaphore,
    /// Messages that a user sends, by whichever stream.
    pub(crate) sends: DefaultKeyedRateLimiter<String>,
    /// Frames that a user sends without a WebSocket.
    pub(crate) posts: DefaultKeyedRateLimiter<String>,
    cache: Cache,
    state: Mutex<State>,
    opened: Notify,
}

#[derive(Default)]
struct State {
    epoch: String,
    /// The number up to which every stream was told.
    last: i64,
    sessions: HashMap<String, Arc<Session>>,
    closed: bool,
}

/// Where a stream was entered.
pub(crate) struct Entry {
    pub epoch: String,
    /// It is told of every event after this one.
    pub head: i64,
    /// What it missed, oldest first; `None` where it did not say since when, or the log does not reach back so far.
    pub missed: Option<Vec<Out>>,
}

impl std::ops::Deref for Live {
    type Target = Hub;

    fn deref(&self) -> &Hub {
        &self.0
    }
}

impl Live {
    /// `progress` is the belt's, where it runs in the same process.
    #[must_use]
    pub fn new(config: Config, progress: Option<broadcast::Sender<Arc<Progress>>>) -> Self {
        Self(Arc::new(Hub {
            presence: Presence::default(),
            polls: Semaphore::new(config.polls),
            sends: DefaultKeyedRateLimiter::keyed(
                Quota::per_second(NonZeroU32::MIN).allow_burst(at_least_one(config.sends_burst)),
            ),
            posts: DefaultKeyedRateLimiter::keyed(Quota::per_minute(at_least_one(config.frames_per_minute))),
            cache: Cache::default(),
            state: Mutex::default(),
            opened: Notify::new(),
            config,
            progress,
        }))
    }
}

fn at_least_one(limit: u32) -> NonZeroU32 {
    NonZeroU32::new(limit).unwrap_or(NonZeroU32::MIN)
}

impl Hub {
    /// Enters `session` into the stream. What it missed since `resume` comes with the answer, what happens from now on
    /// into its queue.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn enter(
        &self,
        gateway: &Gateway,
        session: &Arc<Session>,
        resume: Option<&Position>,
    ) -> Result<Entry, Error> {
        let mut state = self.state.lock().await;
        if state.sessions.is_empty() {
            // Nobody watched, so nobody read: what happened meanwhile is told to nobody.
            let ids = Arc::clone(&gateway.ids);
            let epoch = gateway.store.write(move |tx| Box::pin(async move { event::epoch(tx, &ids).await }));
            state.epoch = epoch.await?;
            event::number(&gateway.store).await?;
            state.last = event::last(&mut gateway.store.reader()).await?;
        }
        if state.closed {
            session.queue.close(Close::Restart);
        }
        let surplus = if session.brief { None } else { self.surplus(&state, &session.user) };
        state.sessions.insert(session.id.clone(), Arc::clone(session));
        let (epoch, head) = (state.epoch.clone(), state.last);
        drop(state);
        self.opened.notify_one();
        if let Some(surplus) = surplus {
            let trouble = Trouble::fatal("replaced", "you opened another stream in place of this one");
            surplus.end(&trouble, Close::Replaced, gateway.now());
        }
        let missed = match resume {
            Some(from) if from.epoch == epoch => {
                let events = self.between(gateway, from.last_seq, head).await?;
                events.map(|events| session.seen(&events))
            }
            _ => None,
        };
        Ok(Entry { epoch, head, missed })
    }

    /// The oldest stream of a user who has as many as they may.
    fn surplus(&self, state: &State, user: &UserId) -> Option<Arc<Session>> {
        let mut theirs: Vec<&Arc<Session>> = state
            .sessions
            .values()
            .filter(|session| session.user == *user && !session.brief && session.queue.closing().is_none())
            .collect();
        theirs.sort_by(|a, b| a.id.cmp(&b.id));
        (theirs.len() >= self.config.streams_per_user).then(|| theirs.first().map(|it| Arc::clone(it)))?
    }

    /// What `session` was told in short of a conversation that it joined since, after `from`; `None` where the log does
    /// not reach back so far.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn told_again(
        &self,
        gateway: &Gateway,
        session: &Session,
        conversation: &ConversationId,
        from: i64,
    ) -> Result<Option<Vec<Out>>, Error> {
        let head = self.state.lock().await.last;
        let principal = session.principal();
        let Some(events) = self.between(gateway, from, head).await? else { return Ok(None) };
        let theirs = events.into_iter().filter(|event| {
            event.conversation.as_ref() == Some(conversation)
                && event.detail(&principal.user, principal.role, true).is_some()
        });
        Ok(Some(theirs.map(Out::Again).collect()))
    }

    /// The events after `from` up to `to`, unless they are too many or some are forgotten.
    async fn between(
        &self,
        gateway: &Gateway,
        from: i64,
        to: i64,
    ) -> Result<Option<Vec<Arc<Rendered>>>, Error> {
        let most = i64::try_from(self.config.replay).unwrap_or(i64::MAX);
        let forgotten = from < event::cut(&mut gateway.store.reader()).await?;
        if forgotten || from > to || to - from > most {
            return Ok(None);
        }
        let (mut found, mut last) = (Vec::new(), from);
        while last < to {
            let mut events = event::after(&mut gateway.store.reader(), last, BATCH).await?;
            events.retain(|event| event.seq <= to);
            let Some(end) = events.last().map(|event| event.seq) else { break };
            found.extend(self.cache.render(gateway, events).await?);
            last = end;
        }
        Ok(Some(found))
    }

    /// Tells every stream what was committed since. `true` where there was anything.
    ///
    /// # Errors
    /// [`Error::Database`]: nothing was told then, and the next try begins at the same number.
    pub(crate) async fn tick(&self, gateway: &Gateway) -> Result<bool, Error> {
        let mut state = self.state.lock().await;
        if state.sessions.is_empty() {
            return Ok(false);
        }
        let events = event::follow(&gateway.store, state.last, BATCH).await?;
        let Some(last) = events.last().map(|event| event.seq) else { return Ok(false) };
        let rendered = self.cache.render(gateway, events).await?;
        let ended: Vec<&UserId> = rendered.iter().filter_map(|event| event.ends.as_ref()).collect();
        for session in state.sessions.values().filter(|session| ended.contains(&&session.user)) {
            // Before anything else is said to them.
            session.stands(gateway).await?;
        }
        for session in state.sessions.values() {
            let told = session.seen(&rendered);
            if !told.is_empty() {
                session.queue.push(told);
            }
        }
        state.last = last;
        Ok(true)
    }

    /// The stream ended.
    pub(crate) async fn left(&self, gateway: &Gateway, session: &Session) {
        self.state.lock().await.sessions.remove(&session.id);
        for conversation in session.joined() {
            session.leave(&conversation);
            if !session.brief {
                self.show_viewers(gateway, &conversation).await;
            }
        }
    }

    /// The stream named `id`, of `user`.
    pub(crate) async fn find(&self, id: &str, user: &UserId) -> Option<Arc<Session>> {
        let state = self.state.lock().await;
        state.sessions.get(id).filter(|session| session.user == *user).cloned()
    }

    /// All streams, for what is told at once and never again.
    pub(crate) async fn sessions(&self) -> Vec<Arc<Session>> {
        self.state.lock().await.sessions.values().cloned().collect()
    }

    pub(crate) async fn is_watched(&self) -> bool {
        !self.state.lock().await.sessions.is_empty()
    }

    /// Where every stream was told to.
    pub(crate) async fn head(&self) -> i64 {
        self.state.lock().await.last
    }

    pub(crate) async fn opened(&self) {
        self.opened.notified().await;
    }

    /// From now on every stream is told to come back later.
    pub(crate) async fn close(&self) -> Vec<Arc<Session>> {
        let mut state = self.state.lock().await;
        state.closed = true;
        state.sessions.values().cloned().collect()
    }
}
