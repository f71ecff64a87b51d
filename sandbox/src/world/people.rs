//! Who there is: finding the recipient of a send, and making, changing and removing people.
//! It never rewrites a number: what a person has is what webhooks say.

use serde_json::{Value, json};

use super::World;
use super::person::{Person, calling_code, digits_of, is_user_id};
use crate::check::Checked;
use crate::config::PersonConfig;
use crate::graph::refusal::Refusal;

/// Where a message is to go.
#[derive(Clone, Debug)]
pub(crate) struct Recipient {
    /// As the caller wrote it.
    pub input: String,
    /// Digits or scoped id, as Meta understood it.
    pub wire: String,
    pub person: Option<String>,
    pub by_phone: bool,
    /// A scoped id in `to` is accepted and goes nowhere.
    pub scoped_id_in_to: bool,
}

impl Recipient {
    pub(crate) fn key(&self) -> &str {
        self.person.as_deref().unwrap_or(&self.wire)
    }

    pub(crate) fn answer(&self) -> Value {
        let name = if self.by_phone { "wa_id" } else { "user_id" };
        json!({ "input": self.input, name: self.wire })
    }
}

/// Other ways to write a number of Brazil, Mexico or Argentina: with and without the mobile digit.
fn variants(digits: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (long, short) in [("521", "52"), ("549", "54")] {
        if let Some(rest) = digits.strip_prefix(long).filter(|rest| rest.len() == 10) {
            found.push(format!("{short}{rest}"));
        } else if let Some(rest) = digits.strip_prefix(short).filter(|rest| rest.len() == 10) {
            found.push(format!("{long}{rest}"));
        }
    }
    if let Some(rest) = digits.strip_prefix("55").filter(|rest| rest.is_ascii()) {
        match rest.len() {
            11 if rest.as_bytes()[2] == b'9' => found.push(format!("55{}{}", &rest[..2], &rest[3..])),
            // Only mobile numbers, which start with 6 to 9, ever had the digit added.
            10 if rest.as_bytes()[2] >= b'6' => found.push(format!("55{}9{}", &rest[..2], &rest[2..])),
            _ => {}
        }
    }
    found
}

impl World {
    pub(crate) fn recipient(&mut self, checked: &Checked) -> Result<Recipient, Refusal> {
        // With both given, `to` wins.
        match (&checked.to, &checked.recipient) {
            (Some(to), _) => self.by_number(to),
            (None, Some(user_id)) => self.by_user_id(user_id),
            (None, None) => Err(Refusal::required("to")),
        }
    }

    fn by_user_id(&self, user_id: &str) -> Result<Recipient, Refusal> {
        let found = self
            .people
            .values()
            .find(|person| person.user_id == user_id || person.parent_user_id.as_deref() == Some(user_id));
        let person = found
            .ok_or_else(|| Refusal::value(format!("Recipient {user_id} is not a user of this business")))?;
        Ok(Recipient {
            input: user_id.to_owned(),
            wire: user_id.to_owned(),
            person: Some(person.id.clone()),
            by_phone: false,
            scoped_id_in_to: false,
        })
    }

