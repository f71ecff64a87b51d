//! A job as far as it is known: what the person said, what the tools found, and what is to be done next. Facts only;
//! the sentences are `phrases`, the calls `field`.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    materials::Item,
    report::{Expect, Facts},
    words::{fold, read},
};

/// More hours in one job are a slip.
const MOST_HOURS: i64 = 24;
/// Questions in a row whose answer was not understood.
pub const UNCLEAR: u8 = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    pub id: String,
    pub name: String,
    pub address: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Search {
    #[default]
    Todo,
    Found(Customer),
    Ambiguous(Vec<Customer>),
    NotFound,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Invoice {
    #[default]
    Todo,
    None,
    /// The invoice, or the job that is not billed yet.
    Open(String),
    Unknown,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    HandedOver { delivered: bool },
    Dropped,
    SameJob,
    NoCustomer,
    Expired,
    Unclear,
    Failed(String),
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing says who the customer is.
    Place,
    Search,
    Candidates,
    /// Nobody was found.
    PlaceAgain,
    Invoice,
    Missing,
    /// The person said that something is wrong, not what.
    Correct,
    Confirm,
    /// It looks like a job that was handed over before.
    Repeat,
    Send,
    Done,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    pub name: Option<String>,
    pub address: Option<String>,
    pub work: Option<String>,
    pub hours: Option<Decimal>,
    /// Hours that cannot be.
    pub odd_hours: Option<Decimal>,
    /// Empty: none were used.
    pub materials: Option<Vec<Item>>,
    pub search: Search,
    pub invoice: Invoice,
    pub confirmed: bool,
    pub correcting: bool,
    /// What a tool would not take, in its words.
    pub refusal: Option<String>,
    /// The earlier job it looks like, in the tool's words.
    pub repeat: Option<String>,
    pub another_job: bool,
    pub unclear: u8,
    /// Searches that found nobody.
    pub searches: u8,
    pub outcome: Option<Outcome>,
}

impl Draft {
    #[must_use]
    pub fn of(facts: Facts) -> Self {
        let mut draft = Self::default();
        draft.fill(facts);
        draft
    }

    /// Takes over what `facts` tells and is not known yet.
    pub fn fill(&mut self, facts: Facts) {
        if self.name.is_none() && facts.name.is_some() || self.address.is_none() && facts.address.is_some() {
            self.name = self.name.take().or(facts.name);
            self.address = self.address.take().or(facts.address);
            self.search_again();
        }
        self.work = self.work.take().or(facts.work.map(|w| w.text));
        if let (None, Some(hours)) = (self.hours, facts.hours) {
            self.set_hours(hours);
        }
        self.materials = self.materials.take().or(facts.materials);
    }

    pub fn search_again(&mut self) {
        self.search = Search::Todo;
        self.invoice = Invoice::Todo;
        self.changed();
    }

    /// What was confirmed or complained of is no longer so.
    pub fn changed(&mut self) {
        self.confirmed = false;
        self.correcting = false;
        self.refusal = None;
        self.repeat = None;
        self.another_job = false;
        self.unclear = 0;
    }

    pub fn set_hours(&mut self, hours: Decimal) {
        let possible = hours > Decimal::ZERO && hours <= Decimal::from(MOST_HOURS);
        (self.hours, self.odd_hours) = if possible { (Some(hours), None) } else { (None, Some(hours)) };
    }

    #[must_use]
    pub fn stage(&self) -> Stage {
        if self.outcome.is_some() {
            return Stage::Done;
        }
        match &self.search {
            Search::Todo if self.name.is_none() && self.address.is_none() => return Stage::Place,
            Search::Todo => return Stage::Search,
            Search::Ambiguous(_) => return Stage::Candidates,
            Search::NotFound => return Stage::PlaceAgain,
            Search::Found(_) => {}
        }
        if self.invoice == Invoice::Todo {
            Stage::Invoice
        } else if self.missing().any() {
            Stage::Missing
        } else if self.correcting || self.refusal.is_some() {
            Stage::Correct
        } else if !self.confirmed {
            Stage::Confirm
        } else if self.repeat.is_some() && !self.another_job {
            Stage::Repeat
        } else {
            Stage::Send
        }
    }

    /// The parts that are still to be told.
    #[must_use]
    pub fn missing(&self) -> Expect {
        Expect {
            place: self.name.is_none() && self.address.is_none() && self.customer().is_none(),
            work: self.work.is_none(),
            hours: self.hours.is_none(),
            materials: self.materials.is_none(),
            amends: false,
        }
    }

    /// What an answer to the question of this stage may tell in bare words.
    #[must_use]
    pub fn expects(&self) -> Expect {
        match self.stage() {
            Stage::Place | Stage::Missing => self.missing(),
            Stage::PlaceAgain | Stage::Candidates => Expect { place: true, ..self.missing() },
            _ => Expect::NOTHING,
        }
    }

    #[must_use]
    pub fn customer(&self) -> Option<&Customer> {
        match &self.search {
            Search::Found(customer) => Some(customer),
            _ => None,
        }
    }

    /// Whom it is about, as well as known.
    #[must_use]
    pub fn who(&self) -> Option<&str> {
        self.customer().map(|c| c.name.as_str()).or(self.name.as_deref()).or(self.address.as_deref())
    }

    /// Whether `facts` may be about this job's customer.
    #[must_use]
    pub fn may_concern(&self, facts: &Facts) -> bool {
        let known_name = [self.name.as_deref(), self.customer().map(|c| c.name.as_str())];
        let known_address = [self.address.as_deref(), self.customer().map(|c| c.address.as_str())];
        let name = facts.name.as_deref().map(|n| shares_word(&known_name, n));
        let address = facts.address.as_deref().map(|a| shares_street(&known_address, a));
        match (name, address) {
            (Some(name), Some(address)) => name && (address || known_address.iter().all(Option::is_none)),
            (Some(same), None) | (None, Some(same)) => same,
            (None, None) => true,
        }
    }

    /// The arguments of `send_data_to_office_agent`.
    #[must_use]
    pub fn arguments(&self) -> Value {
        let customer = self.customer();
        let mut arguments = json!({
            "customer_id": customer.map_or("", |c| c.id.as_str()),
            "location": customer.map_or("", |c| c.address.as_str()),
            "work_done": self.work.as_deref().unwrap_or_default(),
            "hours_worked": number(self.hours.unwrap_or_default()),
            "materials_used": materials(self.materials.as_deref().unwrap_or_default()),
            "status": "validated_by_technician",
        });
        if self.another_job {
            arguments["another_job"] = json!(true);
        }
        arguments
    }
}

#[must_use]
pub fn materials(items: &[Item]) -> Value {
    items.iter().map(|item| json!({ "name": item.name, "quantity": number(item.quantity) })).collect()
}

/// A JSON number: whole where it is whole.
#[must_use]
pub fn number(value: Decimal) -> Value {
    let value = value.normalize();
    match i64::try_from(value) {
        Ok(whole) if value.is_integer() => json!(whole),
        _ => f64::try_from(value).map_or(Value::Null, |float| json!(float)),
    }
}

fn shares_word(known: &[Option<&str>], said: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        read(text).into_iter().filter(|t| t.is_word() && t.folded.len() > 2).map(|t| t.folded).collect()
    };
    let said = words(said);
    known.iter().flatten().any(|name| words(name).iter().any(|w| said.contains(w)))
}

