//! Finding what names a person in a text, and hiding it: names as words of their own, numbers in any spelling. Pure; knows
//! no table.

use domain::spelling;
use serde_json::Value;

use super::NOBODY;

/// Shorter names are too common to look for.
const LEAST_LETTERS: usize = 3;
/// Shorter numbers name nobody.
const LEAST_DIGITS: usize = 8;
/// A country code has at most three digits.
const COUNTRY: usize = 3;
/// Words of our own that somebody may be called by mistake: in texts they mean something else.
const OURS: [&str; 8] = ["agent", "customer", "field", "house", "office", "staff", "technician", "user"];
/// Marks of a firm: its words are nobody's name.
const FIRMS: [&str; 9] = ["ag", "co", "ev", "gmbh", "inc", "kg", "ltd", "ohg", "ug"];

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hidden {
    /// Several words, in any case.
    phrases: Vec<String>,
    /// Single names as they are spelled, or in capitals.
    names: Vec<String>,
    /// Digits with country code.
    numbers: Vec<String>,
    /// Usernames, ids and addresses of mail: wherever they stand.
    exact: Vec<String>,
}

impl Hidden {
    /// A full name. Each of its words counts alone too, where `alone` says so: nobody else is called that.
    pub(crate) fn name(&mut self, name: &str, mut alone: impl FnMut(&str) -> bool) {
        let parts: Vec<&str> = words(name).collect();
        if parts.len() > 1 {
            self.phrases.push(name.trim().to_lowercase());
        }
        if parts.iter().any(|part| FIRMS.contains(&part.to_lowercase().as_str())) {
            return;
        }
        for part in parts {
            let known = OURS.contains(&part.to_lowercase().as_str());
            let letters = part.chars().count() >= LEAST_LETTERS && part.chars().all(char::is_alphabetic);
            if letters && !known && alone(part) && !self.names.iter().any(|name| name == part) {
                self.names.push(part.to_owned());
            }
        }
    }

    /// A street with its number, as it is written.
    pub(crate) fn phrase(&mut self, text: &str) {
        if words(text).count() > 1 {
            self.phrases.push(text.trim().to_lowercase());
        }
    }

    /// A number; one that is too short to be somebody's is not looked for.
    pub(crate) fn number(&mut self, number: &str) {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= LEAST_DIGITS {
            self.numbers.push(digits);
        }
    }

