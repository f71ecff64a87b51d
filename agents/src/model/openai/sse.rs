//! Server-sent events from bytes, cut anywhere. Each event leaves as JSON, so that what reads them next cannot fail:
//! `[DONE]` and an event that is no JSON become objects of our own. Never waits and never reads.
//!
//! The format is WHATWG's "Server-sent events", section 9.2.6, with two allowances: lines of bare JSON, and several
//! events without the empty line between them.

use serde_json::{Value, json};

use super::wire::{BROKEN, DONE};

#[derive(Debug, Default)]
pub(super) struct Decoder {
    line: Vec<u8>,
    data: Vec<String>,
    after_return: bool,
    begun: bool,
}

impl Decoder {
    /// The events that `bytes` complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Value> {
        let mut events = Vec::new();
        for &byte in bytes {
            let newline_of_pair = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            match byte {
                _ if newline_of_pair => {}
                b'\n' | b'\r' => self.end_line(&mut events),
                _ => self.line.push(byte),
            }
        }
        events
    }

    /// What the end of the body completes: a last event may lack its empty line.
    pub fn finish(&mut self) -> Vec<Value> {
        let mut events = Vec::new();
        self.end_line(&mut events);
        self.dispatch(&mut events);
        events
    }

    fn end_line(&mut self, events: &mut Vec<Value>) {
        let bytes = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&bytes);
        let line = if self.begun { &line } else { line.trim_start_matches('\u{feff}') };
        self.begun = true;
        if line.is_empty() {
            self.dispatch(events);
        } else if let Some(data) = line.strip_prefix("data:") {
            self.data.push(data.strip_prefix(' ').unwrap_or(data).to_owned());
        } else if line.starts_with('{') {
            self.data.push(line.to_owned());
        }
    }

    fn dispatch(&mut self, events: &mut Vec<Value>) {
        let lines = std::mem::take(&mut self.data);
        let joined = lines.join("\n");
        if joined.trim().is_empty() {
            return;
        }
        match event(&joined) {
            Some(event) => events.push(event),
            None => events.extend(lines.iter().filter(|line| !line.trim().is_empty()).map(|line| {
                event(line).unwrap_or_else(|| json!({ BROKEN: "a piece of the stream was no JSON" }))
            })),
        }
    }
}

fn event(data: &str) -> Option<Value> {
    if data.trim() == "[DONE]" { Some(json!({ DONE: true })) } else { serde_json::from_str(data).ok() }
}

/// An event as bytes, for whoever reads the stream next.
pub(super) fn encode(event: &Value) -> String {
    format!("data: {event}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Vec<Value> {
        let mut decoder = Decoder::default();
        let mut events = decoder.push(text.as_bytes());
        events.extend(decoder.finish());
        events
    }

    #[test]
    fn reads_what_servers_write() {
        let one = vec![json!({"a": 1})];
        for text in [
            "data: {\"a\":1}\n\n",
            "data:{\"a\":1}\r\n\r\n",
            "data: {\"a\":1}\r\r",
            "\u{feff}data: {\"a\":1}",
            ": comment\nevent: message\nid: 4\nretry: 10\ndata: {\"a\":1}\n\n: bye",
            "data: {\ndata: \"a\":1}\n\n",
            "{\"a\":1}\n",
            "data:\n\ndata: {\"a\":1}\n\ndata: \n\n",
        ] {
            assert_eq!(decoded(text), one, "{text:?}");
        }
        assert_eq!(decoded("data: 1\ndata: 2\ndata: [DONE]\n"), [json!(1), json!(2), json!({ DONE: true })]);
        assert_eq!(decoded("data: {\"a\n\n"), [json!({ BROKEN: "a piece of the stream was no JSON" })]);
        assert_eq!(decoded("<html>\n<body>\n"), Vec::<Value>::new());
    }

    #[test]
    fn an_encoded_event_reads_back() {
        let event = json!({"text": "line\nbreak \u{2028} and \"quotes\""});
        assert_eq!(decoded(&encode(&event)), [event]);
    }
}
