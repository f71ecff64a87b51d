//! Street addresses in a text: German streets by their ending or preposition, English ones with the number first,
//! a postal code and a town around them. Whether anybody lives there is for `find_customer` to say.

use super::{
    lexicon::Class,
    number,
    words::{Kind, Span, Token, source},
};

/// Addresses of one text that are kept.
const MOST: usize = 12;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub text: String,
    pub span: Span,
    /// With a house number.
    pub numbered: bool,
}

/// Endings that make a word a street.
const STREET_TAILS: &str =
    "strasse strase strsse stasse strassse srasse strass str allee gasse chaussee stieg";
/// Endings that do so only before a house number.
const NUMBERED_TAILS: &str = "weg platz damm ring ufer steig pfad hof markt berg park promenade graben \
    wall tor bruecke kamp twiete \
    redder garten feld zeile hoehe winkel wiese grund tal leite rain anger siedlung stiege ecke land eck \
    hain busch see bach heide aue";
/// Words that end so and are no streets.
const NO_STREETS: &str = "weg hinweg rueckweg heimweg unterwegs arbeitsplatz stellplatz parkplatz \
    dichtring o-ring oring \
    dichtungsring sprengring klemmring platz ring hof markt berg park tor garten feld wall tal grund see \
    land ecke eck bach wiese winkel strasse str allee gasse stieg steig abzweig notiz busch pfad \
    sicherungsring";
/// Standing alone after another word they make it a street: "Lange Straße 4".
const STREET_WORDS: &str = "strasse str weg platz allee gasse damm ring ufer chaussee markt hof steig pfad \
    graben wall promenade \
    bruecke winkel garten park street road lane avenue drive";
const ENGLISH_STREETS: &str = "street st road rd lane ln avenue ave drive close court terrace way crescent \
    gardens grove square mews \
    hill row walk boulevard blvd place parade rise green";
/// Begin a street's name: "Am Markt 5", "Unter den Linden 7".
const LEADS: &str = "am|an der|an den|im|in der|in den|unter den|auf der|auf dem|zum|zur|hinter der|hinter \
    dem|vor \
    dem|beim|alter|alte|neuer|neue|alt";