    fn by_number(&mut self, to: &str) -> Result<Recipient, Refusal> {
        if is_user_id(to) {
            return Ok(Recipient {
                input: to.to_owned(),
                wire: digits_of(to),
                person: None,
                by_phone: true,
                scoped_id_in_to: true,
            });
        }
        let allowed =
            |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '\u{a0}');
        let digits = digits_of(to);
        if !to.chars().all(allowed) || !(5..=20).contains(&digits.len()) {
            return Err(Refusal::value(format!("Recipient phone number {to} is not valid")));
        }
        let mut wire = self.international(to, digits);
        if self.with_phone(&wire).is_none()
            && let Some(known) =
                variants(&wire).into_iter().find(|variant| self.with_phone(variant).is_some())
        {
            // Meta answers with the number the person really has.
            wire = known;
        }
        if wire == self.account.digits() {
            return Err(Refusal::code(131_021));
        }
        if !self.account.allow_list.is_empty() && !self.account.allow_list.contains(&wire) {
            return Err(Refusal::code(131_030));
        }
        let mut person = self.with_phone(&wire);
        if person.is_none() && self.joins() {
            person = self.add_person(&PersonConfig::new(&wire, &format!("+{wire}"), &wire)).ok();
        }
        Ok(Recipient { input: to.to_owned(), wire, person, by_phone: true, scoped_id_in_to: false })
    }

    /// Without a plus, Meta may put the business's own calling code in front.
    fn international(&self, to: &str, digits: String) -> String {
        let own = calling_code(&self.account.digits());
        if to.trim_start().starts_with('+') || self.with_phone(&digits).is_some() || digits.starts_with(own) {
            return digits;
        }
        let prefixed = format!("{own}{}", digits.trim_start_matches('0'));
        // A number of another country written in full is far commoner than a national one.
        if digits.starts_with('0') || self.with_phone(&prefixed).is_some() { prefixed } else { digits }
    }

    fn with_phone(&self, digits: &str) -> Option<String> {
        self.people
            .values()
            .find(|person| person.phone.as_deref() == Some(digits))
            .map(|person| person.id.clone())
    }

    /// Adds a person; the reason when that is not possible.
    pub(crate) fn add_person(&mut self, config: &PersonConfig) -> Result<String, String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if config.id.is_empty() || config.id.len() > 64 || !config.id.chars().all(plain) {
            return Err("id: letters, digits, - and _, at most 64".into());
        }
        if self.people.contains_key(&config.id) {
            return Err(format!("there is already a person {}", config.id));
        }
        if self.people.len() >= self.limits.people {
            return Err(format!("at most {} people", self.limits.people));
        }
        let person = Person::new(config, &mut self.chance);
        if person.phone.as_deref().is_some_and(|phone| self.with_phone(phone).is_some()) {
            return Err("that number belongs to somebody else".into());
        }
        self.people.insert(config.id.clone(), person);
        self.tell_person(&config.id);
        Ok(config.id.clone())
    }

    pub(crate) fn remove_person(&mut self, id: &str) -> bool {
        if self.people.remove(id).is_none() {
            return false;
        }
        self.messages.forget(id);
        self.tell(json!({ "type": "person_gone", "id": id }));
        true
    }

    /// Changes habits and identities of a person; unknown names are refused, not ignored.
    pub(crate) fn change_person(&mut self, id: &str, changes: &Value) -> Result<(), String> {
        const FREE: &[&str] = &[
            "name",
            "username",
            "parent_user_id",
            "online",
            "chat_open",
            "read_receipts",
            "on_whatsapp",
            "blocked_business",
            "blocked_by_business",
            "marketing_opt_out",
            "identity_hash",
            "last_inbound_ms",
            "free_entry_until_ms",
            "phone_known_until_ms",
            "phone",
        ];
        let person = self.people.get(id).ok_or_else(|| format!("no person {id}"))?;
        let mut next = serde_json::to_value(person).map_err(|error| error.to_string())?;
        for (name, value) in changes.as_object().ok_or("a JSON object is expected")? {
            if !FREE.contains(&name.as_str()) {
                return Err(format!("{name} cannot be changed; these can: {}", FREE.join(", ")));
            }
            next[name] = value.clone();
        }
        let next: Person = serde_json::from_value(next).map_err(|error| error.to_string())?;
        let before = self.people.insert(id.to_owned(), next.clone());
        let was = |read: fn(&Person) -> bool| before.as_ref().is_some_and(read);
        if next.online && !was(|person| person.online)
            || !next.blocked_business && was(|person| person.blocked_business)
        {
            self.catch_up(id);
        }
        if next.chat_open && !was(|person| person.chat_open) {
            self.read_all(id);
        }
        self.tell_person(id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::variants;

    #[test]
    fn three_countries_have_two_ways_to_write_a_mobile_number() {
        assert_eq!(variants("5511987654321"), ["551187654321"]);
        assert_eq!(variants("551187654321"), ["5511987654321"]);
        assert!(variants("551133334444").is_empty(), "a landline is never made a mobile");
        assert_eq!(variants("525512345678"), ["5215512345678"]);
        assert_eq!(variants("5491112345678"), ["541112345678"]);
        assert!(variants("491713920017").is_empty());
    }
}
