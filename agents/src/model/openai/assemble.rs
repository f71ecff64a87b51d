//! One message from the pieces of a stream, or from a whole completion: words, calls, and the message as it came.
//! Decides which piece belongs to which call; never whether the reply is any good.

use serde_json::{Map, Value, json};

use super::{
    complaint::Complaint,
    failure::Failure,
    wire::{Choice, Completion, text, words},
};
use crate::model::Usage;

/// Calls in one reply; a server that streams more is out of its mind.
const CALLS: usize = 128;

#[derive(Debug, Default)]
pub(super) struct Assembler {
    message: Map<String, Value>,
    text: String,
    calls: Vec<Call>,
    finish: Option<String>,
    cut: bool,
    usage: Usage,
    ended: bool,
    whole: bool,
}

/// A message as the model made it. `raw` has its calls in the order of `calls`.
#[derive(Debug, PartialEq)]
pub(super) struct Draft {
    pub raw: Map<String, Value>,
    pub text: String,
    pub calls: Vec<DraftCall>,
    pub finish: Option<String>,
    /// Cut by the output limit.
    pub cut: bool,
    pub usage: Usage,
}

#[derive(Debug, PartialEq)]
pub(super) struct DraftCall {
    pub id: String,
    pub name: String,
    pub arguments: Value,
}

#[derive(Debug, Default)]
struct Call {
    index: Option<i64>,
    id: String,
    name: String,
    arguments: Value,
    /// Everything else the server said of this call: thought signatures live here.
    extra: Map<String, Value>,
}

impl Assembler {
    /// Takes one piece and gives back the words in it.
    ///
    /// # Errors
    /// What the piece itself complains of, or a stream that broke off.
    pub fn feed(&mut self, piece: Completion) -> Result<String, Failure> {
        if let Some(usage) = piece.usage {
            self.usage = usage;
        }
        if let Some(error) = piece.error.filter(|_| !self.is_complete()) {
            return Err(Failure::Refused(Complaint::read(&error)));
        }
        if let Some(reason) = piece.broken.filter(|_| !self.is_complete()) {
            return Err(Failure::Broken(reason));
        }
        self.ended |= piece.done;
        piece.choice.map_or_else(|| Ok(String::new()), |choice| self.take(choice))
    }

    fn take(&mut self, choice: Choice) -> Result<String, Failure> {
        if let Some(finish) = choice.finish {
            self.cut |= is_length(&finish);
            self.finish = Some(finish);
        }
        let mut message = choice.message;
        let text = words(message.get("content").unwrap_or(&Value::Null));
        if let Some(Value::Array(calls)) = message.get_mut("tool_calls") {
            calls.retain(Value::is_object);
        }
        let calls = message.get("tool_calls").and_then(Value::as_array).cloned().unwrap_or_default();
        self.text.push_str(&text);
        if choice.whole {
            (self.whole, self.ended) = (true, true);
            self.calls = calls.iter().map(|call| Call::default().with(call)).collect();
            self.message = message;
        } else {
            message.retain(|key, _| !matches!(key.as_str(), "content" | "tool_calls" | "role"));
            merge(&mut self.message, message);
            calls.iter().for_each(|piece| self.place(piece));
        }
        if self.calls.len() > CALLS {
            return Err(Failure::Broken(format!("the reply makes more than {CALLS} tool calls")));
        }
        Ok(text)
    }

    /// Puts a piece of a call where it belongs. Servers number calls wrongly or not at all, so an id or a name that is
    /// new decides before the number does.
    fn place(&mut self, piece: &Value) {
        let fresh = Call::default().with(piece);
        let at = self.home_of(&fresh);
        match at.and_then(|at| self.calls.get_mut(at)) {
            Some(call) => call.extend(piece),
            None => self.calls.push(fresh),
        }
    }

    fn home_of(&self, piece: &Call) -> Option<usize> {
        let by_id = || self.calls.iter().rposition(|call| call.id == piece.id);
        let near = match piece.index {
            Some(index) => self.calls.iter().rposition(|call| call.index == Some(index)),
            None => self.calls.len().checked_sub(1),
        };
        if !piece.id.is_empty()
            && let Some(at) = by_id()
        {
            return Some(at);
        }
        let at = near?;
        let call = self.calls.get(at)?;
        let new_id = !piece.id.is_empty() && !call.id.is_empty();
        let new_name = !piece.name.is_empty() && !call.name.is_empty();
        let another = match (new_id, new_name) {
            (true, true) => true,
            // A server that repeats the name, or renames the call, with every piece: until the arguments are whole.
            (false, true) => piece.name != call.name || call.is_whole(),
            (true, false) => call.is_whole(),
            (false, false) => false,
        };
        (!another).then_some(at)
    }

