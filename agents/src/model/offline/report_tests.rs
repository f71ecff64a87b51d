//! Tests of whole reports, as technicians write and say them.

use proptest::prelude::*;

use super::*;

/// Text, name, address, a word of the work, hours, materials (`None` where the text does not speak of them).
type Case =
    (&'static str, &'static str, &'static str, &'static str, &'static str, Option<&'static [&'static str]>);

fn told(facts: &Facts) -> (String, String, String, String, Option<Vec<String>>) {
    let materials = facts.materials.as_ref().map(|items| {
        items
            .iter()
            .map(|i| {
                format!(
                    "{} {}{}",
                    i.quantity.normalize(),
                    i.unit.clone().map(|u| u + " ").unwrap_or_default(),
                    i.name
                )
            })
            .collect()
    });
    (
        facts.name.clone().unwrap_or_default(),
        facts.address.clone().unwrap_or_default(),
        facts.work.clone().map(|w| w.text).unwrap_or_default(),
        facts.hours.map(|h| h.normalize().to_string()).unwrap_or_default(),
        materials,
    )
}

/// The cases of `cases` that are not read as told, with what was read.
fn misses(cases: &[Case]) -> Vec<String> {
    let mut misses = Vec::new();
    for (text, name, address, work, hours, materials) in cases {
        let got = told(&read(text, Expect::NOTHING));
        let expected = materials.map(|m| m.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        let work_fits =
            if work.is_empty() { got.2.is_empty() } else { words::fold(&got.2).contains(&words::fold(work)) };
        if (got.0.as_str(), got.1.as_str(), got.3.as_str()) != (*name, *address, *hours)
            || !work_fits
            || got.4 != expected
        {
            misses.push(format!("{text}\n    {got:?}"));
        }
    }
    misses
}

const ENGLISH: &[Case] = &[
    (
        "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B",
        "Meier",
        "Schillerstrasse 12",
        "repaired the sink pipe",
        "1.5",
        Some(&["1 Gasket 10-B"]),
    ),
    (
        "Hi, finished the job at Mrs Schmidt in Goethestrasse 5, took me two and a half hours. Replaced the kitchen tap. Used one mixer tap and 2 washers.",
        "Schmidt",
        "Goethestrasse 5",
        "Replaced the kitchen tap",
        "2.5",
        Some(&["1 mixer tap", "2 washers"]),
    ),
    (
        "meier schillerstrasse 12 fixed leaking sink half an hour no material",
        "meier",
        "schillerstrasse 12",
        "fixed leaking sink",
        "0.5",
        Some(&[]),
    ),
    (
        "90 min at Klaus Meier's place, unclogged the kitchen drain, no parts used",
        "Klaus Meier",
        "",
        "unclogged the kitchen drain",
        "1.5",
        Some(&[]),
    ),
    (
        "Replaced the siphon for Mayer at Gartenweg 3. An hour and a half. 1 siphon, 2 gaskets",
        "Mayer",
        "Gartenweg 3",
        "Replaced the siphon",
        "1.5",
        Some(&["1 siphon", "2 gaskets"]),
    ),
    (
        "we were at hotel adler today and serviced the boiler from 8 to 10 am nothing needed",
        "hotel adler",
        "",
        "serviced the boiler",
        "2",
        Some(&[]),
    ),
    (
        "Customer: Peters\nAddress: Hauptstr. 7a\nWork: bathroom sink\nTime: 1:30\nMaterials: 2x seal, 1 m pipe",
        "Peters",
        "Hauptstr. 7a",
        "bathroom sink",
        "1.5",
        Some(&["2 seal", "1 m pipe"]),
    ),
    (
        "2 hours, Miller, 12 Baker Street, installed a new faucet, 1x Grohe faucet 200",
        "Miller",
        "12 Baker Street",
        "installed a new faucet",
        "2",
        Some(&["1 Grohe faucet 200"]),
    ),
    (
        "All good 👍 Schmitt's shower is running again, cleaned the trap, 45 min, no materials",
        "Schmitt",
        "",
        "cleaned the trap",
        "0.75",
        Some(&[]),
    ),
    (
        "sorry for the late message, was at Kowalski in the Bahnhofstr. 20, radiator valve swapped, 1h15, one radiator valve",
        "Kowalski",
        "Bahnhofstr. 20",
        "radiator valve swapped",
        "1.25",
        Some(&["1 radiator valve"]),
    ),
    (
        "so i just finished over at schneider lindenallee 4 the toilet cistern was leaking so i replaced the float valve that took about an hour and i used one float valve",
        "schneider",
        "lindenallee 4",
        "replaced the float valve",
        "1",
        Some(&["1 float valve"]),
    ),
    ("Repaired 2 taps at Brown, no material, 1 hour", "Brown", "", "Repaired 2 taps", "1", Some(&[])),
    (
        "At Meier: swapped 3 radiator valves. 2h.",
        "Meier",
        "",
        "swapped 3 radiator valves",
        "2",
        Some(&["3 radiator valves"]),
    ),
    (
        "Job done. Schillerstrasse 12. Sink pipe repaired in 1.5 hours with a gasket 10-B",
        "",
        "Schillerstrasse 12",
        "Sink pipe repaired",
        "1.5",
        Some(&["1 gasket 10-B"]),
    ),
    ("Fixed the boiler at the Petersons", "Peterson", "", "Fixed the boiler", "", None),
    ("1.5 h Meier", "Meier", "", "", "1.5", None),
    (
        "Cleared blockage, Weber, Ringstr 3, 10115 Berlin; 3/4 hour; materials none",
        "Weber",
        "Ringstr 3, 10115 Berlin",
        "Cleared blockage",
        "0.75",
        Some(&[]),
    ),
    (
        "used 3 m copper pipe 15mm and 2 elbows at Fischer, Seeweg 8, rerouted the supply pipe, 4 hrs",
        "Fischer",
        "Seeweg 8",
        "rerouted the supply pipe",
        "4",
        Some(&["3 m copper pipe 15mm", "2 elbows"]),
    ),
    (
        "Fischer, Seeweg 8 - new shower head fitted - 30 minutes - 1 shower head",
        "Fischer",
        "Seeweg 8",
        "shower head fitted",
        "0.5",
        Some(&["1 shower head"]),
    ),
    ("not 2 hours but 3 at Meier, sink repaired, no material", "Meier", "", "sink repaired", "3", Some(&[])),
    ("two hours at meyer, replaced gasket", "meyer", "", "replaced gasket", "2", None),
    (
        "Hello office, Frank here. Dripping tap at Anna Becker, Am Markt 5, is fixed. Needed one washer, 20 minutes.",
        "Anna Becker",
        "Am Markt 5",
        "Dripping tap is fixed",
        "0.33",
        Some(&["1 washer"]),
    ),
    (
        "from 9:15 till 10:45 at Vogel, bled the radiators, no parts",
        "Vogel",
        "",
        "bled the radiators",
        "1.5",
        Some(&[]),
    ),
    (
        "Vogel: bled radiators, took 1 hr (drive 20 min), no parts needed",
        "Vogel",
        "",
        "bled radiators",
        "1",
        Some(&[]),
    ),
];

const GERMAN: &[Case] = &[
    (
        "Fertig bei Meier, Schillerstr. 12. Anderthalb Stunden, Abflussrohr repariert, 1x Dichtung 10-B",
        "Meier",
        "Schillerstr. 12",
        "Abflussrohr repariert",
        "1.5",
        Some(&["1 Dichtung 10-B"]),
    ),
    (
        "War bei Frau Schmidt in der Goethestraße 5, hab den Wasserhahn getauscht, 2 Std, 1x Gasket 10-B, 2 m Kupferrohr 15mm und eine Dichtung",
        "Schmidt",
        "Goethestraße 5",
        "Wasserhahn getauscht",
        "2",
        Some(&["1 Gasket 10-B", "2 m Kupferrohr 15mm", "1 Dichtung"]),
    ),
    (
        "meier schillerstrasse 12 spüle repariert 1,5 std ohne material",
        "meier",
        "schillerstrasse 12",
        "spüle repariert",
        "1.5",
        Some(&[]),
    ),
    (
        "bin grad fertig bei frau schmidt goethestrasse fünf hab den siphon gereinigt hat eine halbe stunde gedauert kein material",
        "schmidt",
        "goethestrasse fünf",
        "siphon gereinigt",
        "0.5",
        Some(&[]),
    ),
    (
        "Von 8 bis 10 Uhr bei Krüger im Gartenweg 3 Heizung entlüftet, nichts verbaut",
        "Krüger",
        "Gartenweg 3",
        "Heizung entlüftet",
        "2",
        Some(&[]),
    ),
    (
        "Moin! Hab bei den Müllers die Dusche abgedichtet 🚿 90 Minuten, eine Kartusche Silikon verbraucht. LG",
        "Müller",
        "",
        "Dusche abgedichtet",
        "1.5",
        Some(&["1 Kartusche Silikon"]),
    ),
    (
        "Kunde Becker, Lindenallee 4, 10115 Berlin: Heizungswartung, 2,5 h, Material: 1 Filter, 2 Dichtungen",
        "Becker",
        "Lindenallee 4, 10115 Berlin",
        "Heizungswartung",
        "2.5",
        Some(&["1 Filter", "2 Dichtungen"]),
    ),
    (
        "Verstopfung beseitigt bei Familie Yilmaz, Hauptstr. 7, eine Dreiviertelstunde, kein Material gebraucht",
        "Yilmaz",
        "Hauptstr. 7",
        "Verstopfung beseitigt",
        "0.75",
        Some(&[]),
    ),
    (
        "2 Eckventile und ein Flexschlauch verbaut bei Hotel Adler, zwei Stunden, Waschtisch angeschlossen",
        "Hotel Adler",
        "",
        "Waschtisch angeschlossen",
        "2",
        Some(&["2 Eckventile", "1 Flexschlauch"]),
    ),
    (
        "Hallo Chef, Auftrag Schulz in der Berliner Allee 33 erledigt. Spülkasten repariert. Dauer: 45 Min. Schwimmerventil getauscht, 1 Schwimmerventil.",
        "Schulz",
        "Berliner Allee 33",
        "Spülkasten repariert",
        "0.75",
        Some(&["1 Schwimmerventil"]),
    ),
    (
        "schmitt rosenweg 9 klo verstopft habs freigemacht halbe stunde",
        "schmitt",
        "rosenweg 9",
        "freigemacht",
        "0.5",
        None,
    ),
    (
        "Eineinhalb Stunden bei Mayer, Unter den Linden 7, Thermostat erneuert, 1 Thermostatkopf",
        "Mayer",
        "Unter den Linden 7",
        "Thermostat erneuert",
        "1.5",
        Some(&["1 Thermostatkopf"]),
    ),
    (
        "Kunde: Hoffmann\nOrt: Karl-Marx-Straße 5\nTätigkeit: Boiler entkalkt\nStunden: 3\nMaterial: keins",
        "Hoffmann",
        "Karl-Marx-Straße 5",
        "Boiler entkalkt",
        "3",
        Some(&[]),
    ),
    (
        "zweieinhalb stunden gebraucht bei kowalczyk bahnhofstr 20 zwei heizkörper montiert",
        "kowalczyk",
        "bahnhofstr 20",
        "heizkörper montiert",
        "2.5",
        Some(&["2 heizkörper"]),
    ),
    (
        "Bei Brandt 2 Heizkörper entlüftet, 1 Std, keine Teile",
        "Brandt",
        "",
        "2 Heizkörper entlüftet",
        "1",
        Some(&[]),
    ),
    (
        "Goethestraße 5, Schmidt: Hahn undicht, neue Kartusche eingesetzt. Zeit 1 Std 30. Verbaut: 1 Kartusche",
        "Schmidt",
        "Goethestraße 5",
        "Kartusche eingesetzt",
        "1.5",
        Some(&["1 Kartusche"]),
    ),
    (
        "ich war heute morgen bei herrn weber am markt 5 der hat ein problem mit der spülmaschine gehabt ich hab den zulaufschlauch gewechselt dauer eine stunde ein zulaufschlauch",
        "weber",
        "am markt 5",
        "zulaufschlauch gewechselt",
        "1",
        Some(&["1 zulaufschlauch"]),
    ),
    (
        "Rohrbruch im Keller bei Bäckerei Krause, Ringstr. 2, behoben. 4 Stunden, 3 m Kupferrohr 22mm, 4 Muffen, 1 Rolle Lötzinn",
        "Bäckerei Krause",
        "Ringstr. 2",
        "Rohrbruch im Keller",
        "4",
        Some(&["3 m Kupferrohr 22mm", "4 Muffen", "1 Rolle Lötzinn"]),
    ),
    (
        "Wasserzähler getauscht in der Schillerstr.12, 10117 Berlin bei Meier 1h 1 Wasserzähler",
        "Meier",
        "Schillerstr.12, 10117 Berlin",
        "Wasserzähler getauscht",
        "1",
        Some(&["1 Wasserzähler"]),
    ),
    (
        "Feierabend! 😅 Meier ist fertig, Rohr abgedichtet, 1½ Std, 1 Rolle Hanf",
        "Meier",
        "",
        "Rohr abgedichtet",
        "1.5",
        Some(&["1 Rolle Hanf"]),
    ),
    (
        "Hab nich 2 sondern 3 Stunden gebraucht bei Lehmann, Pumpe getauscht, 1 Pumpe",
        "Lehmann",
        "",
        "Pumpe getauscht",
        "3",
        Some(&["1 Pumpe"]),
    ),
    (
        "Spüle bei Dr. Hartmann repariret, 1 studne, ohen Material",
        "Hartmann",
        "",
        "Spüle repariret",
        "1",
        None,
    ),
    (
        "Fuer Mueller, Muehlenweg 14, Spuele repariert, 2 Stunden, 1 Dichtung",
        "Mueller",
        "Muehlenweg 14",
        "Spuele repariert",
        "2",
        Some(&["1 Dichtung"]),
    ),
    (
        "Bei Stein in der Küche den Abfluss gereinigt, vierzig Minuten, kein Material",
        "Stein",
        "",
        "Abfluss gereinigt",
        "0.67",
        Some(&[]),
    ),
    ("Meier 1h", "Meier", "", "", "1", None),
    (
        "Einsatz Schubert, Am Alten Markt 5: Therme gewartet von 13 bis 14.30 Uhr, 1 Dichtungssatz",
        "Schubert",
        "Am Alten Markt 5",
        "Therme gewartet",
        "1.5",
        Some(&["1 Dichtungssatz"]),
    ),
    (
        "1 Stunde 15 bei Nguyen, WC-Sitz montiert, 1 WC-Sitz",
        "Nguyen",
        "",
        "WC-Sitz montiert",
        "1.25",
        Some(&["1 WC-Sitz"]),
    ),
];

#[test]
fn reports_in_english_are_read() {
    let misses = misses(ENGLISH);
    assert!(misses.is_empty(), "{} of {} missed:\n{}", misses.len(), ENGLISH.len(), misses.join("\n"));
}

#[test]
fn reports_in_german_are_read() {
    let misses = misses(GERMAN);
    assert!(misses.is_empty(), "{} of {} missed:\n{}", misses.len(), GERMAN.len(), misses.join("\n"));
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
        let _ = crate::model::offline::split::read(&text, Expect::NOTHING);
        let _ = crate::model::offline::split::read(&words.concat(), Expect { hours: true, ..Expect::NOTHING });
    }
}

#[path = "held_out_tests.rs"]
mod held_out;

#[path = "held_out_b_tests.rs"]
mod held_out_b;

#[path = "held_out_c_tests.rs"]
mod held_out_c;

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
        let _ = crate::model::offline::split::read(
            &line,
            Expect { hours: true, materials: true, ..Expect::NOTHING },
        );
        let _ = crate::model::offline::intent::of(&line);
        let took = began.elapsed();
        assert!(took.as_secs() < 5, "{part:?} took {took:?}");
    }
}
