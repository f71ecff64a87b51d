//! The time worked, however it is told. Travel, pauses and "two hours ago" are recognised and not counted.

use rust_decimal::Decimal;

use super::{
    clock,
    lexicon::Class,
    number,
    words::{Kind, Span, Token},
};

/// Durations of one text that are looked at.
const MOST: usize = 24;
/// A bare number from here on, said about time, means minutes.
const MINUTES_FROM: i64 = 15;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Worked,
    Pause,
    /// Travel, waiting, "ago".
    Aside,
    /// "half an hour more": a change of what was told before, negative for less.
    Change,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration {
    pub hours: Decimal,
    pub span: Span,
    pub role: Role,
    /// Told as the sum of it all.
    total: bool,
    by_clock: bool,
    /// "in an hour": perhaps not work but the future.
    ahead: bool,
}

const BEFORE_ASIDE: &str = "anfahrt fahrt fahrtzeit abfahrt rueckfahrt travel travelling driving drive vor \
    seit waiting waited \
    wartezeit every alle since wait";
const AFTER_ASIDE: &str = "ago fahrt anfahrt fahrtzeit drive driving travel later spaeter entfernt away \
    wartezeit late verspaetung \
    wait waiting gefahren stau traffic";
const PAUSE: &[&str] = &["pause", "break", "lunch", "mittagspause", "mittag", "breaks", "pausen"];
const CORRECTS: &str = "no nein sorry doch actually quatsch ne nee wait korrektur rather eher vielmehr \
    mean meine correction \
    stimmt moment halt";

/// All durations of a text, in order.
#[must_use]
pub fn find(tokens: &[Token<'_>]) -> Vec<Duration> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < tokens.len() && found.len() < MOST {
        match duration_at(tokens, i) {
            Some(duration) => {
                i = duration.span.to;
                found.push(duration);
            }
            None => i += 1,
        }
    }
    found
}

/// The time worked, made of all that was told: a total, else a sum, the clock less its pauses, or the last word
/// where the text corrects itself.
#[must_use]
pub fn worked(tokens: &[Token<'_>], durations: &[Duration]) -> Option<Decimal> {
    let all: Vec<&Duration> = durations.iter().filter(|d| d.role == Role::Worked).collect();
    if let Some(total) = all.iter().rev().find(|d| d.total) {
        return Some(total.hours);
    }
    let sure: Vec<&Duration> = all.iter().copied().filter(|d| !d.ahead || all.len() == 1).collect();
    let told: Vec<&Duration> = sure.iter().copied().filter(|d| !d.by_clock).collect();
    if told.is_empty() {
        let by_clock: Decimal = sure.iter().map(|d| d.hours).sum();
        let pauses: Decimal = durations.iter().filter(|d| d.role == Role::Pause).map(|d| d.hours).sum();
        return (!sure.is_empty()).then(|| if pauses < by_clock { by_clock - pauses } else { by_clock });
    }
    let mut sum: Decimal = told.first()?.hours;
    for pair in told.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        let corrected = tokens[before.span.to..after.span.from].iter().any(|t| t.one_of(CORRECTS));
        if corrected {
            sum = after.hours;
        } else if before.hours != after.hours {
            sum += after.hours;
        }
    }
    Some(sum)
}

