//! Which customer somebody means, from a name, an address or both, in either order. Never guesses between two.

use std::cmp::Ordering;

use super::{
    Customer,
    address::{self, AddressFit, Reach, Said},
    directory::{Directory, Entry},
    name::{self, Name, NameFit},
};
use crate::spelling::fold;

/// Candidates of an ambiguous answer, at most.
pub const CANDIDATES: usize = 8;
/// Letters of a name or an address that are read.
const LETTERS: usize = 240;
/// Words of one text that are tried as "name, then address" and the other way round.
const SPLITS: usize = 12;

/// What was said of a customer. Both empty finds nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<'a> {
    pub name: &'a str,
    pub address: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match<'a> {
    Found(&'a Customer),
    /// At most [`CANDIDATES`], best first; a single one where something that was said is not theirs.
    Ambiguous(Vec<&'a Customer>),
    NotFound,
}

impl Directory {
    /// The customer that `query` means. The order of the customers changes nothing.
    #[must_use]
    pub fn find(&self, query: Query<'_>) -> Match<'_> {
        match by_id(self.entries(), query) {
            Some(customer) => Match::Found(customer),
            None => by_words(self.entries(), query),
        }
    }
}

fn by_words<'a>(entries: &'a [Entry], query: Query<'_>) -> Match<'a> {
    let readings = readings(query);
    let mut seen: Vec<Seen<'a>> = entries.iter().filter_map(|entry| look(entry, &readings)).collect();
    seen.sort_by(|a, b| b.rank().cmp(&a.rank()).then_with(|| order(a.customer, b.customer)));
    let fits = seen.iter().take_while(|seen| seen.fits).count();
    match seen.get(..fits).unwrap_or_default() {
        [] if seen.is_empty() => Match::NotFound,
        [] => Match::Ambiguous(customers_of(&seen)),
        [best, others @ ..] => {
            // The exact name at another address against a slip of the name at this one: either may be meant.
            let exact_elsewhere =
                best.name == NameFit::Slip && seen[fits..].iter().any(|near| near.name >= NameFit::Same);
            if !exact_elsewhere && others.iter().all(|other| best.beats(other)) {
                Match::Found(best.customer)
            } else if exact_elsewhere {
                Match::Ambiguous(customers_of(&seen))
            } else {
                Match::Ambiguous(customers_of(&seen[..fits]))
            }
        }
    }
}

fn customers_of<'a>(seen: &[Seen<'a>]) -> Vec<&'a Customer> {
    seen.iter().take(CANDIDATES).map(|seen| seen.customer).collect()
}

fn order(a: &Customer, b: &Customer) -> Ordering {
    (&a.id, &a.name, &a.street, &a.postal_code, &a.city).cmp(&(
        &b.id,
        &b.name,
        &b.street,
        &b.postal_code,
        &b.city,
    ))
}

/// "789" or "customer 789" alone.
fn by_id<'a>(entries: &'a [Entry], query: Query<'_>) -> Option<&'a Customer> {
    let said = match (query.name.trim(), query.address.trim()) {
        (said, "") | ("", said) => said,
        _ => return None,
    };
    let said = fold(&said.chars().take(LETTERS).collect::<String>());
    let id = said.trim_start_matches(|c: char| !c.is_ascii_digit());
    let lead = said[..said.len() - id.len()].trim_matches(|c: char| !c.is_alphanumeric());
    let named = ["", "customer", "kunde", "customer no", "kunde nr", "kundennummer", "customer number", "id"];
    let mut same =
        entries.iter().filter(|entry| entry.id == said || (named.contains(&lead) && entry.id == id));
    same.next().filter(|_| same.next().is_none()).map(|entry| &entry.customer)
}

/// One way to read a query.
struct Reading {
    name: Name,
    address: Said,
}

impl Reading {
    fn of(name: &str, address: &str) -> Self {
        Self { name: Name::read(name), address: Said::read(address) }
    }
}

fn readings(query: Query<'_>) -> Vec<Reading> {
    let cut = |text: &str| text.trim().chars().take(LETTERS).collect::<String>();
    let (name, address) = (cut(query.name), cut(query.address));
    let mut readings = vec![Reading::of(&name, &address), Reading::of(&address, &name)];
    // One text may hold both; beside an address, a name does so only if it holds a number.
    let (whole, more) = match (name.is_empty(), address.is_empty()) {
        (false, true) => (&name, ""),
        (true, false) => (&address, ""),
        (false, false) if name.contains(|c: char| c.is_ascii_digit()) => (&name, address.as_str()),
        _ => return readings,
    };
    for (at, _) in whole.char_indices().filter(|(_, c)| c.is_whitespace() || *c == ',').take(SPLITS) {
        let (before, after) = whole.split_at(at);
        let after = after.trim_start_matches([',', ' ']);
        if before.is_empty() || after.is_empty() {
            continue;
        }
        readings.push(Reading::of(before, &format!("{after}, {more}")));
        readings.push(Reading::of(after, &format!("{before}, {more}")));
    }
    readings
}

/// A customer who may be meant, by the reading that fits best.
struct Seen<'a> {
    customer: &'a Customer,
    /// Whether nothing that was said speaks against them; otherwise they are a candidate at most.
    fits: bool,
    name: NameFit,
    address: AddressFit,
}

fn look<'a>(entry: &'a Entry, readings: &[Reading]) -> Option<Seen<'a>> {
    let seen = readings.iter().filter_map(|reading| {
        let name = name::fit(&reading.name, &entry.name);
        let address = address::fit(&reading.address, &entry.address, &reading.name);
        let fits = judge(name, address)?;
        Some(Seen { customer: &entry.customer, fits, name, address })
    });
    seen.reduce(|best, other| if other.rank() > best.rank() { other } else { best })
}

/// Whether a customer is meant (`true`), is worth naming as a candidate (`false`), or neither.
fn judge(name: NameFit, address: AddressFit) -> Option<bool> {
    match (name, address.reach) {
        (name, Reach::Against) if name.fits() => Some(false),
        (name, _) if name.fits() => Some(true),
        (NameFit::Unsaid | NameFit::Given, Reach::House) => Some(true),
        (NameFit::Unsaid, Reach::Street | Reach::Area) => Some(false),
        (NameFit::Unsaid, Reach::Against) => address.next_door.then_some(false),
        (NameFit::Given | NameFit::Partly, reach) if reach != Reach::Against => Some(false),
        (NameFit::Other, Reach::House) => Some(false),
        _ => None,
    }
}

impl Seen<'_> {
    fn rank(&self) -> (bool, Reach, NameFit, u32) {
        (self.fits, self.address.reach, self.name, self.address.points)
    }

    /// Whether the words decide for this one over `other`: better in something that tells, worse in nothing.
    fn beats(&self, other: &Self) -> bool {
        let street = self.address.reach >= Reach::Street;
        let worse_street = street && self.address.points < other.address.points;
        if self.address.reach < other.address.reach || self.name < other.name || worse_street {
            return false;
        }
        let better_address = self.address.reach > other.address.reach
            || (street && self.address.points > other.address.points);
        // Without the house, by ear Meier may be Mayer; a slip that makes exactly another's name is unlikely.
        let better_name = if self.address.reach == Reach::House {
            self.name > other.name
        } else {
            self.name >= NameFit::Same && other.name == NameFit::Slip
        };
        better_address || better_name
    }
}
