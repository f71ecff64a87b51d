//! The assistant's own messages as a server is given them back: as they came where they came from a server, else built.
//! Never sends a call that a server would choke on: ids, names and arguments are made valid here.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use domain::tool::ToolCall;
use serde_json::{Map, Value, json};

use super::{
    arguments,
    profile::{Echo, Profile},
    thinking,
    wire::words,
};

/// Longest call id that OpenAI takes.
const ID_LENGTH: usize = 40;
/// Google's documented stand-in for the signature of a call that another model made.
const NO_SIGNATURE: &str = "skip_thought_signature_validator";

/// The message for one `Said`; `None` when there is nothing in it to say.
pub(super) fn message(
    profile: &Profile,
    model: &str,
    text: &str,
    calls: &[ToolCall],
    raw: Option<&Value>,
) -> Option<Map<String, Value>> {
    let kept = raw.and_then(Value::as_object).filter(|raw| calls_of(raw).len() == calls.len());
    let mut message = match kept {
        Some(raw) => echoed(profile, raw, calls),
        None => built(profile, text, calls),
    };
    if calls.is_empty() {
        message.remove("tool_calls");
        // A refusal stands in another field than the words that were shown.
        let content = message.get("content").map(words).unwrap_or_default();
        if thinking::without(&content).trim().is_empty() {
            if text.trim().is_empty() {
                return None;
            }
            message.insert("content".to_owned(), json!(text));
        }
    } else if profile.signatures && !older(model) {
        sign(&mut message);
    }
    Some(message)
}

fn calls_of(raw: &Map<String, Value>) -> &[Value] {
    raw.get("tool_calls").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn echoed(profile: &Profile, raw: &Map<String, Value>, calls: &[ToolCall]) -> Map<String, Value> {
    let standard = profile.echo == Echo::Standard;
    let mut message: Map<String, Value> = raw
        .iter()
        .filter(|(key, value)| !value.is_null() || *key == "content")
        .filter(|(key, _)| !standard || matches!(key.as_str(), "content" | "refusal" | "name"))
        .filter(|(key, _)| key.as_str() != "tool_calls")
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    message.insert("role".to_owned(), json!("assistant"));
    let said = calls_of(raw).iter().zip(calls).map(|(raw, call)| {
        let mut entry = if standard { Map::new() } else { raw.as_object().cloned().unwrap_or_default() };
        entry.remove("index");
        let function = raw.get("function").and_then(Value::as_object).filter(|_| !standard);
        complete(&mut entry, function.cloned().unwrap_or_default(), profile, call, raw);
        Value::Object(entry)
    });
    let said: Vec<Value> = said.collect();
    if !said.is_empty() {
        message.insert("tool_calls".to_owned(), Value::Array(said));
    }
    message
}

fn built(profile: &Profile, text: &str, calls: &[ToolCall]) -> Map<String, Value> {
    let content = if text.trim().is_empty() { Value::Null } else { json!(text) };
    let mut message =
        Map::from_iter([("role".to_owned(), json!("assistant")), ("content".to_owned(), content)]);
    let said = calls.iter().map(|call| {
        let mut entry = Map::new();
        complete(&mut entry, Map::new(), profile, call, &Value::Null);
        Value::Object(entry)
    });
    message.insert("tool_calls".to_owned(), said.collect());
    message
}

/// Writes what every server demands of a call. Arguments that a server wrote as valid text go back letter by letter.
fn complete(
    entry: &mut Map<String, Value>,
    mut function: Map<String, Value>,
    profile: &Profile,
    call: &ToolCall,
    raw: &Value,
) {
    let written = raw.pointer("/function/arguments").and_then(Value::as_str);
    let valid = written.filter(|text| serde_json::from_str::<Map<String, Value>>(text).is_ok());
    let arguments = valid.map_or_else(|| arguments::written(&call.arguments), str::to_owned);
    function.insert("name".to_owned(), json!(name(&call.name)));
    function.insert("arguments".to_owned(), json!(arguments));
    entry.insert("id".to_owned(), json!(id(profile, call.id.as_str())));
    entry.insert("type".to_owned(), json!("function"));
    entry.insert("function".to_owned(), Value::Object(function));
}

/// `call` as this server takes it: as it is where that will do, else nine letters and digits made from it.
pub(super) fn id(profile: &Profile, call: &str) -> String {
    let nine = call.len() == 9 && call.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let long = call.is_empty() || profile.echo == Echo::Standard && call.len() > ID_LENGTH;
    if !long && (nine || !profile.short_call_ids) {
        return call.to_owned();
    }
    let mut hasher = DefaultHasher::new();
    call.hash(&mut hasher);
    let mut rest = hasher.finish();
    let digit = |_| {
        let digit = u32::try_from(rest % 36).unwrap_or(0);
        rest /= 36;
        char::from_digit(digit, 36).unwrap_or('0')
    };
    (0..9).map(digit).collect()
}

/// A tool's name as servers take it; a model may have made one up that they do not.
pub(super) fn name(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let name: String = name.trim().chars().take(64).map(|c| if fits(c) { c } else { '_' }).collect();
    if name.is_empty() { "unknown".to_owned() } else { name }
}

/// Models from before signatures were demanded.
fn older(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or_default();
    ["gemini-1", "gemini-2"].iter().any(|prefix| name.starts_with(prefix))
}

/// Gives the first call of a message without any signature the stand-in: of calls made at once only the first has one.
fn sign(message: &mut Map<String, Value>) {
    let Some(calls) = message.get_mut("tool_calls").and_then(Value::as_array_mut) else { return };
    let signed = |call: &Value| {
        let of = |vendor: &str| call.pointer(&format!("/extra_content/{vendor}/thought_signature"));
        ["google", "vertex"].iter().filter_map(|vendor| of(vendor)?.as_str()).any(|text| !text.is_empty())
    };
    if calls.iter().any(signed) {
        return;
    }
    if let Some(first) = calls.first_mut().and_then(Value::as_object_mut) {
        first.insert("extra_content".to_owned(), json!({ "google": { "thought_signature": NO_SIGNATURE } }));
    }
}
