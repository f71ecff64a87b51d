//! Who and where: the names and addresses of a text brought together, one place a customer.

use super::{
    address::{self, Address},
    lexicon::Class,
    name::{self, Name, Strength, Text},
    words::{Span, Token, fold},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub name: Option<String>,
    pub address: Option<String>,
    /// From the first word of either to the last.
    pub span: Span,
    /// The tokens that are the name and the address, apart.
    pub pieces: Vec<Span>,
}

impl Place {
    fn surname(&self) -> Option<String> {
        Some(last_word(self.name.as_deref()?))
    }

    /// Nothing speaks against both being one customer.
    #[must_use]
    pub fn may_be(&self, other: &Self) -> bool {
        let addresses = self.address.as_deref().zip(other.address.as_deref());
        if let Some((a, b)) = addresses {
            return fold(a) == fold(b);
        }
        match (self.surname(), other.surname()) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        }
    }
}

fn last_word(name: &str) -> String {
    let folded = fold(name);
    folded.rsplit(' ').next().unwrap_or_default().trim_end_matches('s').to_owned()
}

/// All places of a text, in order, each once.
#[must_use]
pub fn find(text: &str, tokens: &[Token<'_>], taken: &[bool]) -> Vec<Place> {
    let addresses = address::find(text, tokens, taken);
    let mut covered = taken.to_vec();
    addresses.iter().for_each(|a| covered[a.span.from..a.span.to].fill(true));
    let reading = Text::new(text, tokens, &covered);
    let mut names = name::find(&reading);
    let mut places: Vec<Place> = Vec::new();
    let mut from = 0;
    for address in &addresses {
        let name = name_of(&reading, &mut names, address, from);
        from = address.span.to;
        push(&mut places, joined(name, address));
    }
    attach_leftover(&mut places, &mut names);
    let announced = names.iter().any(|n| n.strength == Strength::Announced) || !places.is_empty();
    for name in names {
        let known =
            tokens[name.span.from..name.span.to].iter().any(|t| t.class.is_name() && !t.has(Class::FILLER));
        if name.strength == Strength::Announced || !announced || known && name.strength == Strength::Placed {
            push(&mut places, alone(name));
        }
    }
    places.sort_by_key(|p| p.span.from);
    places
}

/// The same customer named again is the same place.
fn push(places: &mut Vec<Place>, place: Place) {
    match places.iter_mut().find(|p| p.may_be(&place)) {
        Some(known) => {
            known.address = known.address.take().or(place.address);
            known.pieces.extend(place.pieces);
        }
        None => places.push(place),
    }
}

fn alone(name: Name) -> Place {
    Place { name: Some(name.text), address: None, span: name.span, pieces: vec![name.span] }
}

fn joined(name: Option<Name>, address: &Address) -> Place {
    let mut pieces = vec![address.span];
    let mut span = address.span;
    if let Some(name) = &name {
        span = Span::new(span.from.min(name.span.from), span.to.max(name.span.to));
        pieces.push(name.span);
    }
    Place { name: name.map(|n| n.text), address: Some(address.text.clone()), span, pieces }
}

/// The name beside an address: announced before it, standing before it, announced or standing after it.
fn name_of(reading: &Text<'_>, names: &mut Vec<Name>, address: &Address, from: usize) -> Option<Name> {
    let connects = |a: usize, b: usize| {
        a <= b
            && b - a <= 4
            && reading.tokens[a..b].iter().all(|t| {
                !t.is_word() && !t.ends()
                    || t.has(Class::PREPOSITION.and(Class::ARTICLE).and(Class::FILLER))
                    || t.is(&["wohnt", "lives", "adresse", "address", "ort", "anschrift"])
            })
    };
    let before = names.iter().position(|n| {
        n.span.from >= from
            && n.span.to <= address.span.from
            && connects_over_stop(reading, n, address, connects)
    });
    if let Some(at) = before {
        return Some(names.remove(at));
    }
    if let Some(name) = name::before(reading, address.span.from, from) {
        names.retain(|n| !n.span.overlaps(name.span));
        return Some(name);
    }
    let after =
        names.iter().position(|n| n.span.from >= address.span.to && connects(address.span.to, n.span.from));
    if let Some(at) = after {
        return Some(names.remove(at));
    }
    let name = name::after(reading, address.span.to)?;
    names.retain(|n| !n.span.overlaps(name.span));
    Some(name)
}

/// On a form each fact has a line of its own.
fn connects_over_stop(
    reading: &Text<'_>,
    name: &Name,
    address: &Address,
    connects: impl Fn(usize, usize) -> bool,
) -> bool {
    let line_end = reading.tokens.get(name.span.to).is_some_and(|t| t.text == "\n" || t.text == ".");
    connects(name.span.to + usize::from(line_end), address.span.from)
}

/// One address without a name and one name elsewhere belong together.
fn attach_leftover(places: &mut [Place], names: &mut Vec<Name>) {
    let [place] = places else { return };
    if place.name.is_some() {
        return;
    }
    let Some(best) =
        names.iter().enumerate().max_by_key(|(at, n)| (n.strength, std::cmp::Reverse(*at))).map(|(at, _)| at)
    else {
        return;
    };
    let name = names.remove(best);
    place.pieces.push(name.span);
    place.name = Some(name.text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::offline::{hours, words::read};

    fn places(text: &str) -> Vec<(String, String)> {
        let tokens = read(text);
        let mut taken = vec![false; tokens.len()];
        for d in hours::find(&tokens) {
            taken[d.span.from..d.span.to].fill(true);
        }
        let found = find(text, &tokens, &taken);
        found.into_iter().map(|p| (p.name.unwrap_or_default(), p.address.unwrap_or_default())).collect()
    }

    #[test]
    fn names_and_addresses_come_together() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("Done at Meier, Schillerstrasse 12. 1.5h", &[("Meier", "Schillerstrasse 12")]),
            ("bei Frau Schmidt in der Goethestraße 5", &[("Schmidt", "Goethestraße 5")]),
            ("Schillerstr. 12, Meier, 2 Std", &[("Meier", "Schillerstr. 12")]),
            ("schillerstrasse 12 bei meier", &[("meier", "schillerstrasse 12")]),
            ("fertig meier schillerstr 12 anderthalb stunden", &[("meier", "schillerstr 12")]),
            ("Gartenweg 3, tap replaced for Mayer", &[("Mayer", "Gartenweg 3")]),
            ("Kunde: Meier\nAdresse: Gartenweg 3", &[("Meier", "Gartenweg 3")]),
            (
                "Meier, Gartenweg 3. Danach Schmidt, Goethestr. 5",
                &[("Meier", "Gartenweg 3"), ("Schmidt", "Goethestr. 5")],
            ),
            ("at Meier sink, then at Schmidt tap", &[("Meier", ""), ("Schmidt", "")]),
            ("bei Meier. Herr Meier war zufrieden", &[("Meier", "")]),
            ("Spüle, Goethestraße 5", &[("", "Goethestraße 5")]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(n, a)| ((*n).to_owned(), (*a).to_owned())).collect();
            assert_eq!(places(text), expected, "{text}");
        }
    }
}
