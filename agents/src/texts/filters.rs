//! How amounts, hours, quantities and dates are written in each language. Pure; rounds nothing: figures are code's.

use domain::language::Language;
use minijinja::{Environment, Error, ErrorKind, Value};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What people wrote is cut to this many characters.
const SHORT: usize = 200;

/// `money(currency)` of integer cents, `hours` and `quantity` of decimals, `date` of `YYYY-MM-DD`, `short` of text.
pub(super) fn add(environment: &mut Environment<'static>, language: Language) {
    environment.add_filter("money", move |cents: i64, currency: Option<String>| {
        money(language, cents, currency.as_deref())
    });
    environment.add_filter("quantity", move |value: Value| decimal(language, &value));
    environment
        .add_filter("hours", move |value: Value| decimal(language, &value).map(|hours| format!("{hours} h")));
    environment.add_filter("short", |text: String| short(&text));
    environment.add_filter("date", move |text: String| date(language, &text));
}

/// `47.50 EUR`, `47,50 €`; thousands are set apart.
fn money(language: Language, cents: i64, currency: Option<&str>) -> String {
    let currency = currency.unwrap_or("EUR");
    let (thousands, point) = match language {
        Language::En => (',', '.'),
        Language::De => ('.', ','),
    };
    let sign = if cents < 0 { "-" } else { "" };
    let whole = group(&(cents.unsigned_abs() / 100).to_string(), thousands);
    let unit = if language == Language::De && currency == "EUR" { "€" } else { currency };
    format!("{sign}{whole}{point}{:02} {unit}", cents.unsigned_abs() % 100)
}

fn group(digits: &str, separator: char) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// A number, or a number written as text, without zeros that say nothing: `1.5`, `1,5`, `2`.
fn decimal(language: Language, value: &Value) -> Result<String, Error> {
    let text = value.to_string();
    let plain = text.strip_prefix('-').unwrap_or(&text);
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(part) {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("{text:?} is no decimal number")));
    }
    let sign = &text[..text.len() - plain.len()];
    let part = part.trim_end_matches('0');
    let point = if language == Language::De { ',' } else { '.' };
    Ok(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}{point}{part}") })
}

/// `21 Nov 2026`, `21.11.2026`.
fn date(language: Language, text: &str) -> Result<String, Error> {
    let wrong = || Error::new(ErrorKind::InvalidOperation, format!("{text:?} is no date like 2026-11-21"));
    let numbers: Vec<&str> = text.splitn(3, '-').collect();
    let [year, month, day] = numbers[..] else { return Err(wrong()) };
    let month: usize = month.parse().map_err(|_| wrong())?;
    let day: u8 = day.parse().map_err(|_| wrong())?;
    let name = month.checked_sub(1).and_then(|at| MONTHS.get(at)).ok_or_else(wrong)?;
    Ok(match language {
        Language::En => format!("{day} {name} {year}"),
        Language::De => format!("{day:02}.{month:02}.{year}"),
    })
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
    fn money_is_written_as_each_language_does() {
        let cases = [
            (4_750, "47.50 EUR", "47,50 €"),
            (0, "0.00 EUR", "0,00 €"),
            (5, "0.05 EUR", "0,05 €"),
            (-123_456_789, "-1,234,567.89 EUR", "-1.234.567,89 €"),
            (100_000, "1,000.00 EUR", "1.000,00 €"),
        ];
        for (cents, english, german) in cases {
            assert_eq!(money(Language::En, cents, None), english);
            assert_eq!(money(Language::De, cents, Some("EUR")), german);
        }
        assert_eq!(money(Language::De, 100, Some("CHF")), "1,00 CHF");
        assert_eq!(money(Language::En, i64::MIN, None), "-92,233,720,368,547,758.08 EUR");
    }

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
        for bad in ["", "-", "1.5h", "one", "1e5", "."] {
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
