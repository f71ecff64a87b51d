//! From a webhook's body to rows for the inbox. Pure: no clock, no store, no network. Every entry, change, message,
//! status and error is looked at on its own, and what is not understood is kept as it came: nothing is dropped.

mod account;
mod body;
mod calls;
mod echo;
mod identity;
mod message;
mod parts;
mod status;

use domain::{
    address::ChannelName,
    clock::Millis,
    inbound::{Arrival, Inbound, Notice},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::wire;

/// What the parser has to be told.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    pub channel: &'a ChannelName,
    /// The number that is ours; what is for another of the same account concerns no conversation here.
    pub phone_number_id: &'a str,
    /// When the body came, for items that carry no time.
    pub received: Millis,
}

/// What a body came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    pub arrivals: Vec<Arrival>,
    /// The kinds, in Meta's words, that were kept without being understood. For the log: no texts, no numbers.
    pub kept_raw: Vec<String>,
}

/// Reads `body`, whose signature was checked before.
#[must_use]
pub fn read(body: &[u8], reading: &Reading<'_>) -> Read {
    let mut read = Read::default();
    let Some(value) = body::json(body) else {
        let raw = json!({ "bytes": body.len(), "begins": body::beginning(body) });
        read.keep("unreadable", digest(&[&body::hash(body)]), raw, reading);
        return read;
    };
    let Some(entries) = value.get("entry").and_then(Value::as_array) else {
        // Only the greeting of a connectivity test carries nothing.
        if value.as_object().is_none_or(|object| object.keys().any(|key| key != "object")) {
            read.keep("unreadable", digest(&[&value.to_string()]), value, reading);
        }
        return read;
    };
    for entry in entries {
        let changes = wire::list(entry, "changes");
        if changes.is_empty() {
            read.keep("entry", digest(&[&entry.to_string()]), entry.clone(), reading);
        }
        for change in changes {
            one_change(&mut read, entry, change, reading);
        }
    }
    read
}

fn one_change(read: &mut Read, entry: &Value, change: &Value, reading: &Reading<'_>) {
    let field = change.get("field").and_then(Value::as_str).unwrap_or_default();
    let value = change.get("value").unwrap_or(&Value::Null);
    let change = Change { entry, whole: change, field, value, reading };
    let before = read.arrivals.len();
    match field {
        "message_echoes" | "smb_message_echoes" => echo::read(read, &change),
        "user_id_update" => identity::read_updates(read, &change),
        "user_preferences" => account::preferences(read, &change),
        "calls" => calls::read(read, &change),
        "messages" | "" => {
            message::read(read, &change);
            status::read(read, &change);
            account::errors(read, &change);
        }
        // `history` and `standby` carry messages too: old ones, and those of a talk that another app leads. Whoever
        // answered them would repeat what was said long ago, or talk into it.
        _ => {}
    }
    if read.arrivals.len() == before {
        account::read(read, &change);
    }
}

/// One change of one entry.
struct Change<'a> {
    entry: &'a Value,
    whole: &'a Value,
    field: &'a str,
    value: &'a Value,
    reading: &'a Reading<'a>,
}

impl Change<'_> {
    /// What makes a repeat of the item with this id the same arrival. What could not be read at first comes again under
    /// its id as what it is, so the kind counts.
    fn external(&self, id: &str, kind: &str) -> String {
        format!("{}:{id}:{kind}", self.number())
    }

    /// The business number it is about; ours, where it does not say.
    fn number(&self) -> String {
        let id = self.value.get("metadata").and_then(|metadata| metadata.get("phone_number_id"));
        match id {
            Some(Value::String(id)) => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => self.reading.phone_number_id.to_owned(),
        }
    }

    fn is_for_another_number(&self) -> bool {
        self.number() != self.reading.phone_number_id
    }

    /// A name for what carries no id of its own: the same bytes have the same name, so that a repeat is one.
    fn name_of(&self, item: &Value) -> String {
        let when = self.entry.get("time").map(ToString::to_string).unwrap_or_default();
        let whose = self.entry.get("id").map(ToString::to_string).unwrap_or_default();
        digest(&[&whose, &when, self.field, &item.to_string()])
    }

    /// When, in `text`: seconds since the epoch, as a string.
    fn at(&self, text: &wire::Text) -> Millis {
        at(text).unwrap_or(self.reading.received)
    }

    fn arrival(&self, external: String, lane: &str, body: Inbound) -> Arrival {
        let channel = self.reading.channel.clone();
        Arrival { lane: format!("{channel}:{lane}"), channel, external, body }
    }
}

impl Read {
    /// Keeps `raw` as it came, for staff.
    fn keep(&mut self, kind: &str, name: String, raw: Value, reading: &Reading<'_>) {
        self.kept_raw.push(kind.to_owned());
        let text = match kind {
            "other_number" => "something came for another number of the WhatsApp account".to_owned(),
            "group_message" => "somebody wrote in a group, where nobody of us answers".to_owned(),
            "request_welcome" => "somebody opened the chat and has not written yet".to_owned(),
            "call" | "call_status" => "a call has news that need no answer".to_owned(),
            _ => format!("WhatsApp sent something that this version does not understand ({kind})"),
        };
        let notice = Notice { kind: kind.to_owned(), urgent: false, text, raw, at: reading.received };
        self.note(format!("{kind}:{name}"), notice, reading);
    }

    fn note(&mut self, external: String, notice: Notice, reading: &Reading<'_>) {
        let channel = reading.channel.clone();
        let lane = format!("{channel}:account");
        self.arrivals.push(Arrival { channel, external, lane, body: Inbound::Notice(notice) });
    }
}

/// Seconds since the epoch; milliseconds where it can be nothing else.
fn at(text: &wire::Text) -> Option<Millis> {
    const MILLISECONDS_FROM: i64 = 100_000_000_000;
    let number: i64 = text.str().trim().parse().ok().filter(|number| *number > 0)?;
    Some(Millis(if number < MILLISECONDS_FROM { number * 1000 } else { number }))
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
