//! `send_data_to_office_agent`: hands a job over. The job's id and the technician's name come from code, never from the
//! model; the row and the notice to the peer commit together.

use async_trait::async_trait;
use domain::{
    id::{CustomerId, JobId},
    job::{JobNotice, JobReport},
};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::handoff::{self, Handoff};

use super::handed;
use crate::{
    argument::{MaterialUsed, materials, optional_text, plausible, text},
    tool::{Answer, Context, Settled, Tool, ToolError},
};

/// What the contract writes into every report of a technician.
const STATUS: &str = "validated_by_technician";

pub struct SendDataToOfficeAgent;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Leave out: the job gets its id here.
    #[serde(default, deserialize_with = "optional_text")]
    pub job_id: Option<String>,
    /// Leave out: it is the person of the conversation.
    #[serde(default, deserialize_with = "optional_text")]
    pub technician: Option<String>,
    /// From find_customer.
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub customer_id: String,
    /// Where the work was done, if not at the customer's address.
    #[serde(default, deserialize_with = "optional_text")]
    pub location: Option<String>,
    /// What was done, in a sentence.
    pub work_done: String,
    /// Hours as a decimal number: 1.5 for an hour and a half.
    #[serde(serialize_with = "rust_decimal::serde::float::serialize")]
    #[schemars(with = "f64")]
    pub hours_worked: Decimal,
    /// Each material that was used; empty or left out for none.
    #[serde(default)]
    pub materials_used: Option<Vec<MaterialUsed>>,
    /// Leave out.
    #[serde(default, deserialize_with = "optional_text")]
    pub status: Option<String>,
    /// True only after the technician said that this is another job than the one that looks like it.
    #[serde(default)]
    pub another_job: Option<bool>,
}

#[async_trait]
impl Tool for SendDataToOfficeAgent {
    const NAME: &'static str = "send_data_to_office_agent";
    const DESCRIPTION: &'static str = "Hands a job to the office, once the technician has confirmed all of it. Returns \
        status accepted with the job_id, and delivered false where the office cannot be reached just now: the job is \
        safe and goes out by itself. How it ended comes later as news. A job that looks like one of the last days is \
        not sent: ask the technician, and set another_job if it is a different one.";
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        let peer = handed::peer(context)?;
        let mut tx = context.store.reader();
        let customer = handed::customer(&mut tx, &CustomerId(args.customer_id)).await?;
        if let Some(job) = args.job_id.map(JobId)
            && handoff::get(&mut tx, &context.agent, &job).await?.is_some()
        {
            return Err(ToolError::tell(format!(
                "{job} was handed over already: use correct_job to change it"
            )));
        }
        let technician = match (&context.contact, args.technician) {
            (Some(person), _) => person.name.clone(),
            (None, Some(name)) => name,
            (None, None) => return Err(ToolError::tell("technician is missing: who did the work?")),
        };
        let report = JobReport {
            job_id: JobId(String::new()),
            technician,
            customer_id: customer.id.clone(),
            location: args.location.unwrap_or_else(|| customer.full_address()),
            work_done: args.work_done.trim().to_owned(),
            hours_worked: args.hours_worked,
            materials_used: materials(args.materials_used.unwrap_or_default()),
            status: STATUS.to_owned(),
        };
        plausible(&report, &context.firm.rules)?;
        let another = args.another_job == Some(true);
        if !another && let Some(earlier) = handed::reported_before(&mut tx, &report, context.now).await? {
            return Err(repeat(&earlier));
        }
        let context = context.clone();
        Ok(Answer::write(move |tx| {
            Box::pin(async move {
                // Another call of the same reply may have reported it a moment ago.
                if !another && let Some(earlier) = handed::reported_before(tx, &report, context.now).await? {
                    return Settled::checked(Err(repeat(&earlier)));
                }
                let job_id = handoff::next_job(tx, &report.customer_id).await?;
                let report = JobReport { job_id, ..report };
                handoff::insert(tx, &context.agent, &context.conversation.id, &report, context.now).await?;
                handed::tell_peer(tx, &context, &peer, &JobNotice::Reported { report }).await
            })
        }))
    }
}

fn repeat(earlier: &Handoff) -> ToolError {
    ToolError::tell(format!(
        "this looks like {}, reported before by {}: the same customer, hours and materials ({}; it is {}). Ask the \
         technician whether it is another job; only if so call again with another_job true",
        earlier.report.job_id,
        earlier.report.technician,
        earlier.report.work_done,
        earlier.state.as_str()
    ))
}
