//! Which numbers are the same subscriber, and which only look like it.

use proptest::prelude::*;

use super::*;

#[test]
fn spellings_of_one_subscriber() {
    let pairs = [
        ("5511987654321", "551187654321"),
        ("5521961234567", "552161234567"),
        ("5215512345678", "525512345678"),
        ("5491123456789", "541123456789"),
    ];
    for (one, other) in pairs {
        assert_eq!(variants(one), [one, other]);
        assert_eq!(variants(other), [other, one]);
    }
}

#[test]
fn landlines_and_strangers_have_one_spelling() {
    for number in [
        "551132345678",
        "5511932345678",
        "491713920017",
        "52155",
        "521551234567",
        "5511",
        "55",
        "",
        "54",
        "14155550100",
        "US.52551234567",
        "54911234567890",
    ] {
        assert_eq!(variants(number), [number], "{number}");
    }
}

#[test]
fn scoped_ids_are_told_from_numbers() {
    for id in ["US.13491208655302741918", "US.ENT.1181", "DE.a1"] {
        assert!(is_user_id(id), "{id}");
    }
    for no in ["491713920017", "us.1", "USA.1", "US.", "US.ENT.", "US.a b", ""] {
        assert!(!is_user_id(no), "{no}");
    }
    assert_eq!(digits("+49 (171) 392-0017").as_deref(), Some("491713920017"));
    assert_eq!(digits("US.12"), None);
    assert_eq!(digits("+"), None);
}

proptest! {
    #[test]
    fn a_spelling_leads_back(number in "(55|52|54)[0-9]{8,12}") {
        for spelling in variants(&number) {
            prop_assert!(variants(&spelling).contains(&number), "{number} {spelling}");
        }
    }

    #[test]
    fn any_text_is_its_own_first_spelling(text in ".{0,40}") {
        prop_assert_eq!(&variants(&text)[0], &text);
    }
}