/// A number alone, where the time was asked for: from 15 on it means minutes.
#[must_use]
pub fn bare(tokens: &[Token<'_>]) -> Option<Decimal> {
    let first =
        tokens.iter().position(|t| number::at(tokens, index(tokens, t)).is_some_and(|n| !n.article))?;
    if let Some((hours, _)) = colon_time(tokens, first) {
        return Some(hours);
    }
    let value = number::at(tokens, first)?.value;
    let negative = first.checked_sub(1).is_some_and(|i| is_minus(tokens, i));
    Some(if negative { -value } else { hours_or_minutes(value) })
}

fn index(tokens: &[Token<'_>], token: &Token<'_>) -> usize {
    tokens.partition_point(|t| t.start < token.start)
}

fn hours_or_minutes(value: Decimal) -> Decimal {
    if value >= Decimal::from(MINUTES_FROM) { minutes(value) } else { value.normalize() }
}

fn minutes(value: Decimal) -> Decimal {
    (value / Decimal::from(60)).round_dp(2).normalize()
}

fn is_minus(tokens: &[Token<'_>], i: usize) -> bool {
    tokens[i].is(&["minus"]) || tokens[i].text == "-" && !tokens[i].glued
}

fn duration_at(tokens: &[Token<'_>], i: usize) -> Option<Duration> {
    let (hours, next, by_clock) = match clock::range_at(tokens, i) {
        Some((hours, next)) => (hours, next, true),
        None => {
            let (hours, next) = labelled(tokens, i).or_else(|| told(tokens, i))?;
            (hours, next, false)
        }
    };
    let negative = !by_clock
        && i.checked_sub(1).is_some_and(|b| tokens[b].text == "-" && !tokens[b].glued && tokens[i].glued);
    let hours = if negative { -hours } else { hours };
    let (role, sign) = role(tokens, i, next);
    let total_words = "insgesamt gesamt total altogether overall zusammen summe gesamtzeit";
    let near = &tokens[i.saturating_sub(3)..i];
    let total = near.iter().rev().take_while(|t| !t.ends()).any(|t| t.one_of(total_words))
        || tokens[next..].iter().take(2).take_while(|t| !t.parts()).any(|t| t.one_of(total_words));
    let ahead = i > 0 && tokens[i - 1].is(&["in"]);
    Some(Duration {
        hours: if sign { hours } else { -hours },
        span: Span::new(i, next),
        role,
        total,
        by_clock,
        ahead,
    })
}

/// What the words beside a duration make of it; `false` for less.
fn role(tokens: &[Token<'_>], from: usize, to: usize) -> (Role, bool) {
    let before: Vec<&Token<'_>> = tokens[from.saturating_sub(2)..from]
        .iter()
        .rev()
        .take_while(|t| !t.ends() && t.kind != Kind::Comma)
        .collect();
    let counted_next = |at: usize| number::at(tokens, at + 1).is_some();
    let after: Vec<&Token<'_>> = (to..tokens.len().min(to + 2))
        .take_while(|at| !tokens[*at].parts() && !counted_next(*at))
        .map(|at| &tokens[at])
        .collect();
    let next = tokens.get(to);
    let than = tokens.get(to + 1).is_some_and(|t| t.is(&["than", "als"]));
    if !than
        && next.is_some_and(|t| {
            t.is(&["more", "mehr", "longer", "laenger", "extra", "drauf", "zusaetzlich", "on top"])
        })
    {
        return (Role::Change, true);
    }
    if !than && next.is_some_and(|t| t.is(&["less", "weniger", "kuerzer", "shorter", "fewer"])) {
        return (Role::Change, false);
    }
    if before.first().is_some_and(|t| t.is(PAUSE)) || after.iter().any(|t| t.is(PAUSE)) {
        return (Role::Pause, true);
    }
    let aside = before.iter().any(|t| t.one_of(BEFORE_ASIDE)) || after.iter().any(|t| t.one_of(AFTER_ASIDE));
    (if aside { Role::Aside } else { Role::Worked }, true)
}

/// "Zeit: 1,5", "Stunden 2", "duration = 90".
fn labelled(tokens: &[Token<'_>], i: usize) -> Option<(Decimal, usize)> {
    let label = tokens.get(i)?;
    let words = "zeit dauer arbeitszeit stunden std hours time duration aufwand hrs arbeitsstunden \
        zeitaufwand \
        minuten minutes worked";
    if !label.one_of(words) {
        return None;
    }
    let mut next = i + 1;
    let colon =
        tokens.get(next).is_some_and(|t| t.kind == Kind::Colon || t.kind == Kind::Dot || t.text == "-");
    while tokens.get(next).is_some_and(|t| {
        matches!(t.kind, Kind::Colon | Kind::Dot)
            || t.is(&["war", "was", "ca", "of", "is", "waren"])
            || t.text == "-" && colon
    }) {
        next += 1;
    }
    if next == i + 1 && !label.is(&["arbeitszeit", "dauer", "duration", "zeitaufwand", "aufwand"]) {
        return None;
    }
    if let Some(known) =
        clock::range_at(tokens, next).or_else(|| told(tokens, next)).or_else(|| colon_time(tokens, next))
    {
        return Some(known);
    }
    let num = number::at(tokens, next).filter(|n| !n.article)?;
    let counted =
        tokens.get(num.next).is_some_and(|t| t.is(&["x"]) || t.has(Class::PART.and(Class::MEASURE)));
    let hours =
        if label.is(&["minuten", "minutes"]) { minutes(num.value) } else { hours_or_minutes(num.value) };
    (!counted).then_some((hours, num.next))
}

/// A duration with its unit.
fn told(tokens: &[Token<'_>], i: usize) -> Option<(Decimal, usize)> {
    let token = tokens.get(i)?;
    if let Some(part) = part_of_an_hour(token) {
        return Some((part, i + 1));
    }
    if token.has(Class::HOUR) && token.folded.len() > 3 {
        // "hour and a half"
        let (hours, next) = tail(tokens, Decimal::ONE, i + 1);
        return (hours != Decimal::ONE).then_some((hours, next));
    }
    if let Some(found) = colon_time(tokens, i) {
        let unit = tokens.get(found.1).filter(|t| t.has(Class::HOUR));
        return unit.map(|_| (found.0, found.1 + 1));
    }
    let num = number::at(tokens, i)?;
    let unit_at = skip_small(tokens, num.next);
    let unit = tokens.get(unit_at).filter(|t| t.is_word())?;
    if let Some(part) = part_of_an_hour(unit) {
        let count = if num.value == Decimal::new(75, 2) { Decimal::from(3) } else { num.value };
        return Some(((part * count).normalize(), unit_at + 1));
    }
    if unit.has(Class::MINUTE) {
        return (!num.article || unit.folded.len() > 3)
            .then(|| (minutes(num.value), past_dot(tokens, unit_at + 1)));
    }
    if !unit.has(Class::HOUR) || num.article && unit.folded.len() < 3 {
        return None;
    }
    Some(tail(tokens, num.value.normalize(), past_dot(tokens, unit_at + 1)))
}

fn part_of_an_hour(token: &Token<'_>) -> Option<Decimal> {
    match token.folded.as_str() {
        "viertelstunde" | "viertelstuendchen" | "viertelstunden" => Some(Decimal::new(25, 2)),
        "halbstunde" | "halbestunde" | "halbstuendchen" => Some(Decimal::new(5, 1)),
        "dreiviertelstunde" => Some(Decimal::new(75, 2)),
        _ => None,
    }
}

/// "half of an hour", "eine gute Stunde", "zwei volle Stunden".
fn skip_small(tokens: &[Token<'_>], from: usize) -> usize {
    let small = "of an a einer ner gute guten good knappe volle vollen full solid ganze ganzen whole ne \
        eine kurze \
        reine billable";
    let dash = |t: &Token<'_>| t.kind == Kind::Mark('-');
    from + tokens[from.min(tokens.len())..].iter().take(3).take_while(|t| t.one_of(small) || dash(t)).count()
}

fn past_dot(tokens: &[Token<'_>], i: usize) -> usize {
    i + usize::from(tokens.get(i).is_some_and(|t| t.kind == Kind::Dot))
}

/// What may follow the unit: "1 Std 30", "1h30", "2 hours and 15 minutes", "an hour and a half".
fn tail(tokens: &[Token<'_>], hours: Decimal, next: usize) -> (Decimal, usize) {
    let word = |at: usize| tokens.get(at);
    let joined =
        usize::from(word(next).is_some_and(|t| t.is(&["and", "und", "&", "+", "u"]) || t.text == ","));
    let comma = word(next).is_some_and(|t| t.text == ",");
    if word(next).is_some_and(|t| t.is(&["einhalb"])) {
        return (hours + Decimal::new(5, 1), next + 1);
    }
    let at = next + joined;
    let Some(num) = number::at(tokens, at) else { return (hours, next) };
    let unit_at = skip_small(tokens, num.next);
    let unit = word(unit_at);
    let minute_unit = unit.is_some_and(|t| t.has(Class::MINUTE));
    if minute_unit && !num.article {
        return ((hours + minutes(num.value)).normalize(), past_dot(tokens, unit_at + 1));
    }
    // "3h 30m": metres only where something is measured
    let short_minutes = unit.is_some_and(|t| t.is(&["m"]) && t.glued) && num.value < Decimal::from(60);
    let measures = word(unit_at + 1).is_some_and(|t| t.unknown() || t.has(Class::PART));
    if joined == 0 && short_minutes && !measures {
        return ((hours + minutes(num.value)).normalize(), unit_at + 1);
    }
    if let Some(part) = unit.and_then(part_of_an_hour).filter(|_| !comma) {
        return (hours + part * num.value, unit_at + 1);
    }
    let counts_something = unit.is_some_and(|t| {
        t.unknown() || t.has(Class::PART.and(Class::MEASURE).and(Class::ABSTRACT)) || t.is(&["x"])
    });
    let part = !num.article && num.value < Decimal::ONE && num.value > Decimal::ZERO && !comma;
    if part && joined == 1 && (!counts_something || unit.is_some_and(|t| t.has(Class::HOUR))) {
        let with_unit = usize::from(unit.is_some_and(|t| t.has(Class::HOUR)));
        return (hours + num.value, if with_unit == 1 { unit_at + 1 } else { num.next });
    }
    let value = u32::try_from(num.value).unwrap_or(0);
    let glued = word(at).is_some_and(|t| t.glued);
    let minutes_alone =
        num.value.is_integer() && (5..60).contains(&value) && (glued || value.is_multiple_of(5));
    let stands_alone = unit.is_none_or(|t| {
        t.parts() || t.has(Class::FILLER.and(Class::WORK_AFTER).and(Class::PREPOSITION).and(Class::JOIN))
    });
    if joined == 0 && !num.article && minutes_alone && (glued || stands_alone) {
        return ((hours + minutes(num.value)).normalize(), num.next);
    }
    (hours, next)
}

/// "1:30" as hours and minutes.
fn colon_time(tokens: &[Token<'_>], i: usize) -> Option<(Decimal, usize)> {
    let (hours, colon, mins) = (tokens.get(i)?, tokens.get(i + 1)?, tokens.get(i + 2)?);
    let glued = colon.kind == Kind::Colon && colon.glued && mins.glued;
    let (h, m) = (hours.integer()?, mins.integer()?);
    (glued && m < 60 && h <= 24 && mins.text.len() == 2)
        .then(|| ((Decimal::from(h) + minutes(Decimal::from(m))).normalize(), i + 3))
}

#[cfg(test)]
#[path = "hours_tests.rs"]
mod tests;
