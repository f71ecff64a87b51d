//! JSON the way Meta writes it: every non-ASCII UTF-16 unit as `\uXXXX`, in lower-case hex.
//! What leaves here is what gets signed; nobody serialises again behind it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::switches::Switches;

/// The exact text of a webhook body.
pub(crate) fn body(value: &Value, switches: &Switches) -> String {
    let mut text = value.to_string();
    if switches.escape_slash {
        // A slash occurs in JSON only inside strings.
        text = text.replace('/', "\\/");
    }
    if switches.escape_unicode { escape(&text) } else { text }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Switches, body};
    use serde_json::json;

    #[test]
    fn accents_and_emoji_become_escapes() {
        let value = json!({ "message": "café 🔧" });
        assert_eq!(body(&value, &Switches::default()), r#"{"message":"caf\u00e9 \ud83d\udd27"}"#);
        let raw = Switches { escape_unicode: false, ..Switches::default() };
        assert_eq!(body(&value, &raw), "{\"message\":\"café 🔧\"}");
        let slash = Switches { escape_slash: true, ..Switches::default() };
        assert_eq!(body(&json!("a/b"), &slash), r#""a\/b""#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&body(&value, &slash)).unwrap(), value);
    }
}
