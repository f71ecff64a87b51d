//! Tests of whole reports, as technicians write and say them. The reports stand in `reports.txt`, and in `held_out.txt`
//! those that were written after the parser.

use proptest::prelude::*;

use super::*;
use crate::model::offline::{correction, draft::Draft, intent, split};

/// A report and what is to be read from it: name, address, words of the work, hours, materials.
struct Case<'t> {
    text: String,
    expected: [&'t str; 5],
}

fn case(line: &str) -> Option<Case<'_>> {
    let (text, expected) = line.split_once(" => ")?;
    let expected: Vec<&str> = expected.split(" | ").collect();
    Some(Case { text: text.replace("\\n", "\n"), expected: expected.try_into().ok()? })
}

fn cases(file: &str) -> Vec<Case<'_>> {
    let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| case(line).unwrap_or_else(|| panic!("no case: {line}"))).collect()
}

/// What was read, written as the files write it.
fn told(facts: &Facts) -> [String; 5] {
    let or_dash = |part: Option<String>| part.unwrap_or_else(|| "-".to_owned());
    let item = |i: &Item| {
        format!(
            "{} {}{}",
            i.quantity.normalize(),
            i.unit.clone().map(|u| u + " ").unwrap_or_default(),
            i.name
        )
    };
    let materials = facts.materials.as_ref().map(|items| match items.as_slice() {
        [] => "none".to_owned(),
        items => items.iter().map(item).collect::<Vec<_>>().join("; "),
    });
    [
        or_dash(facts.name.clone()),
        or_dash(facts.address.clone()),
        or_dash(facts.work.clone().map(|w| w.text)),
        or_dash(facts.hours.map(|h| h.normalize().to_string())),
        or_dash(materials),
    ]
}

/// The cases that are not read as they should be, with what was read.
fn misses(file: &str) -> String {
    let cases = cases(file);
    let mut misses = Vec::new();
    for case in &cases {
        let got = told(&read(&case.text, Expect::NOTHING));
        let fits = |at: usize| match at {
            2 if case.expected[2] != "-" => words::fold(&got[2]).contains(&words::fold(case.expected[2])),
            at => got[at] == case.expected[at],
        };
        if !(0..5).all(fits) {
            misses.push(format!("{}\n    {}", case.text, got.join(" | ")));
        }
    }
    if misses.is_empty() {
        String::new()
    } else {
        format!("{} of {} missed:\n{}", misses.len(), cases.len(), misses.join("\n"))
    }
}

#[test]
fn reports_are_read() {
    assert_eq!(misses(include_str!("reports.txt")), "");
}

#[test]
fn reports_written_after_the_parser_are_read() {
    assert_eq!(misses(include_str!("held_out.txt")), "");
}

