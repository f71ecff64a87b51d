//! How text is laid out on a terminal: wrapped by display width, options kept whole, hostile characters made harmless.
//! Pure; knows no person, no question and no screen.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// `text` with nothing in it that a terminal obeys: control characters become their pictures (U+2400 onwards), the
/// second set of them and the marks that reorder text become U+FFFD, tabs become four spaces. Line feeds stay.
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\t' => clean.push_str("    "),
            '\u{7f}' => clean.push('\u{2421}'),
            '\0'..='\u{1f}' if c != '\n' => {
                clean.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            _ if is_obeyed(c) => clean.push(char::REPLACEMENT_CHARACTER),
            _ => clean.push(c),
        }
    }
    Cow::Owned(clean)
}

/// Controls of both sets, and the marks of bidirectional text (Unicode Standard Annex 9) that can make a line read as
/// what it does not say.
fn is_obeyed(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` on one line and harmless.
#[must_use]
pub fn one_line(text: &str) -> String {
    harmless(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// The lines of a message, without the name before them: `text` wrapped to `width` columns (`None`: a line of the text is
/// a line), then `options`, each kept whole where it fits, after the last words.
#[must_use]
pub fn body(text: &str, options: &[String], width: Option<usize>) -> Vec<String> {
    let mut filler = Filler::new(width);
    for (number, line) in harmless(text.trim_end()).split('\n').enumerate() {
        if number > 0 {
            filler.break_line();
        }
        filler.words(line);
    }
    for (number, option) in options.iter().enumerate() {
        let gap = match number {
            _ if filler.used == 0 => 0,
            0 => 3,
            _ => 2,
        };
        filler.piece(gap, option);
    }
    filler.finish()
}

/// Fills lines greedily. What stands on a line that is no longer the last never changes, so a text that is still being
/// written can be shown line by line.
struct Filler {
    width: Option<usize>,
    lines: Vec<String>,
    line: String,
    used: usize,
}

impl Filler {
    fn new(width: Option<usize>) -> Self {
        Self { width: width.map(|w| w.max(8)), lines: Vec::new(), line: String::new(), used: 0 }
    }

    fn words(&mut self, text: &str) {
        let mut gap = 0;
        for word in text.split(' ') {
            if word.is_empty() {
                gap += 1;
                continue;
            }
            self.piece(gap, word);
            gap = 1;
        }
    }

    /// Puts `piece` after `gap` spaces, on a new line where it does not fit, in parts where it fits on none.
    fn piece(&mut self, gap: usize, piece: &str) {
        let wide = piece.width();
        let Some(width) = self.width else { return self.put(gap, piece, wide) };
        if self.used + gap + wide <= width {
            return self.put(gap, piece, wide);
        }
        if self.used > 0 {
            self.break_line();
        }
        if wide <= width {
            return self.put(0, piece, wide);
        }
        for part in piece.graphemes(true) {
            let wide = part.width();
            if self.used + wide > width && self.used > 0 {
                self.break_line();
            }
            self.put(0, part, wide);
        }
    }

    fn put(&mut self, gap: usize, piece: &str, wide: usize) {
        self.line.extend(std::iter::repeat_n(' ', gap));
        self.line.push_str(piece);
        self.used += gap + wide;
    }

    fn break_line(&mut self) {
        self.lines.push(std::mem::take(&mut self.line));
        self.used = 0;
    }

    fn finish(mut self) -> Vec<String> {
        self.break_line();
        self.lines
    }
}

/// `text` cut to `width` columns, with an ellipsis where something was cut.
#[must_use]
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for part in text.graphemes(true) {
        if used + part.width() + 1 > width {
            break;
        }
        used += part.width();
        kept.push_str(part);
    }
    kept.push('…');
    kept
}

/// `text` filled with spaces up to `width` columns.
#[must_use]
pub fn padded(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
