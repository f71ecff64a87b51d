//! Laying out text: widths, options, hostile characters.

use unicode_width::UnicodeWidthStr as _;

use super::*;

fn options(titles: &[&str]) -> Vec<String> {
    titles.iter().enumerate().map(|(n, title)| format!("[{}] {title}", n + 1)).collect()
}

#[test]
fn options_follow_the_last_words_or_start_a_line() {
    assert_eq!(
        body("Is that right?", &options(&["Confirm", "Correct"]), Some(60)),
        ["Is that right?   [1] Confirm  [2] Correct"]
    );
    assert_eq!(
        body("Is that right?", &options(&["Confirm", "Correct it now"]), Some(30)),
        ["Is that right?   [1] Confirm", "[2] Correct it now"]
    );
    assert_eq!(body("", &options(&["Yes"]), None), ["[1] Yes"]);
}

#[test]
fn without_a_width_a_line_of_text_is_a_line() {
    let long = "word ".repeat(100);
    assert_eq!(body(&long, &[], None), [long.trim_end()]);
    assert_eq!(body("a\n\nb\n", &[], None), ["a", "", "b"]);
}

#[test]
fn wraps_by_columns_not_by_letters() {
    // Each of these letters takes two columns.
    assert_eq!(body("配管工事配管工事", &[], Some(8)), ["配管工事", "配管工事"]);
    // A family is one emoji of several characters and is never taken apart.
    let family = "👨‍👩‍👧‍👦";
    for line in body(&family.repeat(9), &[], Some(10)) {
        assert!(line.width() <= 10 && line.ends_with(family), "{line}");
    }
}

#[test]
fn a_line_never_changes_once_another_follows() {
    let text = "The job is with the office.  I'll tell you when it is settled: Donaudampfschifffahrt, 47,50 €\n- one\n- two";
    let whole = body(text, &[], Some(20));
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let part = body(&text[..end], &[], Some(20));
        assert_eq!(part[..part.len() - 1], whole[..part.len() - 1], "after {end} bytes");
    }
}

#[test]
fn indentation_and_double_spaces_survive() {
    assert_eq!(body("  - 1x  Gasket", &[], Some(40)), ["  - 1x  Gasket"]);
}

#[test]
fn hostile_text_is_shown_and_not_obeyed() {
    assert_eq!(harmless("a\u{1b}[2J\u{7}b\r\nc\u{9b}31m\u{7f}"), "a␛[2J␇b\nc\u{fffd}31m␡");
    assert_eq!(harmless("pay\u{202e}txt.exe\u{2066}"), "pay\u{fffd}txt.exe\u{fffd}");
    assert_eq!(harmless("one\rtwo\tthree"), "one␍two    three");
    assert!(matches!(harmless("Größe 10 ✓\n"), Cow::Borrowed(_)));
    assert_eq!(one_line(" Yes\n please\u{1b} "), "Yes please␛");
}

#[test]
fn cutting_and_padding_count_columns() {
    assert_eq!(cut("Wasserhahn", 10), "Wasserhahn");
    assert_eq!(cut("Wasserhähne!", 6), "Wasse…");
    assert_eq!(cut("配管工事", 5), "配管…");
    assert_eq!(padded("配管", 6), "配管  ");
}
