//! Moments as people write them, told on a Saturday noon in Berlin.

use jiff::civil::time;

use super::*;

fn told(text: &str) -> Option<String> {
    let now = "2026-11-21T12:00:00+01:00[Europe/Berlin]".parse::<Zoned>().unwrap();
    find(text).and_then(|(_, moment)| moment.local(&now, time(8, 0, 0, 0))).map(|at| at.to_string())
}

#[test]
fn days_and_times_in_both_languages() {
    for (text, expected) in [
        ("tomorrow at 9", "2026-11-22T09:00:00"),
        ("morgen um 9 Uhr", "2026-11-22T09:00:00"),
        ("Morgen früh", "2026-11-22T08:00:00"),
        ("morgen 14:30", "2026-11-22T14:30:00"),
        ("today 5pm", "2026-11-21T17:00:00"),
        ("today at 5 pm", "2026-11-21T17:00:00"),
        ("heute um 15.30 Uhr", "2026-11-21T15:30:00"),
        ("übermorgen", "2026-11-23T08:00:00"),
        ("the day after tomorrow at noon", "2026-11-23T12:00:00"),
        ("next Friday at 14", "2026-11-27T14:00:00"),
        ("am Freitag um 14 Uhr", "2026-11-27T14:00:00"),
        ("on saturday", "2026-11-28T08:00:00"),
        ("in 3 Tagen", "2026-11-24T08:00:00"),
        ("am 24.12. um 10 Uhr", "2026-12-24T10:00:00"),
        ("am 3.1.", "2027-01-03T08:00:00"),
        ("3.1.2028", "2028-01-03T08:00:00"),
        ("2026-11-22", "2026-11-22T08:00:00"),
        ("2026-11-22T09:15", "2026-11-22T09:15:00"),
        ("2026-11-22 9:15", "2026-11-22T09:15:00"),
        ("at 11", "2026-11-22T11:00:00"),
        ("um 13 Uhr", "2026-11-21T13:00:00"),
        ("12 am tomorrow", "2026-11-22T00:00:00"),
    ] {
        assert_eq!(told(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_moment_is_none() {
    for text in [
        "",
        "call Meier",
        "2 gaskets",
        "JOB-789-001",
        "1.5 hours",
        "at the office",
        "31.2.",
        "2026-02-31",
        "25:00",
        "in 9999 days",
        "at 99",
        ".",
        "::",
        "am am am",
    ] {
        assert_eq!(told(text), None, "{text}");
    }
}

#[test]
fn a_moment_is_found_with_its_small_words_and_nothing_else() {
    let cut = |text: &str| find(text).map(|(range, _)| text[range].to_owned());
    assert_eq!(cut("remind me tomorrow at 9 to call Meier").as_deref(), Some("tomorrow at 9"));
    assert_eq!(cut("Meier anrufen am Freitag um 14 Uhr bitte").as_deref(), Some("am Freitag um 14 Uhr"));
    assert_eq!(cut("Rückruf – übermorgen").as_deref(), Some("übermorgen"));
    assert!(read("tomorrow, 9:00").is_some());
    assert!(read("call him tomorrow").is_none());
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_not_but_never_breaks(text in "\\PC{0,60}") {
        if let Some((range, _)) = find(&text) {
            proptest::prop_assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end));
        }
    }
}
