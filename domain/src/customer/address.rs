//! How a spoken address fits a customer's. House numbers are compared exactly: 12 is not 12a.

use super::{
    Customer,
    name::Name,
    pieces::{Piece, is_digits, pieces},
};
use crate::spelling::{Likeness, Word, digits};

/// Said with an address and no part of one.
const UNSAID: &[&str] = &[
    "in",
    "bei",
    "beim",
    "at",
    "on",
    "an",
    "nr",
    "no",
    "hausnummer",
    "haus",
    "number",
    "hinterhaus",
    "vorderhaus",
    "hh",
    "vh",
    "seitenfluegel",
    "etage",
    "og",
    "eg",
    "ug",
    "dg",
    "stock",
    "floor",
    "links",
    "rechts",
    "left",
    "right",
    "germany",
    "deutschland",
    "d",
    "de",
    "near",
    "the",
    "wohnung",
    "whg",
    "flat",
    "apartment",
    "c",
    "o",
    "der",
    "die",
    "das",
];

/// How German street names end, as folded here.
const STREETS: &[&str] = &["str", "weg", "platz", "allee", "gasse", "ring", "damm", "ufer", "chaussee"];

/// An address as it was said, in any order.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pieces: Vec<Piece>,
    /// All stretches of pieces, written together, with where each begins and ends.
    runs: Vec<(usize, usize, Street)>,
}

/// A customer's address in comparable parts.
#[derive(Clone, Debug)]
pub(super) struct Own {
    street: Option<Street>,
    number: Option<String>,
    postal_code: String,
    city: Vec<Word>,
}

#[derive(Clone, Debug)]
struct Street {
    word: Word,
    /// Without a closing `str`, where it has one: the ending would hide how far apart two short names are.
    stem: Option<Word>,
}

impl Street {
    fn join(pieces: &[Piece]) -> Self {
        let text: String = pieces.iter().map(Piece::text).collect();
        let stem =
            text.strip_suffix("str").filter(|stem| !stem.is_empty()).map(|stem| Word::new(stem.to_owned()));
        Self { word: Word::new(text), stem }
    }
}

/// How an address fits, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Something that was said is not theirs.
    Against,
    /// Nothing was said, or nothing is known of theirs.
    Unsaid,
    /// The town or postal code alone.
    Area,
    /// The street, without a number to compare.
    Street,
    House,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AddressFit {
    pub reach: Reach,
    /// The more of it agrees, and the better, the higher.
    pub points: u32,
    /// The same street and a number that differs in its letter alone: worth naming, never taken for it.
    pub next_door: bool,
}

