//! `list_open_jobs`: jobs that are not settled, oldest first. Reads only.

use async_trait::async_trait;
use domain::job::JobState;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{handoff, office};

use super::{READ, SHOWN, Side, handed, own, side};
use crate::{
    argument::optional_text,
    tool::{Answer, Context, Tool, ToolError},
};

pub struct ListOpenJobs;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A part of a job's id, customer, technician, work or state; left out for all.
    #[serde(default, deserialize_with = "optional_text")]
    pub filter: Option<String>,
}

#[async_trait]
impl Tool for ListOpenJobs {
    const NAME: &'static str = "list_open_jobs";
    const DESCRIPTION: &'static str = "Lists jobs that are not settled yet, oldest first: those waiting, and those that \
        staff put off (state deferred). Returns status ok with jobs and the number of more that are not shown.";
    const CONCURRENT: bool = true;
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        let mut tx = context.store.reader();
        let mut jobs: Vec<Value> = Vec::new();
        match side(context)? {
            Side::Field => {
                for known in tx.query(handoff::open_in(&context.conversation.id, READ)).await? {
                    jobs.push(handed(&mut tx, context, &known).await?);
                }
            }
            Side::Office => {
                for state in [JobState::Received, JobState::Deferred] {
                    for job in office::job::list(&mut tx, state, READ).await? {
                        jobs.push(own(&mut tx, context, &job).await?);
                    }
                }
            }
        }
        if let Some(filter) = args.filter.filter(|filter| !filter.eq_ignore_ascii_case("open")) {
            let wanted = filter.to_lowercase();
            jobs.retain(|job| searched(job).contains(&wanted));
        }
        let more = jobs.len().saturating_sub(SHOWN);
        jobs.truncate(SHOWN);
        Ok(Answer::Value(json!({ "status": "ok", "jobs": jobs, "more": more })))
    }
}

fn searched(job: &Value) -> String {
    let fields = ["job_id", "state", "customer_id", "customer", "technician", "work_done", "note"];
    let text: Vec<&str> = fields.iter().filter_map(|field| job[*field].as_str()).collect();
    text.join("\n").to_lowercase()
}
