//! `correct_job`: other data for a job that was handed over and is not settled. What is not named stays as it was.

use async_trait::async_trait;
use domain::{
    id::{CustomerId, JobId},
    job::{JobNotice, JobReport},
};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Tx, handoff};

use super::handed;
use crate::{
    argument::{MaterialUsed, materials, optional_text, plausible, text},
    tool::{Answer, Context, Settled, Tool, ToolError},
};

pub struct CorrectJob;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The job's id, as it was given when it was handed over.
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub job_id: String,
    /// The right customer, from find_customer.
    #[serde(default, deserialize_with = "optional_text")]
    pub customer_id: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub location: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub work_done: Option<String>,
    /// Hours as a decimal number.
    #[serde(default, serialize_with = "rust_decimal::serde::float_option::serialize")]
    #[schemars(with = "Option<f64>")]
    pub hours_worked: Option<Decimal>,
    /// All materials of the job, also those that stay; an empty list for none.
    #[serde(default)]
    pub materials_used: Option<Vec<MaterialUsed>>,
}

#[async_trait]
impl Tool for CorrectJob {
    const NAME: &'static str = "correct_job";
    const DESCRIPTION: &'static str = "Corrects a job of this conversation that was handed over, until it is invoiced. Name \
        only what changes, after the technician said so. Returns as send_data_to_office_agent does; the office starts \
        anew with the corrected data.";
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        let peer = handed::peer(context)?;
        corrected(&mut context.store.reader(), context, &args).await?;
        let context = context.clone();
        Ok(Answer::write(move |tx| {
            Box::pin(async move {
                let report = match corrected(tx, &context, &args).await {
                    Ok(report) => report,
                    Err(error) => return Settled::checked(Err(error)),
                };
                handoff::correct(tx, &context.agent, &report, context.now).await?;
                handed::tell_peer(tx, &context, &peer, &JobNotice::Corrected { report }).await
            })
        }))
    }
}

/// The job's report with what `args` changes.
async fn corrected(tx: &mut Tx, context: &Context, args: &Args) -> Result<JobReport, ToolError> {
    let known = handed::open_job(tx, context, &JobId::from(args.job_id.as_str())).await?.report;
    let mut report = known.clone();
    if let Some(id) = &args.customer_id {
        let customer = handed::customer(tx, &CustomerId::from(id.as_str())).await?;
        if customer.id != known.customer_id {
            report.location = customer.full_address();
            report.customer_id = customer.id;
        }
    }
    if let Some(location) = &args.location {
        report.location.clone_from(location);
    }
    if let Some(done) = &args.work_done {
        report.work_done.clone_from(done);
    }
    if let Some(hours) = args.hours_worked {
        report.hours_worked = hours;
    }
    if let Some(used) = &args.materials_used {
        report.materials_used = materials(used.clone());
    }
    if report.fingerprint() == known.fingerprint() {
        return Err(ToolError::tell(format!(
            "nothing of {} would change: name what is different",
            args.job_id
        )));
    }
    plausible(&report, &context.firm.rules)?;
    Ok(report)
}
