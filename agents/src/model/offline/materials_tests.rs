//! Tests of the materials.

use super::*;
use crate::model::offline::{hours, words::read};

fn items(text: &str, listing: bool) -> Option<Vec<String>> {
    let tokens = read(text);
    let mut taken = vec![false; tokens.len()];
    for duration in hours::find(&tokens) {
        taken[duration.span.from..duration.span.to].fill(true);
    }
    let found = find(text, &tokens, &taken, listing, false).items()?;
    Some(
        found
            .into_iter()
            .map(|i| format!("{} {}{}", i.quantity, i.unit.map(|u| u + " ").unwrap_or_default(), i.name))
            .collect(),
    )
}

#[test]
fn items_come_with_quantity_unit_and_name() {
    let cases: &[(&str, &[&str])] = &[
        ("1x Gasket 10-B", &["1 Gasket 10-B"]),
        (
            "1x Gasket 10-B, 2 m Kupferrohr 15mm und eine Dichtung",
            &["1 Gasket 10-B", "2 m Kupferrohr 15mm", "1 Dichtung"],
        ),
        ("used two washers and a tube of silicone", &["2 washers", "1 tube silicone"]),
        ("zwei dichtungen verbaut", &["2 dichtungen"]),
        ("Material: Siphon, 3 Schellen", &["1 Siphon", "3 Schellen"]),
        ("Gasket 10-B x2", &["2 Gasket 10-B"]),
        ("Dichtung (2x)", &["2 Dichtung"]),
        ("2 x Eckventil 1/2 Zoll", &["2 Eckventil 1/2 Zoll"]),
        ("3 Stück Dichtung DN 50", &["3 Dichtung DN 50"]),
        ("50 cm Kupferrohr", &["0.5 m Kupferrohr"]),
        ("one gasket ten b", &["1 gasket ten b"]),
        ("2 Dichtungen getauscht", &["2 Dichtungen"]),
        ("replaced a tap", &["1 tap"]),
        ("eine Rolle Teflonband verbraucht", &["1 Rolle Teflonband"]),
        ("used gasket 10-B and a siphon", &["1 gasket 10-B", "1 siphon"]),
        ("1 Std 30, 2 Dichtungen", &["2 Dichtungen"]),
        ("1x 22x1,5 Rohr", &["1 22x1,5 Rohr"]),
        ("2 m 15mm copper pipe", &["2 m 15mm copper pipe"]),
        ("2 1/2 inch elbows", &["2 1/2 inch elbows"]),
        ("eine neue Mischbatterie eingebaut, dazu 2 Flexschläuche", &["1 Mischbatterie", "2 Flexschläuche"]),
        ("replaced a tap, used 1x Mixer M5", &["1 Mixer M5"]),
        ("verbaut: 1 Ventil und 2 Nippel", &["1 Ventil", "2 Nippel"]),
    ];
    for (text, expected) in cases {
        let found = items(text, false);
        let expected =
            (!expected.is_empty()).then(|| expected.iter().map(|e| (*e).to_owned()).collect::<Vec<_>>());
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn none_is_told_in_many_ways() {
    for text in [
        "no material",
        "ohne Material",
        "kein Material",
        "no parts used",
        "keine Teile gebraucht",
        "nothing used",
        "nichts verbaut",
        "Material: keins",
        "material none",
        "no spare parts needed",
        "Material hab ich keins gebraucht",
        "parts weren't needed",
        "didn't need any parts",
        "kein Materialverbrauch",
        "nur Arbeitszeit",
        "repaired 2 taps, no material",
    ] {
        assert_eq!(items(text, false), Some(Vec::new()), "{text}");
    }
}

#[test]
fn work_and_talk_are_no_material() {
    for text in [
        "repaired 2 taps",
        "2 Heizkörper entlüftet",
        "Spüle repariert",
        "2 Kollegen waren dabei",
        "im 3. Stock",
        "ein Traum",
        "had a coffee",
        "repaired the sink pipe",
    ] {
        assert_eq!(items(text, false), None, "{text}");
    }
}

#[test]
fn an_answer_is_a_list() {
    assert_eq!(items("Teflon und Fermit", true), Some(vec!["1 Teflon".into(), "1 Fermit".into()]));
    assert_eq!(items("eine Verlängerung", true), None.or(Some(vec!["1 Verlängerung".into()])));
}
