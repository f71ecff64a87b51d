//! A body as JSON. Meta escapes each UTF-16 unit on its own, so half of an emoji that somebody's name was cut in can
//! stand in a body that is sound otherwise; it must not cost the other thousand items.

use std::borrow::Cow;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Characters of an unreadable body that are kept.
const BEGINNING: usize = 2_000;

pub(super) fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok().or_else(|| {
        let text = String::from_utf8_lossy(body);
        serde_json::from_str(&whole_escapes(&text)).ok()
    })
}

pub(super) fn beginning(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(BEGINNING).collect()
}

pub(super) fn hash(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

/// `text` with each escaped half of a surrogate pair replaced by U+FFFD.
fn whole_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains("\\u") {
        return Cow::Borrowed(text);
    }
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let (kept, length) = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (&escape[..12], 12),
            (Some(0xD800..=0xDFFF), _) => ("\\ufffd", 6),
            (Some(_), _) => (&escape[..6], 6),
            // The backslash and what it escapes, which may be another backslash.
            (None, _) => {
                let length = 1 + escape[1..].chars().next().map_or(0, char::len_utf8);
                (&escape[..length], length)
            }
        };
        mended.push_str(kept);
        rest = &escape[length..];
    }
    mended.push_str(rest);
    Cow::Owned(mended)
}

/// The unit of an escape that `text` begins with.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn half_an_emoji_costs_one_character() {
        for (body, expected) in [
            (r#"["\ud83d\udd27"]"#, "🔧"),
            (r#"["a\ud83d"]"#, "a\u{fffd}"),
            (r#"["\udd27b"]"#, "\u{fffd}b"),
            (r#"["\ud83d\ud83d\udd27"]"#, "\u{fffd}🔧"),
            (r#"["\\ud83d"]"#, r"\ud83d"),
            (r#"["\ud83dx\u00e9\n"]"#, "\u{fffd}xé\n"),
        ] {
            assert_eq!(json(body.as_bytes()).unwrap()[0], expected, "{body}");
        }
        assert_eq!(json(b"[\"a\xff\"]").unwrap()[0], "a\u{fffd}");
        assert_eq!(json(b"{"), None);
        assert_eq!(json(b""), None);
    }

    proptest! {
        #[test]
        fn sound_text_stays(text in any::<String>()) {
            let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let body = format!("[\"{escaped}\"]");
            prop_assert_eq!(whole_escapes(&body), body.clone());
            let plain = serde_json::to_string(&[&text]).unwrap();
            prop_assert_eq!(&json(plain.as_bytes()).unwrap()[0], &Value::from(text));
            prop_assert_eq!(whole_escapes(&plain), plain.clone());
        }
    }
}
