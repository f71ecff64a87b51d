//! What a server says is wrong, in whichever of the many shapes it says it. Reads only; `failure` decides.

use std::time::Duration;

use serde_json::Value;

/// Characters of a server's own words that are shown.
const SHOWN: usize = 300;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Complaint {
    /// One line; blank when the server gave no words.
    pub message: String,
    /// `code`, `type`, `status` and `reason` fields, in lower case.
    pub marks: Vec<String>,
    /// A code that is an HTTP status.
    pub status: Option<u16>,
    /// `google.rpc.RetryInfo`.
    pub after: Option<Duration>,
}

impl Complaint {
    /// Reads a body that need not be JSON, nor anything at all.
    pub fn from_body(body: &[u8]) -> Self {
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => Self::read(&value),
            Err(_) => {
                let text = String::from_utf8_lossy(body);
                let page = text.trim_start().starts_with('<');
                Self {
                    message: if page { "(a web page)".to_owned() } else { line(&text) },
                    ..Self::default()
                }
            }
        }
    }

    /// Reads `{"error": {..}}`, `{"error": ".."}`, the same in an array, and flat objects.
    pub fn read(value: &Value) -> Self {
        match value {
            Value::Array(items) => items.first().map(Self::read).unwrap_or_default(),
            Value::String(text) => Self { message: line(text), ..Self::default() },
            Value::Object(fields) => match fields.get("error").or_else(|| fields.get("errors")) {
                Some(inner @ (Value::Object(_) | Value::Array(_))) => Self::read(inner),
                // Ollama's and gateways' plain words, beside which a code may still stand.
                Some(Value::String(text)) => Self { message: line(text), ..Self::of(value) },
                _ => Self::of(value),
            },
            _ => Self::default(),
        }
    }

    fn of(error: &Value) -> Self {
        let mut marks: Vec<String> = ["code", "type", "status", "reason"]
            .iter()
            .filter_map(|key| error.get(*key)?.as_str())
            .map(str::to_lowercase)
            .collect();
        let details = error.get("details").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        marks.extend(
            details.iter().filter_map(|detail| detail.get("reason")?.as_str()).map(str::to_lowercase),
        );
        let status = ["code", "status", "status_code"].iter().find_map(|key| status(error.get(*key)?));
        let after = details.iter().find_map(|detail| delay(detail.get("retryDelay")?.as_str()?));
        Self { message: line(&message(error)), marks, status, after }
    }

    pub fn is(&self, mark: &str) -> bool {
        self.marks.iter().any(|have| have == mark)
    }

    /// Whether the message holds any of `phrases`, which are in lower case.
    pub fn says(&self, phrases: &[&str]) -> bool {
        let message = self.message.to_lowercase();
        phrases.iter().any(|phrase| message.contains(phrase))
    }
}

fn message(error: &Value) -> String {
    let field = ["message", "detail", "msg", "title"].iter().find_map(|key| error.get(*key));
    match field {
        Some(Value::String(text)) => text.clone(),
        // FastAPI's list of what was wrong with the request.
        Some(Value::Array(items)) => {
            items.iter().take(3).map(message).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
        }
        Some(inner @ Value::Object(_)) => message(inner),
        _ => String::new(),
    }
}

fn status(code: &Value) -> Option<u16> {
    let number = code.as_u64().or_else(|| code.as_str()?.parse().ok())?;
    u16::try_from(number).ok().filter(|status| (400..600).contains(status))
}

/// A duration as protobuf writes it in JSON: `34s`, `0.250s`.
fn delay(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.strip_suffix('s')?.parse().ok()?).ok()
}

/// `text` on one line, without control characters, at most [`SHOWN`] characters.
fn line(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let joined = words.join(" ");
    match joined.char_indices().nth(SHOWN - 1) {
        Some((at, _)) if joined.chars().count() > SHOWN => format!("{}…", &joined[..at]),
        _ => joined,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_shape_of_complaint_is_read() {
        let cases = [
            (
                json!({"error": {"message": "no", "type": "invalid_request_error", "code": "model_not_found"}}),
                "no",
            ),
            (json!([{"error": {"code": 429, "message": "slow", "status": "RESOURCE_EXHAUSTED"}}]), "slow"),
            (json!({"error": "model 'x' not found"}), "model 'x' not found"),
            (json!({"object": "error", "message": "flat", "type": "BadRequestError", "code": 400}), "flat"),
            (
                json!({"detail": [{"loc": ["body"], "msg": "field required"}, {"msg": "bad"}]}),
                "field required; bad",
            ),
            (json!({"errors": [{"message": "first"}]}), "first"),
            (json!({"error": {"message": {"detail": "deep"}}}), "deep"),
            (json!({"error": {"code": 500}}), ""),
            (json!({}), ""),
            (json!([]), ""),
            (json!(null), ""),
        ];
        for (body, message) in cases {
            assert_eq!(Complaint::from_body(body.to_string().as_bytes()).message, message, "{body}");
        }
        assert_eq!(Complaint::from_body(b"").message, "");
        assert_eq!(Complaint::from_body(b" upstream\n timed out ").message, "upstream timed out");
        assert_eq!(Complaint::from_body(b"<html><b>502</b>").message, "(a web page)");
        assert_eq!(Complaint::from_body(b"\xff\xfe").message, "\u{fffd}\u{fffd}");
    }

    #[test]
    fn codes_marks_and_delays_are_kept() {
        let body = json!([{"error": {"code": 429, "message": "slow", "status": "RESOURCE_EXHAUSTED", "details": [
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"},
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"}]}}]);
        let complaint = Complaint::read(&body);
        assert_eq!(complaint.status, Some(429));
        assert!(complaint.is("resource_exhausted") && complaint.is("rate_limit_exceeded"));
        assert_eq!(complaint.after, Some(Duration::from_millis(34_500)));
        assert_eq!(Complaint::read(&json!({"error": {"code": "503", "message": "x"}})).status, Some(503));
        assert_eq!(Complaint::read(&json!({"error": {"code": 7, "message": "x"}})).status, None);
        for odd in ["s", "-1s", "1e400s", "NaNs", "3"] {
            assert_eq!(delay(odd), None, "{odd}");
        }
    }

    #[test]
    fn long_words_are_cut() {
        let shown = line(&"ä".repeat(5_000));
        assert_eq!(shown.chars().count(), SHOWN);
        assert!(shown.ends_with('…'));
        assert_eq!(line(&"ä".repeat(SHOWN)).chars().count(), SHOWN);
    }
}
