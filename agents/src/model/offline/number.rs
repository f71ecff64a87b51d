//! Numbers as people write and say them, in figures and in words, English and German. Decimal throughout.

use rust_decimal::Decimal;

use super::words::{Kind, Token};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Num {
    pub value: Decimal,
    /// The token after it.
    pub next: usize,
    /// Only an indefinite article: one, where something countable follows.
    pub article: bool,
}

impl Num {
    fn new(value: Decimal, next: usize) -> Self {
        Self { value, next, article: false }
    }
}

fn dec(hundredths: i64) -> Decimal {
    Decimal::new(hundredths, 2).normalize()
}

const HALF: &[&str] = &["half", "halbe", "halben", "halber", "halbes", "halb"];
const QUARTER: &[&str] = &["quarter", "viertel", "viertelte"];
const ARTICLES: &[&str] =
    &["ein", "eine", "einen", "einem", "einer", "eines", "nen", "ne", "nem", "ner", "n", "a", "an"];

/// The number that begins at token `i`.
#[must_use]
pub fn at(tokens: &[Token<'_>], i: usize) -> Option<Num> {
    let token = tokens.get(i)?;
    if let Kind::Number(value) = token.kind {
        return Some(figures(tokens, i, value));
    }
    if !token.is_word() {
        return None;
    }
    if token.is(&["three", "drei"]) && tokens.get(i + 1).is_some_and(|t| t.is(&["quarters", "viertel"])) {
        return Some(Num::new(dec(75), i + 2));
    }
    if token.is(ARTICLES) {
        return Some(after_article(tokens, i));
    }
    if let Some(value) = fraction(token) {
        return Some(Num::new(value, i + 1));
    }
    if token.is(&["couple"]) {
        return Some(Num::new(dec(200), i + 1));
    }
    let (value, next) = spelled(tokens, i)?;
    Some(with_fraction(tokens, value, next))
}

fn fraction(token: &Token<'_>) -> Option<Decimal> {
    if token.is(HALF) {
        Some(dec(50))
    } else if token.is(QUARTER) {
        Some(dec(25))
    } else if token.is(&["dreiviertel"]) {
        Some(dec(75))
    } else {
        None
    }
}

/// "a half", "eine halbe", "a couple": the article counts only by itself.
fn after_article(tokens: &[Token<'_>], i: usize) -> Num {
    let following = tokens.get(i + 1);
    if let Some(value) = following.and_then(fraction) {
        return Num::new(value, i + 2);
    }
    if following.is_some_and(|t| t.is(&["couple"])) {
        let of = usize::from(tokens.get(i + 2).is_some_and(|t| t.is(&["of"])));
        return Num::new(dec(200), i + 2 + of);
    }
    if tokens[i].is(&["ein", "eine"]) {
        let with = with_fraction(tokens, Decimal::ONE, i + 1);
        if with.value != Decimal::ONE {
            return with;
        }
    }
    Num { value: Decimal::ONE, next: i + 1, article: true }
}

fn figures(tokens: &[Token<'_>], i: usize, value: Decimal) -> Num {
    if let Some(simple) = ratio(tokens, i) {
        return Num::new(simple, i + 3);
    }
    let whole = tokens[i].integer().is_some();
    // "1½": the fraction is one sign.
    let sign = tokens.get(i + 1).filter(|t| !t.text.is_ascii()).and_then(Token::number);
    if let Some(part) = sign.filter(|_| whole) {
        return Num::new(value + part, i + 2);
    }
    let dash = usize::from(tokens.get(i + 1).is_some_and(|t| t.kind == Kind::Mark('-')));
    if whole && let Some(part) = ratio(tokens, i + 1 + dash) {
        return Num::new(value + part, i + 4 + dash);
    }
    if whole { with_fraction(tokens, value, i + 1) } else { Num::new(value, i + 1) }
}

/// `1/2`, `3/4`: figures around a stroke without gaps.
fn ratio(tokens: &[Token<'_>], i: usize) -> Option<Decimal> {
    let (above, stroke, below) = (tokens.get(i)?, tokens.get(i + 1)?, tokens.get(i + 2)?);
    let (a, b) = (above.integer()?, below.integer()?);
    let fits = stroke.kind == Kind::Mark('/') && stroke.glued && below.glued && a < b && (2..=8).contains(&b);
    fits.then(|| (Decimal::from(a) / Decimal::from(b)).round_dp(4).normalize())
}

/// "and a half", "und eine halbe", "einhalb" after a whole number.
fn with_fraction(tokens: &[Token<'_>], value: Decimal, next: usize) -> Num {
    let word = |offset: usize| tokens.get(next + offset);
    if word(0).is_some_and(|t| t.is(&["einhalb"])) {
        return Num::new(value + dec(50), next + 1);
    }
    if word(0).is_some_and(|t| t.is(&["and", "und", "&", "+", "u"])) {
        let article = usize::from(word(1).is_some_and(|t| t.is(ARTICLES)));
        if let Some(part) = word(1 + article).and_then(fraction) {
            return Num::new(value + part, next + 2 + article);
        }
    }
    Num::new(value, next)
}

/// A number in words, perhaps of two ("forty five").
fn spelled(tokens: &[Token<'_>], i: usize) -> Option<(Decimal, usize)> {
    let value = word_value(&tokens[i].folded)?;
    let tens = value >= Decimal::from(20) && value < Decimal::from(100) && (value % Decimal::TEN).is_zero();
    if tens
        && let Some(unit) = tokens.get(i + 1).filter(|t| t.is_word()).and_then(|t| english_unit(&t.folded))
    {
        return Some((value + Decimal::from(unit), i + 2));
    }
    Some((value, i + 1))
}

fn english_unit(word: &str) -> Option<u32> {
    let units = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    units.iter().position(|u| *u == word).and_then(|at| u32::try_from(at + 1).ok())
}

/// What one word counts, articles excluded: "zwei", "fuenfundvierzig", "zweieinhalb", "forty-five".
#[must_use]
pub fn word_value(word: &str) -> Option<Decimal> {
    if let Some(simple) = simple_value(word) {
        return Some(Decimal::from(simple));
    }
    if matches!(
        word,
        "anderthalb" | "anderthalbe" | "eineinhalb" | "einundeinhalb" | "einenhalb" | "einanhalb"
    ) {
        return Some(dec(150));
    }
    let halves = word.strip_suffix("einhalb").or_else(|| word.strip_suffix("undeinhalb"));
    if let Some(whole) = halves.and_then(|w| simple_value(w.trim_end_matches('-').trim_end_matches("und"))) {
        return Some(Decimal::from(whole) + dec(50));
    }
    let (tens, unit) = word.split_once('-')?;
    Some(Decimal::from(tens_value(tens)? + english_unit(unit)?))
}

fn simple_value(word: &str) -> Option<u32> {
    const WORDS: &[(&str, u32)] = &[
        ("null", 0),
        ("zero", 0),
        ("eins", 1),
        ("one", 1),
        ("zwei", 2),
        ("zwo", 2),
        ("two", 2),
        ("drei", 3),
        ("three", 3),
        ("vier", 4),
        ("four", 4),
        ("fuenf", 5),
        ("funf", 5),
        ("five", 5),
        ("sechs", 6),
        ("six", 6),
        ("sieben", 7),
        ("seven", 7),
        ("acht", 8),
        ("eight", 8),
        ("neun", 9),
        ("nine", 9),
        ("zehn", 10),
        ("ten", 10),
        ("elf", 11),
        ("eleven", 11),
        ("zwoelf", 12),
        ("zwolf", 12),
        ("twelve", 12),
        ("dreizehn", 13),
        ("thirteen", 13),
        ("vierzehn", 14),
        ("fourteen", 14),
        ("fuenfzehn", 15),
        ("funfzehn", 15),
        ("fifteen", 15),
        ("sechzehn", 16),
        ("sixteen", 16),
        ("siebzehn", 17),
        ("seventeen", 17),
        ("achtzehn", 18),
        ("eighteen", 18),
        ("neunzehn", 19),
        ("nineteen", 19),
        ("hundert", 100),
        ("hundred", 100),
        ("dutzend", 12),
        ("dozen", 12),
    ];
    if let Some((_, value)) = WORDS.iter().find(|(w, _)| *w == word) {
        return Some(*value);
    }
    if let Some(tens) = tens_value(word) {
        return Some(tens);
    }
    if let Some(rest) = word.strip_prefix("einhundert").or_else(|| word.strip_prefix("hundert")) {
        return Some(100 + simple_value(rest)?);
    }
    let (unit, tens) = word.split_once("und")?;
    let unit = if unit == "ein" { 1 } else { simple_value(unit).filter(|u| *u < 10)? };
    Some(tens_value(tens)? + unit)
}

fn tens_value(word: &str) -> Option<u32> {
    Some(match word {
        "zwanzig" | "twenty" => 20,
        "dreissig" | "dreizig" | "thirty" => 30,
        "vierzig" | "forty" | "fourty" => 40,
        "fuenfzig" | "funfzig" | "fifty" => 50,
        "sechzig" | "sixty" => 60,
        "siebzig" | "seventy" => 70,
        "achtzig" | "eighty" => 80,
        "neunzig" | "ninety" => 90,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::offline::words::read;

    #[test]
    fn figures_and_words_count_alike() {
        let cases = [
            ("1,5", "1.5"),
            ("1.5", "1.5"),
            ("½", "0.5"),
            ("1½", "1.5"),
            ("1 ½", "1.5"),
            ("1/2", "0.5"),
            ("1 1/2", "1.5"),
            ("1-1/2", "1.5"),
            ("two", "2"),
            ("zwo", "2"),
            ("two and a half", "2.5"),
            ("anderthalb", "1.5"),
            ("Eineinhalb", "1.5"),
            ("zweieinhalb", "2.5"),
            ("zwei einhalb", "2.5"),
            ("eine halbe", "0.5"),
            ("half", "0.5"),
            ("ein", "1"),
            ("fünfundvierzig", "45"),
            ("fuenfundvierzig", "45"),
            ("forty five", "45"),
            ("forty-five", "45"),
            ("hundertzwanzig", "120"),
            ("three quarters", "0.75"),
            ("dreiviertel", "0.75"),
            ("a couple of", "2"),
            ("eine und eine halbe", "1.5"),
            ("einundzwanzig", "21"),
            ("zwei und eine halbe", "2.5"),
        ];
        for (text, expected) in cases {
            let tokens = read(text);
            let num = at(&tokens, 0).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(num.value.normalize().to_string(), expected, "{text}");
            assert_eq!(num.next, tokens.len(), "{text}");
        }
        for text in ["und", "Meier", "", "hundeleine"] {
            assert_eq!(at(&read(text), 0), None, "{text}");
        }
    }
}
