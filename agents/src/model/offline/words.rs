//! A text as tokens with what is known of each word. Keeps where each token stood, so that names and materials come
//! out as they were typed. Never interprets: meaning is made from tokens elsewhere.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::lexicon::{self, Class};

/// Tokens of one text that are read; no report is longer.
pub const MAX_TOKENS: usize = 2_000;
/// Digits of a number that is taken as one; longer ones are telephone numbers and the like.
const MAX_DIGITS: usize = 9;

/// How far back the bracket stands that a closing one belongs to.
const BRACKETED: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Word,
    Number(Decimal),
    /// A comma, bracket, free-standing dash, emoji: parts a sentence.
    Comma,
    /// Ends a sentence; a line end too.
    Stop,
    Question,
    Colon,
    /// The dot of an abbreviation or an ordinal: parts nothing.
    Dot,
    /// `-` `/` `"` where they belong to what stands beside them.
    Mark(char),
}

#[derive(Clone, Debug)]
pub struct Token<'t> {
    pub text: &'t str,
    /// Lower case, umlauts and accents spelled out: what is compared.
    pub folded: String,
    pub kind: Kind,
    pub class: Class,
    pub start: usize,
    pub end: usize,
    /// No gap before it.
    pub glued: bool,
}

/// Tokens `from..to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: usize,
    pub to: usize,
}

impl Span {
    #[must_use]
    pub fn new(from: usize, to: usize) -> Self {
        Self { from, to }
    }

    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

impl Token<'_> {
    #[must_use]
    pub fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    #[must_use]
    pub fn parts(&self) -> bool {
        matches!(self.kind, Kind::Comma | Kind::Stop | Kind::Question | Kind::Colon)
    }

    #[must_use]
    pub fn ends(&self) -> bool {
        matches!(self.kind, Kind::Stop | Kind::Question)
    }

    #[must_use]
    pub fn number(&self) -> Option<Decimal> {
        match self.kind {
            Kind::Number(value) => Some(value),
            _ => None,
        }
    }

    #[must_use]
    pub fn integer(&self) -> Option<u32> {
        let value = self.number()?;
        (value.is_integer() && !self.text.contains(['.', ','])).then(|| u32::try_from(value).ok()).flatten()
    }

    #[must_use]
    pub fn has(&self, class: Class) -> bool {
        self.class.has(class)
    }

    #[must_use]
    pub fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.folded.as_str())
    }

    /// Whether it is one of `words`, which stand with spaces between them.
    #[must_use]
    pub fn one_of(&self, words: &str) -> bool {
        words.split_whitespace().any(|word| word == self.folded)
    }

    #[must_use]
    pub fn capital(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }

    /// A word that the lexicon does not know: it may be a name.
    #[must_use]
    pub fn unknown(&self) -> bool {
        self.is_word() && self.class.is_empty() && self.folded.len() > 1
    }
}

/// Lower case, `ä` and `a` with combining dots as `ae`, `ß` as `ss`, accents dropped.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 2);
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' | 'æ' => folded.push_str("ae"),
            'ö' | 'ø' | 'œ' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' => folded.push('a'),
            'è' | 'é' | 'ê' | 'ë' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' => folded.push('o'),
            'ù' | 'ú' | 'û' => folded.push('u'),
            'ç' => folded.push('c'),
            'ñ' => folded.push('n'),
            '’' | '‘' | '`' | '´' => folded.push('\''),
            '‐' | '‑' => folded.push('-'),
            '\u{308}' => folded.push('e'),
            '\u{300}'..='\u{36f}' => {}
            other => folded.push(other),
        }
    }
    folded
}

/// Reads `text` up to [`MAX_TOKENS`] tokens, in one pass.
#[must_use]
pub fn read(text: &str) -> Vec<Token<'_>> {
    let mut reader = Reader { text, at: 0, tokens: Vec::new(), known: HashMap::new() };
    while reader.tokens.len() < MAX_TOKENS && reader.step() {}
    reader.tokens
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token<'t>>,
    known: HashMap<String, Class>,
}

fn in_word(c: char) -> bool {
    c.is_alphabetic() || ('\u{300}'..='\u{36f}').contains(&c)
}

