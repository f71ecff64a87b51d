//! What is known of a word: the classes it belongs to, by list, by ending and by a small slip of the keyboard.
//! Words here are folded (`words::fold`). The lists themselves stand in `vocabulary.rs`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{
    vocabulary::{LISTS, PART_CONCEPTS},
    wishes,
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Class(u32);

impl Class {
    pub const NONE: Self = Self(0);
    /// Carries no fact: pronouns, auxiliaries, politeness.
    pub const FILLER: Self = Self(1);
    pub const ARTICLE: Self = Self(1 << 1);
    pub const PREPOSITION: Self = Self(1 << 2);
    /// "and", "plus": between items.
    pub const JOIN: Self = Self(1 << 3);
    /// A German participle of work: stands after what was worked on.
    pub const WORK_AFTER: Self = Self(1 << 4);
    /// An English verb of work: stands before what was worked on.
    pub const WORK_BEFORE: Self = Self(1 << 5);
    /// A noun that names work by itself: "Wartung", "inspection".
    pub const WORK_NOUN: Self = Self(1 << 6);
    /// "used", "verbaut": what stands beside it is material.
    pub const USE: Self = Self(1 << 7);
    /// Work that leaves something new behind: "replaced", "montiert".
    pub const FITS: Self = Self(1 << 8);
    pub const PART: Self = Self(1 << 9);
    pub const ROOM: Self = Self(1 << 10);
    pub const HOUR: Self = Self(1 << 11);
    pub const MINUTE: Self = Self(1 << 12);
    /// A unit that materials are counted in.
    pub const MEASURE: Self = Self(1 << 13);
    /// A unit of size in a material's name: `mm`, `Zoll`.
    pub const DIMENSION: Self = Self(1 << 14);
    pub const TITLE: Self = Self(1 << 15);
    pub const GIVEN_NAME: Self = Self(1 << 16);
    pub const SURNAME: Self = Self(1 << 17);
    pub const CITY: Self = Self(1 << 18);
    /// A kind of business: begins a customer's name.
    pub const BUSINESS: Self = Self(1 << 19);
    /// Countable and no material: "Kollegen", "floors".
    pub const COUNTED: Self = Self(1 << 20);
    pub const MONTH: Self = Self(1 << 21);
    pub const ABBREVIATION: Self = Self(1 << 22);
    pub const NUMBER_WORD: Self = Self(1 << 23);
    pub const NEGATION: Self = Self(1 << 24);
    pub const ADJECTIVE: Self = Self(1 << 25);
    /// Only with others: common words that are no names ("Problem", "leider").
    pub const ORDINARY: Self = Self(1 << 26);
    pub const PARTICLE: Self = Self(1 << 27);
    /// A German noun by its ending: never a name.
    pub const ABSTRACT: Self = Self(1 << 28);

    #[must_use]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// A verb or noun of work.
    #[must_use]
    pub fn is_work(self) -> bool {
        self.has(Self::WORK_AFTER.and(Self::WORK_BEFORE).and(Self::WORK_NOUN))
    }

    /// Names a person or a firm.
    #[must_use]
    pub fn is_name(self) -> bool {
        self.has(Self::GIVEN_NAME.and(Self::SURNAME))
    }
}

/// Classes whose words are recognised with one slip: long enough and unlike names.
const FORGIVING: Class = Class::HOUR
    .and(Class::MINUTE)
    .and(Class::WORK_AFTER)
    .and(Class::WORK_BEFORE)
    .and(Class::PART)
    .and(Class::USE)
    .and(Class::WORK_NOUN);
/// Shorter words are too near to one another.
const FORGIVING_FROM: usize = 6;
/// Longer ones are no words.
const LONGEST: usize = 40;
/// A compound's last part counts from this length on.
const TAIL_FROM: usize = 4;

struct Lexicon {
    words: HashMap<&'static str, Class>,
    concepts: HashMap<&'static str, usize>,
    /// Each forgiving word with one letter left out.
    slips: HashMap<String, Vec<&'static str>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut words: HashMap<&'static str, Class> = HashMap::new();
    let mut add = |word: &'static str, class: Class| {
        let known = words.entry(word).or_default();
        *known = known.and(class);
    };
    for (class, list) in LISTS {
        list.split_whitespace().for_each(|word| add(word, *class));
    }
    let mut concepts = HashMap::new();
    for (concept, list) in PART_CONCEPTS.iter().enumerate() {
        for word in list.split_whitespace() {
            add(word, Class::PART);
            concepts.insert(word, concept);
        }
    }
    // What people say about a job is nobody's name.
    for word in wishes::ALL.iter().flat_map(|list| list.split(['|', ' '])).filter(|word| word.len() > 1) {
        if words.get(word).is_none_or(|class| class.is_empty()) {
            words.insert(word, Class::ORDINARY);
        }
    }
    let mut slips: HashMap<String, Vec<&'static str>> = HashMap::new();
    for (word, class) in &words {
        if class.has(FORGIVING) && word.len() >= FORGIVING_FROM {
            for shorter in deletions(word) {
                slips.entry(shorter).or_default().push(word);
            }
        }
    }
    for near in slips.values_mut() {
        near.sort_unstable();
    }
    Lexicon { words, concepts, slips }
});

fn deletions(word: &str) -> impl Iterator<Item = String> {
    word.char_indices().map(|(at, c)| format!("{}{}", &word[..at], &word[at + c.len_utf8()..]))
}

