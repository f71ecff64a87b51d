//! A request's talk as messages that every server takes: one system message, roles in order, each call followed by its
//! result. Repairs both kinds of orphan; never leaves out what somebody said.

use domain::tool::ToolCall;
use serde_json::{Map, Value, json};

use super::{
    echo,
    profile::{Profile, SystemRole},
};
use crate::model::{Entry, ModelRequest};

/// What the model reads where a call's result is missing.
const NO_RESULT: &str = r#"{"error":"no result of this call was recorded"}"#;

type Message = Map<String, Value>;

/// The messages of `request`; `images` holds the content parts of each entry's images.
pub(super) fn messages(
    request: &ModelRequest,
    profile: &Profile,
    model: &str,
    images: &[Vec<Value>],
) -> Vec<Value> {
    let mut talk: Vec<Message> = Vec::new();
    for spoken in &request.history {
        let role = if spoken.by_agent { "assistant" } else { "user" };
        push(&mut talk, message(role, json!(spoken.text)));
    }
    entries(&mut talk, request, profile, model, images);
    // Templates of open models demand that a person begins, and that a person or a tool has the last word.
    if talk.first().is_none_or(|first| role(first) != "user") {
        talk.insert(0, message("user", json!("[the conversation began earlier]")));
    }
    if talk.last().is_some_and(|last| role(last) == "assistant") {
        talk.push(message("user", json!("[go on]")));
    }
    if !request.system.trim().is_empty() {
        talk.insert(0, message(system(profile.system_role), json!(request.system)));
    }
    talk.into_iter().map(Value::Object).collect()
}

fn system(role: SystemRole) -> &'static str {
    role.as_str()
}

fn entries(
    talk: &mut Vec<Message>,
    request: &ModelRequest,
    profile: &Profile,
    model: &str,
    images: &[Vec<Value>],
) {
    let mut used = vec![false; request.entries.len()];
    for (at, entry) in request.entries.iter().enumerate() {
        match entry {
            Entry::Heard { text, .. } => {
                heard(talk, profile, text, images.get(at).map_or(&[], Vec::as_slice))
            }
            Entry::Said { text, calls, raw } => {
                if let Some(said) = echo::message(profile, model, text, calls, raw.as_ref()) {
                    push(talk, said);
                }
                // Results stand right after their calls, in the calls' order, wherever the transcript has them.
                for call in calls {
                    let result = take_result(&request.entries[at + 1..], &mut used[at + 1..], call);
                    talk.push(returned(profile, call, result));
                }
            }
            Entry::Returned { .. } if used[at] => {}
            Entry::Returned { name, content, .. } => {
                heard(talk, profile, &format!("[result of an earlier call of {name}] {content}"), &[]);
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

fn returned(profile: &Profile, call: &ToolCall, content: &str) -> Message {
    let content = if content.trim().is_empty() { "(no output)" } else { content };
    let mut result = message("tool", json!(content));
    result.insert("tool_call_id".to_owned(), json!(echo::id(profile, call.id.as_str())));
    if profile.result_names {
        result.insert("name".to_owned(), json!(echo::name(&call.name)));
    }
    result
}

fn heard(talk: &mut Vec<Message>, profile: &Profile, text: &str, images: &[Value]) {
    if !profile.user_after_tool && talk.last().is_some_and(|last| role(last) == "tool") {
        talk.push(message("assistant", json!("[noted]")));
    }
    let content = if images.is_empty() {
        json!(text)
    } else {
        let words = (!text.trim().is_empty()).then(|| json!({ "type": "text", "text": text }));
        words.into_iter().chain(images.iter().cloned()).collect()
    };
    push(talk, message("user", content));
}

fn message(role: &str, content: Value) -> Message {
    Map::from_iter([("role".to_owned(), json!(role)), ("content".to_owned(), content)])
}

fn role(message: &Message) -> &str {
    message.get("role").and_then(Value::as_str).unwrap_or_default()
}

/// Adds a message, or joins it to the one before where the same side speaks twice. Blank ones say nothing.
fn push(talk: &mut Vec<Message>, message: Message) {
    let blank = message.get("content").and_then(Value::as_str).is_some_and(|text| text.trim().is_empty());
    let calls = message.contains_key("tool_calls");
    if blank && !calls {
        return;
    }
    let joins = |last: &Message| role(last) == role(&message) && !last.contains_key("tool_calls");
    match talk.pop_if(|last| joins(last)) {
        Some(mut before) => {
            let content = joined(before.remove("content"), message.get("content"));
            before.extend(message);
            before.insert("content".to_owned(), content);
            talk.push(before);
        }
        None => talk.push(message),
    }
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
