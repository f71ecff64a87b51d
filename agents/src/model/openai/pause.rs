//! How long a server asks to be left alone, from the headers of its answer. Never sleeps.

use std::time::Duration;

use domain::clock::Millis;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// No server may stop us for longer with one answer.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// `retry-after-ms` (Azure, OpenAI), `Retry-After` in seconds or as an HTTP date (RFC 9110 section 10.2.3), else the
/// reset of whichever `x-ratelimit-*` budget is used up. A date is measured against the answer's own `Date`, so that
/// two clocks need not agree; `now` stands in for a missing one.
pub(super) fn asked_for(headers: &HeaderMap, now: Millis) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let millis = || text("retry-after-ms")?.parse::<f64>().ok().map(|ms| ms / 1000.0);
    let after = || {
        let value = text(RETRY_AFTER.as_str())?;
        value.parse::<f64>().ok().or_else(|| {
            let then = date(value)?;
            let since = text(DATE.as_str()).and_then(date).unwrap_or_else(|| now.timestamp().as_second());
            #[expect(clippy::cast_precision_loss, reason = "seconds between two dates of this age")]
            Some((then - since).max(0) as f64)
        })
    };
    let seconds = millis().or_else(after).or_else(|| reset(headers))?;
    let wait = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(LONGEST);
    seconds.is_finite().then(|| wait.min(LONGEST))
}

fn date(text: &str) -> Option<i64> {
    let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(parsed.as_second())
}

/// The longest reset of a used-up budget: `x-ratelimit-remaining-tokens: 0`, `x-ratelimit-reset-tokens: 6m0s`.
fn reset(headers: &HeaderMap) -> Option<f64> {
    let text = |name: String| headers.get(name)?.to_str().ok().map(str::trim);
    let of = |budget: &str| {
        let used_up = text(format!("x-ratelimit-remaining-{budget}"))? == "0";
        text(format!("x-ratelimit-reset-{budget}")).filter(|_| used_up).and_then(seconds)
    };
    ["requests", "tokens"].iter().filter_map(|budget| of(budget)).reduce(f64::max)
}

/// Go's way of writing a duration: `1h2m3.5s`, `20ms`; a bare number is seconds.
fn seconds(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let (mut total, mut rest) = (0.0, text);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
        total += number
            * match &rest[digits..unit] {
                "d" => 86_400.0,
                "h" => 3_600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 0.001,
                _ => return None,
            };
        rest = &rest[unit..];
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn asked(headers: &[(&str, &str)]) -> Option<Duration> {
        let map = headers
            .iter()
            .map(|(name, value)| {
                (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
            })
            .collect();
        // 2026-01-01T00:00:00Z
        asked_for(&map, Millis(1_767_225_600_000))
    }

    #[test]
    fn every_way_to_ask_for_a_pause_is_read() {
        let millis = |ms| Some(Duration::from_millis(ms));
        type Headers = &'static [(&'static str, &'static str)];
        let cases: &[(Headers, Option<Duration>)] = &[
            (&[("retry-after", "7")], millis(7_000)),
            (&[("retry-after", " 1.5 ")], millis(1_500)),
            (&[("retry-after", "0")], millis(0)),
            (&[("retry-after", "-3")], millis(0)),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "nan")], None),
            (&[("retry-after", "99999999999")], Some(LONGEST)),
            (&[("retry-after", "30"), ("retry-after-ms", "250")], millis(250)),
            (&[("retry-after", "Thu, 01 Jan 2026 00:01:00 GMT")], millis(60_000)),
            (&[("retry-after", "Wed, 31 Dec 2025 23:00:00 GMT")], millis(0)),
            (
                &[
                    ("retry-after", "Fri, 02 Jan 2026 08:00:20 GMT"),
                    ("date", "Fri, 02 Jan 2026 08:00:00 GMT"),
                ],
                millis(20_000),
            ),
            (
                &[("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "1m2.5s")],
                millis(62_500),
            ),
            (&[("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "20ms")], millis(20)),
            (&[("x-ratelimit-remaining-requests", "3"), ("x-ratelimit-reset-requests", "20ms")], None),
            (&[], None),
        ];
        for (headers, expected) in cases {
            assert_eq!(asked(headers), *expected, "{headers:?}");
        }
    }

    #[test]
    fn durations_are_read_as_go_writes_them() {
        assert_eq!(seconds("1h2m3.5s"), Some(3_723.5));
        assert_eq!(seconds("12"), Some(12.0));
        for odd in ["", "s", "5x", "1m2", "-", "1.2.3s"] {
            assert_eq!(seconds(odd), None, "{odd}");
        }
    }
}
