//! Materials in a text: items with their quantities, or the word that none were used. Work that was done on a part
//! ("repaired 2 taps") is no material; work that leaves a new part behind is, unless the materials are told apart.

use rust_decimal::Decimal;

use super::{
    item,
    lexicon::{self, Class},
    words::{Kind, Span, Token, fold},
};

/// Items of one text that are kept; the house takes no longer lists.
const MOST: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub name: String,
    pub quantity: Decimal,
    /// As it was said ("m", "Rolle"), for the sentence that asks back.
    pub unit: Option<String>,
    /// The quantity was said; otherwise it is one.
    pub counted: bool,
}

impl Item {
    #[must_use]
    pub fn concept(&self) -> Option<usize> {
        super::words::read(&self.name).iter().rev().find_map(|t| lexicon::concept(&t.folded))
    }

    /// Only a kind of part, without brand, size or number: "Dichtungen".
    #[must_use]
    pub fn is_generic(&self) -> bool {
        let tokens = super::words::read(&self.name);
        tokens.len() == 1 && lexicon::concept(&tokens[0].folded).is_some()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    pub item: Item,
    pub span: Span,
    /// Known only from the work that was done with it.
    pub by_work: bool,
    /// By an article alone: "a tap".
    pub by_article: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub mentions: Vec<Mention>,
    /// "no material", "ohne Teile".
    pub none: Option<Span>,
}

impl Found {
    /// The materials that the text tells of; `None` where it does not speak of them.
    #[must_use]
    pub fn items(&self) -> Option<Vec<Item>> {
        let mut kept: Vec<&Mention> = Vec::new();
        for mention in self.mentions.iter().filter(|m| self.counts(m)) {
            kept.retain(|earlier| fold(&earlier.item.name) != fold(&mention.item.name));
            kept.push(mention);
        }
        if kept.is_empty() {
            return self.none.map(|_| Vec::new());
        }
        Some(kept.into_iter().map(|m| m.item.clone()).collect())
    }

    fn counts(&self, mention: &Mention) -> bool {
        let told: Vec<&Mention> = self.mentions.iter().filter(|m| !m.by_work).collect();
        let again =
            told.iter().any(|m| m.item.concept().is_some() && m.item.concept() == mention.item.concept());
        let implied = self.none.is_some() || again || mention.by_article && !told.is_empty();
        !(mention.by_work && implied)
    }
}

/// `taken` marks tokens that mean something else; `listing`: the whole text is a list; `amends`: it corrects a job, so
/// "it was a siphon" names a material.
#[must_use]
pub fn find(text: &str, tokens: &[Token<'_>], taken: &[bool], listing: bool, amends: bool) -> Found {
    let none = none_at(tokens);
    let mut list = regions(tokens, taken);
    if listing {
        list.iter_mut().zip(taken).for_each(|(in_list, taken)| *in_list = !taken);
    }
    let mut found = Found { mentions: Vec::new(), none };
    let mut i = 0;
    while i < tokens.len() && found.mentions.len() < MOST {
        let denied = none.is_some_and(|n| n.overlaps(Span::new(i, i + 1)));
        let mention = (!taken[i] && !denied)
            .then(|| mention_at(&Reading { text, tokens, taken, list: &list, amends }, i, &found))
            .flatten();
        match mention {
            Some(mention) => {
                i = mention.span.to;
                found.mentions.push(mention);
            }
            None => i += 1,
        }
    }
    found
}

struct Reading<'a> {
    text: &'a str,
    tokens: &'a [Token<'a>],
    taken: &'a [bool],
    /// What stands in a list of materials.
    list: &'a [bool],
    amends: bool,
}

