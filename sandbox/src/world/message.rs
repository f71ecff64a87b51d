//! One message between the business and a person, its states and reactions, and the list of all.
//! States only rise: a late `sent` never takes back a `delivered`.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::chance::Direction;

#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Accepted,
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
}

impl State {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
        }
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Message {
    pub seq: u64,
    pub id: String,
    pub person: String,
    pub direction: Direction,
    pub kind: String,
    pub content: Value,
    pub reply_to: Option<String>,
    pub at_ms: i64,
    pub state: State,
    pub history: Vec<(State, i64)>,
    pub opaque: Option<String>,
    /// Addressed by number, so a failed status may not name the scoped id.
    pub by_phone: bool,
    pub pricing: Option<Value>,
    /// Pricing goes on `sent` and on exactly one of delivered and read.
    pub priced: bool,
    pub error: Option<Value>,
    pub reactions: BTreeMap<String, String>,
    pub edited: bool,
    pub revoked: bool,
    /// Written by the office on the phone app, not through the API.
    pub echo: bool,
    /// Digits of a recipient who is nobody here.
    pub recipient: Option<String>,
    /// A template as the phone shows it.
    pub shown: Option<Value>,
}

impl Message {
    pub(crate) fn new(
        id: String,
        person: &str,
        direction: Direction,
        kind: &str,
        content: Value,
        at_ms: i64,
    ) -> Self {
        Self {
            seq: 0,
            id,
            person: person.to_owned(),
            direction,
            kind: kind.to_owned(),
            content,
            reply_to: None,
            at_ms,
            state: State::Accepted,
            history: vec![(State::Accepted, at_ms)],
            opaque: None,
            by_phone: true,
            pricing: None,
            priced: false,
            error: None,
            reactions: BTreeMap::new(),
            edited: false,
            revoked: false,
            echo: false,
            recipient: None,
            shown: None,
        }
    }

    /// Raises the state; false when it stands there already or higher, or has failed.
    pub(crate) fn rise(&mut self, state: State, now: i64) -> bool {
        if self.state == State::Failed || state <= self.state {
            return false;
        }
        self.state = state;
        self.history.push((state, now));
        true
    }

    /// Whether the person has it on their phone.
    pub(crate) fn on_phone(&self) -> bool {
        self.direction == Direction::In
            || matches!(self.state, State::Delivered | State::Read | State::Played)
    }

    pub(crate) fn view(&self) -> Value {
        let mut view = serde_json::to_value(self).unwrap_or_default();
        view["on_phone"] = json!(self.on_phone());
        view
    }
}

/// All messages in order, the oldest dropped beyond the limit.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(from = "Vec<Message>", into = "Vec<Message>")]
pub(crate) struct Messages {
    next: u64,
    by_seq: BTreeMap<u64, Message>,
    by_id: HashMap<String, u64>,
}

impl Messages {
    pub(crate) fn add(&mut self, mut message: Message, most: usize) {
        self.next += 1;
        message.seq = self.next;
        self.by_id.insert(message.id.clone(), message.seq);
        self.by_seq.insert(message.seq, message);
        while self.by_seq.len() > most {
            if let Some((_, old)) = self.by_seq.pop_first() {
                self.by_id.remove(&old.id);
            }
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Message> {
        self.by_seq.get(self.by_id.get(id)?)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.by_seq.get_mut(self.by_id.get(id)?)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.by_seq.values()
    }

    pub(crate) fn of<'a>(&'a self, person: &'a str) -> impl DoubleEndedIterator<Item = &'a Message> {
        self.iter().filter(move |message| message.person == person)
    }

    pub(crate) fn forget(&mut self, person: &str) {
        self.by_seq.retain(|_, message| message.person != person);
        self.by_id.retain(|_, seq| self.by_seq.contains_key(seq));
    }
}

impl From<Vec<Message>> for Messages {
    fn from(all: Vec<Message>) -> Self {
        let mut messages = Self::default();
        for message in all {
            messages.next = messages.next.max(message.seq);
            messages.by_id.insert(message.id.clone(), message.seq);
            messages.by_seq.insert(message.seq, message);
        }
        messages
    }
}

impl From<Messages> for Vec<Message> {
    fn from(messages: Messages) -> Self {
        messages.by_seq.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, Message, Messages, State};
    use serde_json::json;

    fn message(id: &str) -> Message {
        Message::new(id.into(), "technician", Direction::Out, "text", json!({}), 0)
    }

    #[test]
    fn states_only_rise_and_failure_is_final() {
        let mut one = message("a");
        assert!(one.rise(State::Delivered, 1));
        assert!(!one.rise(State::Sent, 2));
        assert!(one.rise(State::Read, 3));
        let mut two = message("b");
        assert!(two.rise(State::Failed, 1));
        assert!(!two.rise(State::Played, 2));
    }

    #[test]
    fn the_oldest_is_dropped() {
        let mut all = Messages::default();
        for id in ["a", "b", "c"] {
            all.add(message(id), 2);
        }
        assert!(all.get("a").is_none());
        assert_eq!(all.iter().map(|m| m.seq).collect::<Vec<_>>(), [2, 3]);
    }
}