impl Said {
    pub(super) fn read(text: &str) -> Self {
        let pieces = pieces(text);
        let mut runs = Vec::new();
        for from in 0..pieces.len() {
            for to in from + 1..=pieces.len() {
                runs.push((from, to, Street::join(&pieces[from..to])));
            }
        }
        Self { pieces, runs }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}

impl Own {
    pub(super) fn read(customer: &Customer) -> Self {
        let mut street = pieces(&customer.street);
        let place = street.iter().rposition(|piece| matches!(piece, Piece::Number(_)));
        let number = place.map(|place| street.remove(place).text().to_owned());
        Self {
            street: (!street.is_empty()).then(|| Street::join(&street)),
            number,
            postal_code: customer.postal_code.chars().filter(char::is_ascii_alphanumeric).collect(),
            city: pieces(&customer.city)
                .into_iter()
                .filter_map(|piece| if let Piece::Word(word) = piece { Some(word) } else { None })
                .collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.street.is_none() && self.postal_code.is_empty() && self.city.is_empty()
    }
}

/// How `said` fits `own`. Words that are also in `name` were said twice and mean the person, not the town.
pub(super) fn fit(said: &Said, own: &Own, name: &Name) -> AddressFit {
    let nothing = AddressFit { reach: Reach::Unsaid, points: 0, next_door: false };
    if said.is_empty() || own.is_empty() {
        return nothing;
    }
    let street = own.street.as_ref().and_then(|street| street_run(said, street, &own.postal_code));
    let mut used = vec![false; said.pieces.len()];
    let mut against = false;
    let mut points = 0;
    let mut reach = Reach::Area;
    let mut next_door = false;
    if let Some((from, to, likeness)) = street {
        used[from..to].fill(true);
        points += 20 + 10 * likeness as u32;
        reach = Reach::Street;
        let number = number_beside(&said.pieces, from, to, &own.postal_code);
        match (number, &own.number) {
            (Some(place), Some(own)) if said.pieces[place].text() == own => {
                reach = Reach::House;
                points += 30;
            }
            (Some(place), Some(own)) => {
                against = true;
                next_door = leading(said.pieces[place].text()) == leading(own);
            }
            // A street whose houses have no numbers.
            (None, None) => reach = Reach::House,
            _ => {}
        }
        if let Some(place) = number {
            used[place] = true;
        }
    }
    let rest = rest(said, own, name, &used);
    points += rest.points;
    against |= rest.against || (own.street.is_some() && street.is_none() && rest.elsewhere);
    if against {
        return AddressFit { reach: Reach::Against, points, next_door: next_door && !rest.against };
    }
    if points == 0 {
        return nothing;
    }
    AddressFit { reach, points, next_door: false }
}

struct Rest {
    points: u32,
    against: bool,
    /// A street or house number was said that has no part in theirs.
    elsewhere: bool,
}

/// What the pieces beside street and number say of postal code and town. Words right after the town belong to it:
/// "Frankfurt am Main", "Berlin Mitte".
fn rest(said: &Said, own: &Own, name: &Name, used: &[bool]) -> Rest {
    let mut rest = Rest { points: 0, against: false, elsewhere: false };
    let (mut town, mut strange, mut after_town) = (false, false, false);
    for (piece, used) in said.pieces.iter().zip(used) {
        if *used {
            after_town = false;
            continue;
        }
        match piece {
            Piece::Number(number) if *number == own.postal_code => rest.points += 10,
            Piece::Number(number) if is_digits(number) && number.len() == 5 => {
                rest.against |= !own.postal_code.is_empty()
            }
            Piece::Number(_) => rest.elsewhere = true,
            Piece::Word(word) if own.city.iter().any(|city| city.alike(word).is_some()) => {
                town = true;
                after_town = true;
            }
            Piece::Word(word) if STREETS.iter().any(|ending| word.text.ends_with(ending)) => {
                rest.elsewhere = true;
                strange = true;
            }
            Piece::Word(word) if after_town || is_unsaid(word) || name.holds(word) => {}
            Piece::Word(_) => strange = true,
        }
    }
    rest.points += if town { 5 } else { 0 };
    rest.elsewhere |= strange;
    rest.against |= strange && !town && !own.city.is_empty();
    rest
}

fn is_unsaid(word: &Word) -> bool {
    UNSAID.contains(&word.text.as_str())
}

/// The stretch of `said` that is closest to `street`.
fn street_run(said: &Said, street: &Street, code: &str) -> Option<(usize, usize, Likeness)> {
    let mut best: Option<(usize, usize, Likeness)> = None;
    for (from, to, run) in &said.runs {
        let followed = number_beside(&said.pieces, *from, *to, code).is_some();
        if let Some(likeness) = alike(run, street, followed)
            && best.is_none_or(|(.., held)| likeness > held)
        {
            best = Some((*from, *to, likeness));
        }
    }
    best
}

fn alike(run: &Street, street: &Street, numbered: bool) -> Option<Likeness> {
    if run.word.text == street.word.text {
        return Some(Likeness::Same);
    }
    if digits(&run.word.text).ne(digits(&street.word.text)) {
        return None;
    }
    match (&run.stem, &street.stem) {
        (Some(a), Some(b)) => a.alike(b),
        // "Schiller 12" for Schillerstraße 12, and only with a number.
        (None, Some(stem)) if numbered && stem.text == run.word.text => Some(Likeness::Slip),
        (None, None) => run.word.alike(&street.word),
        _ => None,
    }
}

/// The house number said with a street: after it, or before it as in English. Never the postal code.
fn number_beside(pieces: &[Piece], from: usize, to: usize, code: &str) -> Option<usize> {
    let number = |place: &usize| match pieces.get(*place) {
        Some(Piece::Number(text)) => text != code && !(is_digits(text) && text.len() > 4),
        _ => false,
    };
    let skipped = match pieces.get(to) {
        Some(Piece::Word(word)) => usize::from(matches!(word.text.as_str(), "nr" | "no" | "hausnummer")),
        _ => 0,
    };
    Some(to + skipped).filter(number).or_else(|| from.checked_sub(1).filter(number))
}

fn leading(number: &str) -> &str {
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    &number[..end]
}
