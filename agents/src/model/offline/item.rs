//! One item of material: its quantity, unit and name, as far as the words go. Whether it is material at all is for
//! `materials.rs` to say.

use rust_decimal::Decimal;

use super::{
    lexicon::Class,
    materials::Item,
    number,
    words::{Kind, Token, source},
};

/// Words of one name.
const NAME_TOKENS: usize = 9;

/// Units that tell how big a thing is, not how much of it was used.
const CAPACITY: &str = "l liter litre litres liters kw w watt bar";

pub struct Counted {
    pub item: Item,
    pub next: usize,
    /// "2x", "3 mal" as typed with an x.
    pub times: bool,
    /// "2 m", "1 Rolle".
    pub measured: bool,
    pub article: bool,
    /// Called new: "a new tap".
    pub fresh: bool,
    /// The name holds a word for a part.
    pub part: bool,
}

/// "2x Gasket 10-B", "2 m Kupferrohr 15mm", "eine Dichtung", "three brass elbows".
#[must_use]
pub fn counted(text: &str, tokens: &[Token<'_>], taken: &[bool], i: usize) -> Option<Counted> {
    if i > 0
        && (matches!(tokens[i - 1].kind, Kind::Mark(_)) && tokens[i].glued
            || is_label_of_size(&tokens[i - 1]))
    {
        return None;
    }
    let mut num = number::at(tokens, i)?;
    // "2 1/2 Zoll Ventile": the ratio is a size
    if num.next == i + 4 && tokens.get(num.next).is_some_and(|t| t.has(Class::DIMENSION)) {
        num = number::Num { value: tokens[i].number()?, next: i + 1, article: false };
    }
    let mut next = num.next;
    let times = tokens.get(next).is_some_and(|t| t.is(&["x", "mal", "×", "*"]));
    next += usize::from(times);
    let unit_at = next;
    let mut unit = None;
    if let Some(measure) = tokens.get(next).filter(|t| t.has(Class::MEASURE) && !taken[next]) {
        let dot = usize::from(tokens.get(next + 1).is_some_and(|t| t.kind == Kind::Dot));
        let of = usize::from(tokens.get(next + 1 + dot).is_some_and(|t| t.is(&["of", "vom", "von"])));
        if name(text, tokens, taken, next + 1 + dot + of).is_some() {
            unit = Some(measure.text.to_owned());
            next += 1 + dot + of;
        }
    }
    let of = usize::from(unit.is_none() && tokens.get(next).is_some_and(|t| t.is(&["of"])));
    let named = name(text, tokens, taken, next + of)?;
    let pieces = tokens.get(unit_at).is_some_and(|t| t.one_of("stueck stk stck st pcs pc piece pieces"));
    let (quantity, unit) = match unit.as_deref() {
        Some("cm") => (num.value / Decimal::ONE_HUNDRED, Some("m".to_owned())),
        _ => (num.value, unit.filter(|_| !pieces)),
    };
    let quantity = if minus_before(tokens, i) { -quantity } else { quantity };
    Some(Counted {
        measured: unit.is_some() || pieces,
        item: Item { name: named.name, quantity: quantity.normalize(), unit, counted: true },
        next: named.next,
        times,
        article: num.article,
        fresh: named.fresh,
        part: named.part,
    })
}

fn minus_before(tokens: &[Token<'_>], i: usize) -> bool {
    i > 0 && tokens[i - 1].text == "-" && !tokens[i - 1].glued && tokens[i].glued
}

pub struct Bare {
    pub item: Item,
    pub next: usize,
    /// The quantity came after the name: "Gasket 10-B x2".
    pub suffixed: bool,
    pub part: bool,
}

/// A name without a number before it, perhaps with one after it.
#[must_use]
pub fn bare(text: &str, tokens: &[Token<'_>], taken: &[bool], i: usize) -> Option<Bare> {
    let article = usize::from(tokens[i].has(Class::ARTICLE));
    let named = name(text, tokens, taken, i + article)?;
    let open = tokens.get(named.next).is_some_and(|t| matches!(t.text, "(" | ":"));
    let mut at = named.next + usize::from(open);
    let x_first = tokens.get(at).is_some_and(|t| t.is(&["x", "×", "*"]));
    at += usize::from(x_first);
    let num = number::at(tokens, at).filter(|n| !n.article && !taken.get(at).copied().unwrap_or(true));
    let Some(num) = num else {
        return Some(Bare { item: one(named.name), next: named.next, suffixed: false, part: named.part });
    };
    let after = tokens.get(num.next);
    let x_last = after.is_some_and(|t| t.is(&["x", "×", "mal"]));
    let unit = after.filter(|t| t.has(Class::MEASURE) && !t.one_of(CAPACITY));
    let counted_to = num.next + usize::from(x_last || unit.is_some());
    let next = counted_to + usize::from(tokens.get(counted_to).is_some_and(|t| t.kind == Kind::Dot));
    let closes = tokens.get(next).is_none_or(|t| t.parts() || t.has(Class::JOIN) || t.has(Class::USE));
    if !(closes && (x_first || x_last || open || unit.is_some())) {
        return Some(Bare { item: one(named.name), next: named.next, suffixed: false, part: named.part });
    }
    let unit = unit
        .map(|t| t.text.to_owned())
        .filter(|u| !u.to_lowercase().starts_with("st") && !u.starts_with("pc"));
    let item = Item { name: named.name, quantity: num.value.normalize(), unit, counted: true };
    Some(Bare { item, next, suffixed: true, part: named.part })
}

fn one(name: String) -> Item {
    Item { name, quantity: Decimal::ONE, unit: None, counted: false }
}

struct Named {
    name: String,
    next: usize,
    part: bool,
    fresh: bool,
}

/// The words of a material's name from token `i` on.
fn name(text: &str, tokens: &[Token<'_>], taken: &[bool], i: usize) -> Option<Named> {
    let vague = "neue neuen neuer neues neuem new brand weitere weiteren more extra additional \
        zusaetzliche bisschen etwas little bit";
    let mut start = i;
    while tokens.get(start).is_some_and(|t| t.one_of(vague)) {
        start += 1;
    }
    let sized = leading_size(tokens, start);
    let first = tokens.get(start + sized).filter(|t| t.is_word() && !taken[start])?;
    if sized > 0 && !first.has(Class::PART) && !first.unknown() {
        return None;
    }
    let refused = Class::COUNTED
        .and(Class::ROOM)
        .and(Class::CITY)
        .and(Class::TITLE)
        .and(Class::ORDINARY)
        .and(Class::GIVEN_NAME);
    if !first.has(Class::PART) && (first.has(refused) || first.has(Class::SURNAME)) {
        return None;
    }
    let mut at = start + sized;
    let (mut part, mut last) = (false, None);
    while at < tokens.len() && at < start + NAME_TOKENS && !taken[at] {
        let Some(length) = piece(tokens, taken, at, start, part) else { break };
        part |= tokens[at..at + length].iter().any(|t| t.has(Class::PART));
        at += length;
        last = Some(at);
    }
    let end = last?;
    Some(Named { name: source(text, tokens, start, end), next: end, part, fresh: start > i })
}

/// How many tokens at `at` go on with a name that began at `start`; `None` ends it.
fn piece(tokens: &[Token<'_>], taken: &[bool], at: usize, start: usize, part: bool) -> Option<usize> {
    let token = &tokens[at];
    let next = tokens.get(at + 1).filter(|_| !taken[at + 1]);
    match token.kind {
        Kind::Word => word(tokens, at, start, part, next),
        Kind::Number(_) if at > start => size(tokens, at, next),
        Kind::Mark(_) if at > start => (token.glued || next.is_some_and(|n| n.glued)).then_some(1),
        Kind::Dot if at > start && next.is_some_and(|n| n.glued) => Some(1),
        _ => None,
    }
}

fn word(
    tokens: &[Token<'_>],
    at: usize,
    start: usize,
    part: bool,
    next: Option<&Token<'_>>,
) -> Option<usize> {
    let token = &tokens[at];
    let code = next.is_some_and(|n| n.glued && n.number().is_some()) && !token.is(&["x"]);
    let dashed = next.is_some_and(|n| n.kind == Kind::Mark('-') && n.glued)
        && tokens.get(at + 2).is_some_and(|t| t.glued && t.number().is_some());
    if dashed && !token.has(Class::HOUR.and(Class::MEASURE)) {
        return Some(1);
    }
    if code || is_label_of_size(token) && next.is_some_and(|n| n.number().is_some()) {
        return Some(2);
    }
    if token.has(Class::NUMBER_WORD) {
        // spoken: "zehn b" is 10-B
        let letter = next.is_some_and(|n| {
            n.is_word() && n.folded.len() == 1 && !n.is(&["x", "h", "u"]) || n.one_of(CAPACITY)
        });
        return (at > start && letter).then_some(2);
    }
    if token.has(Class::PART) {
        let belongs_to_verb = tokens.get(at + 1).is_some_and(|t| t.has(Class::WORK_AFTER));
        return (!(part && belongs_to_verb)).then_some(1);
    }
    // "a cleaning kit"
    if token.folded.ends_with("ing")
        && token.has(Class::WORK_BEFORE)
        && next.is_some_and(|n| n.has(Class::PART))
    {
        return Some(1);
    }
    let nameable = Class::ADJECTIVE.and(Class::DIMENSION).and(Class::ABSTRACT);
    let known_otherwise = !token.class.is_empty() && !token.has(nameable);
    if known_otherwise || token.is(&["x", "mal"]) || token.has(Class::FILLER) && !token.glued {
        return None;
    }
    if token.has(Class::ADJECTIVE) && part {
        return None;
    }
    let leads_nowhere = part
        && next.is_some_and(|n| n.is_word() && !n.has(Class::JOIN.and(Class::USE).and(Class::DIMENSION)));
    (!leads_nowhere || token.capital()).then_some(1)
}

/// A number inside a name: a code, a size, or the last word of it.
fn size(tokens: &[Token<'_>], at: usize, next: Option<&Token<'_>>) -> Option<usize> {
    let Some(next) = next else { return Some(1) };
    let before = &tokens[at - 1];
    if matches!(before.kind, Kind::Mark(_)) || tokens[at].glued {
        return Some(1);
    }
    if matches!(next.kind, Kind::Mark(_)) && next.glued {
        return Some(1);
    }
    if next.has(Class::DIMENSION) || next.one_of(CAPACITY) {
        return Some(2);
    }
    let letter = next.is_word() && next.text.chars().count() == 1 && !next.one_of("x m h l g u & + a");
    if letter {
        return Some(2);
    }
    let times_size =
        next.is(&["x"]) && next.glued && tokens.get(at + 2).is_some_and(|t| t.glued && t.number().is_some());
    if times_size {
        return Some(3);
    }
    (next.parts() || next.has(Class::JOIN)).then_some(1)
}

/// "15mm", "1/2 inch", "22x1,5" before the noun.
fn leading_size(tokens: &[Token<'_>], at: usize) -> usize {
    let is_number = |i: usize| tokens.get(i).is_some_and(|t| t.number().is_some());
    let is_unit =
        |i: usize| tokens.get(i).is_some_and(|t| t.has(Class::DIMENSION) || t.kind == Kind::Mark('"'));
    if !is_number(at) {
        return 0;
    }
    let stroke = tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Mark('/') || t.is(&["x"]) && t.glued);
    if stroke && is_number(at + 2) {
        return 3 + usize::from(is_unit(at + 3));
    }
    if is_unit(at + 1) { 2 } else { 0 }
}

fn is_label_of_size(token: &Token<'_>) -> bool {
    token.one_of("dn typ type nr no size groesse pn model modell no. number nummer")
}
