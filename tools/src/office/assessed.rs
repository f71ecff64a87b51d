//! A job beside its bill: read from the rows as they are now, priced by the rules, shown as figures. Decides nothing.

use domain::{
    billing::{self, Bill, Conflict, Line, amount},
    contact::Role,
    customer::Customer,
    firm::Firm,
    id::JobId,
    job::JobState,
};
use serde_json::{Map, Value, json};
use store::{
    Tx,
    office::{self, job::Job},
};

use crate::tool::{Context, ToolError};

pub(super) struct Assessed {
    pub job: Job,
    pub customer: Customer,
    pub bill: Result<Bill, Vec<Conflict>>,
}

/// A person in the conversation must be of the office; on the link there is none.
pub(super) fn staff_only(context: &Context) -> Result<(), ToolError> {
    match &context.contact {
        Some(person) if !person.has(Role::Office) => {
            Err(ToolError::tell("only office staff may have jobs billed"))
        }
        _ => Ok(()),
    }
}

/// The open job `id`, priced.
///
/// # Errors
/// [`ToolError::Tell`] where there is no such job, it is closed, or its customer is not known.
pub(super) async fn assess(tx: &mut Tx, firm: &Firm, id: &JobId) -> Result<Assessed, ToolError> {
    let job = open_job(tx, id).await?;
    let Some(customer) = office::customer::get(tx, job.customer()).await? else {
        return Err(ToolError::tell(format!(
            "{id} names the customer {}, whom the office does not know: reject the job with that reason, or have the \
             customer imported",
            job.customer()
        )));
    };
    let bill = billing::price(&job.report, &customer, &firm.rules, &firm.currency, &job.decisions);
    Ok(Assessed { job, customer, bill })
}

pub(super) async fn open_job(tx: &mut Tx, id: &JobId) -> Result<Job, ToolError> {
    let Some(job) = office::job::get(tx, id).await? else {
        return Err(ToolError::tell(format!("there is no job {id}; list_open_jobs shows which there are")));
    };
    let how = match job.state {
        JobState::Received | JobState::Deferred => return Ok(job),
        JobState::Invoiced => match &job.invoice {
            Some(invoice) => format!("invoiced as {invoice}"),
            None => "invoiced".to_owned(),
        },
        JobState::Rejected => format!("rejected: {}", job.note),
        JobState::Withdrawn => format!("withdrawn by the technician: {}", job.note),
    };
    Err(ToolError::tell(format!("{id} is already {how}; nothing is left to do")))
}

impl Assessed {
    /// What a proposal about the job shows first; `revision` ties it to the data as they are.
    pub(super) fn facts(&self) -> Map<String, Value> {
        let facts = json!({
            "job_id": self.job.id,
            "revision": self.job.revision,
            "customer_id": self.customer.id,
            "customer": self.customer.name,
            "customer_address": self.customer.full_address(),
            "contract": self.customer.contract,
            "technician": self.job.report.technician,
            "location": self.job.report.location,
            "work_done": self.job.report.work_done,
            "hours": json!(self.job.report)["hours_worked"],
            "materials": self.job.report.materials_used,
        });
        match facts {
            Value::Object(facts) => facts,
            _ => Map::new(),
        }
    }
}

/// A bill's figures: cents to compute with, text to read.
pub(super) fn figures(bill: &Bill) -> Map<String, Value> {
    let figures = json!({
        "lines": bill.lines.iter().map(line).collect::<Vec<_>>(),
        "net": amount(bill.net_cents),
        "net_cents": bill.net_cents,
        "vat_percent": json!(bill)["vat_percent"],
        "vat": amount(bill.vat_cents),
        "vat_cents": bill.vat_cents,
        "gross": amount(bill.gross_cents),
        "gross_cents": bill.gross_cents,
        "currency": bill.currency,
        "goodwill": bill.goodwill,
        "waived": amount(bill.waived_cents),
        "waived_cents": bill.waived_cents,
    });
    match figures {
        Value::Object(figures) => figures,
        _ => Map::new(),
    }
}

fn line(line: &Line) -> Value {
    let mut shown = json!(line);
    shown["unit_price"] = json!(amount(line.unit_price_cents));
    shown["net"] = json!(amount(line.net_cents));
    shown
}

/// A conflict's figures, its amounts also as text.
pub(super) fn conflict(conflict: &Conflict) -> Value {
    let mut shown = json!(conflict);
    if let Some(fields) = shown.as_object_mut() {
        let cents: Vec<(String, i64)> = fields
            .iter()
            .filter_map(|(name, value)| Some((name.strip_suffix("_cents")?.to_owned(), value.as_i64()?)))
            .collect();
        for (name, value) in cents {
            fields.insert(name, json!(amount(value)));
        }
    }
    shown
}
