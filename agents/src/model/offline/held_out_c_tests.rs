//! A last lot of phrasings that were written after the parser, with messages of several jobs and corrections.

use super::{Case, misses};
use crate::model::offline::{correction, draft::Draft, report::Expect, split};

const HELD_OUT: &[Case] = &[
    (
        "Job's a good'un at Patel, 9 Orchard Close. New isolation valve, 35 mins, 1x isolation valve 15mm.",
        "Patel",
        "9 Orchard Close",
        "isolation valve",
        "0.58",
        Some(&["1 isolation valve 15mm"]),
    ),
    (
        "we replaced the ballcock at dietrich wiesenweg 6 that was an hour 10 min plus one ballcock",
        "dietrich",
        "wiesenweg 6",
        "replaced the ballcock",
        "1.17",
        Some(&["1 ballcock"]),
    ),
    (
        "Engelhardt. Marienplatz 1. Boiler inspection. 2 hours. None used.",
        "Engelhardt",
        "Marienplatz 1",
        "Boiler inspection",
        "2",
        Some(&[]),
    ),
    (
        "Went to Sommer for the bathroom leak, it was the seal, changed it. 25 min, one seal",
        "Sommer",
        "",
        "changed it",
        "0.42",
        Some(&["1 seal"]),
    ),
    (
        "Could finish Frank's customer Ziegler too: Talweg 2, basin waste resealed, 0.5 hours, silicone 1 tube",
        "Ziegler",
        "Talweg 2",
        "basin waste resealed",
        "0.5",
        Some(&["1 tube silicone"]),
    ),
    (
        "3 hours on site, customer name Thompson, address 44 High Street, we rerouted the waste pipe with 4 m waste pipe 50mm and 3 bends",
        "Thompson",
        "44 High Street",
        "rerouted the waste pipe",
        "3",
        Some(&["4 m waste pipe 50mm", "3 bends"]),
    ),
    (
        "Pfeifer: the tap in the garden has been repaired, no parts were needed, 30 minutes work",
        "Pfeifer",
        "",
        "tap in the garden has been repaired",
        "0.5",
        Some(&[]),
    ),
    (
        "Meldung: Heizkörper bei Kaminski (Ahornweg 5) getauscht. Zeit: 3 Std. Material: 1 Heizkörper Typ 22, 2 Ventile.",
        "Kaminski",
        "Ahornweg 5",
        "Heizkörper getauscht",
        "3",
        Some(&["1 Heizkörper Typ 22", "2 Ventile"]),
    ),
    (
        "hi war eben bei der familie sauer in der bachstr 2 da war der siphon undicht den hab ich abgedichtet viertelstunde ohne material",
        "sauer",
        "bachstr 2",
        "abgedichtet",
        "0.25",
        Some(&[]),
    ),
    (
        "Bei Hansen läuft wieder alles: Pumpe entlüftet, Filter gereinigt, 1 Std., nichts gebraucht",
        "Hansen",
        "",
        "Pumpe entlüftet",
        "1",
        Some(&[]),
    ),
    (
        "Buchholz, Im Winkel 4, Kaltwasserleitung repariert. Arbeitszeit 2h15. 2 m Rohr 15mm, 2 Pressfittings 15mm.",
        "Buchholz",
        "Im Winkel 4",
        "Kaltwasserleitung repariert",
        "2.25",
        Some(&["2 m Rohr 15mm", "2 Pressfittings 15mm"]),
    ),
    (
        "Auftrag bei Frau Dr. Peters erledigt (Kaiserallee 20): Dusche neu verfugt, 2 Stunden, 3 Tuben Silikon",
        "Peters",
        "Kaiserallee 20",
        "Dusche neu verfugt",
        "2",
        Some(&["3 Tuben Silikon"]),
    ),
    (
        "Nach einer Stunde war's geschafft: Klospülung bei Thiel repariert. Ein Schwimmerventil.",
        "Thiel",
        "",
        "Klospülung",
        "1",
        Some(&["1 Schwimmerventil"]),
    ),
    (
        "Abfluss frei bei Marx, Ringstraße 5! 20 Minuten, kein Material",
        "Marx",
        "Ringstraße 5",
        "Abfluss frei",
        "0.33",
        Some(&[]),
    ),
    (
        "Krämer Elbstr. 77 Mischbatterie Küche neu 1,5h 1 Mischbatterie Hansgrohe",
        "Krämer",
        "Elbstr. 77",
        "Mischbatterie Küche neu",
        "1.5",
        Some(&["1 Mischbatterie Hansgrohe"]),
    ),
];

#[test]
fn the_last_held_out_reports_are_read() {
    let misses = misses(HELD_OUT);
    assert!(misses.is_empty(), "{} of {} missed:\n{}", misses.len(), HELD_OUT.len(), misses.join("\n"));
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
