//! Where text is cut, and that nothing is lost.

use proptest::prelude::*;

use super::*;

#[test]
fn the_best_place_within_reach_is_taken() {
    let text = "First paragraph. Two sentences.\n\nSecond paragraph, one line.\nThird line.";
    assert_eq!(split(text, 1000), [text]);
    assert_eq!(
        split(text, 60),
        ["First paragraph. Two sentences.", "Second paragraph, one line.\nThird line."],
        "between paragraphs"
    );
    assert_eq!(split(text, 30)[..2], ["First paragraph.", "Two sentences."], "between sentences");
    assert_eq!(split("one two three", 8), ["one two", "three"]);
    assert_eq!(split("one two three", 7), ["one two", "three"], "a space right after the limit");
    assert_eq!(split("abcdefgh", 3), ["abc", "def", "gh"]);
    assert_eq!(split("", 10), [""]);
    assert_eq!(split("   \n", 2), [""]);
}

#[test]
fn no_character_is_broken() {
    let family = "👨‍👩‍👧‍👦";
    assert_eq!(units(family), 11);
    assert_eq!(split(&family.repeat(3), 25), [family.repeat(2), family.to_owned()]);
    let accents = "e\u{301}".repeat(5);
    assert!(split(&accents, 3).iter().all(|piece| !piece.starts_with('\u{301}')));
    assert_eq!(split("🔧🔧🔧", 3), ["🔧", "🔧", "🔧"], "never half a surrogate pair");
    let tower = format!("a{}", "\u{301}".repeat(50));
    assert_eq!(split(&tower, 20).len(), 3, "one character beyond the limit is cut all the same");
}

#[test]
fn titles_are_shortened_to_whole_words() {
    assert_eq!(shortened("Create", 20), "Create");
    assert_eq!(shortened("Create the invoice and send it", 20), "Create the invoice…");
    assert_eq!(shortened("Donaudampfschifffahrtsgesellschaft", 20), "Donaudampfschifffah…");
    assert_eq!(shortened(" two\n lines ", 20), "two lines");
    assert_eq!(units(&shortened(&"🔧".repeat(30), 20)), 19);
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #[test]
    fn pieces_fit_and_lose_nothing(text in "(?s)(\\PC|[ \n.!🔧é\u{301}\u{200d}]){0,300}", limit in 1_usize..80) {
        let pieces = split(&text, limit);
        for piece in &pieces {
            prop_assert!(units(piece) <= limit.max(2), "{} > {limit}: {piece:?}", units(piece));
            prop_assert!(pieces.len() == 1 || !piece.trim().is_empty());
        }
        prop_assert_eq!(without_space(&pieces.concat()), without_space(&text));
    }

    #[test]
    fn a_shortened_title_fits(text in any::<String>(), limit in 1_usize..40) {
        prop_assert!(units(&shortened(&text, limit)) <= limit.max(2));
    }
}
