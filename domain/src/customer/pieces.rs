//! An address in pieces: folded words and house or postal numbers, in the order they were written. Compares nothing.

use crate::spelling::{Word, fold};

/// Pieces of one address that are looked at.
const PIECES: usize = 16;
const LETTERS: usize = 48;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Word(Word),
    /// Begins with a digit: `12`, `12a`, `12-14`, `10117`.
    Number(String),
}

impl Piece {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Word(word) => &word.text,
            Self::Number(number) => number,
        }
    }
}

/// Folds `text` into pieces: street endings as `str`, `12 a` as `12a`, `Nr.12` apart, `D-10117` without its country.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for segment in fold(text).split([',', ';']) {
        let first = pieces.len();
        for text in segment.split_whitespace().flat_map(chunk).filter(|piece| !piece.is_empty()) {
            if pieces.len() == PIECES {
                return pieces;
            }
            let letter_of_number = text.len() == 1 && text.starts_with(|c: char| c.is_ascii_lowercase());
            match pieces.get_mut(first..).and_then(<[Piece]>::last_mut) {
                Some(Piece::Number(number)) if letter_of_number && number.len() < 4 && is_digits(number) => {
                    number.push_str(&text);
                }
                _ if text.starts_with(|c: char| c.is_ascii_digit()) => pieces.push(Piece::Number(text)),
                _ => pieces.push(Piece::Word(Word::new(street_word(&text)))),
            }
        }
    }
    pieces
}

/// One piece of folded text without blanks: a number whole, or words with a number apart from the word before it.
fn chunk(text: &str) -> Vec<String> {
    let country =
        text.split_once('-').filter(|(land, code)| land.len() <= 2 && code.len() >= 4 && is_digits(code));
    let text = country.map_or(text, |(_, code)| code);
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let number: String =
            text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '/')).take(LETTERS).collect();
        return vec![number.trim_end_matches(['-', '/']).to_owned()];
    }
    let mut found = Vec::new();
    let mut word = String::new();
    for letter in text.chars().take(4 * LETTERS) {
        let starts_number = letter.is_ascii_digit() && !word.starts_with(|c: char| c.is_ascii_digit());
        if !letter.is_alphanumeric() || starts_number {
            found.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() && word.chars().count() < LETTERS {
            word.push(letter);
        }
    }
    found.push(word);
    found
}

pub(super) fn is_digits(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}

fn street_word(text: &str) -> String {
    match text {
        "street" | "st" => "str".to_owned(),
        _ => match text.strip_suffix("strasse") {
            Some(stem) => format!("{stem}str"),
            None => text.to_owned(),
        },
    }
}
