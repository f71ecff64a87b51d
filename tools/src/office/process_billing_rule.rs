//! `process_billing_rule`: what a job costs, or what stands in the way. Deterministic code; goodwill only over a person.

use async_trait::async_trait;
use domain::{
    billing::{Conflict, ConflictKind},
    id::JobId,
    question,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    assessed::{Assessed, assess, conflict, figures, staff_only},
    goodwill,
};
use crate::{
    argument::text,
    tool::{Answer, Context, Gate, Refusal, Settled, Tool, ToolError},
};

pub struct ProcessBillingRule;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub job_id: String,
    /// True to have the job's conflicts waived as goodwill. A person of the office is asked first, by code.
    #[serde(default)]
    pub force_goodwill: Option<bool>,
}

#[async_trait]
impl Tool for ProcessBillingRule {
    const NAME: &'static str = goodwill::TOOL;
    const DESCRIPTION: &'static str = "Applies contract, prices and VAT to a job. Returns status success with lines and \
        totals, or conflict with reason, details and what to do next: hours over the contract, no contract, an unknown \
        material, or figures that cannot be. The figures are final: never compute or change one.";
    type Args = Args;

    async fn gate(&self, context: &Context, args: &Args) -> Result<Gate, ToolError> {
        staff_only(context)?;
        if args.force_goodwill != Some(true) {
            return Ok(Gate::Open);
        }
        let id = JobId::from(args.job_id.as_str());
        let assessed = assess(&mut context.store.reader(), &context.firm, &id).await?;
        if let Err(conflicts) = &assessed.bill
            && conflicts.iter().any(|conflict| conflict.kind() == ConflictKind::Implausible)
        {
            return Err(ToolError::tell(format!(
                "{id} cannot be billed at all: {}",
                next(&assessed, conflicts)
            )));
        }
        Ok(goodwill::propose(&assessed, &context.firm).map_or(Gate::Open, Gate::Needs))
    }

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        staff_only(context)?;
        let id = JobId(args.job_id);
        if context.grant.is_none() {
            let assessed = assess(&mut context.store.reader(), &context.firm, &id).await?;
            return Ok(Answer::Value(shown(&assessed)));
        }
        let context = context.clone();
        Ok(Answer::write(move |tx| {
            Box::pin(async move {
                let granted = goodwill::grant(tx, &context, &id).await;
                Settled::checked(granted.map(|assessed| Settled::Value(shown(&assessed))))
            })
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

fn shown(assessed: &Assessed) -> Value {
    match &assessed.bill {
        Ok(bill) => {
            let mut shown = figures(bill);
            shown.insert("status".to_owned(), json!("success"));
            shown.insert("job_id".to_owned(), json!(assessed.job.id));
            Value::Object(shown)
        }
        Err(conflicts) => json!({
            "status": "conflict",
            "job_id": assessed.job.id,
            "reason": conflicts.first().map(Conflict::kind),
            "details": conflicts.iter().map(conflict).collect::<Vec<_>>(),
            "next": next(assessed, conflicts),
        }),
    }
}

/// What to do about conflicts that stand.
pub(super) fn next(assessed: &Assessed, conflicts: &[Conflict]) -> String {
    if conflicts.iter().any(|conflict| conflict.kind() == ConflictKind::Implausible) {
        return "the figures cannot be right: the technician has to correct the job, or office staff reject it \
                (reject_job) with that reason"
            .to_owned();
    }
    if !goodwill::undecided(assessed).is_empty() {
        return "office staff decide: call escalate_to_office_human, or process_billing_rule with force_goodwill true; \
                code asks them with these figures"
            .to_owned();
    }
    "office staff declined to leave a material out, and it has no price: the technician has to name it as in the price \
     list (see nearest), or office staff reject the job (reject_job)"
        .to_owned()
}
