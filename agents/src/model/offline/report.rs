//! A text read as facts about one job. Pure and forgiving: a fact that is not told is absent, nothing is guessed.

use rust_decimal::Decimal;

use super::{
    hours::{self, Role},
    lexicon::Class,
    materials::{self, Item},
    negation::{self, TakenBack},
    number,
    place::{self, Place},
    words::{self, Kind, Span, Token},
    work::{self, Work},
};

/// Words of an answer that may be a name as a whole.
const NAME_WORDS: usize = 5;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub name: Option<String>,
    pub address: Option<String>,
    pub work: Option<Work>,
    pub hours: Option<Decimal>,
    /// "half an hour more": added to what is known.
    pub more_hours: Option<Decimal>,
    /// Empty: none were used.
    pub materials: Option<Vec<Item>>,
    /// Other customers the same text names.
    pub others: Vec<Place>,
}

impl Facts {
    #[must_use]
    pub fn has_place(&self) -> bool {
        self.name.is_some() || self.address.is_some()
    }

    #[must_use]
    pub fn has_sure_work(&self) -> bool {
        self.work.as_ref().is_some_and(|w| w.sure)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.has_place()
            && self.work.is_none()
            && self.hours.is_none()
            && self.more_hours.is_none()
            && self.materials.is_none()
    }

    /// How many of the four parts of a report are told.
    #[must_use]
    pub fn told(&self) -> usize {
        [self.has_place(), self.work.is_some(), self.hours.is_some(), self.materials.is_some()]
            .into_iter()
            .filter(|told| *told)
            .count()
    }
}

/// What was asked for: words that would tell nothing by themselves are read as the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    pub place: bool,
    pub work: bool,
    pub hours: bool,
    pub materials: bool,
    /// The text corrects a job that is known.
    pub amends: bool,
}

impl Expect {
    pub const NOTHING: Self =
        Self { place: false, work: false, hours: false, materials: false, amends: false };

    #[must_use]
    pub fn any(self) -> bool {
        self.place || self.work || self.hours || self.materials
    }

    fn only(self, part: fn(Self) -> bool) -> bool {
        let count = [self.place, self.work, self.hours, self.materials].into_iter().filter(|x| *x).count();
        count == 1 && part(self)
    }
}

/// Reads `text` as one job.
#[must_use]
pub fn read(text: &str, expect: Expect) -> Facts {
    let mut tokens = words::read(text);
    let back = negation::silence(&mut tokens);
    let mut taken = vec![false; tokens.len()];
    dates(&tokens).into_iter().for_each(|s| take(&mut taken, s));
    let durations = hours::find(&tokens);
    durations.iter().for_each(|d| take(&mut taken, d.span));
    let mut others = place::find(text, &tokens, &taken);
    for piece in others.iter().flat_map(|p| &p.pieces) {
        take(&mut taken, *piece);
    }
    let best = others.iter().position(|p| p.name.is_some() && p.address.is_some()).unwrap_or(0);
    let place = (!others.is_empty()).then(|| others.remove(best));
    let listing = expect.only(|e| e.materials);
    let found = materials::find(text, &tokens, &taken, listing, expect.amends);
    let mut materials = found.items();
    for mention in found.mentions.iter().filter(|m| !m.by_work) {
        take(&mut taken, mention.span);
    }
    found.none.iter().for_each(|s| take(&mut taken, *s));
    let mut facts = Facts {
        hours: hours::worked(&tokens, &durations),
        more_hours: durations.iter().find(|d| d.role == Role::Change).map(|d| d.hours),
        name: place.as_ref().and_then(|p| p.name.clone()),
        address: place.and_then(|p| p.address),
        others,
        ..Facts::default()
    };
    bare_answers(text, &tokens, &mut taken, expect, back, &mut facts, &mut materials);
    facts.materials = materials;
    let work_only = expect.only(|e| e.work) && facts.is_empty();
    facts.work = work::find(text, &tokens, &taken, expect.work && work_only)
        .or_else(|| whole(text, &tokens, work_only));
    facts
}

fn take(taken: &mut [bool], span: Span) {
    let to = span.to.min(taken.len());
    taken[span.from.min(to)..to].fill(true);
}

