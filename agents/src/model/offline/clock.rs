//! Work told by the clock: "von 8 bis 10 Uhr", "8:15 - 9:45", "from 9 to 11am". Times of day only, never dates.

use rust_decimal::Decimal;

use super::{
    lexicon::Class,
    number,
    words::{Kind, Token},
};

/// Longer than this is a slip, not a working day.
const LONGEST_MINUTES: u32 = 16 * 60;
const DAY: u32 = 24 * 60;
const NOON: u32 = 12 * 60;

struct Time {
    minutes: u32,
    next: usize,
    /// Surely a time of day: minutes, "Uhr", "am" or "pm" stand with it.
    marked: bool,
}

/// The hours of the range that begins at token `i`, and the token after it.
#[must_use]
pub fn range_at(tokens: &[Token<'_>], i: usize) -> Option<(Decimal, usize)> {
    let opened = tokens.get(i)?.is(&["von", "from", "zwischen", "between"]);
    let between = tokens[i].is(&["zwischen", "between"]);
    let first = time_at(tokens, skip_at(tokens, i + usize::from(opened)))?;
    let joint = tokens.get(first.next)?;
    let dash = matches!(joint.text, "-" | "–" | "—");
    let joins =
        joint.is(&["bis", "to", "till", "til", "until"]) || dash || between && joint.is(&["und", "and"]);
    if !joins {
        return None;
    }
    let last = time_at(tokens, skip_at(tokens, first.next + 1))?;
    let counted = tokens.get(last.next).is_some_and(|t| {
        t.has(Class::HOUR.and(Class::MINUTE).and(Class::MEASURE).and(Class::DIMENSION))
            || t.is(&["x", "euro", "eur"])
    });
    if !(opened || first.marked || last.marked) || !last.marked && counted {
        return None;
    }
    let minutes = length(first.minutes, last.minutes)?;
    let hours = (Decimal::from(minutes) / Decimal::from(60)).round_dp(2).normalize();
    Some((hours, last.next))
}

fn skip_at(tokens: &[Token<'_>], i: usize) -> usize {
    let polite = |t: &Token<'_>| t.one_of("um at about ca etwa circa gegen") || t.kind == Kind::Dot;
    i + tokens[i.min(tokens.len())..].iter().take(2).take_while(|t| polite(t)).count()
}

fn length(mut first: u32, last: u32) -> Option<u32> {
    // "from 1 to 3pm"
    if last > NOON && first + NOON < last {
        first += NOON;
    }
    let minutes = if last > first {
        last - first
    } else if first <= NOON && last + NOON > first && last <= NOON {
        last + NOON - first
    } else {
        last + DAY - first
    };
    (1..=LONGEST_MINUTES).contains(&minutes).then_some(minutes)
}

fn time_at(tokens: &[Token<'_>], i: usize) -> Option<Time> {
    let token = tokens.get(i)?;
    if token.is(&["halb"]) {
        let hour = hour_value(tokens.get(i + 1)?)?;
        let time = Time { minutes: (hour * 60).checked_sub(30)?, next: i + 2, marked: true };
        return Some(suffixed(tokens, time));
    }
    if token.is(&["viertel", "quarter", "half"]) {
        let hour = hour_value(tokens.get(i + 2)?)? * 60;
        let part = if token.is(&["half"]) { 30 } else { 15 };
        let minutes = match tokens[i + 1].folded.as_str() {
            "nach" | "past" => hour + part,
            "vor" | "to" => hour.checked_sub(part)?,
            _ => return None,
        };
        return Some(suffixed(tokens, Time { minutes, next: i + 3, marked: true }));
    }
    if let Some(minutes) = dotted(token) {
        return Some(suffixed(tokens, Time { minutes, next: i + 1, marked: true }));
    }
    let hour = hour_value(token)? * 60;
    if tokens.get(i + 1).is_some_and(|t| t.kind == Kind::Colon && t.glued)
        && let Some(minute) = minute_value(tokens.get(i + 2)?)
    {
        return Some(suffixed(tokens, Time { minutes: hour + minute, next: i + 3, marked: true }));
    }
    Some(suffixed(tokens, Time { minutes: hour, next: i + 1, marked: false }))
}

/// "Uhr", "Uhr 30", "am", "pm" after a time.
fn suffixed(tokens: &[Token<'_>], mut time: Time) -> Time {
    let Some(token) = tokens.get(time.next) else { return time };
    if token.is(&["uhr", "o'clock"]) {
        time.next += 1;
        time.marked = true;
        let bare = time.minutes.is_multiple_of(60);
        if let Some(minute) = tokens.get(time.next).and_then(minute_value).filter(|m| bare && *m >= 5) {
            time.minutes += minute;
            time.next += 1;
        }
    } else if token.is(&["pm"]) {
        time.minutes += if time.minutes < NOON { NOON } else { 0 };
        time.next += 1;
        time.marked = true;
    } else if token.is(&["am"])
        && (token.glued || tokens.get(time.next + 1).is_none_or(|t| !t.is_word() || !t.unknown()))
    {
        time.next += 1;
        time.marked = true;
    }
    time
}

fn hour_value(token: &Token<'_>) -> Option<u32> {
    let hour = token.integer().or_else(|| u32::try_from(number::word_value(&token.folded)?).ok())?;
    (hour <= 24).then_some(hour)
}

fn minute_value(token: &Token<'_>) -> Option<u32> {
    let minute = token.integer()?;
    (minute < 60 && token.text.len() == 2).then_some(minute)
}

/// "8.30": a time where a time is expected.
fn dotted(token: &Token<'_>) -> Option<u32> {
    let (hour, minute) = token.text.split_once('.')?;
    let (hour, minute_read): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute.len() == 2 && hour <= 24 && minute_read < 60).then_some(hour * 60 + minute_read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::offline::words::read;

    #[test]
    fn ranges_give_their_length() {
        let cases = [
            ("von 8 bis 10 Uhr", "2"),
            ("8-10 Uhr", "2"),
            ("8:15 - 9:45", "1.5"),
            ("von 8.30 bis 10 Uhr", "1.5"),
            ("from 9 to 11am", "2"),
            ("from 1 to 3pm", "2"),
            ("11 to 1pm", "2"),
            ("from 8 to 10", "2"),
            ("between 9 and half past ten", "1.5"),
            ("von halb neun bis zehn", "1.5"),
            ("von acht bis zehn uhr 30", "2.5"),
            ("22 Uhr bis 1 Uhr", "3"),
            ("9am till 10:15am", "1.25"),
        ];
        for (text, expected) in cases {
            let found = range_at(&read(text), 0).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.0.to_string(), expected, "{text}");
        }
        for text in
            ["8 bis 10", "from 2 to 3 hours", "von 2 bis 3 Stunden", "von Meier bis 10", "8-10", "8:00 to"]
        {
            assert_eq!(range_at(&read(text), 0), None, "{text}");
        }
    }
}
