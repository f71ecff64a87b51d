//! What becomes of a message on its way: sent, delivered, read, played, failed, as the phone behaves.
//! It never sends a status out of the blue: each follows from a timer, an act or an attempt.

use serde_json::Value;

use super::World;
use super::chance::Direction;
use super::delivery::Update;
use super::message::State;
use super::person::DAY_MS;
use super::timers::Due;
use crate::webhook::payload;

/// Meta keeps trying to reach a phone this long.
const KEPT_MS: i64 = 30 * DAY_MS;

impl World {
    /// Starts the life of an accepted message.
    pub(super) fn launch(&mut self, wamid: &str) {
        self.later(self.delays.sent_ms, Due::Status(wamid.to_owned(), State::Sent));
    }

    pub(super) fn fail_later(&mut self, wamid: &str, code: i64, details: Option<String>) {
        self.later(self.delays.sent_ms, Due::Fail(wamid.to_owned(), code, details));
    }

    /// A timer says the message reaches this state; the phone decides.
    pub(super) fn reach_state(&mut self, wamid: &str, state: State) {
        let Some(message) = self.messages.get(wamid) else { return };
        let Some(person) = self.people.get(&message.person) else { return };
        let reachable = person.online && person.on_whatsapp && !person.blocked_business;
        let (receipts, open) = (person.read_receipts, person.chat_open);
        match state {
            State::Sent => {
                self.raise(wamid, State::Sent, true);
                if reachable {
                    self.later(self.delays.delivered_ms, Due::Status(wamid.to_owned(), State::Delivered));
                }
            }
            State::Delivered if reachable => {
                let skipped = open && receipts && self.switches.skip_delivered_when_open;
                self.raise(wamid, State::Delivered, !skipped);
                if open {
                    let wait = if skipped { 0 } else { self.delays.read_ms };
                    self.later(wait, Due::Status(wamid.to_owned(), State::Read));
                }
            }
            State::Read | State::Played => self.raise(wamid, state, receipts),
            _ => {}
        }
    }

    /// Raises the state and, if it is to be known, tells the app.
    pub(super) fn raise(&mut self, wamid: &str, state: State, tell_app: bool) {
        let now = self.now;
        let Some(message) = self.messages.get_mut(wamid) else { return };
        if !message.rise(state, now) {
            return;
        }
        self.tell_message(wamid);
        if tell_app {
            self.emit_status(wamid, state);
        }
    }

    pub(super) fn fail(&mut self, wamid: &str, code: i64, details: Option<String>) {
        let now = self.now;
        let error = payload::error(code, details.as_deref());
        let Some(message) = self.messages.get_mut(wamid) else { return };
        message.error = Some(error);
        self.raise_failed(wamid, now);
    }

    fn raise_failed(&mut self, wamid: &str, now: i64) {
        if self.messages.get_mut(wamid).is_some_and(|message| message.rise(State::Failed, now)) {
            self.tell_message(wamid);
            self.emit_status(wamid, State::Failed);
        }
    }

    fn emit_status(&mut self, wamid: &str, state: State) {
        let Some(message) = self.messages.get(wamid) else { return };
        if message.echo {
            return;
        }
        let value: Value = payload::status(self, message, state);
        let person = Some(message.person.clone());
        let opaque = message.opaque.clone();
        if matches!(state, State::Delivered | State::Read)
            && let Some(message) = self.messages.get_mut(wamid)
        {
            message.priced = true;
        }
        let summary = match opaque {
            Some(opaque) => format!("{} · {opaque}", state.word()),
            None => state.word().to_owned(),
        };
        self.emit(Update {
            field: "messages".into(),
            value,
            person,
            summary,
            messages: vec![wamid.to_owned()],
            at_s: self.now / 1_000,
        });
    }

    /// The person looks at the chat: everything delivered is read.
    pub(crate) fn read_all(&mut self, person: &str) -> usize {
        let receipts = self.people.get(person).is_some_and(|person| person.read_receipts);
        let unread: Vec<String> = self
            .messages
            .of(person)
            .filter(|message| message.direction == Direction::Out && message.state == State::Delivered)
            .map(|message| message.id.clone())
            .collect();
        for wamid in &unread {
            self.raise(wamid, State::Read, receipts);
        }
        unread.len()
    }

    /// The phone is back: what waited for it arrives, unless it waited too long.
    pub(super) fn catch_up(&mut self, person: &str) {
        let waiting: Vec<String> = self
            .messages
            .of(person)
            .filter(|message| message.direction == Direction::Out && message.state == State::Sent)
            .filter(|message| self.now - message.at_ms < KEPT_MS)
            .map(|message| message.id.clone())
            .collect();
        for wamid in waiting {
            self.later(self.delays.delivered_ms, Due::Status(wamid, State::Delivered));
        }
    }

    /// The ticks of the person's own bubbles: two once the app has it, blue once it says it read it.
    pub(super) fn tick(&mut self, wamid: &str, state: State) {
        let now = self.now;
        let own = |message: &&mut super::message::Message| message.direction == Direction::In;
        if self.messages.get_mut(wamid).filter(own).is_some_and(|message| message.rise(state, now)) {
            self.tell_message(wamid);
        }
    }
}
