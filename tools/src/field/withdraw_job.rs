//! `withdraw_job`: "stop, wrong customer". The office decides whether it came in time; its word settles the job.

use async_trait::async_trait;
use domain::{id::JobId, job::JobNotice};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::handed;
use crate::{
    argument::{bounded, text},
    tool::{Answer, Context, Settled, Tool, ToolError},
};

pub struct WithdrawJob;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The job's id, as it was given when it was handed over.
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub job_id: String,
    /// Why, in the technician's words.
    pub reason: String,
}

#[async_trait]
impl Tool for WithdrawJob {
    const NAME: &'static str = "withdraw_job";
    const DESCRIPTION: &'static str = "Stops a job of this conversation that was handed over and is not invoiced yet, \
        because the technician said so. Returns status accepted; refused with the reason where it came too late.";
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        let peer = handed::peer(context)?;
        bounded("reason", &args.reason)?;
        let job_id = JobId(args.job_id);
        handed::open_job(&mut context.store.reader(), context, &job_id).await?;
        let context = context.clone();
        Ok(Answer::write(move |tx| {
            Box::pin(async move {
                if let Err(error) = handed::open_job(tx, &context, &job_id).await {
                    return Settled::checked(Err(error));
                }
                let notice = JobNotice::Withdrawn { job_id, reason: args.reason.trim().to_owned() };
                handed::tell_peer(tx, &context, &peer, &notice).await
            })
        }))
    }
}