fn shares_street(known: &[Option<&str>], said: &str) -> bool {
    let key = |text: &str| {
        let folded = fold(text).replace("strasse", "str").replace(['.', ' '], "");
        folded.split(',').next().unwrap_or_default().to_owned()
    };
    known.iter().flatten().any(|address| key(address) == key(said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::offline::split;

    fn draft(text: &str) -> Draft {
        Draft::of(split::read(text, Expect::NOTHING).remove(0).facts)
    }

    fn found(draft: &mut Draft) {
        let customer = Customer {
            id: "789".into(),
            name: "Klaus Meier".into(),
            address: "Schillerstrasse 12, 10117 Berlin".into(),
        };
        draft.search = Search::Found(customer);
    }

    #[test]
    fn a_job_goes_its_way_stage_by_stage() {
        let mut job = draft("Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe");
        assert_eq!(job.stage(), Stage::Search);
        found(&mut job);
        assert_eq!(job.stage(), Stage::Invoice);
        job.invoice = Invoice::None;
        assert_eq!(
            (job.stage(), job.missing()),
            (Stage::Missing, Expect { materials: true, ..Expect::NOTHING })
        );
        job.materials = Some(Vec::new());
        assert_eq!(job.stage(), Stage::Confirm);
        job.confirmed = true;
        assert_eq!(job.stage(), Stage::Send);
        assert_eq!(job.arguments()["hours_worked"], json!(1.5));
        job.outcome = Some(Outcome::Dropped);
        assert_eq!(job.stage(), Stage::Done);
        assert_eq!(draft("repaired a sink").stage(), Stage::Place);
    }

    #[test]
    fn impossible_hours_are_asked_for_again() {
        let job = draft("Meier, 300 hours, sink repaired");
        assert_eq!((job.hours, job.odd_hours.map(|h| h.to_string())), (None, Some("300".into())));
    }

    #[test]
    fn another_customer_is_another_job() {
        let mut job = draft("Done at Meier, Schillerstrasse 12, 1h");
        found(&mut job);
        let facts = |text: &str| split::read(text, Expect::NOTHING).remove(0).facts;
        assert!(job.may_concern(&facts("bei Meier 2h")));
        assert!(job.may_concern(&facts("Schillerstr. 12, 2h")));
        assert!(job.may_concern(&facts("2h")));
        assert!(!job.may_concern(&facts("bei Schmidt 2h")));
        assert!(!job.may_concern(&facts("Meier, Gartenweg 3, 2h")));
    }
}
