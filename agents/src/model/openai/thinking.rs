//! Thinking that a server left in the words: `<think>...</think>` before the answer. It is never shown.

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// `text` without the thinking before the answer. Some templates open the block themselves, so a closing tag alone
/// ends one too; an open block that never closes is all thinking.
pub(super) fn without(text: &str) -> &str {
    match text.find(CLOSE) {
        Some(at) => text[at + CLOSE.len()..].trim_start(),
        None if text.trim_start().starts_with(OPEN) => "",
        None => text,
    }
}

/// Holds streamed words back while they are thinking, or may still turn out to be.
#[derive(Debug, Default)]
pub(super) struct Filter {
    held: String,
    shown: bool,
}

impl Filter {
    /// The words of `delta`, and of what was held before it, that may be shown now; blank for none.
    pub fn push(&mut self, delta: &str) -> String {
        if self.shown {
            return delta.to_owned();
        }
        self.held.push_str(delta);
        let start = self.held.trim_start();
        if start.is_empty() || OPEN.starts_with(start) {
            return String::new();
        }
        if start.starts_with(OPEN) {
            let Some(at) = start.find(CLOSE) else { return String::new() };
            let answer = start[at + CLOSE.len()..].trim_start().to_owned();
            self.shown = !answer.is_empty();
            if self.shown {
                self.held.clear();
            }
            return answer;
        }
        self.shown = true;
        std::mem::take(&mut self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinking_is_never_shown_however_it_is_cut() {
        let cases = [
            ("<think>hm, 2 < 3</think>\n\nYes.", "Yes."),
            ("\n<think>\n</think>Yes.", "Yes."),
            ("Yes <b>", "Yes <b>"),
            ("<thanks> a lot", "<thanks> a lot"),
            ("<think>never ends", ""),
            ("", ""),
        ];
        for (text, answer) in cases {
            assert_eq!(without(text), answer, "{text}");
            for size in 1..=text.len().max(1) {
                let mut filter = Filter::default();
                let shown: String = text
                    .as_bytes()
                    .chunks(size)
                    .map(|piece| filter.push(std::str::from_utf8(piece).unwrap()))
                    .collect();
                assert_eq!(shown, answer, "{text} by {size}");
            }
        }
        assert_eq!(without("reasons</think> Yes."), "Yes.");
    }
}
