//! Telephone numbers that name one subscriber in several spellings. For lookups only: what is stored stays as the
//! provider wrote it. Knows digits, never business-scoped ids.

/// `digits` first, then the other spellings under which the same subscriber may be known.
///
/// Brazil writes mobiles with or without a 9 after the two digits of the area, landlines never (Anatel resolution 553:
/// mobiles begin with 6 to 9). Mexico (52) and Argentina (54) put a 1 and a 9 before a mobile's number in some networks.
#[must_use]
pub fn variants(digits: &str) -> Vec<String> {
    let mut spellings = vec![digits.to_owned()];
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        spellings.extend(brazil(digits).or_else(|| mexico(digits)).or_else(|| argentina(digits)));
    }
    spellings
}

fn brazil(digits: &str) -> Option<String> {
    let rest = digits.strip_prefix("55")?;
    let (area, subscriber) = rest.split_at_checked(2)?;
    let eight = match subscriber.len() {
        8 => subscriber,
        9 => subscriber.strip_prefix('9')?,
        _ => return None,
    };
    let mobile = matches!(eight.as_bytes().first(), Some(b'6'..=b'9'));
    let nine = if subscriber.len() == 8 { "9" } else { "" };
    mobile.then(|| format!("55{area}{nine}{eight}"))
}

fn mexico(digits: &str) -> Option<String> {
    let rest = digits.strip_prefix("52")?;
    match (rest.len(), rest.strip_prefix('1')) {
        (11, Some(national)) if !national.starts_with(['0', '1']) => Some(format!("52{national}")),
        (10, None) if !rest.starts_with('0') => Some(format!("521{rest}")),
        _ => None,
    }
}

fn argentina(digits: &str) -> Option<String> {
    let rest = digits.strip_prefix("54")?;
    match (rest.len(), rest.strip_prefix('9')) {
        (11, Some(national)) if !national.starts_with(['0', '9']) => Some(format!("54{national}")),
        (10, None) if !rest.starts_with('0') => Some(format!("549{rest}")),
        _ => None,
    }
}

/// Whether `text` has the form of a business-scoped user id: `US.13491208655302741918`, `US.ENT.1181`.
#[must_use]
pub fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The digits of a number as people write it; `None` where it holds none, or letters.
#[must_use]
pub fn digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty() && !text.chars().any(char::is_alphabetic)).then_some(digits)
}

#[cfg(test)]
#[path = "numbers_tests.rs"]
mod tests;
