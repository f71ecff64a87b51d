//! Tests of corrections in free words.

use super::*;
use crate::model::offline::{
    draft::{Customer, Invoice, Search},
    split,
};

fn draft() -> Draft {
    let text = "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B";
    let mut draft = Draft::of(split::read(text, Expect::NOTHING).remove(0).facts);
    draft.search = Search::Found(Customer {
        id: "789".into(),
        name: "Klaus Meier".into(),
        address: "Schillerstrasse 12, 10117 Berlin".into(),
    });
    draft.invoice = Invoice::None;
    draft
}

fn tell(draft: &Draft) -> String {
    let items = |items: &Vec<Item>| {
        items.iter().map(|i| format!("{} {}", i.quantity.normalize(), i.name)).collect::<Vec<_>>().join(" + ")
    };
    format!(
        "{}|{}|{}|{}|{}",
        draft.name.as_deref().unwrap_or("-"),
        draft.address.as_deref().unwrap_or("-"),
        draft.work.as_deref().unwrap_or("-"),
        draft.hours.map_or("-".into(), |h| h.normalize().to_string()),
        draft.materials.as_ref().map_or("-".into(), items),
    )
}

#[test]
fn corrections_change_what_they_name_and_nothing_else() {
    let (place, work, material) = ("Meier|Schillerstrasse 12", "Repaired the sink pipe", "1 Gasket 10-B");
    let cases = [
        ("no, two hours", format!("{place}|{work}|2|{material}")),
        ("nein, doch 2 Stunden", format!("{place}|{work}|2|{material}")),
        ("not 1.5 hours but 3", format!("{place}|{work}|3|{material}")),
        ("3 statt 1,5 Stunden", format!("{place}|{work}|3|{material}")),
        ("half an hour more", format!("{place}|{work}|2|{material}")),
        ("eine halbe Stunde weniger", format!("{place}|{work}|1|{material}")),
        ("es waren zwei Dichtungen", format!("{place}|{work}|1.5|2 Gasket 10-B")),
        ("it was 2 gaskets", format!("{place}|{work}|1.5|2 Gasket 10-B")),
        ("nicht eine Dichtung sondern drei", format!("{place}|{work}|1.5|3 Gasket 10-B")),
        ("Gasket 11-B statt 10-B", format!("{place}|{work}|1.5|1 Gasket 11-B")),
        ("and also 1 siphon", format!("{place}|{work}|1.5|{material} + 1 siphon")),
        ("und noch ein Siphon", format!("{place}|{work}|1.5|{material} + 1 Siphon")),
        ("noch eine Dichtung", format!("{place}|{work}|1.5|2 Gasket 10-B")),
        ("no material", format!("{place}|{work}|1.5|")),
        ("ohne die Dichtung", format!("{place}|{work}|1.5|")),
        ("no, it was a siphon", format!("{place}|{work}|1.5|1 siphon")),
        ("wrong customer, it was Mayer in Gartenweg 3", format!("Mayer|Gartenweg 3|{work}|1.5|{material}")),
        ("falscher Kunde, es war Schmidt", format!("Schmidt|-|{work}|1.5|{material}")),
        ("the address is Gartenweg 3", format!("Meier|Gartenweg 3|{work}|1.5|{material}")),
        ("Hausnummer 14", format!("Meier|Schillerstrasse 14|{work}|1.5|{material}")),
        ("no, I replaced the siphon", format!("{place}|Replaced the siphon|1.5|{material}")),
        ("also fixed the toilet", format!("{place}|{work}, Fixed the toilet|1.5|{material}")),
        ("the hours are wrong", format!("{place}|{work}|-|{material}")),
        ("Material stimmt nicht", format!("{place}|{work}|1.5|-")),
        ("the customer is wrong", format!("-|-|{work}|1.5|{material}")),
        ("2 hours and no material", format!("{place}|{work}|2|")),
        ("ja, aber 2 Stunden", format!("{place}|{work}|2|{material}")),
        ("2 Stunden und 2 Dichtungen", format!("{place}|{work}|2|2 Gasket 10-B")),
    ];
    let mut misses = Vec::new();
    for (text, expected) in &cases {
        let mut job = draft();
        apply(&mut job, text, Expect::NOTHING);
        if tell(&job) != *expected {
            misses.push(format!("{text}\n   got  {}\n   want {expected}", tell(&job)));
        }
    }
    assert!(misses.is_empty(), "{} of {} missed:\n{}", misses.len(), cases.len(), misses.join("\n"));
}

#[test]
fn talk_changes_nothing() {
    for text in ["hmm", "I don't know", "was?", "Wetter ist gut", "keine Ahnung", ""] {
        let mut job = draft();
        assert_eq!(apply(&mut job, text, Expect::NOTHING), Applied::Nothing, "{text}: {}", tell(&job));
    }
}

#[test]
fn another_customer_is_searched_for() {
    let mut job = draft();
    job.confirmed = true;
    assert_eq!(
        apply(&mut job, "wrong customer, it was Mayer in Gartenweg 3", Expect::NOTHING),
        Applied::Changed
    );
    assert_eq!((&job.search, &job.invoice, job.confirmed), (&Search::Todo, &Invoice::Todo, false));
}
