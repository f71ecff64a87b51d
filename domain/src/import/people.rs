//! The list of people: `phone,name,role`. A person with two roles has two rows, or both in one (`technician+office`).

use super::{BadList, Fields, rows};
use crate::contact::Role;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Digits with country code.
    pub phone: String,
    pub name: String,
    pub roles: Vec<Role>,
}

/// Reads a list of people. Rows of one phone are one person; `country` is the code for numbers without one.
///
/// # Errors
/// [`BadList`], with every bad row named by its line.
pub fn people(bytes: &[u8], country: &str) -> Result<Vec<Person>, BadList> {
    let mut seen: Vec<Person> = Vec::new();
    rows(bytes, &["phone", "name", "role"], &[], |_, row| {
        let person = read(row, country)?;
        match seen.iter_mut().find(|known| known.phone == person.phone) {
            Some(known) if known.name != person.name => Err(format!(
                "phone {} is {:?} in another line and {:?} here",
                person.phone, known.name, person.name
            )),
            Some(known) => {
                let new: Vec<Role> =
                    person.roles.into_iter().filter(|role| !known.roles.contains(role)).collect();
                known.roles.extend(new);
                Ok(())
            }
            None => {
                seen.push(person);
                Ok(())
            }
        }
    })?;
    Ok(seen)
}

fn read(row: &Fields<'_>, country: &str) -> Result<Person, String> {
    let phone = row.required("phone")?;
    let phone = digits_of_phone(&phone, country)?;
    let name = row.required("name")?;
    let mut roles: Vec<Role> = Vec::new();
    for text in row.required("role")?.split(['+', '|', '/', ' ']).filter(|text| !text.is_empty()) {
        let Some(role) = Role::parse(text) else {
            return Err(format!("role {text:?} is unknown; there are technician, office, customer"));
        };
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    if roles.is_empty() { Err("role is empty".to_owned()) } else { Ok(Person { phone, name, roles }) }
}

/// The digits of `phone` with its country code: `+49 30 ...`, `0049...`, `030...` and `4930...` are told apart by
/// their beginning. ITU-T E.164 allows 15 digits; fewer than 7 are no subscriber's.
///
/// # Errors
/// A sentence about the number.
pub fn digits_of_phone(phone: &str, country: &str) -> Result<String, String> {
    // "+49 (0)30 ..." is a common way to write both forms at once.
    let written = phone.replace("(0)", "");
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    if written
        .chars()
        .any(|c| !c.is_ascii_digit() && !matches!(c, '+' | ' ' | '-' | '/' | '(' | ')' | '.' | '\u{a0}'))
    {
        return Err(format!("phone {phone:?} holds something that is no digit"));
    }
    let full = if written.trim_start().starts_with('+') {
        digits
    } else if let Some(rest) = digits.strip_prefix("00") {
        rest.to_owned()
    } else if let Some(rest) = digits.strip_prefix('0') {
        format!("{country}{rest}")
    } else {
        digits
    };
    if (7..=15).contains(&full.len()) && !full.starts_with('0') {
        Ok(full)
    } else {
        Err(format!("phone {phone:?} has {} digits with its country code; 7 to 15 are a number", full.len()))
    }
}
