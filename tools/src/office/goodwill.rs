//! The one proposal about a job's conflicts, whichever tool brings it up, and what granting or refusing it does. The
//! figures are the code's; a model's words are no part of it.

use domain::{
    billing::{self, Conflict, Decision, Decisions},
    firm::Firm,
    id::JobId,
    question::{self, Proposal},
};
use serde_json::{Map, Value, json};
use store::{Tx, office};

use super::assessed::{Assessed, assess, conflict, figures};
use crate::tool::{Answer, Context, Refusal, Settled, ToolError, proposal};

/// The tool that a granted proposal runs.
pub(super) const TOOL: &str = "process_billing_rule";
const TEXT: &str = "approve.goodwill";

/// The conflicts that staff may settle and have not.
pub(super) fn undecided(assessed: &Assessed) -> Vec<&Conflict> {
    let conflicts = assessed.bill.as_ref().err().map_or(&[][..], Vec::as_slice);
    conflicts.iter().filter(|conflict| conflict.is_open_to(&assessed.job.decisions)).collect()
}

/// The job's decisions with all undecided conflicts settled by `decision`.
fn decided(assessed: &Assessed, decision: Decision) -> Decisions {
    let mut decisions = assessed.job.decisions.clone();
    decisions.extend(undecided(assessed).into_iter().map(|conflict| (conflict.kind(), decision)));
    decisions
}

/// Whether to grant goodwill, with all figures; `None` where nothing is left to decide.
pub(super) fn propose(assessed: &Assessed, firm: &Firm) -> Option<Proposal> {
    let conflicts = undecided(assessed);
    if conflicts.is_empty() {
        return None;
    }
    let priced = |decision| {
        let decisions = decided(assessed, decision);
        billing::price(&assessed.job.report, &assessed.customer, &firm.rules, &firm.currency, &decisions)
            .map_or(Value::Null, |bill| Value::Object(figures(&bill)))
    };
    let waivable: i64 = conflicts.iter().fold(0, |sum, c| sum.saturating_add(c.waivable_cents()));
    let mut facts = assessed.facts();
    facts.extend(Map::from_iter([
        ("conflicts".to_owned(), conflicts.iter().map(|c| conflict(c)).collect()),
        ("currency".to_owned(), json!(firm.currency)),
        ("waivable".to_owned(), json!(billing::amount(waivable))),
        ("waivable_cents".to_owned(), json!(waivable)),
        ("if_granted".to_owned(), priced(Decision::Waive)),
        ("if_rejected".to_owned(), priced(Decision::Charge)),
    ]));
    let arguments = json!({ "job_id": assessed.job.id, "force_goodwill": true });
    Some(proposal(TOOL, arguments, Some(assessed.job.id.clone()), TEXT, Value::Object(facts)))
}

/// Keeps a granted proposal's decisions, if the job still is what was granted. Returns the job as it is then.
pub(super) async fn grant(tx: &mut Tx, context: &Context, id: &JobId) -> Result<Assessed, ToolError> {
    let assessed = assess(tx, &context.firm, id).await?;
    let granted = context.grant.as_ref().map(|grant| grant.fingerprint.as_str());
    let now = propose(&assessed, &context.firm);
    if granted.is_none() || now.map(|proposal| proposal.fingerprint).as_deref() != granted {
        return Err(ToolError::tell(format!(
            "{id} has changed since goodwill was granted, so the grant does not count; call {TOOL} again"
        )));
    }
    let decisions = decided(&assessed, Decision::Waive);
    let kept = office::job::set_decisions(tx, id, assessed.job.revision, &decisions, context.now).await?;
    if !kept {
        return Err(ToolError::tell(format!("{id} has changed in this moment; call {TOOL} again")));
    }
    assess(tx, &context.firm, id).await
}

/// What "Reject" and "Not now" do: in full, or later.
pub(super) fn refused(context: &Context, id: JobId, refusal: Refusal, answer: &question::Answer) -> Answer {
    let by = answer.by_name.clone();
    match refusal {
        Refusal::Defer => defer(context, id, by),
        Refusal::Decline => {
            let context = context.clone();
            Answer::write(move |tx| {
                Box::pin(async move { Settled::checked(charge(tx, &context, &id, &by).await) })
            })
        }
    }
}

async fn charge(tx: &mut Tx, context: &Context, id: &JobId, by: &str) -> Result<Settled, ToolError> {
    let assessed = assess(tx, &context.firm, id).await?;
    let decisions = decided(&assessed, Decision::Charge);
    office::job::set_decisions(tx, id, assessed.job.revision, &decisions, context.now).await?;
    Ok(Settled::Value(json!({
        "status": "declined",
        "job_id": id,
        "by": by,
        "next": format!("bill in full: call {TOOL} again without force_goodwill"),
    })))
}

/// Puts a job off at staff's word.
pub(super) fn defer(context: &Context, id: JobId, by: String) -> Answer {
    let now = context.now;
    Answer::write(move |tx| {
        Box::pin(async move {
            office::job::defer(tx, &id, now).await?;
            Ok(Settled::Value(json!({
                "status": "deferred",
                "job_id": id,
                "by": by,
                "next": "do nothing more about it now: it stays listed and comes back to the office by itself",
            })))
        })
    })
}
