//! The wire form of a reply, whole or as one chunk of a stream, read without demanding anything of it.
//! Never fails: what is missing or of another type is as if it were not there.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::model::Usage;

/// In the stream that the transport hands on, what `[DONE]` was.
pub(super) const DONE: &str = "[DONE]";
/// In the same stream, why it broke off.
pub(super) const BROKEN: &str = "[BROKEN]";

#[derive(Debug, Default, Deserialize)]
#[serde(from = "Value")]
pub(super) struct Completion {
    pub choice: Option<Choice>,
    pub usage: Option<Usage>,
    /// Whatever speaks of an error, to be read by `complaint`.
    pub error: Option<Value>,
    pub done: bool,
    pub broken: Option<String>,
}

#[derive(Debug)]
pub(super) struct Choice {
    pub message: Map<String, Value>,
    /// A whole message rather than a piece of one.
    pub whole: bool,
    pub finish: Option<String>,
}

impl From<Value> for Completion {
    fn from(value: Value) -> Self {
        let Value::Object(mut object) = value else {
            return Self { error: Some(value), ..Self::default() };
        };
        let done = object.contains_key(DONE);
        let broken = object.get(BROKEN).and_then(Value::as_str).map(str::to_owned);
        let usage = object.get("usage").and_then(usage);
        let first = match object.remove("choices") {
            Some(Value::Array(choices)) => choices.into_iter().next(),
            _ => None,
        };
        let mut choice_error = None;
        let choice = match first {
            Some(Value::Object(mut choice)) => {
                choice_error = choice.remove("error").filter(speaks);
                read_choice(choice)
            }
            _ => None,
        };
        let error = match object.get("error").filter(|error| speaks(error)) {
            Some(_) => Some(Value::Object(object)),
            None if choice_error.is_some() => choice_error,
            None if choice.is_none() && is_flat_error(&object) => Some(Value::Object(object)),
            None => None,
        };
        Self { choice, usage, error, done, broken }
    }
}

fn read_choice(mut choice: Map<String, Value>) -> Option<Choice> {
    let finish = choice.get("finish_reason").and_then(Value::as_str).filter(|text| !text.is_empty());
    let finish = finish.map(str::to_owned);
    let (message, whole) = match (choice.remove("message"), choice.remove("delta")) {
        (Some(Value::Object(message)), _) => (message, true),
        (_, Some(Value::Object(delta))) => (delta, false),
        _ if finish.is_some() => (Map::new(), false),
        _ => return None,
    };
    Some(Choice { message, whole, finish })
}

/// An `error` field that says something: many servers send `null`, some an empty object.
fn speaks(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => false,
        Value::Object(fields) => !fields.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

/// vLLM's `{"object":"error",...}`, FastAPI's `{"detail":...}` and gateways' `{"message":...}`.
fn is_flat_error(object: &Map<String, Value>) -> bool {
    object.get("object").and_then(Value::as_str) == Some("error")
        || ["detail", "message", "errors", "msg"].iter().any(|key| object.contains_key(*key))
}

/// Token counts where any are given. Thinking is part of `total_tokens` but, with Gemini, not of `completion_tokens`.
fn usage(value: &Value) -> Option<Usage> {
    let count = |names: [&str; 2]| names.iter().find_map(|name| number(value.get(*name)?));
    let total = number(value.get("total_tokens").unwrap_or(&Value::Null));
    let input = count(["prompt_tokens", "input_tokens"]);
    let output = count(["completion_tokens", "output_tokens"]);
    if total.is_none() && input.is_none() && output.is_none() {
        return None;
    }
    let input = input.unwrap_or_else(|| total.unwrap_or(0).saturating_sub(output.unwrap_or(0)));
    let rest = total.unwrap_or(0).saturating_sub(input);
    Some(Usage { input, output: output.unwrap_or(0).max(rest) })
}

/// A count however it is written: `12`, `12.0`, `"12"`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float in the range of a count"
)]
fn number(value: &Value) -> Option<u64> {
    let float = || value.as_f64().filter(|float| (0.0..1e15).contains(float)).map(|float| float as u64);
    value.as_u64().or_else(float).or_else(|| value.as_str()?.trim().parse().ok())
}

/// The words of a `content`: text, or the text parts of an array. Thinking parts are not words.
pub(super) fn words(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(part_words).collect(),
        _ => String::new(),
    }
}

fn part_words(part: &Value) -> &str {
    let kind = part.get("type").and_then(Value::as_str).unwrap_or("text");
    match part {
        Value::String(text) => text,
        _ if matches!(kind, "text" | "output_text") => {
            part.get("text").and_then(Value::as_str).unwrap_or_default()
        }
        _ => "",
    }
}

/// A text field, blank when missing, trimmed.
pub(super) fn text<'a>(object: &'a Map<String, Value>, key: &str) -> &'a str {
    object.get(key).and_then(Value::as_str).map(str::trim).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_is_demanded() {
        for odd in [json!({}), json!({"choices": null}), json!({"choices": []}), json!({"choices": [7]})] {
            let read = Completion::from(odd.clone());
            assert!(read.choice.is_none() && read.error.is_none() && read.usage.is_none(), "{odd}");
        }
        let odd = json!({"id": 5, "created": 1.5, "choices": [{"index": "0", "message": {"content": "hi"}}]});
        let choice = Completion::from(odd).choice.unwrap();
        assert!(choice.whole && choice.finish.is_none());
    }

    #[test]
    fn errors_are_seen_wherever_they_stand() {
        for error in [
            json!([{"error": {"code": 429}}]),
            json!({"error": "busy"}),
            json!({"choices": [], "error": {"message": "x"}}),
            json!({"choices": [{"error": {"code": 502}, "delta": {}}]}),
            json!({"object": "error", "message": "x", "code": 400}),
            json!({"detail": "Not Found"}),
            json!("busy"),
        ] {
            assert!(Completion::from(error.clone()).error.is_some(), "{error}");
        }
        for fine in [
            json!({"error": null, "choices": [{"message": {"content": "x"}}]}),
            json!({"error": {}, "choices": [{"delta": {}, "error": null}]}),
        ] {
            assert!(Completion::from(fine.clone()).error.is_none(), "{fine}");
        }
    }

    #[test]
    fn usage_may_be_partial() {
        let cases = [
            (json!({"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}), Some((3, 4))),
            (json!({"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 20}), Some((3, 17))),
            (json!({"prompt_tokens": 3}), Some((3, 0))),
            (json!({"total_tokens": 9, "completion_tokens": null}), Some((9, 0))),
            (json!({"input_tokens": 3.0, "output_tokens": "4"}), Some((3, 4))),
            (json!({"prompt_tokens": -1}), None),
            (json!({}), None),
            (json!(null), None),
        ];
        for (value, expected) in cases {
            assert_eq!(usage(&value).map(|u| (u.input, u.output)), expected, "{value}");
        }
    }

    #[test]
    fn words_leave_thinking_out() {
        let parts = json!([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "a"}, "b", {"text": "c"}, 4]);
        assert_eq!(words(&parts), "abc");
        assert_eq!(words(&json!("a")), "a");
        assert_eq!(words(&Value::Null), "");
    }
}
