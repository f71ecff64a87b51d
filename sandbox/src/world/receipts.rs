//! Read receipts and typing indicators from the business.
//! A receipt marks earlier messages too; a typing indicator implies one and fades by itself.

use serde_json::{Map, Value};

use super::World;
use super::chance::Direction;
use super::message::State;
use super::timers::Due;
use crate::graph::refusal::Refusal;

const TYPING_MS: i64 = 25_000;

impl World {
    pub(crate) fn receipt(&mut self, body: &Map<String, Value>) -> Result<(), Refusal> {
        crate::check::product(body)?;
        let wamid = body.get("message_id").and_then(Value::as_str).unwrap_or_default();
        if wamid.is_empty() {
            return Err(Refusal::required("message_id"));
        }
        let known = self.messages.get(wamid).filter(|message| message.direction == Direction::In);
        let Some((person, seq)) = known.map(|message| (message.person.clone(), message.seq)) else {
            return Err(Refusal::value(format!(
                "Message ID {wamid} is not a received message of this number"
            )));
        };
        let typing = match body.get("typing_indicator") {
            None | Some(Value::Null) => false,
            Some(indicator) if indicator["type"].as_str() == Some("text") => true,
            Some(_) => return Err(Refusal::invalid("Param typing_indicator['type'] must be one of {TEXT}.")),
        };
        let read: Vec<String> = self
            .messages
            .of(&person)
            .filter(|message| message.direction == Direction::In && message.seq <= seq)
            .filter(|message| message.state < State::Read)
            .map(|message| message.id.clone())
            .collect();
        for wamid in read {
            self.tick(&wamid, State::Read);
        }
        if typing {
            self.set_typing(&person, Some(self.now + TYPING_MS));
            self.later(TYPING_MS, Due::TypingEnds(person));
        }
        Ok(())
    }

    pub(super) fn set_typing(&mut self, id: &str, until: Option<i64>) {
        if let Some(person) = self.people.get_mut(id)
            && person.typing_until_ms != until
        {
            person.typing_until_ms = until;
            self.tell_person(id);
        }
    }
}
