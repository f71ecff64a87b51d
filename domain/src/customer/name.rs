//! How a spoken name fits a customer's name. Forms of address and company forms say nothing; the family name counts most.

use crate::spelling::{Likeness, Word, fold, words};

/// Said before or with a name, in both languages; never part of one.
const UNSAID: &[&str] = &[
    "herr",
    "herrn",
    "hr",
    "frau",
    "fr",
    "fam",
    "familie",
    "family",
    "firma",
    "fa",
    "mr",
    "mrs",
    "ms",
    "miss",
    "mister",
    "dr",
    "prof",
    "professor",
    "dipl",
    "ing",
    "the",
    "at",
    "bei",
    "beim",
    "the",
    "kunde",
    "kundin",
    "customer",
    "company",
    "eheleute",
    "und",
    "and",
];
const COMPANY_FORMS: &[&str] = &[
    "gmbh",
    "ggmbh",
    "mbh",
    "ag",
    "kg",
    "kgaa",
    "ohg",
    "ug",
    "gbr",
    "ek",
    "ev",
    "eg",
    "se",
    "co",
    "cokg",
    "inc",
    "ltd",
    "llc",
    "haftungsbeschraenkt",
    "partg",
    "partgmbb",
];
/// Particles of family names: "von der Heide" may be called "Heide".
const PARTICLES: &[&str] =
    &["von", "van", "vom", "zu", "zum", "zur", "de", "der", "den", "del", "di", "da", "la", "le", "el", "al"];

/// A name in comparable words.
#[derive(Clone, Debug)]
pub(super) struct Name {
    words: Vec<Word>,
    /// Which of the words make up the family name, or for a company all of them.
    key: Vec<bool>,
    joined: String,
}

impl Name {
    pub(super) fn read(text: &str) -> Self {
        // A comma puts the family name first: "Meier, Klaus".
        let turned = match text.split_once(',') {
            Some((family, given)) if !given.trim().is_empty() => format!("{given} {family}"),
            _ => text.to_owned(),
        };
        let folded = fold(&turned).replace("e.k.", "ek").replace("e.v.", "ev").replace("e.g.", "eg");
        let pieces: Vec<Vec<String>> =
            folded.split_whitespace().map(words).filter(|p| !p.is_empty()).collect();
        let said = |piece: &Vec<String>| !piece.iter().all(|w| is(UNSAID, w) || is(COMPANY_FORMS, w));
        let company = pieces.iter().flatten().any(|w| is(COMPANY_FORMS, w));
        let kept: Vec<&Vec<String>> = pieces.iter().filter(|piece| said(piece)).collect();
        let last = kept.len().saturating_sub(1);
        let (mut all, mut key) = (Vec::new(), Vec::new());
        for (place, piece) in kept.into_iter().enumerate() {
            for word in piece {
                all.push(Word::new(word.clone()));
                key.push((company || place == last) && !is(PARTICLES, word));
            }
        }
        if !key.contains(&true) {
            key.fill(true);
        }
        Self { joined: all.iter().map(|w| w.text.as_str()).collect(), words: all, key }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether `word` is one of the name's words.
    pub(super) fn holds(&self, word: &Word) -> bool {
        self.words.iter().any(|own| own == word)
    }
}

fn is(list: &[&str], word: &str) -> bool {
    list.contains(&word)
}

/// How a name that was said fits a customer's, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameFit {
    /// Another name.
    Other,
    /// Nothing was said.
    Unsaid,
    /// Only given names, or a word of the trade: it may be anyone's.
    Given,
    /// The family name fits, but something was said that is not theirs.
    Partly,
    Slip,
    Sound,
    Same,
    /// Every word of it was said.
    Whole,
}

impl NameFit {
    pub(super) fn fits(self) -> bool {
        self >= Self::Slip
    }
}

pub(super) fn fit(said: &Name, own: &Name) -> NameFit {
    if said.is_empty() {
        return NameFit::Unsaid;
    }
    if own.is_empty() {
        return NameFit::Other;
    }
    if said.joined == own.joined {
        return NameFit::Whole;
    }
    let mut free = vec![true; own.words.len()];
    let (mut weakest, mut key, mut given, mut strange) = (Likeness::Same, false, false, false);
    for word in &said.words {
        match closest(word, own, &free) {
            Some((place, likeness)) => {
                free[place] = false;
                key |= own.key[place];
                given |= !own.key[place];
                weakest = weakest.min(likeness);
            }
            None => strange = true,
        }
    }
    let whole = !free.contains(&true);
    match (key, strange) {
        (true, true) => NameFit::Partly,
        (true, false) if whole && weakest == Likeness::Same => NameFit::Whole,
        (true, false) => match weakest {
            Likeness::Same => NameFit::Same,
            Likeness::Sound => NameFit::Sound,
            Likeness::Slip => NameFit::Slip,
        },
        (false, false) if given => NameFit::Given,
        (false, _) => NameFit::Other,
    }
}

/// The best free word of `own` for `word`; among equals a key word. An initial stands for a given name.
fn closest(word: &Word, own: &Name, free: &[bool]) -> Option<(usize, Likeness)> {
    let mut best: Option<(usize, Likeness)> = None;
    for (place, other) in own.words.iter().enumerate().filter(|(place, _)| free[*place]) {
        let initial = word.text.chars().count() == 1 && !own.key[place] && other.text.starts_with(&word.text);
        let likeness = word.alike(other).or(initial.then_some(Likeness::Sound));
        let rank = |candidate: (usize, Likeness)| (candidate.1, own.key[candidate.0]);
        if let Some(likeness) = likeness
            && best.is_none_or(|held| rank((place, likeness)) > rank(held))
        {
            best = Some((place, likeness));
        }
    }
    best
}
