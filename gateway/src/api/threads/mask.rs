//! Hides what looks like a secret in what is shown of an agent's work: keys, tokens, card numbers. Rather too much than too
//! little; what was stored stays as it was.

/// What stands in a secret's place.
const HIDDEN: &str = "***";
/// What keys begin with.
const KEYS: [&str; 9] = ["sk-", "pk-", "eyJ", "EAA", "ghp_", "xox", "AKIA", "Bearer", "AIza"];
const SHORTEST: usize = 16;
/// Digits of a card (ISO/IEC 7812).
const CARD: std::ops::RangeInclusive<usize> = 13..=19;

pub(super) fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '=') {
            word.push(c);
            continue;
        }
        flush(&mut shown, &mut word);
        shown.push(c);
    }
    flush(&mut shown, &mut word);
    shown
}

fn flush(shown: &mut String, word: &mut String) {
    if is_secret(word) {
        shown.push_str(HIDDEN);
    } else {
        shown.push_str(word);
    }
    word.clear();
}

fn is_secret(word: &str) -> bool {
    let key = KEYS.iter().any(|key| word.starts_with(key)) && word.len() >= SHORTEST;
    key || is_card(word)
}

/// Digits whose sum by Luhn's rule is right.
fn is_card(word: &str) -> bool {
    let digits: Vec<u32> = word.chars().filter(|c| *c != '-').map_while(|c| c.to_digit(10)).collect();
    let all = word.chars().all(|c| c.is_ascii_digit() || c == '-');
    if !all || !CARD.contains(&digits.len()) || digits.iter().all(|digit| *digit == 0) {
        return false;
    }
    let doubled = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn secrets_are_hidden_and_nothing_else() {
        for (text, shown) in [
            ("key sk-proj-0123456789abcdef ok", "key *** ok"),
            ("{\"t\":\"eyJhbGciOiJIUzI1NiJ9.e30.abc\"}", "{\"t\":\"***\"}"),
            ("card 4111-1111-1111-1111, thanks", "card ***, thanks"),
            ("card 4111111111111111", "card ***"),
            ("JOB-789-001 and +4915155512345", "JOB-789-001 and +4915155512345"),
            ("019aa122-be00-7daf-b8c9-9b7bb3643852", "019aa122-be00-7daf-b8c9-9b7bb3643852"),
            ("RE-2026-0001, 1.5 h, 120.00 EUR", "RE-2026-0001, 1.5 h, 120.00 EUR"),
            ("skating pk-2", "skating pk-2"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
