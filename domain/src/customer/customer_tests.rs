//! Finding customers: how people say names and addresses, and the properties that hold for any text.

use proptest::prelude::*;

use super::*;
use crate::import;

/// The demo list, so that what a newcomer tries is what is tested.
fn demo() -> Vec<Customer> {
    let list = include_bytes!("../../../config/demo/customers.csv");
    import::customers(list, &["Basic", "Plus", "Premium"]).unwrap()
}

fn by(name: &str, address: &str) -> String {
    match Directory::new(demo()).find(Query { name, address }) {
        Match::Found(customer) => customer.id.0.clone(),
        Match::Ambiguous(candidates) => {
            let ids: Vec<&str> = candidates.iter().map(|customer| customer.id.as_str()).collect();
            format!("? {}", ids.join(" "))
        }
        Match::NotFound => "-".to_owned(),
    }
}

#[test]
fn a_name_and_an_address_are_found_however_they_are_written() {
    let cases = [
        ("Meier", "Schillerstrasse 12", "789"),
        ("Meier", "Schillerstraße 12", "789"),
        ("Meier", "Schillerstr. 12", "789"),
        ("meier", "schillerstr.12", "789"),
        ("Meyer", "Schiller Str 12", "789"),
        ("Mayer", "Schillerstr 12, 10117 Berlin", "789"),
        ("Herr Meier", "10117 Berlin, Schillerstrasse 12", "789"),
        ("Mr. Klaus Meier", "12 Schillerstrasse", "789"),
        ("Meier Klaus", "Schillerstrasse 12", "789"),
        ("Meier, Klaus", "Schilerstrasse 12", "789"),
        ("Klaus Meier", "Schillerstrasse Nr. 12, D-10117 Berlin-Mitte", "789"),
        ("K. Meier", "Schillerstr. 12, 3. OG links", "789"),
        ("Meier", "Meier, Schillerstrasse 12", "789"),
        ("Schillerstrasse 12", "Meier", "789"),
        ("Meier, Schillerstrasse 12", "", "789"),
        ("", "Meier Schillerstrasse 12", "789"),
        ("Schillerstr. 12 Klaus Meier", "", "789"),
        ("Meier", "Schiller 12", "789"),
        ("Familie Meyer", "Schillerstrasse 14", "791"),
        ("Hans Peter Meyer", "", "791"),
        ("Gross", "Schillerstrasse 12 a", "831"),
        ("Özdemir", "", "810"),
        ("Oezdemir", "Karl Marx Str. 101", "810"),
        ("Ozdemir", "", "810"),
        ("Wisniewski", "", "830"),
        ("Müller", "Rosenweg 4", "811"),
        ("Muller", "Rosenweg 4b", "812"),
        ("Frau Müller-Lüdenscheidt", "", "811"),
        ("Heide", "", "821"),
        ("von der Heide", "Uferpromenade 9", "821"),
        ("Nordlicht", "", "820"),
        ("Hausverwaltung Nordlicht", "Strasse des 17. Juni 135", "820"),
        ("Fa. Nordlicht", "Str. des 17 Juni 135", "820"),
        ("Bäckerei Schmitt", "", "803"),
        ("Baeckerei Schmid GmbH", "", "803"),
        ("Schmidt", "Lindenalle 3", "801"),
        ("", "Am alten Markt 7a, Potsdam", "802"),
        ("", "Schillerstrasse 12", "789"),
        ("Schillerstraße 12", "", "789"),
        ("Jürgen", "Lindenallee 3", "801"),
        ("Thomas Müller", "", "812"),
        ("Sabrina Schmidt", "", "802"),
        ("Elisabeth v. d. Heide", "", "821"),
        ("KG Nordlicht", "", "820"),
        ("Baeckerei", "", "803"),
        ("MEIER", "SCHILLERSTRASSE 12 BERLN", "789"),
        ("Schillerstrasse 12 Meier", "Berlin", "789"),
        ("", "12 Schiller Street", "789"),
        ("Hanspeter Meyer", "", "791"),
        ("Müller Lüdenscheid", "", "811"),
        ("customer #789", "", "789"),
        ("789", "", "789"),
        ("Kunde 789", "", "789"),
        ("Meier Kleinmachnow", "", "? 789 790 791 792"),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .filter(|(name, address, expected)| by(name, address) != *expected)
        .map(|(name, address, expected)| {
            format!("{name:?} at {address:?}: {} for {expected}", by(name, address))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn two_who_may_be_meant_are_never_guessed_between() {
    let cases = [
        ("Meier", "", "? 789 791 790 792"),
        ("Schmidt", "", "? 801 803 802"),
        ("Meier", "Schillerstrasse", "? 791 789"),
        ("Müller", "Kleinmachnow", "? 811 812"),
        ("", "Schillerstrasse", "? 789 791 831"),
        ("Klaus", "", "? 789"),
    ];
    for (name, address, expected) in cases {
        let sorted = |text: String| {
            let mut ids: Vec<String> = text.split(' ').map(ToOwned::to_owned).collect();
            ids.sort();
            ids
        };
        assert_eq!(sorted(by(name, address)), sorted(expected.to_owned()), "{name:?} at {address:?}");
    }
}

#[test]
fn what_contradicts_makes_a_candidate_at_most() {
    let cases = [
        // 12a is another house, with another customer.
        ("Meier", "Schillerstrasse 12a"),
        ("Meier", "Goethestrasse 77"),
        ("Meier", "Schillerstrasse 12, 20095 Hamburg"),
        ("Sabine Meier", "Schillerstrasse 12"),
        ("Schulz", "Schillerstrasse 12"),
        ("Weber", ""),
        ("", "Schillerstrasse 99"),
        ("", "Schillerstrasse 12b"),
        ("Meier", "Goethestrasse 5"),
        ("", ""),
        ("Herr", "bei"),
        ("Berlin", ""),
    ];
    for (name, address) in cases {
        let found = by(name, address);
        assert!(found == "-" || found.starts_with('?') || found == "790", "{name:?} at {address:?}: {found}");
    }
    assert_eq!(by("Weber", ""), "-");
    assert_eq!(by("", "Schillerstrasse 99"), "-");
    assert_eq!(by("", "Schillerstrasse 12b"), "? 789 831");
    assert_eq!(by("Schulz", "Schillerstrasse 12"), "? 789");
    assert!(by("Meier", "Schillerstrasse 12a").starts_with("? "), "{}", by("Meier", "Schillerstrasse 12a"));
    assert_eq!(by("Meier", "Goethestrasse 5"), "790", "Mayer lives there, and they sound alike");
}

#[test]
fn a_slip_here_and_the_exact_name_elsewhere_is_asked_about() {
    let customer = |id: &str, name: &str, street: &str| Customer {
        id: id.into(),
        name: name.to_owned(),
        street: street.to_owned(),
        postal_code: "10117".to_owned(),
        city: "Berlin".to_owned(),
        phone: String::new(),
        email: String::new(),
        contract: String::new(),
    };
    let customers = [customer("1", "Karl Weger", "Gartenstr. 5"), customer("2", "Uwe Weber", "Hauptstr. 3")];
    let query = Query { name: "Weber", address: "Gartenstr. 5" };
    let (both, one) = (Directory::new(customers.to_vec()), Directory::new(customers[..1].to_vec()));
    assert!(matches!(both.find(query), Match::Ambiguous(both) if both.len() == 2));
    assert_eq!(one.find(query), Match::Found(&customers[0]));
    assert_eq!(both.find(Query { name: "Weber", address: "" }), Match::Found(&customers[1]));
}

fn customer() -> impl Strategy<Value = Customer> {
    let family = prop::sample::select(vec![
        "Meier",
        "Mayer",
        "Meyer",
        "Schmidt",
        "Schmitt",
        "Müller",
        "Möller",
        "Weiß",
        "von Stein",
        "Groß-Klein",
        "Ott",
        "Łukowski",
        "Çelik",
        "O'Neill",
    ]);
    let given = prop::sample::select(vec!["Klaus", "Anna", "Jörg", "Zoë", "Hans-Peter", ""]);
    let street = prop::sample::select(vec![
        "Schillerstrasse",
        "Am Markt",
        "Straße des 17. Juni",
        "Rosenweg",
        "Lange Str.",
    ]);
    let number = "[1-9][0-9]{0,2}[a-d]?";
    let place = prop::sample::select(vec![
        ("10117", "Berlin"),
        ("20095", "Hamburg"),
        ("1010", "Wien"),
        ("60311", "Frankfurt am Main"),
    ]);
    (family, given, street, number, place).prop_map(|(family, given, street, number, (code, city))| {
        Customer {
            id: String::new().into(),
            name: format!("{given} {family}").trim().to_owned(),
            street: format!("{street} {number}"),
            postal_code: code.to_owned(),
            city: city.to_owned(),
            phone: String::new(),
            email: String::new(),
            contract: String::new(),
        }
    })
}

fn customers() -> impl Strategy<Value = Vec<Customer>> {
    prop::collection::vec(customer(), 1..40).prop_map(|mut all| {
        all.sort_by_key(|c| (c.name.clone(), c.full_address()));
        all.dedup_by_key(|c| (c.name.clone(), c.full_address()));
        for (place, customer) in all.iter_mut().enumerate() {
            customer.id = format!("C{place}").into();
        }
        all
    })
}

fn ids(found: &Match<'_>) -> Vec<String> {
    match found {
        Match::Found(customer) => vec!["found".to_owned(), customer.id.0.clone()],
        Match::Ambiguous(candidates) => candidates.iter().map(|customer| customer.id.0.clone()).collect(),
        Match::NotFound => Vec::new(),
    }
}

proptest! {
    #[test]
    fn a_customer_is_found_by_the_own_name_and_address(all in customers(), pick in any::<prop::sample::Index>()) {
        let wanted = pick.get(&all);
        let (address, all) = (wanted.full_address(), Directory::new(all.clone()));
        prop_assert_eq!(all.find(Query { name: &wanted.name, address: &address }), Match::Found(wanted));
        prop_assert_eq!(all.find(Query { name: &address, address: &wanted.name }), Match::Found(wanted));
    }

    #[test]
    fn the_order_of_the_list_changes_nothing(
        all in customers(), turn in 0usize..40, name in "(Meier|Maier|Schmit|Anna|Klaus Meyer|)", address in "(Schillerstr 1|Rosenweg|Hamburg|)",
    ) {
        let mut turned = all.clone();
        turned.rotate_left(turn % all.len());
        turned.reverse();
        let query = Query { name: &name, address: &address };
        let (all, turned) = (Directory::new(all), Directory::new(turned));
        prop_assert_eq!(ids(&all.find(query)), ids(&turned.find(query)));
    }

    #[test]
    fn no_text_is_a_panic(name in any::<String>(), address in any::<String>(), mut own in customer(), odd in any::<String>()) {
        own.street = odd.clone();
        own.name = odd;
        let customers = Directory::new(vec![own]);
        let found = customers.find(Query { name: &name, address: &address });
        if let Match::Ambiguous(candidates) = found {
            prop_assert!(!candidates.is_empty() && candidates.len() <= CANDIDATES);
        }
    }
}
