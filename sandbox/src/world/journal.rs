//! The journal of calls to the messages endpoint: what was asked and what was answered.
//! It is for whoever tests a client; it never influences an answer.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::World;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Entry {
    pub id: u64,
    pub at_ms: i64,
    pub person: Option<String>,
    pub message_id: Option<String>,
    pub http: u16,
    pub request: Value,
    pub response: Value,
    /// The fault that struck, by its kind.
    pub fault: Option<String>,
}

impl World {
    /// Notes a call; the oldest entry makes room.
    pub(crate) fn note_send(&mut self, request: &Value, http: u16, response: &Value, fault: Option<&str>) {
        self.journal_next += 1;
        let message_id = response["messages"][0]["id"].as_str().map(str::to_owned);
        let person =
            message_id.as_deref().and_then(|id| self.messages.get(id)).map(|message| message.person.clone());
        let entry = Entry {
            id: self.journal_next,
            at_ms: self.now,
            person,
            message_id,
            http,
            request: request.clone(),
            response: response.clone(),
            fault: fault.map(str::to_owned),
        };
        self.tell(json!({ "type": "journal", "entry": entry }));
        self.journal.push_back(entry);
        while self.journal.len() > self.limits.journal {
            self.journal.pop_front();
        }
    }
}
