//! `create_invoice`: writes the invoice of a job, once, with exactly the figures that a person approved.

use async_trait::async_trait;
use domain::{id::JobId, job::SettlementStatus, question, question::Proposal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    Tx,
    office::invoice::{self, Draft},
};

use super::{
    assessed::{Assessed, assess, figures, staff_only},
    goodwill, process_billing_rule, settlement,
};
use crate::{
    argument::text,
    tool::{Answer, Context, Gate, Refusal, Settled, Tool, ToolError, proposal},
};

/// In a settlement's note: something was given.
const GOODWILL: &str = "goodwill";

pub struct CreateInvoice;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub job_id: String,
}

#[async_trait]
impl Tool for CreateInvoice {
    const NAME: &'static str = "create_invoice";
    const DESCRIPTION: &'static str = "Creates the invoice of a job whose billing rules succeeded. A person of the office \
        is asked to approve exactly these figures first, by code. Returns status invoiced with invoice_id and total, \
        declined, or deferred (not now). Whoever handed the job over is told by itself.";
    type Args = Args;

    async fn gate(&self, context: &Context, args: &Args) -> Result<Gate, ToolError> {
        staff_only(context)?;
        let id = JobId::from(args.job_id.as_str());
        let assessed = assess(&mut context.store.reader(), &context.firm, &id).await?;
        Ok(Gate::Needs(propose(&assessed)?))
    }

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        staff_only(context)?;
        if context.grant.is_none() {
            return Err(ToolError::tell("an invoice needs the approval of a person of the office"));
        }
        let context = context.clone();
        Ok(Answer::write(move |tx| {
            Box::pin(async move { Settled::checked(write(tx, &context, &JobId(args.job_id)).await) })
        }))
    }

    async fn refused(
        &self,
        context: &Context,
        args: Args,
        refusal: Refusal,
        answer: &question::Answer,
    ) -> Result<Answer, ToolError> {
        let (id, by) = (JobId(args.job_id), answer.by_name.clone());
        Ok(match refusal {
            Refusal::Defer => goodwill::defer(context, id, by),
            Refusal::Decline => Answer::Value(json!({
                "status": "declined",
                "job_id": id,
                "by": by,
                "next": "ask office staff what is wrong; a job that is not to be billed is rejected with reject_job",
            })),
        })
    }
}

/// Exactly this invoice. Conflicts make none.
fn propose(assessed: &Assessed) -> Result<Proposal, ToolError> {
    let bill = assessed.bill.as_ref().map_err(|conflicts| {
        let kinds: Vec<&str> = conflicts.iter().map(|conflict| conflict.kind().as_str()).collect();
        let next = process_billing_rule::next(assessed, conflicts);
        ToolError::tell(format!("{} has conflicts ({}): {next}", assessed.job.id, kinds.join(", ")))
    })?;
    let mut facts = assessed.facts();
    facts.extend(figures(bill));
    let arguments = json!({ "job_id": assessed.job.id });
    let job = Some(assessed.job.id.clone());
    Ok(proposal(CreateInvoice::NAME, arguments, job, "approve.invoice", Value::Object(facts)))
}

/// Everything is read again here: what was approved is written, or nothing.
async fn write(tx: &mut Tx, context: &Context, id: &JobId) -> Result<Settled, ToolError> {
    let assessed = assess(tx, &context.firm, id).await?;
    let changed =
        || ToolError::tell(format!("{id} has changed since it was approved; call create_invoice again"));
    let grant = context.grant.as_ref().ok_or_else(changed)?;
    if propose(&assessed)?.fingerprint != grant.fingerprint {
        return Err(changed());
    }
    let Ok(bill) = &assessed.bill else { return Err(changed()) };
    let year = context.firm.year(context.now);
    let draft =
        Draft { job: &assessed.job, customer: &assessed.customer, bill, approved_by: &grant.by, year };
    let invoice = invoice::create(tx, &draft, context.now).await?.ok_or_else(changed)?;
    invoice::sign(tx, &invoice, &context.firm).await?;
    let note = if bill.goodwill { GOODWILL } else { "" };
    settlement::tell(tx, context, &assessed.job, SettlementStatus::Completed, note, Some(&invoice.id))
        .await?;
    let mut shown = figures(bill);
    shown.extend([
        ("status".to_owned(), json!("invoiced")),
        ("job_id".to_owned(), json!(id)),
        ("invoice_id".to_owned(), json!(invoice.id)),
        ("customer".to_owned(), json!(assessed.customer.name)),
        ("total".to_owned(), json!(domain::billing::amount(bill.gross_cents))),
        ("approved_by".to_owned(), json!(grant.by)),
    ]);
    Ok(Settled::Value(Value::Object(shown)))
}