#[test]
fn held_out_messages_of_two_jobs_are_told_apart() {
    let cases = [
        (
            "Two today: 1) Meier, sink unblocked, 1h, no material 2) Schmidt, tap swapped, 2h, 1 tap",
            "Meier 1, Schmidt 2",
        ),
        (
            "Erst bei Weber die Dusche abgedichtet, 45 Min, 1 Kartusche Silikon, danach noch bei Adler den Boiler entkalkt, 2 Stunden, kein Material",
            "Weber 0.75, Adler 2",
        ),
        (
            "finished becker lindenallee 4 radiator bled half an hour no parts also finished vogt ringstr 2 toilet unblocked one hour no parts",
            "becker 0.5, vogt 1",
        ),
        (
            "Meier: Hahn getauscht, 1h, 1 Hahn. Außerdem Schmidt: Siphon gereinigt, 30 min, ohne Material.",
            "Meier 1, Schmidt 0.5",
        ),
        (
            "At Miller I fixed the sink (1h, 1 gasket) and at Brown I serviced the boiler (2h, no material)",
            "Miller 1, Brown 2",
        ),
        (
            "Bei Lang, Talstr. 1, Rohr geflickt, 2 Std, 1 m Rohr\n\nBei Kurz, Bergstr. 2, WC montiert, 3 Std, 1 WC",
            "Lang 2, Kurz 3",
        ),
    ];
    let told = |text: &str| {
        let name = |part: &split::Part| {
            format!(
                "{} {}",
                part.facts.name.clone().unwrap_or_default(),
                part.facts.hours.unwrap_or_default().normalize()
            )
        };
        split::read(text, Expect::NOTHING).iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let misses: Vec<String> = cases
        .iter()
        .filter(|(text, expected)| told(text) != *expected)
        .map(|(text, _)| format!("{text}\n    {}", told(text)))
        .collect();
    assert!(misses.is_empty(), "{} of {} missed:\n{}", misses.len(), cases.len(), misses.join("\n"));
}

#[test]
fn held_out_corrections_are_applied() {
    let base = "Meier|Gartenweg 3|Tap replaced";
    let cases = [
        ("actually it took 45 minutes", format!("{base}|0.75|1 tap")),
        ("sorry, I meant 3 hours", format!("{base}|3|1 tap")),
        ("Moment, es waren nur 30 Minuten", format!("{base}|0.5|1 tap")),
        ("die zeit stimmt nicht, es waren 2,5 std", format!("{base}|2.5|1 tap")),
        ("make it 2", format!("{base}|2|1 tap")),
        ("two taps, not one", format!("{base}|1|2 tap")),
        ("plus 2 washers", format!("{base}|1|1 tap + 2 washers")),
        ("I forgot: 1 m of pipe", format!("{base}|1|1 tap + 1 pipe")),
        ("habe noch zwei Schellen vergessen", format!("{base}|1|1 tap + 2 Schellen")),
        ("remove the tap", format!("{base}|1|")),
        ("the customer was Schmidt, Goethestr. 5", "Schmidt|Goethestr. 5|Tap replaced|1|1 tap".to_owned()),
        ("Nein, bei Schmidt war das", "Schmidt|Gartenweg 3|Tap replaced|1|1 tap".to_owned()),
        ("nicht getauscht, nur repariert", "Meier|Gartenweg 3|Repariert|1|1 tap".to_owned()),
        ("work was: cartridge replaced", "Meier|Gartenweg 3|Cartridge replaced|1|1 tap".to_owned()),
        ("Gartenweg 13 nicht 3", "Meier|Gartenweg 13|Tap replaced|1|1 tap".to_owned()),
    ];
    let mut misses = Vec::new();
    for (text, expected) in &cases {
        let mut job = Draft::of(
            split::read("Meier, Gartenweg 3, tap replaced, 1h, 1 tap", Expect::NOTHING).remove(0).facts,
        );
        correction::apply(&mut job, text, Expect::NOTHING);
        let items = job
            .materials
            .iter()
            .flatten()
            .map(|i| format!("{} {}", i.quantity.normalize(), i.name))
            .collect::<Vec<_>>()
            .join(" + ");
        let part = |p: &Option<String>| p.clone().unwrap_or_else(|| "-".to_owned());
        let told = format!(
            "{}|{}|{}|{}|{items}",
            part(&job.name),
            part(&job.address),
            part(&job.work),
            job.hours.unwrap_or_default().normalize()
        );
        if told != *expected {
            misses.push(format!("{text}\n    got  {told}\n    want {expected}"));
        }
    }
    assert!(misses.is_empty(), "{} of {} missed:\n{}", misses.len(), cases.len(), misses.join("\n"));
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in any::<String>()) {
        let _ = read(&text, Expect::NOTHING);
        let all = Expect { place: true, work: true, hours: true, materials: true, amends: true };
        let _ = read(&text, all);
    }

    #[test]
    fn words_of_the_trade_in_any_order_are_read(
        words in proptest::collection::vec(
            prop::sample::select(vec![
                "1,5", "h", "Std.", "bei", "Meier", "not", "sondern", "2", "x", "Dichtung", "10-B", ",", ".", "von", "bis", "Uhr",
                "Straße", "12a", "halbe", "und", "statt", "no", "material", "10117", "Berlin", "1/2", "½", "-", ":", "\n", "am",
                "Markt", "repariert", "a", "half", "hour", "quarter", "to", "Frau", "Dr.", "the", "Millers", "8:30", "minus", "DN",
            ]),
            0..40,
        )
    ) {
        let text = words.join(" ");
        let _ = split::read(&text, Expect::NOTHING);
        let _ = split::read(&words.concat(), Expect { hours: true, ..Expect::NOTHING });
    }
}

#[test]
fn a_very_long_line_is_read_in_time_that_grows_with_its_length() {
    let parts = [
        "nicht ",
        "Meier, Schillerstr. 12, 1,5 h und ",
        "von 8 bis ",
        "verbaut ",
        "1x ",
        "a",
        "bei ",
        "( 2) ",
        "Dichtung ",
    ];
    for part in parts {
        let line = part.repeat(100_000 / part.len());
        let began = std::time::Instant::now();
        let _ = split::read(&line, Expect { hours: true, materials: true, ..Expect::NOTHING });
        let _ = intent::of(&line);
        let took = began.elapsed();
        assert!(took.as_secs() < 5, "{part:?} took {took:?}");
    }
}
