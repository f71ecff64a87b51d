//! A request's talk as messages that every server takes: one system message, roles in order, each call followed by its
//! result. Repairs both kinds of orphan; never leaves out what somebody said.

use std::borrow::Cow;

use domain::tool::ToolCall;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{echo, profile::Profile};
use crate::model::{Entry, ModelRequest};

/// What the model reads where a call's result is missing.
const NO_RESULT: &str = r#"{"error":"no result of this call was recorded"}"#;

/// One message as it is sent. Most are words of somebody, and borrow them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Message<'r> {
    Words {
        role: &'static str,
        content: Cow<'r, str>,
    },
    /// What a call came to.
    Result {
        role: &'static str,
        content: &'r str,
        tool_call_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// One with calls or images, or as a server made it.
    Whole(Map<String, Value>),
}

impl<'r> Message<'r> {
    fn words(role: &'static str, content: impl Into<Cow<'r, str>>) -> Self {
        Self::Words { role, content: content.into() }
    }

    fn role(&self) -> &str {
        match self {
            Self::Words { role, .. } | Self::Result { role, .. } => role,
            Self::Whole(fields) => fields.get("role").and_then(Value::as_str).unwrap_or_default(),
        }
    }

    fn has_calls(&self) -> bool {
        matches!(self, Self::Whole(fields) if fields.contains_key("tool_calls"))
    }

    fn is_blank(&self) -> bool {
        let words = match self {
            Self::Words { content, .. } => Some(content.as_ref()),
            Self::Result { .. } => None,
            Self::Whole(fields) => fields.get("content").and_then(Value::as_str),
        };
        words.is_some_and(|words| words.trim().is_empty()) && !self.has_calls()
    }

    fn into_fields(self) -> Map<String, Value> {
        match self {
            Self::Whole(fields) => fields,
            Self::Words { role, content } => fields(role, json!(content)),
            Self::Result { role, content, .. } => fields(role, json!(content)),
        }
    }
}

fn fields(role: &str, content: Value) -> Map<String, Value> {
    Map::from_iter([("role".to_owned(), json!(role)), ("content".to_owned(), content)])
}

/// The messages of `request`; `images` holds the content parts of each entry's images.
pub(super) fn messages<'r>(
    request: &'r ModelRequest,
    profile: &Profile,
    model: &str,
    images: &[Vec<Value>],
) -> Vec<Message<'r>> {
    let mut talk = Vec::with_capacity(request.history.len() + request.entries.len() + 2);
    if !request.system.trim().is_empty() {
        talk.push(Message::words(profile.system_role.as_str(), &*request.system));
    }
    let begin = talk.len();
    for spoken in request.history.iter() {
        let role = if spoken.by_agent { "assistant" } else { "user" };
        push(&mut talk, begin, Message::words(role, spoken.text.as_str()));
    }
    entries(&mut talk, begin, request, profile, model, images);
    // Templates of open models demand that a person begins, and that a person or a tool has the last word.
    if talk.get(begin).is_none_or(|first| first.role() != "user") {
        talk.insert(begin, Message::words("user", "[the conversation began earlier]"));
    }
    if talk.last().is_some_and(|last| last.role() == "assistant") {
        talk.push(Message::words("user", "[go on]"));
    }
    talk
}

fn entries<'r>(
    talk: &mut Vec<Message<'r>>,
    begin: usize,
    request: &'r ModelRequest,
    profile: &Profile,
    model: &str,
    images: &[Vec<Value>],
) {
    let mut used = vec![false; request.entries.len()];
    for (at, entry) in request.entries.iter().enumerate() {
        match entry {
            Entry::Heard { text, .. } => {
                heard(talk, begin, profile, text.into(), images.get(at).map_or(&[], Vec::as_slice));
            }
            Entry::Said { text, calls, raw } => {
                if let Some(said) = echo::message(profile, model, text, calls, raw.as_ref()) {
                    push(talk, begin, Message::Whole(said));
                }
                // Results stand right after their calls, in the calls' order, wherever the transcript has them.
                for call in calls {
                    let result = take_result(&request.entries[at + 1..], &mut used[at + 1..], call);
                    talk.push(returned(profile, call, result));
                }
            }
            Entry::Returned { .. } if used[at] => {}
            Entry::Returned { name, content, .. } => {
                let told = format!("[result of an earlier call of {name}] {content}");
                heard(talk, begin, profile, told.into(), &[]);
            }
        }
    }
}

fn take_result<'a>(later: &'a [Entry], used: &mut [bool], call: &ToolCall) -> &'a str {
    let mut found = None;
    for (entry, used) in later.iter().zip(used) {
        if let Entry::Returned { call: id, content, .. } = entry
            && *id == call.id
            && !*used
        {
            // A second result of the same call says nothing new.
            *used = true;
            found = found.or(Some(content.as_str()));
        }
    }
    found.unwrap_or(NO_RESULT)
}

fn returned<'r>(profile: &Profile, call: &ToolCall, content: &'r str) -> Message<'r> {
    Message::Result {
        role: "tool",
        content: if content.trim().is_empty() { "(no output)" } else { content },
        tool_call_id: echo::id(profile, call.id.as_str()),
        name: profile.result_names.then(|| echo::name(&call.name)),
    }
}

fn heard<'r>(
    talk: &mut Vec<Message<'r>>,
    begin: usize,
    profile: &Profile,
    text: Cow<'r, str>,
    images: &[Value],
) {
    if !profile.user_after_tool && talk.last().is_some_and(|last| last.role() == "tool") {
        talk.push(Message::words("assistant", "[noted]"));
    }
    let message = if images.is_empty() {
        Message::words("user", text)
    } else {
        let words = (!text.trim().is_empty()).then(|| json!({ "type": "text", "text": text }));
        Message::Whole(fields("user", words.into_iter().chain(images.iter().cloned()).collect()))
    };
    push(talk, begin, message);
}

/// Adds a message, or joins it to the one before where the same side speaks twice. Blank ones say nothing. What stands before
/// `begin` is nobody's talk.
fn push<'r>(talk: &mut Vec<Message<'r>>, begin: usize, message: Message<'r>) {
    if message.is_blank() {
        return;
    }
    let joins = |last: &mut Message<'r>| last.role() == message.role() && !last.has_calls();
    let before = if talk.len() > begin { talk.pop_if(joins) } else { None };
    talk.push(match (before, message) {
        (None, message) => message,
        (Some(Message::Words { role, content }), Message::Words { content: more, .. }) => {
            Message::words(role, format!("{content}\n\n{more}"))
        }
        (Some(before), message) => {
            let (mut before, message) = (before.into_fields(), message.into_fields());
            let content = joined(before.remove("content"), message.get("content"));
            before.extend(message);
            before.insert("content".to_owned(), content);
            Message::Whole(before)
        }
    });
}

/// Two contents as one: texts a line apart, anything else part by part.
fn joined(first: Option<Value>, second: Option<&Value>) -> Value {
    match (first.unwrap_or(Value::Null), second.unwrap_or(&Value::Null)) {
        (first, Value::Null) => first,
        (Value::Null, second) => second.clone(),
        (Value::String(first), Value::String(second)) => json!(format!("{first}\n\n{second}")),
        (first, second) => {
            let parts = |content: Value| match content {
                Value::Array(parts) => parts,
                text => vec![json!({ "type": "text", "text": text })],
            };
            parts(first).into_iter().chain(parts(second.clone())).collect()
        }
    }
}

#[cfg(test)]
#[path = "transcript_tests.rs"]
mod tests;
