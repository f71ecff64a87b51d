//! What texts do with amounts, hours, quantities, dates and what people wrote. Pure; rounds nothing: figures are code's.

use domain::{language::Language, written};
use minijinja::{Environment, Error, ErrorKind, Value};

/// What people wrote is cut to this many characters.
const SHORT: usize = 200;

/// `money(currency)` of integer cents, `hours` and `quantity` of decimals, `date` of `YYYY-MM-DD`, `short` of text.
pub(super) fn add(environment: &mut Environment<'static>, language: Language) {
    environment.add_filter("money", move |cents: i64, currency: Option<String>| {
        written::money(language, cents, currency.as_deref().unwrap_or("EUR"))
    });
    environment.add_filter("quantity", move |value: Value| decimal(language, &value));
    environment
        .add_filter("hours", move |value: Value| decimal(language, &value).map(|hours| format!("{hours} h")));
    environment.add_filter("short", |text: String| short(&text));
    environment.add_filter("date", move |text: String| date(language, &text));
}

/// A number, or a number written as text.
fn decimal(language: Language, value: &Value) -> Result<String, Error> {
    let text = value.to_string();
    let wrong = || Error::new(ErrorKind::InvalidOperation, format!("{text:?} is no decimal number"));
    // Neither an exponent nor the underscores that a decimal may be read with.
    let plain = text.strip_prefix('-').unwrap_or(&text);
    let is_plain = plain.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !is_plain || !plain.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(wrong());
    }
    text.parse().map(|value| written::number(language, value)).map_err(|_| wrong())
}

fn date(language: Language, text: &str) -> Result<String, Error> {
    let wrong = |_| Error::new(ErrorKind::InvalidOperation, format!("{text:?} is no date like 2026-11-21"));
    text.parse().map(|date| written::date(language, date)).map_err(wrong)
}

/// One line of at most [`SHORT`] characters: in an approval no word of a person or a model passes for a line of ours.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHORT) {
        None => line,
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_lose_empty_zeros_and_nothing_else() {
        let of = |value: Value| decimal(Language::De, &value);
        assert_eq!(of(Value::from(1.5)).unwrap(), "1,5");
        assert_eq!(of(Value::from(2.0)).unwrap(), "2");
        assert_eq!(of(Value::from(3)).unwrap(), "3");
        assert_eq!(of(Value::from("0.250")).unwrap(), "0,25");
        assert_eq!(of(Value::from("100")).unwrap(), "100");
        assert_eq!(of(Value::from("-0.5")).unwrap(), "-0,5");
        assert_eq!(decimal(Language::En, &Value::from("10.10")).unwrap(), "10.1");
        for bad in ["", "-", "1.5h", "one", "1e5", ".", "1_000", "1.2.3", "--1"] {
            assert!(of(Value::from(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_people_wrote_stays_on_one_line() {
        assert_eq!(short("Pipe\n- goodwill:\t 0.00 EUR\u{2028}!"), "Pipe - goodwill: 0.00 EUR !");
        let long = "ä".repeat(SHORT + 1);
        assert_eq!(short(&long), format!("{}…", "ä".repeat(SHORT)));
        assert_eq!(short(&"ä".repeat(SHORT)), "ä".repeat(SHORT));
    }

    #[test]
    fn dates_are_written_as_each_language_does() {
        assert_eq!(date(Language::En, "2026-11-21").unwrap(), "21 Nov 2026");
        assert_eq!(date(Language::De, "2026-01-05").unwrap(), "05.01.2026");
        for bad in ["2026-13-01", "2026-00-01", "21.11.2026", "", "2026-11"] {
            assert!(date(Language::En, bad).is_err(), "{bad}");
        }
    }
}
