//! `cancel_invoice`: undoes a wrong invoice by a cancellation invoice, over a person's approval. Nothing is edited.

use async_trait::async_trait;
use domain::{
    billing::amount,
    id::InvoiceId,
    invoice::{Invoice, InvoiceState},
    question::Proposal,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Tx,
    office::invoice::{self, Cancellation},
};

use super::assessed::staff_only;
use crate::{
    argument::{bounded, text},
    tool::{Answer, Context, Gate, Settled, Tool, ToolError, proposal},
};

pub struct CancelInvoice;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub invoice_id: String,
    /// Why; it stands on the cancellation invoice.
    pub reason: String,
}

#[async_trait]
impl Tool for CancelInvoice {
    const NAME: &'static str = "cancel_invoice";
    const DESCRIPTION: &'static str = "Cancels a wrong invoice by a cancellation invoice, because office staff said so. A \
        person of the office is asked to approve it first, by code. The job is then open again, put off. Returns status \
        cancelled with cancellation_invoice_id, or declined.";
    type Args = Args;

    async fn gate(&self, context: &Context, args: &Args) -> Result<Gate, ToolError> {
        staff_only(context)?;
        bounded("reason", &args.reason)?;
        let invoice = standing(&mut context.store.reader(), args).await?;
        Ok(Gate::Needs(propose(context, &invoice, args)))
    }

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        staff_only(context)?;
        if context.grant.is_none() {
            return Err(ToolError::tell("a cancellation needs the approval of a person of the office"));
        }
        let context = context.clone();
        Ok(Answer::write(move |tx| {
            Box::pin(async move { Settled::checked(write(tx, &context, &args).await) })
        }))
    }
}

/// The invoice, while it may be cancelled.
async fn standing(tx: &mut Tx, args: &Args) -> Result<Invoice, ToolError> {
    let id = InvoiceId::from(args.invoice_id.as_str());
    let Some(invoice) = invoice::get(tx, &id).await? else {
        return Err(ToolError::tell(format!("there is no invoice {id}")));
    };
    match invoice.state {
        InvoiceState::Open | InvoiceState::Paid => Ok(invoice),
        InvoiceState::Cancelled => Err(ToolError::tell(format!("{id} is cancelled already"))),
        InvoiceState::Settled => Err(ToolError::tell(format!("{id} is itself a cancellation"))),
    }
}

fn propose(context: &Context, invoice: &Invoice, args: &Args) -> Proposal {
    let reason = args.reason.trim();
    let facts = json!({
        "invoice_id": invoice.id,
        "job_id": invoice.job,
        "customer_id": invoice.customer.id,
        "customer": invoice.customer.name,
        "date": context.firm.day(invoice.created).to_string(),
        "state": invoice.state,
        "net": amount(invoice.bill.net_cents),
        "net_cents": invoice.bill.net_cents,
        "gross": amount(invoice.bill.gross_cents),
        "gross_cents": invoice.bill.gross_cents,
        "currency": invoice.bill.currency,
        "reason": reason,
    });
    let arguments = json!({ "invoice_id": invoice.id, "reason": reason });
    proposal(CancelInvoice::NAME, arguments, Some(invoice.job.clone()), "approve.cancellation", facts)
}

async fn write(tx: &mut Tx, context: &Context, args: &Args) -> Result<Settled, ToolError> {
    let wrong = standing(tx, args).await?;
    let changed = || {
        ToolError::tell(format!("{} has changed since it was decided; call cancel_invoice again", wrong.id))
    };
    let grant = context.grant.as_ref().ok_or_else(changed)?;
    if propose(context, &wrong, args).fingerprint != grant.fingerprint {
        return Err(changed());
    }
    let year = context.firm.year(context.now);
    match invoice::cancel(tx, &wrong.id, args.reason.trim(), &grant.by, year, context.now).await? {
        Cancellation::Cancelled(undoing) => {
            invoice::sign(tx, &undoing, &context.firm).await?;
            Ok(Settled::Value(json!({
            "status": "cancelled",
            "invoice_id": wrong.id,
            "cancellation_invoice_id": undoing.id,
            "job_id": wrong.job,
            "total": amount(undoing.bill.gross_cents),
            "total_cents": undoing.bill.gross_cents,
            "currency": undoing.bill.currency,
            "next": "the job is open again, put off: bill it anew with create_invoice, or reject_job so that the \
                     technician reports it anew",
            })))
        }
        Cancellation::Not(_) | Cancellation::Unknown => Err(changed()),
    }
}
