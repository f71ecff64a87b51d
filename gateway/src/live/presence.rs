//! Who looks at a conversation and who types in it, in this process. Progress: it may be lost, is never replayed, and
//! nothing depends on it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use domain::{
    clock::Millis,
    conversation::Owner,
    id::{ConversationId, TurnId},
    live::{Progress, ProgressStep},
};
use serde_json::{Value, json};

use super::{
    frame::{About, Mode, Typing, TypingState, frame},
    hub::Hub,
    queue::Out,
    session::Session,
};
use crate::{staff::Principal, state::Gateway};

/// Typing that is not said again is over after this.
const LASTS: Duration = Duration::from_secs(6);
/// Typing is told on at most this often, for one person and conversation.
const EVERY: Duration = Duration::from_secs(3);
/// People who type, remembered at once.
const REMEMBERED: usize = 1_000;

/// Who types where, and since when that was told.
#[derive(Default)]
pub(crate) struct Presence(Mutex<HashMap<(ConversationId, String), Millis>>);

impl Presence {
    fn typing(&self) -> MutexGuard<'_, HashMap<(ConversationId, String), Millis>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this is news.
    fn note(&self, key: (ConversationId, String), state: TypingState, now: Millis) -> bool {
        let mut typing = self.typing();
        match state {
            TypingState::Stop => typing.remove(&key).is_some(),
            TypingState::Start if typing.get(&key).is_some_and(|told| now < told.plus(EVERY)) => false,
            TypingState::Start => {
                typing.retain(|_, told| now < told.plus(LASTS));
                typing.len() < REMEMBERED && typing.insert(key, now).is_none_or(|_| true)
            }
        }
    }

    /// Those whose typing is over because they said nothing since.
    fn expired(&self, now: Millis) -> Vec<(ConversationId, String)> {
        let mut typing = self.typing();
        let over: Vec<_> =
            typing.iter().filter(|(_, told)| now >= told.plus(LASTS)).map(|(key, _)| key.clone()).collect();
        over.iter().for_each(|key| {
            typing.remove(key);
        });
        over
    }
}

impl Hub {
    /// Tells those who joined `conversation` who else did.
    pub(crate) async fn show_viewers(&self, gateway: &Gateway, conversation: &ConversationId) {
        let joined: Vec<_> =
            self.sessions().await.into_iter().filter(|session| session.has_joined(conversation)).collect();
        let data = json!({ "scope": "presence", "viewers": viewers(joined.iter().filter(|it| !it.brief).map(|it| it.principal())) });
        let about = About { conversation: Some(conversation.as_str()), ..About::default() };
        let text = frame("status", about, &data, gateway.now());
        for session in joined {
            session.queue.push([Out::Passing(text.clone())]);
        }
    }

    /// Somebody at the console types, or stopped.
    pub(crate) async fn staff_type(
        &self,
        gateway: &Gateway,
        principal: &Principal,
        session: Option<&Session>,
        conversation: &ConversationId,
        typing: &Typing,
    ) {
        let (key, now) = ((conversation.clone(), principal.user.0.clone()), gateway.now());
        if !self.presence.note(key, typing.state, now) {
            return;
        }
        let actor = json!({ "type": "staff", "id": principal.user, "name": principal.name });
        let text = typing_frame(conversation, &actor, typing.state, typing.mode, now);
        self.tell_joined(conversation, &text, session).await;
        if typing.mode == Mode::Reply && typing.state == TypingState::Start {
            self.tell_the_person(gateway, conversation).await;
        }
    }

    /// The person sees that an answer is being written, where a person of the house writes it.
    async fn tell_the_person(&self, gateway: &Gateway, conversation: &ConversationId) {
        let Some(progress) = &self.progress else { return };
        let held = store::conversation::get(&mut gateway.store.reader(), conversation).await;
        let Ok(Some(held)) = held else { return };
        if matches!(held.held_by(), Owner::Staff(_)) {
            // The belt of this process shows it, where the channel can; nobody may listen.
            let _ = progress.send(Arc::new(Progress {
                turn: TurnId(String::new()),
                conversation: held.id,
                agent: held.agent,
                to: held.address,
                step: ProgressStep::StaffType,
            }));
        }
    }

    /// What an agent of this process does, as typing.
    pub(crate) async fn agent_does(&self, gateway: &Gateway, told: &Progress) {
        let state = match told.step {
            ProgressStep::Started | ProgressStep::ModelCalled { .. } | ProgressStep::ToolCalled { .. } => {
                TypingState::Start
            }
            ProgressStep::Parked { .. } | ProgressStep::Finished | ProgressStep::Failed { .. } => {
                TypingState::Stop
            }
            _ => return,
        };
        let key = (told.conversation.clone(), format!("agent:{}", told.agent));
        let now = gateway.now();
        if self.presence.note(key, state, now) && self.is_watched().await {
            let actor = json!({ "type": "agent", "id": told.agent, "name": told.agent });
            let text = typing_frame(&told.conversation, &actor, state, Mode::Reply, now);
            self.tell_joined(&told.conversation, &text, None).await;
        }
    }

    /// Ends the typing of those who said nothing for a while.
    pub(crate) async fn expire_typing(&self, gateway: &Gateway) {
        let now = gateway.now();
        for (conversation, id) in self.presence.expired(now) {
            let actor = match id.strip_prefix("agent:") {
                Some(agent) => json!({ "type": "agent", "id": agent, "name": agent }),
                None => json!({ "type": "staff", "id": id, "name": "" }),
            };
            let text = typing_frame(&conversation, &actor, TypingState::Stop, Mode::Reply, now);
            self.tell_joined(&conversation, &text, None).await;
        }
    }

    /// Tells those who joined `conversation`, but for `but`.
    async fn tell_joined(&self, conversation: &ConversationId, text: &Utf8Bytes, but: Option<&Session>) {
        for session in self.sessions().await {
            let itself = but.is_some_and(|but| but.id == session.id);
            if !itself && session.has_joined(conversation) {
                session.queue.push([Out::Passing(text.clone())]);
            }
        }
    }
}

/// Each user once, however many windows they have open.
pub(crate) fn viewers(principals: impl Iterator<Item = Principal>) -> Vec<Value> {
    let named: std::collections::BTreeMap<String, String> =
        principals.map(|principal| (principal.user.0, principal.name)).collect();
    named.into_iter().map(|(id, name)| json!({ "user_id": id, "name": name })).collect()
}

fn typing_frame(
    conversation: &ConversationId,
    actor: &Value,
    state: TypingState,
    mode: Mode,
    now: Millis,
) -> Utf8Bytes {
    let expires = if state == TypingState::Start { LASTS.as_millis() } else { 0 };
    let data = json!({
        "actor": actor, "state": state.as_str(), "mode": mode.as_str(),
        "expires_in_ms": u64::try_from(expires).unwrap_or(0),
    });
    frame("typing", About { conversation: Some(conversation.as_str()), ..About::default() }, &data, now)
}