fn joins_letters(c: char) -> bool {
    matches!(c, '-' | '\'' | '’' | '‐' | '‑')
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn step(&mut self) -> bool {
        let Some(c) = self.rest().chars().next() else { return false };
        if c == '\n' {
            self.push(1, Kind::Stop);
        } else if c.is_whitespace() || is_silent(c) {
            self.at += c.len_utf8();
        } else if c.is_ascii_digit() {
            self.number();
        } else if let Some(value) = vulgar_fraction(c) {
            self.push(c.len_utf8(), Kind::Number(value));
        } else if in_word(c) {
            self.word();
        } else {
            self.sign(c);
        }
        true
    }

    fn push(&mut self, length: usize, kind: Kind) {
        let (start, end) = (self.at, self.at + length);
        let text = &self.text[start..end];
        let glued = self.tokens.last().is_some_and(|t| t.end == start);
        let folded = if kind == Kind::Word { fold(text) } else { text.to_owned() };
        let class = if kind == Kind::Word { self.classify(&folded) } else { Class::NONE };
        self.tokens.push(Token { text, folded, kind, class, start, end, glued });
        self.at = end;
    }

    fn classify(&mut self, folded: &str) -> Class {
        if let Some(class) = self.known.get(folded) {
            return *class;
        }
        let class = lexicon::classify(folded);
        self.known.insert(folded.to_owned(), class);
        class
    }

    fn word(&mut self) {
        let rest = self.rest();
        let mut end = 0;
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next_is_letter = chars.peek().is_some_and(|(_, n)| in_word(*n));
            if !(in_word(c) || joins_letters(c) && next_is_letter) {
                break;
            }
            end = at + c.len_utf8();
        }
        self.push(end, Kind::Word);
    }

    fn number(&mut self) {
        let bytes = self.rest().as_bytes();
        let mut end = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        let point =
            matches!(bytes.get(end), Some(b'.' | b',')) && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if point {
            let decimals = bytes[end + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
            // "12,10117 Berlin" is a house number and a postal code.
            end += if decimals < 4 { 1 + decimals } else { 0 };
        }
        let value = self.rest()[..end].replace(',', ".");
        match value.parse::<Decimal>() {
            Ok(value_read) if value.len() <= MAX_DIGITS => self.push(end, Kind::Number(value_read)),
            _ => self.push(end, Kind::Comma),
        }
    }

    fn sign(&mut self, c: char) {
        let length = c.len_utf8();
        let after = self.rest()[length..].chars().next();
        let spaced = after.is_none_or(char::is_whitespace);
        let before_glued = self.tokens.last().is_some_and(|t| t.end == self.at);
        let enumerated = c == ')' && before_glued && self.enumerated();
        let kind = match c {
            '.' | '…' if self.is_abbreviation() => Kind::Dot,
            ')' if enumerated => Kind::Stop,
            '.' | '…' | '!' | ';' => Kind::Stop,
            '?' => Kind::Question,
            ':' | '=' => Kind::Colon,
            '×' | '*' | '&' | '+' | '€' => Kind::Word,
            '-' | '–' | '/' if !spaced || before_glued && after.is_some_and(|a| !a.is_whitespace()) => {
                Kind::Mark(c)
            }
            '"' | '”' | '″' if before_glued => Kind::Mark('"'),
            _ => Kind::Comma,
        };
        self.push(length, kind);
    }

    /// "1)", "2)": begins a thought of its own and counts nothing.
    fn enumerated(&mut self) -> bool {
        let bracket = self.tokens.iter().rev().take(BRACKETED).find(|t| matches!(t.text, "(" | ")"));
        let opened = bracket.is_some_and(|t| t.text == "(");
        match self.tokens.last_mut().filter(|t| !opened && t.integer().is_some_and(|n| n < 20)) {
            Some(last) => {
                last.kind = Kind::Stop;
                true
            }
            None => false,
        }
    }

    /// Whether a dot here belongs to what it follows.
    fn is_abbreviation(&self) -> bool {
        let Some(last) = self.tokens.last().filter(|t| t.end == self.at) else { return false };
        match last.kind {
            Kind::Word if last.has(Class::HOUR.and(Class::MINUTE)) => !self.sentence_follows(),
            Kind::Word => {
                last.has(Class::ABBREVIATION)
                    || last.folded.ends_with("str")
                    || last.folded.chars().count() == 1
            }
            Kind::Number(_) => last.integer().is_some() && self.ordinal_follows(),
            _ => false,
        }
    }

    /// A capital, a line end or nothing: after a unit the dot was a full stop.
    fn sentence_follows(&self) -> bool {
        let rest = self.rest()[1..].trim_start_matches(' ');
        rest.chars().next().is_none_or(|c| c.is_uppercase() || c == '\n')
    }

    fn ordinal_follows(&self) -> bool {
        let rest = self.rest()[1..].trim_start();
        let next: String = rest.chars().take_while(|c| in_word(*c)).collect();
        let classes = lexicon::classify(&fold(&next));
        !next.is_empty() && (classes.has(Class::ROOM) || classes.has(Class::MONTH))
    }
}

/// Joins and skins of emoji, quotation marks and the like: neither word nor pause.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{feff}' | '\u{200b}' | '„' | '“' | '#' | '~' | '≈' | '@' | '_')
        || ('\u{1f3fb}'..='\u{1f3ff}').contains(&c)
        || c.is_control()
}

fn vulgar_fraction(c: char) -> Option<Decimal> {
    match c {
        '½' => Some(Decimal::new(5, 1)),
        '¼' => Some(Decimal::new(25, 2)),
        '¾' => Some(Decimal::new(75, 2)),
        _ => None,
    }
}

/// The source between two tokens, white space made single.
#[must_use]
pub fn source(text: &str, tokens: &[Token<'_>], from: usize, to: usize) -> String {
    let (Some(first), Some(last)) = (tokens.get(from), to.checked_sub(1).and_then(|i| tokens.get(i))) else {
        return String::new();
    };
    if last.end <= first.start {
        return String::new();
    }
    text[first.start..last.end].split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