fn mention_at(reading: &Reading<'_>, i: usize, found: &Found) -> Option<Mention> {
    let Reading { text, tokens, taken, list, amends } = *reading;
    let Some(counted) = item::counted(text, tokens, taken, i) else { return bare_at(reading, i, found) };
    let span = Span::new(i, counted.next);
    let follows = found.mentions.last().filter(|m| joined(tokens, m.span.to, i));
    let measured = counted.times || counted.measured;
    let inherited = follows.filter(|m| m.by_work && !measured).map(|_| Class::FITS);
    let by_work = match governing(tokens, span).or(inherited) {
        Some(class) if list[i] || class.has(Class::USE) => false,
        Some(class) if class.has(Class::FITS) => true,
        Some(_) if !measured => return None,
        _ => false,
    };
    let was = amends
        && i > 0
        && tokens[i - 1].is(&["was", "were", "war", "waren", "is", "ist", "be", "but", "sondern"]);
    let in_context =
        list[i] || by_work || was || follows.is_some() || beside_use(tokens, span) || after_with(tokens, i);
    let alone = stands_alone(tokens, taken, span);
    let plausible = measured
        || counted.part && (!counted.article || in_context || alone)
        || (in_context || alone) && !counted.article
        || counted.article && list[i];
    let by_article = counted.article && !counted.fresh;
    plausible.then_some(Mention { item: counted.item, span, by_work, by_article })
}

/// A name without a number: in a list, beside "used", with its count behind it, after another item, or a code that
/// stands alone.
fn bare_at(reading: &Reading<'_>, i: usize, found: &Found) -> Option<Mention> {
    let Reading { text, tokens, taken, list, .. } = *reading;
    let bare = item::bare(text, tokens, taken, i)?;
    let span = Span::new(i, bare.next);
    let alone = stands_alone(tokens, taken, span);
    let coded = bare.part && alone && tokens[i..bare.next].iter().any(|t| t.number().is_some());
    let sized = bare.suffixed && (list[i] || bare.part || alone);
    let listed = list[i] && (bare.part || alone);
    let used = bare.part && beside_use(tokens, span);
    let goes_on = bare.part
        && alone
        && found.mentions.last().is_some_and(|m| !m.by_work && joined(tokens, m.span.to, i));
    (sized || listed || used || coded || goes_on).then_some(Mention {
        item: bare.item,
        span,
        by_work: false,
        by_article: false,
    })
}

