//! `check_invoice_status`: whether a customer has something open at the office. Reads, never decides.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{billing::amount, firm::Firm, id::CustomerId, job::JobState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Error, Tx, handoff, office};

use crate::{
    argument::text,
    tool::{Answer, Context, Tool, ToolError},
};

/// A customer's newest jobs that are looked at.
const JOBS: i64 = 100;

pub struct CheckInvoiceStatus;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// From find_customer.
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub customer_id: String,
}

#[async_trait]
impl Tool for CheckInvoiceStatus {
    const NAME: &'static str = "check_invoice_status";
    const DESCRIPTION: &'static str = "Tells whether a customer has an unpaid invoice or a job at the office that is not \
        billed yet. Returns status no_open_invoice; invoice_open with existing_invoice_id, or with open_job_id alone \
        while there is no invoice yet; or error.";
    const CONCURRENT: bool = true;
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        let (id, firm) = (CustomerId(args.customer_id), Arc::clone(&context.firm));
        let look = context.store.look(move |tx| Box::pin(async move { status(tx, &firm, &id).await }));
        Ok(Answer::Value(look.await?))
    }
}

async fn status(tx: &mut Tx, firm: &Firm, id: &CustomerId) -> Result<Value, Error> {
    let asking = office::customer::by_id(id)
        .and(office::invoice::open_of_customer(id, 1))
        .and(office::job::of_customer(id, JOBS))
        .and(handoff::open_of_customer(id, 1));
    let (((customer, invoices), jobs), handed) = tx.query(asking).await?;
    let Some(customer) = customer else {
        return Ok(json!({
            "status": "error",
            "reason": format!("there is no customer {id}: take the customer_id that find_customer gave"),
        }));
    };
    if let Some(invoice) = invoices.into_iter().next() {
        return Ok(json!({
            "status": "invoice_open",
            "customer_id": id,
            "customer": customer.name,
            "existing_invoice_id": invoice.id,
            "job_id": invoice.job,
            "date": firm.day(invoice.created).to_string(),
            "total": amount(invoice.bill.gross_cents),
            "total_cents": invoice.bill.gross_cents,
            "currency": invoice.bill.currency,
        }));
    }
    let open = jobs.iter().rev().find(|job| job.state.is_open()).map(|job| (job.id.clone(), job.state));
    // The office may keep its own database: what was handed over and not settled is open there too.
    let open =
        open.or_else(|| handed.into_iter().next().map(|handed| (handed.report.job_id, JobState::Received)));
    Ok(match open {
        Some((job, state)) => json!({
            "status": "invoice_open",
            "customer_id": id,
            "customer": customer.name,
            "existing_invoice_id": null,
            "open_job_id": job,
            "state": state,
        }),
        None => json!({ "status": "no_open_invoice", "customer_id": id, "customer": customer.name }),
    })
}
