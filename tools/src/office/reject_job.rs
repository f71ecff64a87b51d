//! `reject_job`: refuses a job for good, with a reason, over a person's approval. Never for "not now".

use async_trait::async_trait;
use domain::{
    id::JobId,
    job::SettlementStatus,
    question::{self, Proposal},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    Tx,
    office::{self, job::Job},
};

use super::{
    assessed::{open_job, staff_only},
    goodwill, settlement,
};
use crate::{
    argument::{bounded, text},
    tool::{Answer, Context, Gate, Refusal, Settled, Tool, ToolError, proposal},
};

pub struct RejectJob;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub job_id: String,
    /// Why, in words for the technician.
    pub reason: String,
}

#[async_trait]
impl Tool for RejectJob {
    const NAME: &'static str = "reject_job";
    const DESCRIPTION: &'static str = "Rejects a job that is not to be billed, because office staff said so. A person of \
        the office is asked to approve it first, by code. Returns status rejected, declined or deferred; the technician \
        is told the reason by itself.";
    type Args = Args;

    async fn gate(&self, context: &Context, args: &Args) -> Result<Gate, ToolError> {
        staff_only(context)?;
        bounded("reason", &args.reason)?;
        let mut tx = context.store.reader();
        let job = open_job(&mut tx, &JobId::from(args.job_id.as_str())).await?;
        Ok(Gate::Needs(propose(&mut tx, &job, args.reason.trim()).await?))
    }

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        staff_only(context)?;
        if context.grant.is_none() {
            return Err(ToolError::tell("a rejection needs the approval of a person of the office"));
        }
        let context = context.clone();
        Ok(Answer::write(move |tx| {
            Box::pin(async move { Settled::checked(write(tx, &context, &args).await) })
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
            Refusal::Decline => Answer::Value(json!({ "status": "declined", "job_id": id, "by": by })),
        })
    }
}

async fn propose(tx: &mut Tx, job: &Job, reason: &str) -> Result<Proposal, ToolError> {
    let customer = office::customer::get(tx, job.customer()).await?;
    let facts = json!({
        "job_id": job.id,
        "revision": job.revision,
        "customer_id": job.customer(),
        "customer": customer.map_or_else(|| job.customer().0.clone(), |customer| customer.name),
        "technician": job.report.technician,
        "location": job.report.location,
        "work_done": job.report.work_done,
        "hours": json!(job.report)["hours_worked"],
        "materials": job.report.materials_used,
        "reason": reason,
    });
    let arguments = json!({ "job_id": job.id, "reason": reason });
    Ok(proposal(RejectJob::NAME, arguments, Some(job.id.clone()), "approve.rejection", facts))
}

async fn write(tx: &mut Tx, context: &Context, args: &Args) -> Result<Settled, ToolError> {
    let job = open_job(tx, &JobId::from(args.job_id.as_str())).await?;
    let reason = args.reason.trim();
    let now = propose(tx, &job, reason).await?;
    if context.grant.as_ref().map(|grant| grant.fingerprint.as_str()) != Some(now.fingerprint.as_str()) {
        return Err(ToolError::tell(format!(
            "{} has changed since it was decided; call reject_job again",
            job.id
        )));
    }
    office::job::reject(tx, &job.id, reason, context.now).await?;
    settlement::tell(tx, context, &job, SettlementStatus::Rejected, reason, None).await?;
    Ok(Settled::Value(Value::from_iter([
        ("status", "rejected"),
        ("job_id", job.id.as_str()),
        ("reason", reason),
    ])))
}