/// The verb that a noun phrase surely belongs to: right before it in English, right after it in German.
fn governing(tokens: &[Token<'_>], span: Span) -> Option<Class> {
    let verbs = Class::WORK_BEFORE.and(Class::USE);
    let before = span.from.checked_sub(1).map(|b| &tokens[b]).filter(|t| t.has(verbs));
    let mut next = span.to;
    while tokens.get(next).is_some_and(|t| t.one_of("wurde wurden habe hab neu was were got auch noch")) {
        next += 1;
    }
    let after = tokens.get(next).filter(|t| {
        t.has(Class::WORK_AFTER.and(Class::USE)) && !t.is(&["material", "materials", "teile", "parts"])
    });
    let passive = next > span.to && tokens.get(next).is_some_and(|t| t.has(Class::WORK_BEFORE));
    let found = before.or(after).or_else(|| tokens.get(next).filter(|_| passive));
    found.map(|t| t.class)
}

fn beside_use(tokens: &[Token<'_>], span: Span) -> bool {
    let before = tokens[span.from.saturating_sub(3)..span.from].iter().rev().take_while(|t| !t.parts());
    let end = tokens.len().min(span.to + 3);
    let after = tokens[span.to.min(end)..end].iter().take_while(|t| !t.parts() && t.number().is_none());
    let used = |t: &Token<'_>| t.has(Class::USE);
    before.into_iter().any(used) || after.into_iter().any(|t| used(t) && !is_stuff(t))
}

fn after_with(tokens: &[Token<'_>], i: usize) -> bool {
    i > 0 && tokens[i - 1].one_of("mit with plus + inkl incl sowie noch also another dazu und and")
}

/// Only "and", commas or "also" stand between.
fn joined(tokens: &[Token<'_>], from: usize, to: usize) -> bool {
    to - from <= 3
        && tokens[from..to].iter().all(|t| {
            t.has(Class::JOIN) || t.kind == Kind::Comma || t.one_of("also auch noch then dann dazu another")
        })
}

/// Nothing else is said between the pauses around it.
fn stands_alone(tokens: &[Token<'_>], taken: &[bool], span: Span) -> bool {
    let quiet = |at: usize| tokens[at].parts() || taken[at] || tokens[at].has(Class::JOIN);
    // Spoken German has no full stops: a clause ends with its participle.
    let clause_ended =
        |at: usize| tokens[at].has(Class::WORK_AFTER) || tokens[at].is(&["gedauert", "fertig"]);
    let opens = |at: usize| quiet(at) || clause_ended(at);
    let before =
        (0..span.from).rev().find(|at| !tokens[*at].is(&["plus", "noch", "dazu", "also"])).is_none_or(opens);
    let after = (span.to < tokens.len()).then_some(span.to).is_none_or(quiet);
    before && after
}

/// Marks what stands in a list of materials: after "Material:", "used", before "verbaut".
fn regions(tokens: &[Token<'_>], taken: &[bool]) -> Vec<bool> {
    let mut list = vec![false; tokens.len()];
    for (at, token) in tokens.iter().enumerate().filter(|(_, t)| t.has(Class::USE)) {
        let labelled = tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Colon);
        let stops = |t: &Token<'_>| {
            t.ends() || t.class.is_work() && !t.has(Class::PART) || t.is(&["for", "fuer", "to", "um"])
        };
        for next in at + 1..tokens.len() {
            if stops(&tokens[next]) || taken[next] && !labelled {
                break;
            }
            list[next] = true;
        }
        if token.one_of("used using material materials parts teile dazu") {
            continue;
        }
        for before in (0..at).rev() {
            let other = tokens[before].has(Class::WORK_AFTER.and(Class::WORK_BEFORE));
            if tokens[before].ends()
                || taken[before]
                || other
                || tokens[before].is(&["hat", "took", "gedauert"])
            {
                break;
            }
            list[before] = true;
        }
    }
    list
}

const STUFF: &str = "parts part teile teil ersatzteile supplies spares spare consumables anything any zubehoer bauteile etwas \
    kleinteile";

fn is_stuff(token: &Token<'_>) -> bool {
    token.one_of(STUFF) || token.folded.starts_with("material")
}

/// Where a text says that nothing was used.
fn none_at(tokens: &[Token<'_>]) -> Option<Span> {
    tokens.iter().enumerate().find_map(|(i, token)| {
        let nothing = token.is(&["nichts", "nix", "nothing", "none"]);
        let denies =
            token.has(Class::NEGATION) || token.is(&["ohne", "without", "zero", "0", "keinerlei", "w/o"]);
        let soon = |most: usize| tokens[i + 1..].iter().take(most).take_while(|t| !t.parts());
        if nothing && soon(3).any(|t| t.has(Class::USE)) {
            return Some(Span::new(i, i + 2));
        }
        let gap =
            |t: &&Token<'_>| !t.has(Class::PART) && t.number().is_none() && !t.is(&["problem", "probleme"]);
        if denies && soon(4).take_while(gap).any(is_stuff) {
            return Some(Span::new(i, i + 2));
        }
        if is_stuff(token) && !token.is(&["any", "anything", "etwas"]) {
            let answer = &tokens[i + 1..];
            if answer
                .iter()
                .take(4)
                .any(|t| t.one_of("stimmt stimmen passt richtig korrekt right correct wrong falsch"))
            {
                return None;
            }
            let skip = usize::from(answer.first().is_some_and(|t| t.kind == Kind::Colon || t.text == "-"));
            let denied = |t: &Token<'_>| {
                t.one_of(
                    "keine keins keines kein none nix nichts no nein nicht wasn't weren't not entfaellt nil",
                )
            };
            let first = answer.get(skip).is_some_and(|t| {
                denied(t) || t.text == "0" || skip == 1 && matches!(t.text, "-" | "–" | "/")
            });
            let later = answer
                .iter()
                .take(4)
                .take_while(|t| !t.parts() && !t.has(Class::PART) && t.number().is_none())
                .any(denied);
            return (first || later).then(|| Span::new(i, i + 2 + skip));
        }
        let only = token.is(&["nur", "only", "just", "reine", "pure"]);
        let labour = soon(1).any(|t| t.is(&["labour", "labor", "arbeitszeit", "lohn", "arbeitslohn"]));
        (only && labour).then(|| Span::new(i, i + 2))
    })
}

#[cfg(test)]
#[path = "materials_tests.rs"]
mod tests;
