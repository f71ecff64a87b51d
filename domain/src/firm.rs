//! The firm itself, as configuration: who it is on an invoice, its time zone, its prices. Never changes while running.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{billing::Rules, clock::Millis, id::CustomerId, language::Language};

/// Beyond it a term of payment is a slip of the pen.
const LONGEST_TERM: u16 = 365;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firm {
    pub name: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub country: String,
    pub email: String,
    pub phone: String,
    /// Who answers questions about an invoice, a person or a department; empty for the firm itself.
    pub contact: String,
    /// Register court and number, who manages it: what the law wants at the foot of a business letter.
    pub legal_information: String,
    /// With its country's letters: `DE123456789`.
    pub vat_id: String,
    pub tax_number: String,
    pub iban: String,
    pub bic: String,
    /// An invoice is due so many days after its date.
    pub payment_days: u16,
    /// Why no VAT is charged, where [`Rules::vat_percent`] is 0; stands on each invoice then.
    pub vat_exemption: String,
    /// An IANA name: `Europe/Berlin`. It decides which year an invoice belongs to.
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub time_zone: jiff::tz::TimeZone,
    /// ISO 4217.
    pub currency: String,
    /// The languages it writes, its own first.
    pub languages: Vec<Language>,
    /// By the unit's name in the billing rules.
    #[serde(default)]
    pub units: BTreeMap<String, Unit>,
    /// What a public buyer wants quoted, in Germany its Leitweg-ID.
    #[serde(default)]
    pub buyer_references: BTreeMap<CustomerId, String>,
    pub rules: Rules,
}

/// A unit of measure as other programs and people know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// UN/ECE recommendation 20 or 21: `HUR`, `H87`.
    pub code: String,
    pub de: String,
    pub en: String,
}

impl Unit {
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::De => &self.de,
            Language::En => &self.en,
        }
    }
}

/// What is wrong with the firm's configuration, all of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the firm's configuration cannot be used: {}", .0.join("; "))]
pub struct BadFirm(pub Vec<String>);

impl Firm {
    /// The firm's calendar year at `at`: the `YYYY` of an invoice number.
    #[must_use]
    pub fn year(&self, at: Millis) -> i16 {
        self.local(at).year()
    }

    /// The firm's calendar day at `at`, for invoices.
    #[must_use]
    pub fn day(&self, at: Millis) -> jiff::civil::Date {
        self.local(at).date()
    }

    /// The time of day at `at`, with the day where it is another than `now`'s: `14:05`, `2026-11-20 14:05`.
    #[must_use]
    pub fn clock_time(&self, at: Millis, now: Millis) -> String {
        let local = self.local(at);
        let pattern = if self.day(at) == self.day(now) { "%H:%M" } else { "%Y-%m-%d %H:%M" };
        local.strftime(pattern).to_string()
    }

    /// The language it writes when nothing tells a person's.
    #[must_use]
    pub fn language(&self) -> Language {
        self.languages.first().copied().unwrap_or_default()
    }

    fn local(&self, at: Millis) -> jiff::Zoned {
        at.timestamp().to_zoned(self.time_zone.clone())
    }

    /// `Street 1, 10115 Berlin`.
    #[must_use]
    pub fn full_address(&self) -> String {
        format!("{}, {} {}", self.street, self.postal_code, self.city)
    }

    /// # Errors
    /// [`BadFirm`] with a sentence a fault, the rules' included.
    pub fn check(&self) -> Result<(), BadFirm> {
        let mut faults = Vec::new();
        let needed = [
            ("name", &self.name),
            ("street", &self.street),
            ("postal_code", &self.postal_code),
            ("city", &self.city),
        ];
        faults.extend(
            needed.iter().filter(|(_, v)| v.trim().is_empty()).map(|(what, _)| format!("{what} is empty")),
        );
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            faults
                .push(format!("currency is {:?}: it must be three capital letters like EUR", self.currency));
        }
        if self.languages.is_empty() {
            faults.push("languages is empty: name en, de or both".to_owned());
        }
        self.check_invoicing(&mut faults);
        if let Err(rules) = self.rules.check() {
            faults.extend(rules.0.into_iter().map(|fault| format!("rules: {fault}")));
        }
        if faults.is_empty() { Ok(()) } else { Err(BadFirm(faults)) }
    }

    /// Without these an invoice would not be one.
    fn check_invoicing(&self, faults: &mut Vec<String>) {
        let letters = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        if !letters(&self.country) {
            faults.push(format!("country is {:?}: it must be two capital letters like DE", self.country));
        }
        if self.vat_id.trim().is_empty() && self.tax_number.trim().is_empty() {
            faults.push("vat_id and tax_number are empty: one of them must stand on an invoice".to_owned());
        }
        if !self.vat_id.trim().is_empty() && !self.vat_id.trim().get(..2).is_some_and(letters) {
            faults.push(format!("vat_id is {:?}: it must begin with its country's two letters", self.vat_id));
        }
        if !self.iban.is_empty() && !is_iban(&self.iban) {
            faults.push(format!("iban is {:?}: its check digits are wrong", self.iban));
        }
        if self.payment_days > LONGEST_TERM {
            faults.push(format!("payment_days is {}: it must be at most {LONGEST_TERM}", self.payment_days));
        }
        if self.rules.vat_percent.is_zero() && self.vat_exemption.trim().is_empty() {
            let why =
                "vat_exemption is empty and rules.vat_percent 0: an invoice must say why no VAT is charged";
            faults.push(why.to_owned());
        }
        for (name, unit) in &self.units {
            if [&unit.code, &unit.de, &unit.en].into_iter().any(|part| part.trim().is_empty()) {
                faults.push(format!("units.{name} must have a code and a name in each language"));
            }
        }
    }
}

/// ISO 13616: the first four characters moved to the end, letters as 10 to 35, leave 1 divided by 97.
fn is_iban(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    if !(15..=34).contains(&letters.len()) || !letters.iter().all(char::is_ascii_alphanumeric) {
        return false;
    }
    let turned = letters[4..].iter().chain(&letters[..4]);
    let rest = turned.fold(0u32, |rest, letter| match letter.to_digit(36) {
        Some(digit) if digit < 10 => (rest * 10 + digit) % 97,
        Some(number) => (rest * 100 + number) % 97,
        None => 0,
    });
    rest == 1
}

#[cfg(test)]
pub(crate) use tests::shipped as shipped_for_tests;

#[cfg(test)]
#[path = "firm_tests.rs"]
mod tests;
