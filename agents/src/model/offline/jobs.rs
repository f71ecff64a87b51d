//! Jobs as the tools list them, and which of them somebody means.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{
    draft::{self, Customer, Draft, Invoice, Search},
    intent,
    materials::Item,
    transcript::text,
    words::{fold, read},
};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    pub id: String,
    pub state: String,
    pub customer_id: String,
    pub customer: String,
    pub location: String,
    pub work: String,
    pub hours: Option<Decimal>,
    /// `None` where the list does not tell.
    pub materials: Option<Vec<Item>>,
    pub note: String,
    pub invoice: String,
}

/// The jobs of a result of `list_open_jobs` or `get_job_status`.
#[must_use]
pub fn read_all(value: &Value) -> Vec<Job> {
    let listed = value.get("jobs").and_then(Value::as_array).into_iter().flatten();
    listed.chain(value.get("job")).map(read_one).filter(|job| !job.id.is_empty()).collect()
}

fn read_one(value: &Value) -> Job {
    let materials = value.get("materials_used").and_then(Value::as_array);
    Job {
        id: text(value, "job_id").to_owned(),
        state: text(value, "state").to_owned(),
        customer_id: text(value, "customer_id").to_owned(),
        customer: text(value, "customer").to_owned(),
        location: text(value, "location").to_owned(),
        work: text(value, "work_done").to_owned(),
        hours: value.get("hours_worked").and_then(decimal),
        materials: materials.map(|items| items.iter().map(item).collect()),
        note: text(value, "note").to_owned(),
        invoice: text(value, "invoice_id").to_owned(),
    }
}

/// The hours and materials among the arguments of `correct_job`.
#[must_use]
pub fn read_changes(value: &Value) -> Job {
    read_one(value)
}

fn item(value: &Value) -> Item {
    let quantity = value.get("quantity").and_then(decimal).unwrap_or(Decimal::ONE);
    Item { name: text(value, "name").to_owned(), quantity, unit: None, counted: true }
}

fn decimal(value: &Value) -> Option<Decimal> {
    value.as_number().and_then(|n| n.to_string().parse().ok())
}

impl Job {
    /// Whether the office may still change its mind about it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "queued" | "accepted" | "received" | "deferred" | "")
    }

    /// A button's title.
    #[must_use]
    pub fn title(&self) -> String {
        let title =
            if self.customer.is_empty() { self.id.clone() } else { format!("{} {}", self.id, self.customer) };
        title.chars().take(60).collect()
    }

    /// The job as it was handed over, ready to be corrected.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let customer = Customer {
            id: self.customer_id.clone(),
            name: self.customer.clone(),
            address: self.location.clone(),
        };
        Draft {
            name: (!self.customer.is_empty()).then(|| self.customer.clone()),
            work: (!self.work.is_empty()).then(|| self.work.clone()),
            hours: self.hours,
            materials: self.materials.clone(),
            search: Search::Found(customer),
            invoice: Invoice::None,
            ..Draft::default()
        }
    }

    /// The arguments of `correct_job` that make it `wanted`: only what changes.
    #[must_use]
    pub fn changes(&self, wanted: &Draft) -> Value {
        let mut changes = Map::from_iter([("job_id".to_owned(), json!(self.id))]);
        if let Some(customer) = wanted.customer().filter(|c| c.id != self.customer_id) {
            changes.insert("customer_id".to_owned(), json!(customer.id));
            changes.insert("location".to_owned(), json!(customer.address));
        }
        if let Some(work) = wanted.work.as_ref().filter(|w| **w != self.work) {
            changes.insert("work_done".to_owned(), json!(work));
        }
        if let Some(hours) = wanted.hours.filter(|h| Some(*h) != self.hours) {
            changes.insert("hours_worked".to_owned(), draft::number(hours));
        }
        if let Some(items) = wanted.materials.as_ref().filter(|m| Some(*m) != self.materials.as_ref()) {
            changes.insert("materials_used".to_owned(), draft::materials(items));
        }
        Value::Object(changes)
    }
}

/// The jobs that `words` name by id or by a word of the customer's name.
#[must_use]
pub fn named<'a>(jobs: &'a [Job], words: &str) -> Vec<&'a Job> {
    if let Some(id) = intent::id_in(words, "JOB-") {
        return jobs.iter().filter(|job| job.id.eq_ignore_ascii_case(&id)).collect();
    }
    let said: Vec<String> =
        read(words).into_iter().filter(|t| t.is_word() && t.folded.len() > 2).map(|t| t.folded).collect();
    let is_named = |job: &&Job| {
        read(&fold(&job.customer))
            .iter()
            .filter(|t| t.folded.len() > 2)
            .any(|t| said.iter().any(|w| alike(w, &t.folded)))
    };
    jobs.iter().filter(is_named).collect()
}

/// The same word, with a slip or a genitive.
fn alike(said: &str, known: &str) -> bool {
    said.trim_end_matches("'s") == known
        || said == format!("{known}s")
        || known.len() > 4 && said.len() > 4 && strsim::osa_distance(said, known) == 1
}

/// The jobs that a correction or a withdrawal may mean: those named, else all that are open.
#[must_use]
pub fn meant<'a>(jobs: &'a [Job], words: &str) -> Vec<&'a Job> {
    let named = named(jobs, words);
    if named.is_empty() { jobs.iter().filter(|job| job.is_open()).collect() } else { named }
}

/// The jobs that a question about the status means: those named, else the open ones, else the newest.
#[must_use]
pub fn asked_for<'a>(jobs: &'a [Job], words: &str) -> Vec<&'a Job> {
    let meant = meant(jobs, words);
    if meant.is_empty() { jobs.iter().take(1).collect() } else { meant }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs() -> Vec<Job> {
        let value = json!({ "status": "ok", "jobs": [
            { "job_id": "JOB-789-001", "state": "accepted", "customer_id": "789", "customer": "Klaus Meier", "work_done": "Repaired the sink", "hours_worked": 1.5 },
            { "job_id": "JOB-790-001", "state": "queued", "customer_id": "790", "customer": "Hotel Adler", "hours_worked": 2 },
            { "job_id": "JOB-791-001", "state": "completed", "customer_id": "791", "customer": "Eva Schmidt" },
        ]});
        read_all(&value)
    }

    #[test]
    fn a_job_is_meant_by_id_by_name_or_by_being_open() {
        let ids = |found: Vec<&Job>| found.iter().map(|j| j.id.clone()).collect::<Vec<_>>();
        let jobs = jobs();
        assert_eq!(ids(meant(&jobs, "job-790-001 please")), ["JOB-790-001"]);
        assert_eq!(ids(meant(&jobs, "was ist mit Meier")), ["JOB-789-001"]);
        assert_eq!(ids(meant(&jobs, "what about meiers job")), ["JOB-789-001"]);
        assert_eq!(ids(meant(&jobs, "no, two hours")), ["JOB-789-001", "JOB-790-001"]);
        assert_eq!(ids(asked_for(&jobs[2..], "status")), ["JOB-791-001"]);
    }

    #[test]
    fn only_what_changes_is_corrected() {
        let job = &jobs()[0];
        let mut wanted = job.draft();
        wanted.hours = Some(Decimal::TWO);
        assert_eq!(job.changes(&wanted), json!({ "job_id": "JOB-789-001", "hours_worked": 2 }));
    }
}
