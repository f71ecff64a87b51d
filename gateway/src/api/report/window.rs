//! Which days a report is of: asked for by dates or by how many, in the firm's time zone, and cut into stretches of days of
//! equal length, since a day on which clocks are changed has 23 or 25 hours. Reads nothing.

use domain::clock::Millis;
use jiff::{Span, civil::Date, tz::TimeZone};
use serde::Deserialize;
use store::report::Span as Stretch;
use utoipa::IntoParams;

use crate::{api::page::invalid, error::Problem};

/// The longest report.
pub(super) const MOST: u16 = 92;
const DEFAULT: u16 = 30;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// So many days up to today; 30 if nothing is said. Not together with `from`.
    #[param(minimum = 1, maximum = 92)]
    days: Option<u16>,
    /// The first day, `2026-11-01`, in the firm's time zone.
    #[param(format = Date)]
    from: Option<String>,
    /// The last day; today if left out.
    #[param(format = Date)]
    to: Option<String>,
}

/// Days in a row, oldest first.
#[derive(Debug)]
pub(super) struct Window {
    pub days: Vec<Date>,
    /// When each day begins, and when the last one ends.
    edges: Vec<Millis>,
}

impl Window {
    /// # Errors
    /// 400 `invalid_query`.
    pub fn read(asked: &Asked, zone: &TimeZone, now: Millis) -> Result<Self, Problem> {
        let today = now.timestamp().to_zoned(zone.clone()).date();
        let last = asked.to.as_deref().map_or(Ok(today), |to| date("to", to))?;
        let first = match (asked.from.as_deref(), asked.days) {
            (Some(_), Some(_)) => return Err(invalid("say from or days, not both")),
            (Some(from), None) => date("from", from)?,
            (None, days) => {
                let days = days.unwrap_or(DEFAULT);
                if !(1..=MOST).contains(&days) {
                    return Err(invalid(format!("days is {days}: it must be 1 to {MOST}")));
                }
                back(last, days - 1)?
            }
        };
        if last > today {
            return Err(invalid(format!("to is {last}: it must not be after today, {today}")));
        }
        if first > last {
            return Err(invalid(format!("from is {first}: it must not be after to, {last}")));
        }
        if back(last, MOST - 1)? > first {
            return Err(invalid(format!("from {first} to {last} are more than {MOST} days")));
        }
        Self::of(first, last, zone)
    }

    fn of(first: Date, last: Date, zone: &TimeZone) -> Result<Self, Problem> {
        let (mut days, mut edges) = (Vec::new(), Vec::new());
        let mut day = first;
        loop {
            let starts = day.to_zoned(zone.clone()).map_err(|_| far(day))?;
            edges.push(Millis(starts.timestamp().as_millisecond()));
            if day > last {
                return Ok(Self { days, edges });
            }
            days.push(day);
            day = day.tomorrow().map_err(|_| far(day))?;
        }
    }

    /// All of it as one step.
    pub fn whole(&self) -> Stretch {
        let edge = |edge: Option<&Millis>| edge.copied().unwrap_or(Millis(0));
        Stretch::whole(edge(self.edges.first()), edge(self.edges.last()))
    }

    /// Stretches of days of equal length, with the number of the first day of each.
    pub fn stretches(&self) -> Vec<(usize, Stretch)> {
        let mut stretches: Vec<(usize, Stretch)> = Vec::new();
        for (day, edge) in self.edges.windows(2).enumerate() {
            let [start, end] = [edge[0], edge[1]];
            let step_ms = end.0 - start.0;
            match stretches.last_mut() {
                Some((_, stretch)) if stretch.step_ms == step_ms => stretch.end = end,
                _ => stretches.push((day, Stretch { start, end, step_ms })),
            }
        }
        stretches
    }
}

fn date(field: &str, text: &str) -> Result<Date, Problem> {
    let read = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten();
    read.ok_or_else(|| invalid(format!("{field} must be a date like 2026-11-21")))
}

fn back(from: Date, days: u16) -> Result<Date, Problem> {
    from.checked_sub(Span::new().days(i64::from(days))).map_err(|_| far(from))
}

fn far(day: Date) -> Problem {
    invalid(format!("{day} is too far away to count"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn asked(days: Option<u16>, from: Option<&str>, to: Option<&str>) -> Asked {
        Asked { days, from: from.map(str::to_owned), to: to.map(str::to_owned) }
    }

    const NOW: Millis = Millis(1_763_640_000_000);

    #[test]
    fn a_day_begins_where_the_firm_is() {
        // Half past midnight in Berlin, still the day before in Greenwich.
        let now = Millis("2025-11-19T23:30:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond());
        let window = Window::read(&asked(Some(2), None, None), &berlin(), now).unwrap();
        let days: Vec<String> = window.days.iter().map(ToString::to_string).collect();
        assert_eq!(days, ["2025-11-19", "2025-11-20"]);
        assert_eq!(window.whole().end.0 - window.whole().start.0, 2 * 86_400_000);
    }

    #[test]
    fn a_day_on_which_clocks_change_is_a_stretch_of_its_own() {
        let asked = asked(None, Some("2025-10-24"), Some("2025-10-28"));
        let window = Window::read(&asked, &berlin(), NOW).unwrap();
        let stretches: Vec<(usize, i64)> =
            window.stretches().iter().map(|(day, stretch)| (*day, stretch.step_ms / 3_600_000)).collect();
        assert_eq!(stretches, [(0, 24), (2, 25), (3, 24)]);
        let ends: Vec<i64> = window.stretches().iter().map(|(_, stretch)| stretch.end.0).collect();
        assert_eq!(ends.last(), Some(&window.whole().end.0));
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        let wrong = [
            asked(Some(0), None, None),
            asked(Some(93), None, None),
            asked(Some(7), Some("2025-11-01"), None),
            asked(None, Some("2025-01-01"), None),
            asked(None, Some("2025-11-20"), Some("2025-11-19")),
            asked(None, None, Some("2025-11-21")),
            asked(None, Some("yesterday"), None),
            asked(None, Some("-999999-01-01"), None),
            asked(None, None, Some("0000-01-01")),
        ];
        for asked in wrong {
            let read = Window::read(&asked, &berlin(), NOW);
            let told = read.map(|window| window.days.len());
            assert!(told.is_err() || asked.to.as_deref() == Some("0000-01-01"), "{told:?}");
        }
    }
}
