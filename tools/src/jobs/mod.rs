//! What is where: jobs as either side knows them. An agent that hands jobs over sees those of its conversation; the
//! office's agent sees the office's, and shows them to office staff only.

pub mod get_job_status;
pub mod list_open_jobs;

use domain::{billing::amount, contact::Role, id::CustomerId};
use serde_json::{Value, json};
use store::{Error, Tx, handoff::Handoff, office, office::job::Job};

use crate::tool::{Context, ToolError};

/// Jobs in one answer.
const SHOWN: usize = 20;
/// Jobs that are read to be searched.
const READ: i64 = 500;

/// Which side of the link the call runs on.
enum Side {
    /// The agent has a peer that it hands jobs to: it knows what it handed over.
    Field,
    Office,
}

/// # Errors
/// [`ToolError::Tell`] where a person without the office's role asks for the office's jobs.
fn side(context: &Context) -> Result<Side, ToolError> {
    if context.peer.is_some() {
        return Ok(Side::Field);
    }
    match &context.contact {
        Some(person) if !person.has(Role::Office) => {
            Err(ToolError::tell("only office staff may see the office's jobs"))
        }
        _ => Ok(Side::Office),
    }
}

async fn customer_name(tx: &mut Tx, id: &CustomerId) -> Result<Option<String>, Error> {
    Ok(office::customer::get(tx, id).await?.map(|customer| customer.name))
}

async fn handed(tx: &mut Tx, context: &Context, handed: &Handoff) -> Result<Value, Error> {
    Ok(json!({
        "job_id": handed.report.job_id,
        "state": handed.state,
        "customer_id": handed.report.customer_id,
        "customer": customer_name(tx, &handed.report.customer_id).await?,
        "location": handed.report.location,
        "work_done": handed.report.work_done,
        "hours_worked": json!(handed.report)["hours_worked"],
        "materials_used": handed.report.materials_used,
        "reported": context.firm.day(handed.created).to_string(),
        "note": handed.note,
        "invoice_id": handed.invoice,
    }))
}

async fn own(tx: &mut Tx, context: &Context, job: &Job) -> Result<Value, Error> {
    let invoice = match &job.invoice {
        Some(id) => office::invoice::get(tx, id).await?,
        None => None,
    };
    Ok(json!({
        "job_id": job.id,
        "state": job.state,
        "customer_id": job.customer(),
        "customer": customer_name(tx, job.customer()).await?,
        "technician": job.report.technician,
        "work_done": job.report.work_done,
        "hours_worked": json!(job.report)["hours_worked"],
        "materials_used": job.report.materials_used,
        "reported": context.firm.day(job.created).to_string(),
        "decisions": job.decisions,
        "note": job.note,
        "invoice_id": job.invoice,
        "total": invoice.as_ref().map(|invoice| amount(invoice.bill.gross_cents)),
        "currency": invoice.as_ref().map(|invoice| invoice.bill.currency.as_str()),
    }))
}
