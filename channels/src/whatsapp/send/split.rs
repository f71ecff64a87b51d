//! Long text in pieces that fit: cut between paragraphs, else lines, sentences, words; never inside what a reader sees as
//! one character. Lengths are UTF-16 units, the longest way in which Meta may count.

use unicode_segmentation::UnicodeSegmentation as _;

/// The length of `text` as Meta may count it.
#[must_use]
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// `text` in pieces of at most `limit` units, in order. White space at the cuts is dropped, nothing else is.
#[must_use]
pub fn split(text: &str, limit: usize) -> Vec<String> {
    // An astral character has two units: with less room nothing could be cut.
    let limit = limit.max(2);
    let mut pieces = Vec::new();
    let mut rest = text.trim_end();
    while units(rest) > limit {
        let cut = cut(rest, limit);
        let (piece, after) = rest.split_at(cut);
        if !piece.trim().is_empty() {
            pieces.push(piece.trim_end().to_owned());
        }
        rest = after.trim_start();
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}

/// Where to cut `text`, which is longer than `limit`: a byte index above zero.
fn cut(text: &str, limit: usize) -> usize {
    let end = match reach(text, limit) {
        0 => first_chars(text, limit),
        end => end,
    };
    let window = &text[..end];
    // A piece that is mostly empty is worse than a cut at a lesser place.
    let least = reach(text, limit / 3);
    let far_enough = |at: &usize| *at > least;
    // The cut may fall between the window and what follows it.
    let next_is_space = text[end..].starts_with(char::is_whitespace);
    let paragraph = || window.rfind("\n\n").filter(far_enough);
    let line = || window.rfind('\n').filter(far_enough);
    let sentence = || {
        let starts = window.split_sentence_bound_indices().map(|(at, _)| at);
        starts.filter(|at| window[..*at].ends_with(char::is_whitespace)).last().filter(far_enough)
    };
    let word = || if next_is_space { Some(end) } else { last_space(window) };
    paragraph().or_else(line).or_else(sentence).or_else(word).filter(|at| *at > 0).unwrap_or(end)
}

fn last_space(window: &str) -> Option<usize> {
    let at = window.rfind(char::is_whitespace)?;
    (!window[..at].trim().is_empty()).then_some(at)
}

/// The end of the last whole character within `limit` units of `text`; zero where the first is longer.
fn reach(text: &str, limit: usize) -> usize {
    let mut used = 0;
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += units(grapheme);
        if used > limit {
            break;
        }
        end = at + grapheme.len();
    }
    end
}

/// For one character that is longer than the limit: as many of its code points as fit, and one at least.
fn first_chars(text: &str, limit: usize) -> usize {
    let mut used = 0;
    let fitting = text.char_indices().take_while(|(_, c)| {
        used += c.len_utf16();
        used <= limit
    });
    let last = fitting.last().or_else(|| text.char_indices().next());
    last.map_or(0, |(at, c)| at + c.len_utf8())
}

/// `text` on one line and at most `limit` units long: where it is longer, its beginning and an ellipsis.
#[must_use]
pub fn shortened(text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if units(&line) <= limit {
        return line;
    }
    let end = reach(&line, limit.saturating_sub(1));
    let room = &line[..end];
    // Whole words, unless little would be left of it.
    let ends_well = line[end..].starts_with(' ');
    let whole = room.rfind(' ').filter(|at| !ends_well && *at > end / 2).map_or(room, |at| &room[..at]);
    format!("{}…", whole.trim_end())
}

#[cfg(test)]
#[path = "split_tests.rs"]
mod tests;
