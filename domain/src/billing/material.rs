//! Which priced material a name means: tolerant of case, blanks, hyphens, order and slips, exact about codes and sizes.
//! Never chooses between two.

use super::rules::{MaterialPrice, Rules};
use crate::spelling::{slips, words};

/// Names offered for one that is not known.
const NEAREST: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<'a> {
    Priced(&'a MaterialPrice),
    /// The canonical names that come nearest, best first, perhaps none.
    Unknown(Vec<String>),
}

/// A name in comparable parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// Numbers and words of up to two letters, in order: `10`, `b`. One off is another part.
    codes: Vec<String>,
    /// The longer words, sorted.
    words: Vec<String>,
    /// Everything written together, as it came.
    joined: String,
}

impl Key {
    pub(super) fn of(name: &str) -> Self {
        let mut parts: Vec<String> = Vec::new();
        for word in words(name) {
            // "10B" is "10 B", "DN50" is "DN 50".
            for letter in word.chars() {
                let same = |part: &String| part.ends_with(|c: char| c.is_numeric() == letter.is_numeric());
                match parts.last_mut() {
                    Some(part) if !part.is_empty() && same(part) => part.push(letter),
                    Some(part) if part.is_empty() => part.push(letter),
                    _ => parts.push(letter.to_string()),
                }
            }
            parts.push(String::new());
        }
        parts.retain(|part| !part.is_empty());
        let joined = parts.concat();
        let (codes, mut long): (Vec<String>, Vec<String>) = parts
            .into_iter()
            .partition(|part| part.chars().count() <= 2 || part.starts_with(char::is_numeric));
        long.sort_unstable();
        Self { codes, words: long, joined }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.joined.is_empty()
    }

    fn same(&self, other: &Self) -> bool {
        self.joined == other.joined && self.numbers() == other.numbers()
            || (self.codes == other.codes && self.words == other.words)
    }

    /// `1/2` and `12` are written together alike.
    fn numbers(&self) -> Vec<&String> {
        self.codes.iter().filter(|code| code.starts_with(char::is_numeric)).collect()
    }
}

/// Whether the names are the same or one typing slip could take one for the other.
pub(super) fn slip_apart(one: &Key, other: &Key) -> bool {
    if one.same(other) || one.codes != other.codes {
        return one.same(other);
    }
    if one.words.len() == other.words.len() {
        return one.words.iter().zip(&other.words).all(|(a, b)| slips(a, b).is_some());
    }
    slips(&one.words.concat(), &other.words.concat()).is_some()
}

/// The material that `name` means.
#[must_use]
pub fn lookup<'a>(rules: &'a Rules, name: &str) -> Known<'a> {
    let said = Key::of(name);
    if said.is_empty() {
        return Known::Unknown(Vec::new());
    }
    let matching = |alike: fn(&Key, &Key) -> bool| {
        let mut found = rules.materials.iter().filter(|m| m.names().any(|own| alike(&Key::of(own), &said)));
        (found.next(), found.next())
    };
    match matching(Key::same) {
        (Some(material), None) => return Known::Priced(material),
        (Some(_), Some(_)) => return Known::Unknown(nearest(rules, &said)),
        (None, _) => {}
    }
    match matching(slip_apart) {
        (Some(material), None) => Known::Priced(material),
        _ => Known::Unknown(nearest(rules, &said)),
    }
}

fn nearest(rules: &Rules, said: &Key) -> Vec<String> {
    let mut ranked: Vec<(f64, &str)> = rules
        .materials
        .iter()
        .map(|material| {
            let best = material.names().map(|own| closeness(said, &Key::of(own))).fold(0.0, f64::max);
            (best, material.name.as_str())
        })
        .filter(|(closeness, _)| *closeness >= 0.7)
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    ranked.into_iter().take(NEAREST).map(|(_, name)| name.to_owned()).collect()
}

/// From 0 to 1; a word that is part of the other is near, whatever its length.
fn closeness(said: &Key, own: &Key) -> f64 {
    let whole = strsim::jaro_winkler(&said.joined, &own.joined);
    let (said, own) = (said.words.concat(), own.words.concat());
    let (short, long) = if said.len() < own.len() { (said, own) } else { (own, said) };
    let part = short.chars().count() >= 4 && long.contains(short.as_str());
    if part { whole.max(0.8) } else { whole }
}