/// Answers that say no more than was asked: "2", "keins", "Meier".
fn bare_answers(
    text: &str,
    tokens: &[Token<'_>],
    taken: &mut [bool],
    expect: Expect,
    back: TakenBack,
    facts: &mut Facts,
    materials: &mut Option<Vec<Item>>,
) {
    if materials.is_none()
        && expect.materials
        && (expect.only(|e| e.materials) || !facts.is_empty())
        && denies(tokens, taken)
    {
        *materials = Some(Vec::new());
    }
    let nothing_counted = materials.as_ref().is_none_or(Vec::is_empty);
    if facts.hours.is_none() && facts.more_hours.is_none() && (back.hours || expect.hours && nothing_counted)
    {
        let free: Vec<Token<'_>> =
            tokens.iter().zip(taken.iter()).filter(|(_, t)| !**t).map(|(t, _)| t.clone()).collect();
        facts.hours = hours::bare(&free);
    }
    if let (Some(part), true) = (back.part, materials.is_none()) {
        *materials = counted_alone(tokens, taken).map(|quantity| vec![part_again(tokens, part, quantity)]);
    }
    let nothing_else = facts.is_empty() && materials.is_none();
    if expect.place
        && nothing_else
        && let Some(name) = name_alone(text, tokens, expect.only(|e| e.place))
    {
        facts.name = Some(name);
        taken.fill(true);
    }
}

/// An answer that is a name and nothing but: "Kowalski", "it's Anna Becker". A word of the trade may be one where
/// nothing but the name is open.
fn name_alone(text: &str, tokens: &[Token<'_>], only_place: bool) -> Option<String> {
    let empty =
        Class::FILLER.and(Class::PREPOSITION).and(Class::ARTICLE).and(Class::TITLE).and(Class::ORDINARY);
    let words: Vec<&Token<'_>> = tokens.iter().filter(|t| t.is_word() && !t.has(empty)).collect();
    let person = Class::GIVEN_NAME.and(Class::SURNAME).and(Class::BUSINESS).and(Class::PARTICLE);
    let fits = |t: &&Token<'_>| {
        t.unknown() || t.has(person) || only_place && t.capital() && t.has(Class::PART) && words.len() == 1
    };
    let (first, last) = (words.first()?, words.last()?);
    let named = words.len() <= NAME_WORDS && words.iter().all(fits);
    named.then(|| text[first.start..last.end].split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The whole text is a "no".
fn denies(tokens: &[Token<'_>], taken: &[bool]) -> bool {
    let no =
        "no nein none keine keins kein keines nichts nix nothing nope nada nee ne zero - 0 nil keinerlei";
    let mut said = tokens
        .iter()
        .zip(taken)
        .filter(|(t, taken)| !**taken && (t.is_word() || t.number().is_some() || t.text == "-"));
    let mut any = false;
    let all = said.all(|(t, _)| {
        let denies = t.one_of(no);
        any |= denies;
        denies
            || t.has(Class::FILLER.and(Class::JOIN).and(Class::ARTICLE).and(Class::USE).and(Class::NEGATION))
    });
    any && all
}

/// "nicht zwei Dichtungen sondern drei": the number alone.
fn counted_alone(tokens: &[Token<'_>], taken: &[bool]) -> Option<Decimal> {
    let at = (0..tokens.len()).find(|i| !taken[*i] && number::at(tokens, *i).is_some_and(|n| !n.article))?;
    number::at(tokens, at).map(|n| n.value)
}

fn part_again(tokens: &[Token<'_>], part: usize, quantity: Decimal) -> Item {
    let word = tokens.iter().find(|t| super::lexicon::concept(&words::fold(t.text)) == Some(part));
    Item { name: word.map_or_else(String::new, |t| t.text.to_owned()), quantity, unit: None, counted: true }
}

fn whole(text: &str, tokens: &[Token<'_>], asked: bool) -> Option<Work> {
    let said = asked
        .then(|| words::source(text, tokens, 0, tokens.len()))
        .filter(|s| s.chars().any(char::is_alphabetic))?;
    Some(Work { text: said.chars().take(400).collect(), sure: true })
}

/// "17.11.", "17.11.2025", "am 3. Mai": neither hours nor quantities.
fn dates(tokens: &[Token<'_>]) -> Vec<Span> {
    let mut spans = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let Some((day, month)) = token.text.split_once('.') else { continue };
        let calendar = day.parse::<u32>().is_ok_and(|d| (1..=31).contains(&d))
            && month.parse::<u32>().is_ok_and(|m| (1..=12).contains(&m));
        let dot = tokens.get(i + 1).is_some_and(|t| t.glued && t.text == ".");
        if !calendar || !dot || token.number().is_none() {
            continue;
        }
        let year = tokens.get(i + 2).is_some_and(|t| t.glued && t.number().is_some());
        let unit = tokens.get(i + 2).is_some_and(|t| t.has(Class::HOUR));
        if year || !unit && tokens.get(i.wrapping_sub(1)).is_some_and(|t| t.is(&["am", "vom", "on"])) {
            spans.push(Span::new(i, i + 2 + usize::from(year)));
        }
    }
    // "Straße des 17. Juni" is a street.
    let street = |i: usize| i > 0 && tokens[i - 1].is(&["des"]);
    let ordinal = tokens.windows(3).enumerate().filter(|(i, w)| {
        !street(*i) && w[0].integer().is_some() && matches!(w[1].kind, Kind::Dot) && w[2].has(Class::MONTH)
    });
    spans.extend(ordinal.map(|(i, _)| Span::new(i, i + 2)));
    spans
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
