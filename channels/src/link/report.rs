//! Job data as it comes over the link, read with every fault named by its path. Structure only: whether the customer
//! exists, the hours are believable or the material has a price is the office agent's to ask.

use a2a::error::FieldViolation;
use domain::job::{JobReport, Material};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

/// Characters of a name or an id.
const NAME: usize = 200;
const ID: usize = 64;
/// Characters of a description.
const TEXT: usize = 4_000;
const MATERIALS: usize = 100;
/// Beyond these a figure is a slip of the keyboard and no figure.
const HOURS: i64 = 10_000;
const QUANTITY: i64 = 1_000_000;
/// The one status under which a job may be handed over.
pub const VALIDATED: &str = "validated_by_technician";

/// Reads one job. `at` is the path of `value` in the request, for the faults: empty, or `message.parts[0].data`.
///
/// # Errors
/// Every fault, in the order of the fields.
pub fn read(value: &Value, at: &str) -> Result<JobReport, Vec<FieldViolation>> {
    let mut faults = Faults { at: at.to_owned(), found: Vec::new() };
    let Some(fields) = value.as_object() else {
        faults.add("", "must be an object with the job's data");
        return Err(faults.found);
    };
    let report = JobReport {
        job_id: job_id(fields, &mut faults).into(),
        technician: text(fields, "technician", NAME, &mut faults),
        customer_id: text(fields, "customer_id", ID, &mut faults).into(),
        location: optional_text(fields, "location", NAME, &mut faults).unwrap_or_default(),
        work_done: text(fields, "work_done", TEXT, &mut faults),
        hours_worked: number(fields, "hours_worked", "hours_worked", HOURS, &mut faults),
        materials_used: materials(fields, &mut faults),
        status: optional_text(fields, "status", NAME, &mut faults).unwrap_or_else(|| VALIDATED.to_owned()),
    };
    if report.hours_worked.is_sign_negative() {
        faults.add("hours_worked", format!("is {}; it must not be negative", report.hours_worked));
    }
    if report.status != VALIDATED {
        faults.add(
            "status",
            format!("is {:?}; only a job that is {VALIDATED:?} can be handed over", report.status),
        );
    }
    if faults.found.is_empty() { Ok(report) } else { Err(faults.found) }
}

/// Whether `value` is meant as a job: an object with at least one field that only a job has.
#[must_use]
pub fn looks_like_a_job(value: &Value) -> bool {
    const FIELDS: [&str; 5] = ["job_id", "customer_id", "work_done", "hours_worked", "materials_used"];
    value.as_object().is_some_and(|fields| FIELDS.iter().any(|field| fields.contains_key(*field)))
}

struct Faults {
    at: String,
    found: Vec<FieldViolation>,
}

impl Faults {
    fn add(&mut self, field: &str, description: impl Into<String>) {
        let dot = if self.at.is_empty() || field.is_empty() { "" } else { "." };
        let field = format!("{}{dot}{field}", self.at);
        self.found.push(FieldViolation { field, description: description.into() });
    }
}

/// The id names the task, a path and a lane, so it keeps to characters that need no escaping anywhere.
fn job_id(fields: &Map<String, Value>, faults: &mut Faults) -> String {
    let id = text(fields, "job_id", ID, faults);
    if !id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        faults.add("job_id", format!("is {id:?}; letters, digits, '-', '_' and '.' only"));
    }
    id
}

fn text(fields: &Map<String, Value>, name: &str, limit: usize, faults: &mut Faults) -> String {
    match optional_text(fields, name, limit, faults) {
        Some(text) if !text.is_empty() => text,
        Some(_) => {
            faults.add(name, "must not be empty");
            String::new()
        }
        None => {
            if matches!(fields.get(name), None | Some(Value::Null)) {
                faults.add(name, "is missing");
            }
            String::new()
        }
    }
}

fn optional_text(
    fields: &Map<String, Value>,
    name: &str,
    limit: usize,
    faults: &mut Faults,
) -> Option<String> {
    match fields.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => {
            let length = text.chars().count();
            if length > limit {
                faults.add(name, format!("has {length} characters; at most {limit}"));
            }
            // NUL is the one character that a Postgres text cannot hold.
            if text.contains('\0') {
                faults.add(name, "contains a NUL character");
            }
            Some(text.trim().to_owned())
        }
        Some(other) => {
            faults.add(name, format!("must be a text, not {}", kind(other)));
            None
        }
    }
}

fn materials(fields: &Map<String, Value>, faults: &mut Faults) -> Vec<Material> {
    let list = match fields.get("materials_used") {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(list)) => list,
        Some(other) => {
            faults.add("materials_used", format!("must be a list, not {}", kind(other)));
            return Vec::new();
        }
    };
    if list.len() > MATERIALS {
        faults.add("materials_used", format!("has {} entries; at most {MATERIALS}", list.len()));
        return Vec::new();
    }
    let mut read = Vec::with_capacity(list.len());
    for (index, entry) in list.iter().enumerate() {
        let path = format!("materials_used[{index}]");
        let Some(entry) = entry.as_object() else {
            faults.add(&path, "must be an object with name and quantity");
            continue;
        };
        let dot = if faults.at.is_empty() { "" } else { "." };
        let mut inner = Faults { at: format!("{}{dot}{path}", faults.at), found: Vec::new() };
        let name = text(entry, "name", NAME, &mut inner);
        faults.found.append(&mut inner.found);
        let quantity = number(entry, "quantity", &format!("{path}.quantity"), QUANTITY, faults);
        if quantity.is_sign_negative() {
            faults.add(&format!("{path}.quantity"), format!("is {quantity}; it must not be negative"));
        }
        read.push(Material { name, quantity });
    }
    read
}

fn number(fields: &Map<String, Value>, name: &str, path: &str, limit: i64, faults: &mut Faults) -> Decimal {
    let wrong = match fields.get(name) {
        None | Some(Value::Null) => "is missing".to_owned(),
        Some(Value::Number(number)) => match decimal(&number.to_string()) {
            Some(value) if value.abs() <= Decimal::from(limit) => return value,
            _ => format!("is {number}; at most {limit}"),
        },
        Some(other) => format!("must be a number, not {}", kind(other)),
    };
    faults.add(path, wrong);
    Decimal::ZERO
}

/// The digits as they stand in the JSON, without the detour over a binary fraction. `1.50` and `1.5` are the same.
fn decimal(digits: &str) -> Option<Decimal> {
    let value = digits.parse().or_else(|_| Decimal::from_scientific(digits)).ok()?;
    Some(Decimal::normalize(&value))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