    pub(crate) fn exact(&mut self, text: &str) {
        if text.chars().count() > LEAST_LETTERS {
            self.exact.push(text.to_owned());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.phrases.is_empty() && self.names.is_empty() && self.numbers.is_empty() && self.exact.is_empty()
    }

    /// `text` without them; JSON stays JSON, its keys and our own words in it as they are. `None` where nothing is hidden.
    pub(crate) fn hide(&self, text: &str) -> Option<String> {
        let hidden = self.hide_in(text, 0);
        (hidden != text).then_some(hidden)
    }

    fn hide_in(&self, text: &str, depth: usize) -> String {
        const DEEP: usize = 8;
        let json = text.starts_with(['{', '[']) && depth < DEEP;
        match json.then(|| serde_json::from_str::<Value>(text)) {
            Some(Ok(mut value)) => {
                // Left as it is written unless something goes.
                if self.walk(&mut value, depth + 1) { value.to_string() } else { text.to_owned() }
            }
            _ => self.plain(text),
        }
    }

    fn walk(&self, value: &mut Value, depth: usize) -> bool {
        match value {
            // What a tool was given or gave back is often JSON in a text.
            Value::String(text) => {
                let hidden = self.hide_in(text, depth);
                let changed = hidden != *text;
                *text = hidden;
                changed
            }
            Value::Array(items) => {
                items.iter_mut().fold(false, |changed, item| self.walk(item, depth) | changed)
            }
            Value::Object(fields) => {
                fields.values_mut().fold(false, |changed, field| self.walk(field, depth) | changed)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn plain(&self, text: &str) -> String {
        let mut kept = text.to_owned();
        for exact in &self.exact {
            kept = kept.replace(exact.as_str(), NOBODY);
        }
        for phrase in &self.phrases {
            kept = replace(&kept, phrase, true);
        }
        for name in &self.names {
            kept = replace(&kept, name, false);
            kept = replace(&kept, &name.to_uppercase(), false);
        }
        if self.numbers.is_empty() { kept } else { self.without_numbers(&kept) }
    }

    /// A run of digits with what people write between them.
    fn without_numbers(&self, text: &str) -> String {
        let mut kept = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit() || c == '+') {
            let (before, from) = rest.split_at(at);
            kept.push_str(before);
            let inside = before.chars().next_back().or_else(|| kept.chars().next_back());
            let length = run(from);
            let (number, after) = from.split_at(length);
            let whole = !inside.is_some_and(in_word) && !after.chars().next().is_some_and(in_word);
            let hidden = whole && self.is_number(number);
            if hidden && number.contains(')') && !number.contains('(') && kept.ends_with('(') {
                kept.pop();
            }
            kept.push_str(if hidden { NOBODY } else { number });
            rest = after;
        }
        kept.push_str(rest);
        kept
    }

    fn is_number(&self, written: &str) -> bool {
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        let significant = digits.trim_start_matches('0');
        if significant.len() < LEAST_DIGITS - 1 {
            return false;
        }
        self.numbers.iter().any(|number| {
            let number = number.trim_start_matches('0');
            // As written within the country: without what stands before the country's own numbers.
            number == significant
                || (number.ends_with(significant) && number.len() - significant.len() <= COUNTRY)
                || (significant.ends_with(number) && significant.len() - number.len() <= COUNTRY)
        })
    }
}

/// How far a number goes: digits with single marks between them, ending in a digit.
fn run(text: &str) -> usize {
    let mut end = 0;
    let mut marks = 0;
    for (at, c) in text.char_indices() {
        match c {
            '0'..='9' => {
                (end, marks) = (at + 1, 0);
            }
            '+' if at == 0 => end = 1,
            ' ' | '-' | '/' | '(' | ')' | '.' | '\u{a0}' if marks < 2 => marks += 1,
            _ => break,
        }
    }
    end.max(1)
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The words of a name as others are compared by them.
pub(crate) fn folded(name: &str) -> Vec<String> {
    words(name).map(spelling::fold).collect()
}

/// `text` without `hidden` where it stands as words of its own.
fn replace(text: &str, hidden: &str, any_case: bool) -> String {
    // Positions in both are the same, or the case is not looked past.
    let lower = if any_case { text.to_lowercase() } else { String::new() };
    let seen = if any_case && lower.len() == text.len() { lower.as_str() } else { text };
    let (mut kept, mut from) = (String::with_capacity(text.len()), 0);
    while let Some(at) = seen.get(from..).and_then(|rest| rest.find(hidden)).map(|at| at + from) {
        let end = at + hidden.len();
        let (Some(before), Some(found)) = (text.get(from..at), text.get(at..end)) else { break };
        let left = text.get(..at).and_then(|before| before.chars().next_back());
        let right = text.get(end..).and_then(|after| after.chars().next());
        let whole = !left.is_some_and(in_word) && !right.is_some_and(in_word);
        kept.push_str(before);
        kept.push_str(if whole { NOBODY } else { found });
        from = end;
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frank() -> Hidden {
        let mut hidden = Hidden::default();
        hidden.name("Frank Sauer", |_| true);
        hidden.number("4915112345678");
        hidden
    }

    #[test]
    fn a_name_goes_and_a_longer_word_that_begins_like_it_stays() {
        let frank = frank();
        let text = "Frank, Frankfurt, ask_Frank, frank und frei, FRANK and frank sauer";
        let hidden = "erased person, Frankfurt, ask_Frank, frank und frei, erased person and erased person";
        assert_eq!(frank.hide(text).as_deref(), Some(hidden));
        assert_eq!(frank.hide("nothing of his"), None);
    }

    #[test]
    fn json_stays_json_with_its_keys() {
        let json = r#"{"Frank":"{\"by\":\"Frank\"}","n":1,"kind":"frank"}"#;
        let hidden = r#"{"Frank":"{\"by\":\"erased person\"}","kind":"frank","n":1}"#;
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(read(&frank().hide(json).unwrap()), read(hidden));
    }

    #[test]
    fn a_number_goes_in_every_spelling_and_others_stay() {
        for written in
            ["4915112345678", "+49 151 12345678", "0151/1234 5678", "(0151) 12345678", "00491511234-5678"]
        {
            let text = format!("call {written}, please");
            assert_eq!(frank().hide(&text).as_deref(), Some("call erased person, please"), "{written}");
        }
        for other in [
            "49151123456789",
            "x4915112345678",
            "4915112345678_1",
            "2345678",
            "30 12345678",
            "0193-7712-5678",
        ] {
            assert_eq!(frank().hide(other), None, "{other}");
        }
    }

    #[test]
    fn our_own_words_and_those_of_firms_are_nobodys() {
        let mut hidden = Hidden::default();
        hidden.name("Technician", |_| true);
        hidden.name("Rohr Service GmbH", |_| true);
        assert_eq!(hidden.hide("the technician, Technician and Rohr of Service"), None);
        assert_eq!(hidden.hide("of Rohr Service GmbH").as_deref(), Some("of erased person"));
    }
}
