//! `get_job_status`: where one job is, or the newest ones. Reads only.

use async_trait::async_trait;
use domain::id::JobId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{handoff, office};

use super::{SHOWN, Side, handed, own, side};
use crate::{
    argument::optional_text,
    tool::{Answer, Context, Tool, ToolError},
};

pub struct GetJobStatus;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The job's id; left out for the newest jobs.
    #[serde(default, deserialize_with = "optional_text")]
    pub job_id: Option<String>,
}

#[async_trait]
impl Tool for GetJobStatus {
    const NAME: &'static str = "get_job_status";
    const DESCRIPTION: &'static str = "Tells where a job is: its state, customer, note and invoice. Returns status found \
        with job, not_found, or without job_id status ok with the newest jobs.";
    const CONCURRENT: bool = true;
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        let side = side(context)?;
        let Some(id) = args.job_id.map(JobId) else {
            return Ok(Answer::Value(json!({ "status": "ok", "jobs": newest(context, &side).await? })));
        };
        let mut tx = context.store.reader();
        let found = match side {
            Side::Field => match handoff::get(&mut tx, &context.agent, &id).await? {
                Some(known) if known.conversation == context.conversation.id => {
                    Some(handed(&mut tx, context, &known).await?)
                }
                _ => None,
            },
            Side::Office => match office::job::get(&mut tx, &id).await? {
                Some(job) => Some(own(&mut tx, context, &job).await?),
                None => None,
            },
        };
        Ok(Answer::Value(match found {
            Some(job) => json!({ "status": "found", "job": job }),
            None => json!({ "status": "not_found", "job_id": id }),
        }))
    }
}

async fn newest(context: &Context, side: &Side) -> Result<Vec<Value>, ToolError> {
    let mut tx = context.store.reader();
    let limit = i64::try_from(SHOWN).unwrap_or(i64::MAX);
    let mut shown = Vec::new();
    match side {
        Side::Field => {
            for known in handoff::list(&mut tx, &context.conversation.id, limit).await? {
                shown.push(handed(&mut tx, context, &known).await?);
            }
        }
        Side::Office => {
            for job in office::job::newest(&mut tx, limit).await? {
                shown.push(own(&mut tx, context, &job).await?);
            }
        }
    }
    Ok(shown)
}
