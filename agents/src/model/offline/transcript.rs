//! A turn's transcript in the terms the agents think in: words, news of jobs, results. Understands no words.

use serde_json::Value;

use crate::model::{Entry, Spoken};
use domain::{
    language::{self, Language},
    tool::{Arguments, ToolCall},
};

/// A line of what was heard.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// What a person said, in words, typed or transcribed.
    Words(String),
    /// `[job settled] {...}`: its kind ("settled") and its body.
    News { kind: String, body: Value },
    /// Something without words: a picture, a sound, a file.
    Wordless,
}

/// The language of the talk so far: of the person's newest words that tell, else of what they were told.
#[must_use]
pub fn language(history: &[Spoken]) -> Language {
    let told = |by_agent: bool| {
        history.iter().rev().filter(|s| s.by_agent == by_agent).find_map(|s| language::detect(&s.text))
    };
    told(false).or_else(|| told(true)).unwrap_or_default()
}

/// What was heard, line by line; the words of one message stay together.
#[must_use]
pub fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for line in text.lines() {
        let (tag, rest) = tagged(line);
        match tag {
            None => words.push(line),
            Some("house") => {}
            Some(tag) if tag.starts_with("job ") => {
                let body = serde_json::from_str(rest).unwrap_or(Value::Null);
                lines.push(Line::News { kind: tag["job ".len()..].to_owned(), body });
            }
            Some("location") => words.push(rest.trim_start_matches(|c: char| !c.is_alphabetic())),
            Some(_) if rest.is_empty() => lines.push(Line::Wordless),
            Some(_) => words.push(rest),
        }
    }
    let said = words.join("\n");
    if !said.trim().is_empty() {
        lines.push(Line::Words(said));
    }
    lines
}

/// `[tag] rest`, for the tags that the house writes.
fn tagged(line: &str) -> (Option<&str>, &str) {
    const TAGS: [&str; 8] =
        ["job ", "image", "audio", "video", "document", "sticker", "location", "unsupported"];
    let inside = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match inside {
        Some((tag, rest)) if tag == "house" || tag.starts_with("earlier") => (Some("house"), rest.trim()),
        Some((tag, rest)) if TAGS.iter().any(|known| tag.starts_with(known)) => (Some(tag), rest.trim()),
        _ => (None, line),
    }
}

/// What a call came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Value(Value),
    Error(String),
}

impl Content {
    #[must_use]
    pub fn read(content: &str) -> Self {
        match serde_json::from_str::<Value>(content) {
            Ok(Value::Object(fields)) => match fields.get("error").and_then(Value::as_str) {
                Some(error) => Self::Error(error.to_owned()),
                None => Self::Value(Value::Object(fields)),
            },
            Ok(_) | Err(_) => Self::Error(content.trim().to_owned()),
        }
    }

    #[must_use]
    pub fn status(&self) -> &str {
        match self {
            Self::Value(value) => text(value, "status"),
            Self::Error(_) => "error",
        }
    }
}

/// A text field, empty where it is missing.
#[must_use]
pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The call of that id.
#[must_use]
pub fn call<'a>(entries: &'a [Entry], id: &str) -> Option<&'a ToolCall> {
    let calls = entries.iter().rev().filter_map(|entry| match entry {
        Entry::Said { calls, .. } => Some(calls),
        Entry::Heard { .. } | Entry::Returned { .. } => None,
    });
    calls.flatten().find(|call| call.id.as_str() == id)
}

/// How often that call was made with those arguments.
#[must_use]
pub fn times_made(entries: &[Entry], name: &str, arguments: &Value) -> usize {
    let made = |entry: &Entry| match entry {
        Entry::Said { calls, .. } => calls
            .iter()
            .filter(|call| {
                call.name == name && matches!(&call.arguments, Arguments::Json(a) if a == arguments)
            })
            .count(),
        Entry::Heard { .. } | Entry::Returned { .. } => 0,
    };
    entries.iter().map(made).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_are_words_news_or_neither() {
        let heard = lines(
            "hello\n[job settled] {\"job_id\":\"JOB-1\"}\n[image]\n[image] the sink\n[house] be short\nworld",
        );
        let expected = [
            Line::News { kind: "settled".into(), body: json!({ "job_id": "JOB-1" }) },
            Line::Wordless,
            Line::Words("hello\nthe sink\nworld".into()),
        ];
        assert_eq!(heard, expected);
        assert_eq!(lines("[audio, transcribed] zwei Stunden"), [Line::Words("zwei Stunden".into())]);
        assert_eq!(lines("[sic] as typed"), [Line::Words("[sic] as typed".into())]);
        assert_eq!(lines(" \n"), []);
    }

    #[test]
    fn who_says_nothing_that_tells_is_answered_as_they_were_asked() {
        let said = |by_agent: bool, text: &str| Spoken { by_agent, text: text.to_owned() };
        let asked = said(true, "Soll ich die Kulanz gewähren?");
        assert_eq!(language(&[asked.clone(), said(false, "1")]), Language::De);
        assert_eq!(language(&[said(false, "please wait"), asked]), Language::En);
        assert_eq!(language(&[]), Language::En);
    }

    #[test]
    fn results_are_values_or_errors() {
        assert_eq!(Content::read("{\"status\":\"found\"}").status(), "found");
        assert_eq!(Content::read("{\"error\":\"no\"}"), Content::Error("no".into()));
        assert_eq!(Content::read("broken"), Content::Error("broken".into()));
    }
}
