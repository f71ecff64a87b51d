//! How amounts, quantities and dates are written in each language. Rounds nothing: figures are the billing rules'.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::language::Language;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `1,047.50 EUR`, `1.047,50 €`. `currency` is ISO 4217.
#[must_use]
pub fn money(language: Language, cents: i64, currency: &str) -> String {
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

/// Without zeros that say nothing: `1.5`, `1,5`, `2`.
#[must_use]
pub fn number(language: Language, value: Decimal) -> String {
    let text = value.normalize().to_string();
    if language == Language::De { text.replace('.', ",") } else { text }
}

/// `21 Nov 2026`, `21.11.2026`.
#[must_use]
pub fn date(language: Language, date: Date) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    let name = usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or_default();
    match language {
        Language::En => format!("{day} {name} {year}"),
        Language::De => format!("{day:02}.{month:02}.{year}"),
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
            assert_eq!(money(Language::En, cents, "EUR"), english);
            assert_eq!(money(Language::De, cents, "EUR"), german);
        }
        assert_eq!(money(Language::De, 100, "CHF"), "1,00 CHF");
        assert_eq!(money(Language::En, i64::MIN, "EUR"), "-92,233,720,368,547,758.08 EUR");
    }

    #[test]
    fn numbers_lose_empty_zeros_and_nothing_else() {
        for (value, english, german) in
            [("1.5", "1.5", "1,5"), ("2.00", "2", "2"), ("0.250", "0.25", "0,25"), ("100", "100", "100")]
        {
            let value: Decimal = value.parse().unwrap();
            assert_eq!(number(Language::En, value), english);
            assert_eq!(number(Language::De, value), german);
            assert_eq!(number(Language::De, -value), format!("-{german}"));
        }
    }

    #[test]
    fn dates_are_written_as_each_language_does() {
        assert_eq!(date(Language::En, jiff::civil::date(2026, 11, 21)), "21 Nov 2026");
        assert_eq!(date(Language::De, jiff::civil::date(2026, 1, 5)), "05.01.2026");
        assert_eq!(date(Language::En, jiff::civil::date(2026, 12, 5)), "5 Dec 2026");
    }
}