/// The classes of a folded word; none for a word nobody taught us.
#[must_use]
pub fn classify(folded: &str) -> Class {
    if folded.len() > LONGEST {
        return Class::NONE;
    }
    if let Some(class) = LEXICON.words.get(folded) {
        return *class;
    }
    if let Some(stem) = folded.strip_suffix("'s").or_else(|| folded.strip_suffix('\'')) {
        return classify(stem);
    }
    if super::number::word_value(folded).is_some() {
        return Class::NUMBER_WORD;
    }
    by_tail(folded).or_else(|| by_form(folded)).or_else(|| by_slip(folded)).unwrap_or(Class::NONE)
}

/// Whether the word itself was taught, or is one slip away from one that was.
#[must_use]
pub fn listed(folded: &str) -> bool {
    LEXICON.words.contains_key(folded) || by_tail(folded).is_some() || by_slip(folded).is_some()
}

/// A compound is what its last part is: "Eckventil" is a valve.
fn by_tail(folded: &str) -> Option<Class> {
    folded
        .char_indices()
        .skip(2)
        .map(|(at, _)| &folded[at..])
        .take_while(|tail| tail.len() >= TAIL_FROM)
        .find_map(|tail| {
            let class = *LEXICON.words.get(tail.trim_start_matches('-'))?;
            let kept = Class::PART.and(Class::WORK_NOUN).and(Class::WORK_AFTER).and(Class::HOUR);
            class.has(kept).then(|| Class(class.0 & kept.and(Class::FITS).0))
        })
}

/// Participles and nouns known by their form.
fn by_form(folded: &str) -> Option<Class> {
    let length = folded.len();
    let separable =
        ["ab", "an", "auf", "aus", "ein", "fest", "frei", "nach", "um", "zu", "durch", "weg", "zurueck"];
    let inner = separable.iter().find_map(|p| folded.strip_prefix(p)).unwrap_or(folded);
    let participle = inner.starts_with("ge")
        && (inner.ends_with('t') || inner.ends_with("en") && inner.len() < length)
        && !folded.ends_with("rt")
        && !folded.ends_with("dt");
    let inseparable = ["ver", "ent", "zer"].iter().any(|p| folded.starts_with(p)) && folded.ends_with('t');
    if length >= 7 && (participle || inseparable || folded.ends_with("iert")) {
        return Some(Class::WORK_AFTER);
    }
    if length >= 6 && folded.ends_with("ed") && !folded.ends_with("eed") {
        return Some(Class::WORK_BEFORE);
    }
    let abstract_noun = ["ung", "ungen", "heit", "keit", "schaft", "tion"];
    (length >= 7 && abstract_noun.iter().any(|tail| folded.ends_with(tail))).then_some(Class::ABSTRACT)
}

fn by_slip(folded: &str) -> Option<Class> {
    if folded.len() < FORGIVING_FROM {
        return None;
    }
    let found = nearest(folded)?;
    LEXICON.words.get(found).map(|class| Class(class.0 & FORGIVING.and(Class::FITS).0))
}

/// The forgiving word that `folded` is one slip away from.
fn nearest(folded: &str) -> Option<&'static str> {
    let near = |word: &&&'static str| {
        word.chars().next() == folded.chars().next() && strsim::osa_distance(word, folded) == 1
    };
    let exact_deletion = LEXICON.slips.get(folded).and_then(|words| words.iter().find(near));
    let by_deletion = || {
        deletions(folded).find_map(|shorter| {
            let longer = LEXICON.words.get_key_value(shorter.as_str()).map(|(word, _)| *word);
            let taught = longer.filter(|w| LEXICON.words[w].has(FORGIVING) && w.len() >= FORGIVING_FROM - 1);
            taught.or_else(|| LEXICON.slips.get(&shorter)?.iter().find(near).copied())
        })
    };
    exact_deletion.copied().or_else(by_deletion)
}

/// Which kind of part a word names, the same for both languages: "Dichtung" and "gasket" are one.
#[must_use]
pub fn concept(folded: &str) -> Option<usize> {
    if let Some(concept) = LEXICON.concepts.get(folded) {
        return Some(*concept);
    }
    let by_tail = folded
        .char_indices()
        .skip(2)
        .map(|(at, _)| &folded[at..])
        .take_while(|tail| tail.len() >= TAIL_FROM)
        .find_map(|tail| LEXICON.concepts.get(tail));
    by_tail.or_else(|| LEXICON.concepts.get(nearest(folded)?)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_by_list_by_tail_by_form_and_by_a_slip() {
        let cases = [
            ("repariert", Class::WORK_AFTER),
            ("repaired", Class::WORK_BEFORE),
            ("eckventil", Class::PART),
            ("heizungswartung", Class::WORK_NOUN),
            ("nachgezogen", Class::WORK_AFTER),
            ("rewired", Class::WORK_BEFORE),
            ("dichtugn", Class::PART),
            ("reparirt", Class::WORK_AFTER),
            ("stundn", Class::HOUR),
            ("replaecd", Class::WORK_BEFORE),
        ];
        for (word, class) in cases {
            assert!(classify(word).has(class), "{word}: {:?}", classify(word));
        }
    }

    #[test]
    fn names_stay_unknown() {
        for name in
            ["kowalczyk", "petersen", "o'connor", "gebhardt", "geppert", "thompson", "mayer", "brandt"]
        {
            assert!(classify(name).is_empty() || classify(name).is_name(), "{name}: {:?}", classify(name));
        }
    }

    #[test]
    fn one_part_is_one_concept_in_both_languages() {
        assert_eq!(concept("dichtungen"), concept("gasket"));
        assert_eq!(concept("kupferrohr"), concept("pipe"));
        assert_ne!(concept("siphon"), concept("gasket"));
        assert_eq!(concept("meier"), None);
    }
}
