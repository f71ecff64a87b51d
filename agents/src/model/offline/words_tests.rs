//! Tests of the tokens.

use proptest::prelude::*;

use super::*;

fn folded(text: &str) -> Vec<String> {
    read(text).into_iter().map(|t| t.folded).collect()
}

#[test]
fn units_come_apart_from_numbers_and_names_stay_whole() {
    assert_eq!(folded("1,5h 1x Gasket 10-B"), ["1,5", "h", "1", "x", "gasket", "10", "-", "b"]);
    assert_eq!(folded("Karl-Marx-Straße 5"), ["karl-marx-strasse", "5"]);
    assert_eq!(folded("Mu\u{308}ller"), ["mueller"]);
    assert_eq!(folded("Gartenweg 12,10117 Berlin"), ["gartenweg", "12", ",", "10117", "berlin"]);
    assert_eq!(folded("Miller’s"), ["miller's"]);
}

#[test]
fn a_dot_ends_a_sentence_unless_it_abbreviates() {
    let kinds =
        |text: &str| read(text).iter().map(|t| t.kind).filter(|k| *k != Kind::Word).collect::<Vec<_>>();
    assert_eq!(kinds("fertig. gut"), [Kind::Stop]);
    assert_eq!(kinds("Goethestr. Fam. Meier"), [Kind::Dot, Kind::Dot]);
    assert_eq!(read("im 2. Stock")[2].kind, Kind::Dot);
    assert_eq!(read("Weg 12. Dann")[2].kind, Kind::Stop);
}

proptest! {
    #[test]
    fn any_text_is_read_and_tokens_are_slices_of_it(text in any::<String>()) {
        let mut last = 0;
        for token in read(&text) {
            prop_assert!(token.start >= last && token.end > token.start);
            prop_assert_eq!(&text[token.start..token.end], token.text);
            last = token.end;
        }
    }

    #[test]
    fn the_number_of_tokens_is_limited(text in "[a-z0-9 .,]{0,200}") {
        prop_assert!(read(&text.repeat(40)).len() <= MAX_TOKENS);
    }
}
