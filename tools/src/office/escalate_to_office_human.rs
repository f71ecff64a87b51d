//! `escalate_to_office_human`: asks office staff about a job. Where the job has conflicts they may settle, it is those
//! they are asked about, with the code's figures, so that nobody is asked the same thing twice.

use async_trait::async_trait;
use domain::{
    contact::Role,
    id::JobId,
    question::{self, Purpose},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    assessed::{assess, open_job, staff_only},
    goodwill,
};
use crate::{
    argument::{bounded, text},
    field::ask_technician::options,
    tool::{Answer, Ask, Context, Refusal, Tool, ToolError},
};

pub struct EscalateToOfficeHuman;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub job_id: String,
    /// What to decide, complete in itself.
    pub message: String,
    /// The answers to choose from, at most ten; empty where any words will do.
    #[serde(default)]
    pub options: Vec<String>,
}

#[async_trait]
impl Tool for EscalateToOfficeHuman {
    const NAME: &'static str = "escalate_to_office_human";
    const DESCRIPTION: &'static str = "Asks office staff about a job and waits for their decision. With a billing \
        conflict they are asked whether to grant goodwill, with the code's figures: status approved means call \
        process_billing_rule with force_goodwill true; declined means bill in full; deferred means not now. Otherwise \
        your own message and options are put to them, and their answer comes back.";
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        staff_only(context)?;
        bounded("message", &args.message)?;
        let options = options("options", args.options)?;
        let job = JobId(args.job_id);
        let mut tx = context.store.reader();
        open_job(&mut tx, &job).await?;
        // A job of a customer nobody knows has no figures; a person may still be asked about it.
        let proposal = match assess(&mut tx, &context.firm, &job).await {
            Ok(assessed) => goodwill::propose(&assessed, &context.firm),
            Err(ToolError::Tell(_)) => None,
            Err(error) => return Err(error),
        };
        Ok(Answer::Ask(match proposal {
            Some(proposal) => {
                Ask { purpose: Purpose::Approval(proposal), text: String::new(), options: Vec::new() }
            }
            None => {
                Ask { purpose: Purpose::Escalation { job, role: Role::Office }, text: args.message, options }
            }
        }))
    }

    async fn refused(
        &self,
        context: &Context,
        args: Args,
        refusal: Refusal,
        answer: &question::Answer,
    ) -> Result<Answer, ToolError> {
        Ok(goodwill::refused(context, JobId(args.job_id), refusal, answer))
    }
}
