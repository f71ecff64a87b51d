//! Tests of the time worked.

use super::*;
use crate::model::offline::words::read;

fn hours(text: &str) -> Option<String> {
    let tokens = read(text);
    worked(&tokens, &find(&tokens)).map(|d| d.normalize().to_string())
}

#[test]
fn time_is_read_however_it_is_told() {
    let cases = [
        ("1.5h", "1.5"),
        ("1,5 Std", "1.5"),
        ("1,5 Std.", "1.5"),
        ("anderthalb Stunden", "1.5"),
        ("eineinhalb stunden", "1.5"),
        ("90 min", "1.5"),
        ("90 Minuten", "1.5"),
        ("1h30", "1.5"),
        ("1 h 30 min", "1.5"),
        ("3h 30m", "3.5"),
        ("2h 30m Rohr", "2"),
        ("1 Std 30", "1.5"),
        ("1:30 h", "1.5"),
        ("von 8 bis 10 Uhr", "2"),
        ("half an hour", "0.5"),
        ("a half hour", "0.5"),
        ("two and a half hours", "2.5"),
        ("halbe Stunde", "0.5"),
        ("ne halbe stunde", "0.5"),
        ("eine Stunde", "1"),
        ("an hour", "1"),
        ("an hour and a half", "1.5"),
        ("hour and a half", "1.5"),
        ("one and a half hours", "1.5"),
        ("eine Dreiviertelstunde", "0.75"),
        ("dreiviertel Stunde", "0.75"),
        ("drei viertel stunden", "0.75"),
        ("eine Viertelstunde", "0.25"),
        ("quarter of an hour", "0.25"),
        ("three quarters of an hour", "0.75"),
        ("eine Stunde und eine Viertelstunde", "1.25"),
        ("2 hours and 15 minutes", "2.25"),
        ("zwei stunden und dreißig minuten", "2.5"),
        ("eine stunde dreißig", "1.5"),
        ("zwei einhalb stunden", "2.5"),
        ("2½ Stunden", "2.5"),
        ("1 1/2 hrs", "1.5"),
        ("zwei volle Stunden", "2"),
        ("a good two hours", "2"),
        ("fünfundvierzig Minuten", "0.75"),
        ("forty five minutes", "0.75"),
        ("a couple of hours", "2"),
        ("2-hour job", "2"),
        ("Zeit: 1,5", "1.5"),
        ("Arbeitszeit 2,25", "2.25"),
        ("Dauer: 90", "1.5"),
        ("time: 1:30", "1.5"),
        ("hours: 3", "3"),
        ("2 Stunden, Anfahrt 20 min", "2"),
        ("20 min Fahrt, 2 Stunden Arbeit", "2"),
        ("von 8 bis 11 mit 30 min Pause", "2.5"),
        ("2 hours, no wait, 3 hours", "3"),
        ("1 hour sink, 30 min boiler, 1.5 h in total", "1.5"),
        ("1 Std Spüle und 30 Min Heizung", "1.5"),
        ("vor 2 Stunden fertig geworden, hat eine Stunde gedauert", "1"),
        ("2 studen", "2"),
        ("2 Std 10 Schrauben", "2"),
        ("1 Stunde eine halbe Rolle Teflonband", "1"),
    ];
    for (text, expected) in cases {
        assert_eq!(hours(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_time_is_none() {
    for text in [
        "Schillerstrasse 12",
        "2 m Kupferrohr",
        "1x Gasket 10-B",
        "10117 Berlin",
        "eine Dichtung",
        "",
        "halbe Sache",
    ] {
        assert_eq!(hours(text), None, "{text}");
    }
}

#[test]
fn more_and_less_are_changes() {
    let change = |text: &str| find(&read(text)).first().map(|d| (d.role, d.hours.to_string()));
    assert_eq!(change("half an hour more"), Some((Role::Change, "0.5".into())));
    assert_eq!(change("eine Stunde weniger"), Some((Role::Change, "-1".into())));
    assert_eq!(change("more than 2 hours").map(|c| c.0), Some(Role::Worked));
}

#[test]
fn a_bare_number_is_hours_or_minutes() {
    let bare_of = |text: &str| bare(&read(text)).map(|d| d.to_string());
    assert_eq!(bare_of("2").as_deref(), Some("2"));
    assert_eq!(bare_of("zwei").as_deref(), Some("2"));
    assert_eq!(bare_of("so 1,5").as_deref(), Some("1.5"));
    assert_eq!(bare_of("90").as_deref(), Some("1.5"));
    assert_eq!(bare_of("-3").as_deref(), Some("-3"));
    assert_eq!(bare_of("keine Ahnung"), None);
}
