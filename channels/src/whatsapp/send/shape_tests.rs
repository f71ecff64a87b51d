//! Buttons, lists, numbers: which, and what fits where.

use domain::question::matching;
use proptest::prelude::*;

use super::*;

pub fn choices(titles: &[&str]) -> Vec<Choice> {
    let choice = |(n, title): (usize, &&str)| Choice {
        id: format!("token-{n}"),
        title: (*title).to_owned(),
        value: String::new(),
    };
    titles.iter().enumerate().map(choice).collect()
}

fn shape(titles: &[&str]) -> Shape {
    question("Which?", &choices(titles))
}

#[test]
fn the_number_of_options_makes_the_shape() {
    let titles: Vec<String> = (1..=12).map(|n| format!("Option {n}")).collect();
    let first = |n: usize| titles[..n].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(shape(&[]), Shape::Text("Which?".into()));
    for n in 1..=3 {
        assert!(matches!(shape(&first(n)), Shape::Buttons { buttons, .. } if buttons.len() == n));
    }
    for n in 4..=10 {
        assert!(matches!(shape(&first(n)), Shape::List { rows, .. } if rows.len() == n));
    }
    let Shape::Text(body) = shape(&first(12)) else { panic!() };
    assert!(body.starts_with("Which?\n\n1. Option 1\n2. Option 2\n"), "{body}");
    assert!(body.ends_with("12. Option 12"));
    let all = choices(&first(12));
    assert_eq!(
        matching(&all, "11").map(|choice| choice.id.as_str()),
        Some("token-10"),
        "the number that comes back"
    );
}

#[test]
fn short_titles_stand_as_they_are() {
    let Shape::Buttons { body, buttons } = shape(&["Create", " Not  now "]) else { panic!() };
    assert_eq!(body, "Which?");
    assert_eq!(buttons[1], Button { id: "token-1".into(), title: "Not now".into() });
}

#[test]
fn long_titles_are_shortened_and_stand_whole_in_the_body() {
    let Shape::Buttons { body, buttons } = shape(&["Create the invoice and send it", "No"]) else { panic!() };
    assert_eq!(body, "Which?\n\n1. Create the invoice and send it\n2. No");
    let titles: Vec<&str> = buttons.iter().map(|button| button.title.as_str()).collect();
    assert_eq!(titles, ["1. Create the…", "2. No"]);
    let Shape::List { body, rows } = shape(&["a", "b", "c", "Gasket 10-B, made of rubber, in stock"]) else {
        panic!()
    };
    assert_eq!(body, "Which?", "a row has room for it");
    assert_eq!(rows[3].description.as_deref(), Some("Gasket 10-B, made of rubber, in stock"));
    assert_eq!(rows[3].title, "4. Gasket 10-B, made of…");
    let Shape::List { body, rows } = shape(&["a", "b", "c", &"long ".repeat(20)]) else { panic!() };
    assert!(body.ends_with("4. long long long long long long long long long long long long long long long long long long long long"));
    assert_eq!(rows[3].description, None);
}

#[test]
fn equal_or_empty_titles_are_told_apart_by_number() {
    let Shape::Buttons { buttons, .. } = shape(&["Meier", "meier", ""]) else { panic!() };
    let titles: Vec<&str> = buttons.iter().map(|button| button.title.as_str()).collect();
    assert_eq!(titles, ["1. Meier", "2. meier", "3."]);
}

#[test]
fn titles_that_no_body_holds_make_a_numbered_text() {
    let long = "word ".repeat(100);
    assert!(matches!(shape(&[&long, "b"]), Shape::Buttons { .. }), "one of 500 has room in the body");
    let Shape::Text(body) = shape(&[&long, &long]) else { panic!() };
    assert_eq!(body.matches("word").count(), 200, "nothing is cut");
}

proptest! {
    #[test]
    fn what_is_shown_fits(text in "\\PC{0,200}", titles in prop::collection::vec("(\\PC|🔧){0,90}", 0..14)) {
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let asked = choices(&titles);
        match question(&text, &asked) {
            Shape::Text(_) => {}
            Shape::Buttons { body, buttons } => {
                prop_assert!(!body.trim().is_empty());
                let mut seen = std::collections::BTreeSet::new();
                for (button, choice) in buttons.iter().zip(&asked) {
                    prop_assert!((1..=20).contains(&units(&button.title)), "{:?}", button.title);
                    prop_assert!(seen.insert(button.title.clone()));
                    prop_assert_eq!(&button.id, &choice.id);
                }
            }
            Shape::List { body, rows } => {
                prop_assert!(!body.trim().is_empty());
                for row in rows {
                    prop_assert!((1..=24).contains(&units(&row.title)), "{:?}", row.title);
                    prop_assert!(row.description.is_none_or(|text| (1..=72).contains(&units(&text))));
                }
            }
        }
    }
}
