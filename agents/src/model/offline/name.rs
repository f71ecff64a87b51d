//! Names of customers in a text: after "bei", "at", "Frau", "Kunde", beside an address, or alone at the beginning.
//! Proposes what was typed; who is meant is for `find_customer` to say.

use super::{
    lexicon::Class,
    words::{Kind, Span, Token, source},
};

/// Names of one text that are kept.
const MOST: usize = 16;
/// Words of one name.
const LONGEST: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// A common surname somewhere.
    Guess,
    /// Where a name may stand: first in the sentence, after the address.
    Placed,
    /// After a word that announces it.
    Announced,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    /// With the words that announce it.
    pub span: Span,
    pub strength: Strength,
}

/// What is read, with what other meanings took already.
pub struct Text<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token<'a>],
    pub taken: &'a [bool],
    /// The writer uses capitals, so a name has one.
    pub cased: bool,
}

impl<'a> Text<'a> {
    #[must_use]
    pub fn new(text: &'a str, tokens: &'a [Token<'a>], taken: &'a [bool]) -> Self {
        let inner_capital =
            |w: &[Token<'_>]| w[1].is_word() && w[1].capital() && w[1].folded.len() > 1 && !w[0].parts();
        let cased = tokens.windows(2).any(inner_capital);
        Self { text, tokens, taken, cased }
    }

    fn token(&self, i: usize) -> Option<&Token<'a>> {
        self.tokens.get(i).filter(|_| !self.taken[i])
    }

    fn nameable(&self, i: usize) -> bool {
        let Some(token) = self.token(i) else { return false };
        let known = token.class.is_name() && !token.has(Class::FILLER.and(Class::PREPOSITION));
        let fits = token.unknown() && !has_digit_neighbour(self.tokens, i) || known;
        fits && (token.capital() || !self.cased)
    }

    /// A pause, something else's words, or the end.
    fn boundary(&self, i: usize) -> bool {
        self.tokens.get(i).is_none_or(|t| {
            t.parts() || self.taken[i] || t.has(Class::PREPOSITION.and(Class::JOIN)) && !t.is(&["u", "&"])
        })
    }
}

fn has_digit_neighbour(tokens: &[Token<'_>], i: usize) -> bool {
    tokens.get(i + 1).is_some_and(|t| t.glued && t.number().is_some())
        || tokens[i].glued && i > 0 && tokens[i - 1].number().is_some()
}

/// All names that are announced or begin a sentence, in order.
#[must_use]
pub fn find(text: &Text<'_>) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    let mut i = 0;
    while i < text.tokens.len() && found.len() < MOST {
        match announced(text, i)
            .or_else(|| business(text, i))
            .or_else(|| opening(text, i))
            .or_else(|| owner(text, i))
        {
            Some(name) => {
                i = name.span.to.max(i + 1);
                found.push(name);
            }
            None => i += 1,
        }
    }
    if found.is_empty() {
        found.extend((0..text.tokens.len()).find_map(|i| guessed(text, i)));
    }
    found
}

/// A name directly before the address that begins at `start`, over pauses and prepositions.
#[must_use]
pub fn before(text: &Text<'_>, start: usize, from: usize) -> Option<Name> {
    let mut end = start;
    while end > from && !text.taken[end - 1] && connects(&text.tokens[end - 1]) {
        end -= 1;
    }
    let last = end.checked_sub(1).filter(|at| *at >= from && text.nameable(*at))?;
    let mut first = last;
    while first > from && last - first < 2 && text.nameable(first - 1) {
        let given = text.tokens[first - 1].has(Class::GIVEN_NAME);
        let both_capital = text.tokens[first - 1].capital() && text.tokens[first].capital();
        if !(given || both_capital) {
            break;
        }
        first -= 1;
    }
    Some(named(text, first, last + 1, first, Strength::Placed))
}

/// A name right after the address that ends at `end`.
#[must_use]
pub fn after(text: &Text<'_>, end: usize) -> Option<Name> {
    let mut first = end;
    while first < end + 2 && text.token(first).is_some_and(|t| t.kind == Kind::Comma) {
        first += 1;
    }
    let mut to = first;
    while to < first + 3 && text.nameable(to) {
        to += 1;
    }
    if to == first {
        return None;
    }
    let known = (first..to).any(|i| text.tokens[i].class.is_name());
    (text.boundary(to) || known).then(|| named(text, first, to, first, Strength::Placed))
}

fn connects(token: &Token<'_>) -> bool {
    token.kind == Kind::Comma
        || token.kind == Kind::Colon
        || token.has(Class::PREPOSITION.and(Class::ARTICLE))
        || token.one_of("in wohnt lives adresse address wohnhaft that's is ist das")
}

fn named(text: &Text<'_>, first: usize, to: usize, span_from: usize, strength: Strength) -> Name {
    let raw = source(text.text, text.tokens, first, to);
    let trimmed = raw.trim_end_matches(['.', ',']);
    let lower = trimmed.to_lowercase();
    let stem = ["'s", "’s", "s'", "s’"]
        .iter()
        .find_map(|tail| lower.ends_with(tail).then(|| &trimmed[..trimmed.len() - tail.len()]));
    let stem = stem.map_or_else(
        || trimmed.trim_end_matches(['\'', '’']).to_owned(),
        |s| if lower.ends_with("s'") || lower.ends_with("s’") { format!("{s}s") } else { s.to_owned() },
    );
    Name { text: stem, span: Span::new(span_from, to), strength }
}

/// "bei Frau Dr. Schmidt", "at the Millers", "Kunde: Meier".
fn announced(text: &Text<'_>, i: usize) -> Option<Name> {
    let token = text.token(i)?;
    let places = "bei beim at for fuer zu from von vom kd kde chez";
    let mut at = i;
    let mut titled = false;
    let mut article = false;
    if token.one_of(places) {
        at += 1;
        if text.token(at).is_some_and(|t| t.one_of("der dem den the die unserem our")) {
            article = true;
            at += 1;
        }
    } else if token.is(&["name"]) && text.token(i + 1).is_some_and(|t| t.kind == Kind::Colon) {
        at += 2;
    } else if !token.has(Class::TITLE) {
        return None;
    }
    while text.token(at).is_some_and(|t| t.has(Class::TITLE)) {
        titled = true;
        at += 1;
        let colon = text.token(at).is_some_and(|t| matches!(t.kind, Kind::Colon | Kind::Dot));
        let space = text.token(at).is_some_and(|t| t.one_of("ist war is was name namens called"));
        at += usize::from(colon || space);
        at += usize::from(text.token(at).is_some_and(|t| t.has(Class::ARTICLE) && !t.is(&["n", "a"])));
    }
    let first = at;
    if text.token(first).is_some_and(|t| t.has(Class::BUSINESS)) {
        let to = business_end(text, first);
        return Some(named(text, first, to, i, Strength::Announced));
    }
    let any_word = titled && text.token(first).is_some_and(|t| may_follow_a_title(text, t));
    let homonym = !article && is_homonym(text, first);
    if !(text.nameable(first) || any_word || homonym) {
        return None;
    }
    let plural = article && token.one_of(places) && !titled;
    let to = name_end(text, first);
    let mut name = named(text, first, to, i, Strength::Announced);
    if plural && name.text.len() > 4 && name.text.ends_with('s') && !name.text.ends_with("ss") {
        name.text.pop();
    }
    Some(name)
}

/// After "Herr" or "customer" nearly any word is a name.
fn may_follow_a_title(text: &Text<'_>, token: &Token<'_>) -> bool {
    let empty = Class::FILLER.and(Class::NEGATION).and(Class::PREPOSITION).and(Class::ARTICLE);
    let written = if token.capital() { true } else { !text.cased && !token.has(Class::ORDINARY) };
    token.is_word() && written && !token.has(empty) && !token.class.is_work()
}

/// A word of the trade that is somebody's name here: "bei Hahn, Gartenweg 3".
fn is_homonym(text: &Text<'_>, i: usize) -> bool {
    let Some(word) = text.token(i).filter(|t| t.is_word() && t.capital() && t.folded.len() < 9) else {
        return false;
    };
    let comma = text.tokens.get(i + 1).is_some_and(|t| t.kind == Kind::Comma);
    let taken = |at: usize| text.taken.get(at).copied().unwrap_or(false);
    let before_address = taken(i + 1) || comma && taken(i + 2);
    word.has(Class::PART.and(Class::ROOM)) && (comma || before_address) || text.cased && before_address
}

fn name_end(text: &Text<'_>, first: usize) -> usize {
    let mut to = first + 1;
    while to < first + LONGEST && text.tokens.get(to).is_some() {
        let particle = particle_end(text, to);
        let legal = text
            .token(to)
            .is_some_and(|t| t.one_of("gmbh ag kg ohg ltd inc ev gbr ug soehne sons co") || t.is(&["&"]));
        let hyphen = text.token(to).is_some_and(|t| t.kind == Kind::Mark('-') && t.glued);
        if let Some(end) = particle {
            to = end;
            continue;
        }
        if legal || hyphen {
            to += 1;
            continue;
        }
        if !text.nameable(to) {
            break;
        }
        let previous = &text.tokens[to - 1];
        let given = previous.has(Class::GIVEN_NAME.and(Class::PARTICLE)) || previous.is(&["&", "-"]);
        let closes = (to..to + 3).take_while(|at| text.nameable(*at)).count();
        let ends_here = closes <= 2 && text.boundary(to + closes) && text.tokens[to].capital();
        let known = text.tokens[to].has(Class::SURNAME) && previous.unknown() && previous.capital();
        if !(given || ends_here || known) {
            break;
        }
        to += 1;
    }
    to
}

/// "von Stein", "van der Berg": the particles and the name after them.
fn particle_end(text: &Text<'_>, from: usize) -> Option<usize> {
    let words = "von van vom zu de du la le el al di da mac mc";
    let opens = text.token(from)?.one_of(words);
    let mut to = from + 1;
    while opens && to < from + 3 && text.token(to).is_some_and(|t| t.has(Class::PARTICLE)) {
        to += 1;
    }
    let noble = text
        .token(to)
        .is_some_and(|t| t.capital() && t.folded.len() > 2 && (t.unknown() || t.class.is_name()));
    (opens && noble && text.cased).then_some(to + 1)
}

/// "Hotel Adler", "Bäckerei Krause", "Praxis Dr. Lang".
fn business(text: &Text<'_>, i: usize) -> Option<Name> {
    let token =
        text.token(i).filter(|t| t.has(Class::BUSINESS) || t.unknown() && business_tail(&t.folded))?;
    let to = business_end(text, i);
    (to > i + 1 && (token.capital() || !text.cased)).then(|| named(text, i, to, i, Strength::Announced))
}

fn business_tail(folded: &str) -> bool {
    ["praxis", "verwaltung", "baeckerei", "genossenschaft", "schule", "haus"]
        .iter()
        .any(|t| folded.len() > t.len() + 2 && folded.ends_with(t))
}

fn business_end(text: &Text<'_>, first: usize) -> usize {
    let mut to = first + 1;
    while to < first + 4
        && text.token(to).is_some_and(|t| {
            text.nameable(to)
                || t.has(Class::TITLE)
                || t.kind == Kind::Dot
                || t.is(&["zum", "zur", "am", "&"]) && text.token(to + 1).is_some_and(Token::capital)
                || t.capital() && t.has(Class::ABSTRACT)
        })
    {
        to += 1;
    }
    to
}

/// "Meier: ...", "Klaus Meier, Schillerstr. 12": first in a sentence and by itself.
fn opening(text: &Text<'_>, i: usize) -> Option<Name> {
    let opens = i == 0 || text.tokens[i - 1].ends() || !text.tokens[i - 1].text.is_ascii();
    if !opens || text.taken[i] {
        return None;
    }
    let mut to = i;
    while to < i + 3 && text.nameable(to) {
        to += 1;
    }
    let says = "ist war is was done fertig erledigt finished has hat took abgeschlossen";
    let closed = text.tokens.get(to).is_some_and(|t| t.parts() || text.taken[to] || t.one_of(says));
    (to > i && closed).then(|| named(text, i, to, i, Strength::Placed))
}

/// "Miller's place", "Meiers Haus".
fn owner(text: &Text<'_>, i: usize) -> Option<Name> {
    let token = text.token(i).filter(|t| t.unknown() || t.class.is_name())?;
    let contractions = "that's it's what's here's let's there's who's he's she's where's how's";
    let apostrophe = text.tokens.get(i + 1).is_some_and(|t| t.glued && matches!(t.text, "'" | "’"));
    let plural = apostrophe && token.folded.ends_with('s');
    let possessive = token.folded.ends_with("'s") && !token.one_of(contractions);
    if !(possessive || plural) || text.cased && !token.capital() {
        return None;
    }
    let mut name = named(text, i, i + 1, i, Strength::Announced);
    // "the Kellys'" are Kelly, "Jones'" is Jones
    if plural && i > 0 && text.tokens[i - 1].is(&["the"]) {
        name.text.pop();
    }
    Some(name)
}

/// A common surname, where nothing better is said. "Frank here" is the technician.
fn guessed(text: &Text<'_>, i: usize) -> Option<Name> {
    let token = text.token(i).filter(|t| t.has(Class::SURNAME) && (t.capital() || !text.cased))?;
    let speaker = "hier here is ist bin i'm am gruss lg vg regards";
    let near = [i.checked_sub(1), Some(i + 1)];
    let beside = near.iter().flatten().filter_map(|n| text.tokens.get(*n)).any(|t| t.one_of(speaker));
    if beside || token.has(Class::ROOM.and(Class::PART).and(Class::FILLER).and(Class::ADJECTIVE)) {
        return None;
    }
    let first =
        i.checked_sub(1).filter(|b| text.token(*b).is_some_and(|t| t.has(Class::GIVEN_NAME))).unwrap_or(i);
    Some(named(text, first, i + 1, first, Strength::Guess))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::offline::words::read;

    fn first(text: &str) -> Option<String> {
        let tokens = read(text);
        let taken = vec![false; tokens.len()];
        find(&Text::new(text, &tokens, &taken)).into_iter().next().map(|n| n.text)
    }

    #[test]
    fn names_are_found_where_they_are_announced() {
        let cases = [
            ("Done at Meier, sink repaired", "Meier"),
            ("fertig bei frau schmidt spüle repariert", "schmidt"),
            ("bei Frau Dr. Schmidt", "Schmidt"),
            ("Was at Mrs Miller's place", "Miller"),
            ("bei den Müllers war die Dusche kaputt", "Müller"),
            ("Kunde: Klaus Meier", "Klaus Meier"),
            ("Meier: Spüle repariert", "Meier"),
            ("Klaus Meier, 2h", "Klaus Meier"),
            ("beim Bäcker Krause", "Bäcker Krause"),
            ("Hotel Adler, Hahn getauscht", "Hotel Adler"),
            ("im Hotel Adler den Hahn getauscht", "Hotel Adler"),
            ("bei klaus meier spüle repariert", "klaus meier"),
            ("at O'Connor we fixed the tap", "O'Connor"),
            ("bei Hahn, Gartenweg", "Hahn"),
            ("for Anna von Stein, tap", "Anna von Stein"),
            ("Fam. Yilmaz, Dusche", "Yilmaz"),
        ];
        for (text, expected) in cases {
            assert_eq!(first(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_words_are_no_names() {
        for text in [
            "Spüle repariert",
            "fixed the sink for 2 hours",
            "at noon",
            "bei der Heizung",
            "Hi, all done",
            "from the basement",
            "Frank hier, fertig",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