#[must_use]
pub fn find(text: &str, tokens: &[Token<'_>], taken: &[bool]) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    let mut i = 0;
    while i < tokens.len() && found.len() < MOST {
        let from = found.last().map_or(0, |a| a.span.to);
        match street_at(text, tokens, taken, i, from) {
            Some(street) => {
                let address = with_town(text, tokens, taken, street, from);
                i = address.span.to.max(i + 1);
                found.push(address);
            }
            None => i += 1,
        }
    }
    found
}

fn street_at(text: &str, tokens: &[Token<'_>], taken: &[bool], i: usize, from: usize) -> Option<Address> {
    if taken[i] {
        return None;
    }
    english(text, tokens, taken, i)
        .or_else(|| of_the(text, tokens, taken, i))
        .or_else(|| by_ending(text, tokens, taken, i, from))
        .or_else(|| by_lead(text, tokens, taken, i))
}

fn free(taken: &[bool], from: usize, to: usize) -> bool {
    taken.get(from..to).is_some_and(|range| !range.contains(&true))
}

/// "12 Baker Street".
fn english(text: &str, tokens: &[Token<'_>], taken: &[bool], i: usize) -> Option<Address> {
    tokens[i].integer().filter(|n| *n > 0 && *n < 10_000)?;
    let letter =
        usize::from(tokens.get(i + 1).is_some_and(|t| t.glued && t.is_word() && t.folded.len() == 1));
    let names = |t: &Token<'_>| {
        t.is_word()
            && !t.has(
                Class::PART.and(Class::MEASURE).and(Class::HOUR).and(Class::JOIN).and(Class::WORK_BEFORE),
            )
            || t.kind == Kind::Dot
    };
    let street = (i + 2 + letter..(i + 6 + letter).min(tokens.len()))
        .find(|at| tokens[*at].one_of(ENGLISH_STREETS))?;
    let fits = tokens[i + 1 + letter..street].iter().all(names)
        && !tokens[i + 1].is(&["x"])
        && free(taken, i, street + 1);
    fits.then(|| Address {
        text: source(text, tokens, i, street + 1),
        span: Span::new(i, street + 1),
        numbered: true,
    })
}

/// "Straße des 17. Juni 135", "Platz der Einheit 4".
fn of_the(text: &str, tokens: &[Token<'_>], taken: &[bool], i: usize) -> Option<Address> {
    let opens = tokens[i].is(&["strasse", "platz", "allee", "ufer"])
        && tokens.get(i + 1)?.is(&["der", "des", "am", "zum", "zur"]);
    let number = (i + 3..(i + 7).min(tokens.len()))
        .filter(|_| opens)
        .find(|at| house_number(tokens, taken, *at).is_some() && tokens[*at - 1].is_word())?;
    let to = house_number(tokens, taken, number)?;
    free(taken, i, to).then(|| Address {
        text: source(text, tokens, i, to),
        span: Span::new(i, to),
        numbered: true,
    })
}

fn has_tail(token: &Token<'_>, tails: &str) -> bool {
    let fits = |tail: &str| token.folded.len() >= tail.len() + 2 && token.folded.ends_with(tail);
    tails.split_whitespace().any(fits)
}

fn by_ending(text: &str, tokens: &[Token<'_>], taken: &[bool], i: usize, from: usize) -> Option<Address> {
    let token = &tokens[i];
    if !token.is_word() {
        return None;
    }
    let alone = token.one_of(STREET_WORDS);
    let dot = usize::from(tokens.get(i + 1).is_some_and(|t| {
        t.kind == Kind::Dot
            || t.kind == Kind::Stop && t.text == "." && t.glued && token.folded.ends_with("str")
    }));
    let number_end = house_number(tokens, taken, i + 1 + dot);
    let tailed = !token.one_of(NO_STREETS) && !token.has(Class::PART);
    let by_tail =
        tailed && (has_tail(token, STREET_TAILS) || number_end.is_some() && has_tail(token, NUMBERED_TAILS));
    if !(by_tail || alone && number_end.is_some()) {
        return None;
    }
    let adjective = |t: &Token<'_>| {
        t.one_of(
            "alte alten neue neuen grosse grossen kleine kleinen lange langen obere oberen untere unteren \
            hohe hohen breite breiten",
        )
    };
    let mut start = i;
    if alone {
        let before = i.checked_sub(1).filter(|b| *b >= from && free(taken, *b, i))?;
        let named = tokens[before].is_word()
            && (tokens[before].unknown()
                || adjective(&tokens[before])
                || tokens[before].class.has(Class::SURNAME.and(Class::CITY).and(Class::GIVEN_NAME)));
        if !named {
            return None;
        }
        start = before;
    } else if i > from && adjective(&tokens[i - 1]) && !taken[i - 1] {
        start = i - 1;
    }
    let to = number_end.unwrap_or(i + 1 + usize::from(dot == 1 && tokens[i + 1].kind == Kind::Dot));
    let text = source(text, tokens, start, to);
    Some(Address { text, span: Span::new(start, to), numbered: number_end.is_some() })
}

/// "Am Markt 5": only where the number ends the thought, or a list of materials would look the same.
fn by_lead(text: &str, tokens: &[Token<'_>], taken: &[bool], i: usize) -> Option<Address> {
    let lead = LEADS
        .split('|')
        .map(|lead| lead.split(' ').collect::<Vec<_>>())
        .find(|lead| lead.iter().enumerate().all(|(n, w)| tokens.get(i + n).is_some_and(|t| t.is(&[w]))))?;
    let first = i + lead.len();
    let plain_street = |at: usize| {
        let inside = tokens[i].is(&["in"]) && tokens[at].one_of(STREET_WORDS);
        inside || has_tail(&tokens[at], STREET_TAILS) || has_tail(&tokens[at], NUMBERED_TAILS)
    };
    let number = (first + 1..(first + 4).min(tokens.len()))
        .find(|at| tokens[*at].number().is_some() || tokens[*at].has(Class::NUMBER_WORD))?;
    if plain_street(number - 1) {
        return None;
    }
    let written = tokens[i].capital() && i > 0 && tokens[i - 1].parts();
    let trade = if written { Class::NONE } else { Class::PART };
    let refused = trade
        .and(Class::ROOM)
        .and(Class::HOUR)
        .and(Class::MONTH)
        .and(Class::JOIN)
        .and(Class::TITLE)
        .and(Class::COUNTED);
    let named = tokens[first..number].iter().all(|t| t.is_word() && !t.has(refused) && !t.class.is_work());
    let named =
        named && tokens[first..number].iter().any(|t| t.unknown() || t.capital() && !t.has(Class::FILLER));
    let to = house_number(tokens, taken, number).filter(|to| named && free(taken, i, *to))?;
    let ends = tokens.get(to).is_none_or(|t| {
        t.parts()
            || taken[to]
            || t.class.is_work()
            || t.has(Class::FILLER.and(Class::PREPOSITION).and(Class::JOIN).and(Class::ARTICLE))
            || t.integer().is_some_and(|n| n >= 1_000)
    });
    ends.then(|| Address { text: source(text, tokens, i, to), span: Span::new(i, to), numbered: true })
}

/// The end of the house number at `i`: "12", "12a", "12 b", "Nr. 12", "12-14", "zwölf".
fn house_number(tokens: &[Token<'_>], taken: &[bool], i: usize) -> Option<usize> {
    let mut at = i;
    while tokens.get(at).is_some_and(|t| {
        t.is(&["nr", "no", "hausnummer", "number", "nummer", "hsnr"])
            || t.kind == Kind::Dot
            || t.text == "," && tokens.get(at + 1).is_some_and(|n| n.is(&["nr", "hausnummer"]))
    }) {
        at += 1;
    }
    let token = tokens.get(at).filter(|_| !taken[at])?;
    let spoken = token.is_word() && !token.has(Class::ARTICLE) && number::word_value(&token.folded).is_some();
    let figures = token.integer().is_some_and(|n| n > 0 && n < 10_000) && token.text.len() <= 4;
    if !figures && !spoken {
        return None;
    }
    let spoken_end = if spoken { number::at(tokens, at)?.next } else { at + 1 };
    let counts = tokens.get(spoken_end).is_some_and(|t| {
        t.is(&["x"]) || t.has(Class::MEASURE) && t.folded.len() > 1 || t.has(Class::DIMENSION) && t.glued
    });
    if counts
        || spoken
            && tokens.get(spoken_end).is_some_and(|t| t.has(Class::PART.and(Class::HOUR).and(Class::MINUTE)))
    {
        return None;
    }
    let mut to = spoken_end;
    if let Some(letter) = tokens.get(to).filter(|t| {
        t.is_word() && t.folded.len() == 1 && ('a'..='k').contains(&t.folded.chars().next().unwrap_or('z'))
    }) {
        let alone = tokens
            .get(to + 1)
            .is_none_or(|t| t.parts() || t.integer().is_some_and(|n| n > 1_000) || t.has(Class::PREPOSITION));
        to += usize::from(!taken[to] && (letter.glued || alone));
    }
    let range = tokens.get(to).is_some_and(|t| matches!(t.kind, Kind::Mark('-' | '–' | '/')) && t.glued);
    if range && tokens.get(to + 1).is_some_and(|t| t.glued && t.integer().is_some()) {
        to += 2;
    }
    Some(to)
}

/// Adds a postal code and a town that stand after the street or before it.
fn with_town(text: &str, tokens: &[Token<'_>], taken: &[bool], street: Address, from: usize) -> Address {
    if let Some((town, to)) = town_after(text, tokens, taken, street.span.to) {
        let joined = format!("{}, {town}", street.text);
        return Address { text: joined, span: Span::new(street.span.from, to), ..street };
    }
    let comma = street
        .span
        .from
        .checked_sub(1)
        .filter(|at| tokens[*at].kind == Kind::Comma)
        .unwrap_or(street.span.from);
    let lowest = from.max(comma.saturating_sub(4));
    let code = (lowest..comma).rev().find(|at| is_postal_code(&tokens[*at]) && !taken[*at]);
    match code {
        Some(at) if tokens[at + 1..comma].iter().all(Token::is_word) && at + 1 < comma => {
            let joined = format!("{}, {}", street.text, source(text, tokens, at, comma));
            Address { text: joined, span: Span::new(at, street.span.to), ..street }
        }
        _ => street,
    }
}

fn is_postal_code(token: &Token<'_>) -> bool {
    token.integer().is_some() && token.text.len() == 5
}

fn town_after(
    text: &str,
    tokens: &[Token<'_>],
    taken: &[bool],
    street_end: usize,
) -> Option<(String, usize)> {
    let mut at = street_end;
    while tokens.get(at).is_some_and(|t| t.kind == Kind::Comma || t.is(&["in"]) || t.is(&["d"]))
        && at < street_end + 3
    {
        at += 1;
    }
    if tokens.get(at).is_some_and(is_postal_code) && !taken[at] {
        let town = tokens.get(at + 1).filter(|t| t.is_word() && !taken[at + 1]);
        let is_town = town.is_some_and(|t| {
            t.unknown() || t.has(Class::CITY.and(Class::SURNAME)) || t.capital() && t.class.is_empty()
        });
        let to = if is_town { town_end(tokens, taken, at + 2) } else { at + 1 };
        return Some((source(text, tokens, at, to), to));
    }
    let known = tokens.get(at).filter(|t| t.has(Class::CITY) && !taken[at] && at > street_end)?;
    let sure = known.is_word();
    sure.then(|| {
        let to = town_end(tokens, taken, at + 1);
        (source(text, tokens, at, to), to)
    })
}

/// "am Main", "an der Oder" after a town's name.
fn town_end(tokens: &[Token<'_>], taken: &[bool], at: usize) -> usize {
    let rivers = "main rhein oder neckar saale ruhr see elbe weser spree havel donau";
    let words = |n: usize| tokens.get(at + n).filter(|_| !taken[at + n]);
    if words(0).is_some_and(|t| t.is(&["am", "a"])) && words(1).is_some_and(|t| t.one_of(rivers)) {
        return at + 2;
    }
    if words(0).is_some_and(|t| t.is(&["an"]))
        && words(1).is_some_and(|t| t.is(&["der"]))
        && words(2).is_some_and(|t| t.one_of(rivers))
    {
        return at + 3;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::offline::words::read;

    fn addresses(text: &str) -> Vec<String> {
        let tokens = read(text);
        let mut taken = vec![false; tokens.len()];
        for d in crate::model::offline::hours::find(&tokens) {
            taken[d.span.from..d.span.to].fill(true);
        }
        find(text, &tokens, &taken).into_iter().map(|a| a.text).collect()
    }

    #[test]
    fn addresses_are_found_as_typed() {
        let cases: &[(&str, &[&str])] = &[
            ("Meier, Schillerstrasse 12. 1.5h", &["Schillerstrasse 12"]),
            ("bei Frau Schmidt in der Goethestraße 5", &["Goethestraße 5"]),
            ("schillerstr. 12a", &["schillerstr. 12a"]),
            ("Schillerstr.12, 10117 Berlin", &["Schillerstr.12, 10117 Berlin"]),
            ("10117 Berlin, Schillerstrasse 12", &["Schillerstrasse 12, 10117 Berlin"]),
            ("Gartenweg 3 in Berlin", &["Gartenweg 3, Berlin"]),
            ("Am Markt 5, Spüle", &["Am Markt 5"]),
            ("Unter den Linden 7", &["Unter den Linden 7"]),
            ("Lange Straße 4", &["Lange Straße 4"]),
            ("Karl-Marx-Straße 5-7", &["Karl-Marx-Straße 5-7"]),
            ("Straße des 17. Juni 135", &["Straße des 17. Juni 135"]),
            ("at 12 Baker Street", &["12 Baker Street"]),
            ("goethestrasse fünf zwei stunden", &["goethestrasse fünf"]),
            ("Schillerstraße zwei Stunden", &["Schillerstraße"]),
            ("Bahnhofstraße Nr. 8", &["Bahnhofstraße Nr. 8"]),
            ("Berliner Allee 33 und dann Gartenweg 3", &["Berliner Allee 33", "Gartenweg 3"]),
            ("60311 Frankfurt am Main, Zeil 3", &[]),
            ("Hauptstrase 9", &["Hauptstrase 9"]),
        ];
        for (text, expected) in cases {
            assert_eq!(addresses(text), *expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in [
            "Dichtring 10",
            "2 Dichtungsringe",
            "im Keller 2 Ventile getauscht",
            "Verstopfung ist weg 2 mal",
            "Parkplatz 3",
            "am Abfluss 2 Dichtungen",
        ] {
            assert_eq!(addresses(text), [""; 0], "{text}");
        }
    }
}
