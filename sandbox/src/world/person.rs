//! A person and the phone in their hand: identities, habits, and what the business may know of them.
//! It never sends anything; acts are in `acts`, webhooks in `crate::webhook`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::chance::Chance;
use crate::config::PersonConfig;

pub(crate) const DAY_MS: i64 = 86_400_000;
/// After the business wrote to a number, a username no longer hides it for this long.
const KNOWN_MS: i64 = 30 * DAY_MS;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Person {
    pub id: String,
    pub name: String,
    pub phone: Option<String>,
    pub user_id: String,
    pub parent_user_id: Option<String>,
    pub username: Option<String>,
    /// The phone is on and has a network.
    pub online: bool,
    /// The chat with the business is on the screen, so what arrives is read at once.
    pub chat_open: bool,
    pub read_receipts: bool,
    /// False: the number exists but is not on WhatsApp.
    pub on_whatsapp: bool,
    pub blocked_business: bool,
    pub blocked_by_business: bool,
    pub marketing_opt_out: bool,
    pub identity_hash: Option<String>,
    pub last_inbound_ms: Option<i64>,
    /// Free entry point: a message from an ad opens it for 72 hours.
    pub free_entry_until_ms: Option<i64>,
    pub phone_known_until_ms: Option<i64>,
    /// The business shows typing until then.
    pub typing_until_ms: Option<i64>,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            phone: None,
            user_id: String::new(),
            parent_user_id: None,
            username: None,
            online: true,
            chat_open: false,
            read_receipts: true,
            on_whatsapp: true,
            blocked_business: false,
            blocked_by_business: false,
            marketing_opt_out: false,
            identity_hash: None,
            last_inbound_ms: None,
            free_entry_until_ms: None,
            phone_known_until_ms: None,
            typing_until_ms: None,
        }
    }
}

impl Person {
    pub(crate) fn new(config: &PersonConfig, chance: &mut Chance) -> Self {
        let digits = config.phone.as_deref().map(digits_of);
        let user_id = config.user_id.clone().unwrap_or_else(|| {
            format!("{}.{}", country(digits.as_deref().unwrap_or("49")), chance.digits(20))
        });
        Self {
            id: config.id.clone(),
            name: if config.name.is_empty() { config.id.clone() } else { config.name.clone() },
            phone: digits.filter(|digits| !digits.is_empty()),
            user_id,
            username: config.username.clone(),
            ..Self::default()
        }
    }

    /// The number as far as the business may see it.
    pub(crate) fn visible_phone(&self, now: i64) -> Option<&str> {
        let hidden = self.username.is_some() && self.phone_known_until_ms.is_none_or(|until| now >= until);
        if hidden { None } else { self.phone.as_deref() }
    }

    /// Both sides have used the number: it stays visible for a while.
    pub(crate) fn phone_used(&mut self, now: i64) {
        self.phone_known_until_ms = Some(now + KNOWN_MS);
    }

    pub(crate) fn window_until(&self) -> Option<i64> {
        self.last_inbound_ms.map(|at| at + DAY_MS)
    }

    pub(crate) fn window_open(&self, now: i64) -> bool {
        self.window_until().is_some_and(|until| now < until)
    }

    pub(crate) fn free_entry(&self, now: i64) -> bool {
        self.free_entry_until_ms.is_some_and(|until| now < until)
    }

    /// What wamids carry: the number, or the scoped id of someone without one.
    pub(crate) fn wire_name(&self) -> &str {
        self.phone.as_deref().unwrap_or(&self.user_id)
    }

    pub(crate) fn view(&self, now: i64) -> Value {
        let mut view = serde_json::to_value(self).unwrap_or_default();
        view["window_until_ms"] = json!(self.window_until());
        view["window_open"] = json!(self.window_open(now));
        view["typing"] = json!(self.typing_until_ms.is_some_and(|until| now < until));
        view
    }
}

/// Digits only: `+`, spaces, dashes and brackets are how people write numbers, not part of them.
pub(crate) fn digits_of(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Whether a text has the form of a business-scoped user id.
pub(crate) fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

const COUNTRIES: &[(&str, &str)] = &[
    ("1", "US"),
    ("31", "NL"),
    ("33", "FR"),
    ("34", "ES"),
    ("39", "IT"),
    ("41", "CH"),
    ("43", "AT"),
    ("44", "GB"),
    ("49", "DE"),
    ("52", "MX"),
    ("54", "AR"),
    ("55", "BR"),
    ("91", "IN"),
];

fn country(digits: &str) -> &'static str {
    COUNTRIES.iter().find(|(prefix, _)| digits.starts_with(prefix)).map_or("US", |(_, name)| name)
}

/// The calling code a number starts with, for numbers written without one.
pub(crate) fn calling_code(digits: &str) -> &'static str {
    COUNTRIES.iter().find(|(prefix, _)| digits.starts_with(prefix)).map_or("", |(prefix, _)| prefix)
}

#[cfg(test)]
mod tests {
    use super::{DAY_MS, Person, digits_of, is_user_id};

    #[test]
    fn numbers_and_scoped_ids_are_told_apart() {
        assert_eq!(digits_of("+49 (171) 392-00 17"), "491713920017");
        assert!(is_user_id("US.13491208655302741918"));
        assert!(is_user_id("US.ENT.1181"));
        assert!(!is_user_id("491713920017"));
        assert!(!is_user_id("us.1"));
    }

    #[test]
    fn a_username_hides_the_number_until_it_was_used() {
        let mut person =
            Person { phone: Some("1".into()), username: Some("frank".into()), ..Person::default() };
        assert_eq!(person.visible_phone(0), None);
        person.phone_used(0);
        assert_eq!(person.visible_phone(DAY_MS), Some("1"));
        assert_eq!(person.visible_phone(31 * DAY_MS), None);
    }

    #[test]
    fn the_window_closes_after_a_day() {
        let person = Person { last_inbound_ms: Some(0), ..Person::default() };
        assert!(person.window_open(DAY_MS - 1));
        assert!(!person.window_open(DAY_MS));
    }
}
