//! A day and a time of day as people write them, in English and German: "tomorrow at 9", "am Freitag um 14 Uhr",
//! "2026-11-22T09:00". What it means depends on where and when it was said. Knows no durations.

use std::ops::Range;

use jiff::{
    ToSpan as _, Zoned,
    civil::{Date, DateTime, Time, Weekday},
};

/// A day as it was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    InDays(i32),
    /// The next one after today.
    Next(Weekday),
    Date(Date),
    /// This year's, or the next one's where it has passed.
    OfMonth {
        day: i8,
        month: i8,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// `None`: the next time that it is then.
    pub day: Option<Day>,
    pub time: Option<Time>,
}

impl Day {
    /// The calendar day, seen from `now`; `None` for one that there is not.
    #[must_use]
    pub fn date(self, now: &Zoned) -> Option<Date> {
        let today = now.date();
        match self {
            Self::InDays(days) => today.checked_add(days.days()).ok(),
            Self::Next(weekday) => today.nth_weekday(1, weekday).ok(),
            Self::Date(date) => Some(date),
            Self::OfMonth { day, month } => {
                let this = Date::new(today.year(), month, day).ok();
                match this {
                    Some(date) if date < today => Date::new(today.year() + 1, month, day).ok(),
                    other => other,
                }
            }
        }
    }
}

impl Moment {
    /// When that is, seen from `now`; a day without a time is that day at `otherwise`.
    #[must_use]
    pub fn local(self, now: &Zoned, otherwise: Time) -> Option<DateTime> {
        let time = self.time.unwrap_or(otherwise);
        let date = match self.day {
            Some(day) => day.date(now)?,
            None if time > now.time() => now.date(),
            None => now.date().tomorrow().ok()?,
        };
        Some(date.to_datetime(time))
    }
}

/// `text` as a moment and nothing else.
#[must_use]
pub fn read(text: &str) -> Option<Moment> {
    let (range, moment) = find(text)?;
    let rest = format!("{}{}", &text[..range.start], &text[range.end..]);
    rest.chars().all(|c| !c.is_alphanumeric()).then_some(moment)
}

/// The first moment in `text`, and where it stands with the small words before it ("on", "um").
#[must_use]
pub fn find(text: &str) -> Option<(Range<usize>, Moment)> {
    let words = words(text);
    let mut at = 0;
    while at < words.len() {
        let (mut next, mut moment) = (at, Moment { day: None, time: None });
        loop {
            let mut here = next;
            while words.get(here).is_some_and(|word| listed(SMALL, &word.folded)) {
                here += 1;
            }
            let led = here > next;
            if moment.day.is_none()
                && let Some((day, used)) = day(&words[here..])
            {
                moment.day = Some(day);
                next = here + used;
            } else if moment.time.is_none()
                && let Some((time, used)) = time(&words[here..], led || moment.day.is_some())
            {
                moment.time = Some(time);
                next = here + used;
            } else {
                break;
            }
        }
        if next > at {
            return Some((words[at].at.start..words[next - 1].at.end, moment));
        }
        at += 1;
    }
    None
}

const SMALL: &str =
    "on at by um am bis the den der dem ab gegen about this diesen next naechsten naechste kommenden";

struct Word {
    folded: String,
    at: Range<usize>,
}

/// Words with the dots and colons inside of them, in lower case and without umlauts.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (at, char) in ends {
        let inside = char.is_alphanumeric() || matches!(char, '.' | ':' | '-');
        match (start, inside) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                let word = text[from..at].trim_end_matches(['.', ':', '-']);
                // A dot belongs to a day of the month: "22.11."
                let end = if word.contains('.') { at } else { from + word.len() };
                if end > from {
                    words.push(Word { folded: fold(&text[from..end]), at: from..end });
                }
                start = None;
            }
            _ => {}
        }
    }
    words
}

fn fold(word: &str) -> String {
    word.to_lowercase().replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss")
}

fn listed(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

/// The day that `words` begin with, and how many of them name it.
fn day(words: &[Word]) -> Option<(Day, usize)> {
    let first = words.first()?.folded.as_str();
    let second = words.get(1).map_or("", |word| word.folded.as_str());
    let third = words.get(2).map_or("", |word| word.folded.as_str());
    match (first, second, third) {
        ("day", "after", "tomorrow") => return Some((Day::InDays(2), 3)),
        ("in", count, "days" | "day" | "tagen" | "tag") => {
            return Some((Day::InDays(count.parse().ok().filter(|days| (0..=366).contains(days))?), 3));
        }
        ("today" | "heute" | "tonight", ..) => return Some((Day::InDays(0), 1)),
        ("tomorrow" | "morgen", ..) => return Some((Day::InDays(1), 1)),
        ("uebermorgen", ..) => return Some((Day::InDays(2), 1)),
        _ => {}
    }
    if let Some(weekday) = weekday(first) {
        return Some((Day::Next(weekday), 1));
    }
    if let Ok(date) = first.split('t').next().unwrap_or_default().parse::<Date>() {
        // The time of an ISO date and time is the next word's to read.
        return Some((Day::Date(date), usize::from(!first.contains('t'))));
    }
    let mut numbers = first.trim_end_matches('.').split('.').map(str::parse::<i16>);
    match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(day)), Some(Ok(month)), year, None) if first.matches('.').count() > 1 => {
            let (day, month) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
            match year {
                None => Date::new(2_024, month, day).ok().map(|_| (Day::OfMonth { day, month }, 1)),
                Some(year) => {
                    let year = year.ok().map(|year| if year < 100 { 2_000 + year } else { year })?;
                    Date::new(year, month, day).ok().map(|date| (Day::Date(date), 1))
                }
            }
        }
        _ => None,
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "montag" => Weekday::Monday,
        "tuesday" | "dienstag" => Weekday::Tuesday,
        "wednesday" | "mittwoch" => Weekday::Wednesday,
        "thursday" | "donnerstag" => Weekday::Thursday,
        "friday" | "freitag" => Weekday::Friday,
        "saturday" | "samstag" | "sonnabend" => Weekday::Saturday,
        "sunday" | "sonntag" => Weekday::Sunday,
        _ => return None,
    })
}

/// The time that `words` begin with. A bare number is one only where something `led` to it.
fn time(words: &[Word], led: bool) -> Option<(Time, usize)> {
    let first = words.first()?.folded.as_str();
    let second = words.get(1).map_or("", |word| word.folded.as_str());
    if let Some((_, clock)) = first.split_once('t').filter(|(date, _)| date.parse::<Date>().is_ok()) {
        return Some((clock.get(..5)?.parse().ok()?, 1));
    }
    match first {
        "noon" | "mittags" => return Some((Time::constant(12, 0, 0, 0), 1)),
        "frueh" if led => return Some((Time::constant(8, 0, 0, 0), 1)),
        _ => {}
    }
    let (digits, glued) = first.split_at(first.find(char::is_alphabetic).unwrap_or(first.len()));
    let suffix = if glued.is_empty() { second } else { glued };
    let marked = matches!(suffix, "uhr" | "am" | "pm" | "h" | "o'clock");
    let (hour, minute) = match digits.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 && (marked || digits.contains(':')) => (hour, minute),
        None if marked || led => (digits, "0"),
        _ => return None,
    };
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match (suffix, hour) {
        ("pm", 1..=11) => hour + 12,
        ("am", 12) => 0,
        _ => hour,
    };
    let time = Time::new(hour, minute, 0, 0).ok()?;
    Some((time, 1 + usize::from(marked && glued.is_empty())))
}

#[cfg(test)]
#[path = "moment_tests.rs"]
mod tests;
