//! What people type into a search is only text, in both databases' languages of queries.

use super::*;

fn both(text: &str) -> (String, String) {
    let words = Words::read(text).unwrap();
    (words.query(false), words.query(true))
}

#[test]
fn words_are_folded_and_the_last_may_be_unfinished() {
    assert_eq!(both("Rohr geplat"), ("\"rohr\" \"geplat\"*".into(), "'rohr' & 'geplat':*".into()));
    assert_eq!(both("MÜLLER"), ("\"mueller\"*".into(), "'mueller':*".into()));
    assert_eq!(both("a b"), ("\"a\" \"b\"".into(), "'a' & 'b'".into()));
}

#[test]
fn nothing_typed_is_a_command() {
    for hostile in ["\" OR 1=1 --", "a' & !b", "NEAR(a b)", "words:*", "a\\' | b", "x AND NOT y"] {
        let (sqlite, postgres) = both(hostile);
        let bare = |query: &str, quote: char| {
            query.split(quote).step_by(2).all(|between| between.chars().all(|c| " *&:".contains(c)))
        };
        assert!(bare(&sqlite, '"') && bare(&postgres, '\''), "{hostile}: {sqlite} {postgres}");
    }
    assert_eq!(Words::read("100%_!").unwrap().contained(), "%100!%!_!!%");
    assert_eq!(Words::read("@otto.bad").unwrap().contained(), "%otto.bad%", "as usernames are written");
    for nothing in ["", "  ", "\u{0}\u{7}"] {
        assert_eq!(Words::read(nothing), None);
    }
    assert!(Words::read("😀 !!").unwrap().query(true).len() > LETTERS, "a word that no message holds");
}

#[test]
fn numbers_are_found_however_they_are_written() {
    for (typed, digits) in [
        ("+49 (170) 123-4567", "%491701234567%"),
        ("0170/1234567", "%1701234567%"),
        ("0049 170 1234567", "%491701234567%"),
        ("4567", "%4567%"),
        ("12", ""),
        ("Schillerstr. 12", ""),
    ] {
        assert_eq!(Words::read(typed).unwrap().digits(), digits, "{typed}");
    }
}

#[test]
fn a_message_gives_each_of_its_words_once() {
    let parts =
        [Part::text("Rohr, ROHR und Bögen 3/4\""), Part::Choice { id: "x".into(), title: "Ja".into() }];
    assert_eq!(words_of(&parts), "3 4 boegen ja rohr und");
}