    fn is_complete(&self) -> bool {
        self.ended || self.finish.is_some()
    }

    /// The message, once a whole stream was fed.
    ///
    /// # Errors
    /// A stream that ended before anything said that the message was whole.
    pub fn finish(self) -> Result<Draft, Failure> {
        if self.is_complete() {
            Ok(self.draft())
        } else {
            Err(Failure::Broken("the stream ended in the middle of the reply".to_owned()))
        }
    }

    /// The message of a completion that came as one; without a choice it is empty.
    pub fn draft(mut self) -> Draft {
        let calls = self.calls.iter().map(Call::draft).collect();
        if !self.whole {
            let content = if self.text.is_empty() { Value::Null } else { json!(self.text) };
            self.message.insert("role".to_owned(), json!("assistant"));
            self.message.insert("content".to_owned(), content);
            if !self.calls.is_empty() {
                self.message.insert("tool_calls".to_owned(), self.calls.into_iter().map(Call::raw).collect());
            }
        }
        if self.text.is_empty() {
            self.text = text(&self.message, "refusal").to_owned();
        }
        let Self { message: raw, text, finish, cut, usage, .. } = self;
        Draft { raw, text, calls, finish, cut, usage }
    }
}

impl Call {
    fn with(mut self, piece: &Value) -> Self {
        self.extend(piece);
        self
    }

    fn extend(&mut self, piece: &Value) {
        let Some(piece) = piece.as_object() else { return };
        let empty = Map::new();
        let function = piece.get("function").and_then(Value::as_object).unwrap_or(&empty);
        if self.index.is_none() {
            self.index = piece.get("index").and_then(Value::as_i64);
        }
        if self.id.is_empty() {
            text(piece, "id").clone_into(&mut self.id);
        }
        if self.name.is_empty() {
            text(function, "name").clone_into(&mut self.name);
        }
        match (function.get("arguments"), &mut self.arguments) {
            (Some(Value::String(more)), Value::String(so_far)) => so_far.push_str(more),
            (Some(Value::Null) | None, _) => {}
            (Some(arguments), so_far) => *so_far = arguments.clone(),
        }
        let mut extra = piece.clone();
        extra.retain(|key, _| !matches!(key.as_str(), "index" | "id" | "type" | "function"));
        merge(&mut self.extra, extra);
    }

    fn is_whole(&self) -> bool {
        match &self.arguments {
            Value::String(text) => serde_json::from_str::<Map<String, Value>>(text).is_ok(),
            Value::Object(_) => true,
            _ => false,
        }
    }

    fn draft(&self) -> DraftCall {
        DraftCall { id: self.id.clone(), name: self.name.clone(), arguments: self.arguments.clone() }
    }

    fn raw(self) -> Value {
        let mut raw = self.extra;
        raw.insert("id".to_owned(), json!(self.id));
        raw.insert("type".to_owned(), json!("function"));
        raw.insert("function".to_owned(), json!({ "name": self.name, "arguments": self.arguments }));
        Value::Object(raw)
    }
}

/// Joins fields that came in pieces: thinking is continued, lists are extended, anything else is replaced.
fn merge(into: &mut Map<String, Value>, piece: Map<String, Value>) {
    for (key, value) in piece {
        let continued = matches!(key.as_str(), "reasoning" | "reasoning_content" | "thinking" | "refusal");
        match (into.get_mut(&key), value) {
            (_, Value::Null) => {}
            (Some(Value::String(so_far)), Value::String(more)) if continued => so_far.push_str(&more),
            (Some(Value::Array(so_far)), Value::Array(more)) => so_far.extend(more),
            (Some(Value::Object(so_far)), Value::Object(more)) => merge(so_far, more),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

/// `length` in the words of OpenAI, Mistral, Gemini and gateways.
fn is_length(finish: &str) -> bool {
    ["length", "max_tokens", "model_length", "max_output_tokens"]
        .iter()
        .any(|word| finish.eq_ignore_ascii_case(word))
}

#[cfg(test)]
#[path = "assemble_tests.rs"]
mod tests;
