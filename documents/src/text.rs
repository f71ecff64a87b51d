//! What people wrote, made fit for a document: one line without control characters, of bounded length. Changes no letter.

/// Beyond it the rest is left out.
const LONGEST: usize = 1_000;

/// XML cannot carry control characters, and marks that turn the direction of writing could make a figure read backwards.
pub(crate) fn clean(text: &str) -> String {
    let turning = |c: char| {
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
            || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    let plain: String = text
        .chars()
        .filter(|c| !turning(*c))
        .map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c })
        .collect();
    let line = plain.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        None => line,
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_without_what_xml_refuses() {
        assert_eq!(clean(" Anna\n\tMüller \u{0}\u{1b}[31m"), "Anna Müller [31m");
        assert_eq!(clean("a\u{202e}b\u{2066}c\u{feff}d\u{ffff}"), "abcd");
        assert_eq!(clean("1\u{a0}000 €\u{2028}x"), "1\u{a0}000 € x");
        assert_eq!(clean("   "), "");
    }

    #[test]
    fn a_flood_is_cut_between_letters() {
        let long = "ü".repeat(LONGEST + 5);
        assert_eq!(clean(&long), format!("{}…", "ü".repeat(LONGEST)));
        assert_eq!(clean(&"ü".repeat(LONGEST)).chars().count(), LONGEST);
    }
}
