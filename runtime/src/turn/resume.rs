//! Calls that waited: for a person's answer or decision, for the peer's word, or for somebody to say whether an interrupted
//! call had been done.

use domain::{
    id::QuestionId,
    question::{Answer as Decision, Proposal, Purpose, Question},
};
use serde_json::{Value, json};
use store::{question, wake};
use tools::{
    tool::{Gate, Refusal},
    toolbox::CallError,
};

use super::{
    dispatch::{CallResult, Made, approval, from_answer, granted_by, perform},
    effect,
};

/// A call that waited: what came decides what it does now.
pub(super) async fn resume(
    made: Made<'_>,
    wait: &wake::Waiting,
    deferred: &mut Option<Proposal>,
) -> Result<CallResult, CallError> {
    let result = wait.result.clone().unwrap_or(Value::Null);
    if wait.kind == "handoff" {
        return Ok(CallResult::Content(handed_over(&wait.of, &result)));
    }
    if result.get("expired").is_some() {
        return Ok(CallResult::Content(json!({ "status": "expired", "answer": null })));
    }
    if let Some(reason) = result.get("cancelled") {
        return Ok(CallResult::Content(reason.clone()));
    }
    let mut reader = made.run.belt.store.reader();
    let asked = question::get(&mut reader, &QuestionId::from(wait.of.as_str())).await?;
    let Some((asked, answer)) = asked.and_then(|q| q.answer.clone().map(|answer| (q, answer))) else {
        return Ok(CallResult::Content(json!({ "status": "expired", "answer": null })));
    };
    match &asked.purpose {
        Purpose::Ask | Purpose::Escalation { .. } => Ok(CallResult::Content(told(&answer, "answered"))),
        Purpose::Approval(proposal) => decided(made, (&asked, proposal, &answer), deferred).await,
        Purpose::Outcome { .. } => match answer.value.as_deref() {
            Some("again") => effect::again(made).await,
            value => Ok(CallResult::Content(json!({
                "status": value.unwrap_or("unknown"),
                "detail": "the call was interrupted; a person was asked whether it had been done",
                "by": answer.by_name,
            }))),
        },
    }
}

fn handed_over(job: &str, result: &Value) -> Value {
    match result.get("refused") {
        Some(reason) => json!({ "status": "refused", "job_id": job, "reason": reason }),
        None => json!({
            "status": "accepted",
            "job_id": job,
            "delivered": result.get("delivered").and_then(Value::as_bool).unwrap_or(false),
        }),
    }
}

fn told(answer: &Decision, status: &str) -> Value {
    let mut told =
        json!({ "status": status, "answer": answer.text, "choice": answer.value, "by": answer.by_name });
    if let Some(reason) = &answer.reason {
        told["reason"] = json!(reason);
    }
    told
}

async fn decided(
    made: Made<'_>,
    (asked, proposal, answer): (&Question, &Proposal, &Decision),
    deferred: &mut Option<Proposal>,
) -> Result<CallResult, CallError> {
    let (toolbox, call) = (&made.run.belt.toolbox, made.call);
    let refusal = match answer.value.as_deref() {
        Some("approve") if proposal.tool != call.name => {
            // Asked by one tool on behalf of another: the grant waits for the call that it was given for.
            return Ok(CallResult::Content(told(answer, "approved")));
        }
        Some("approve") => {
            return match toolbox.gate(&call.name, &made.context, &made.arguments).await? {
                Gate::Needs(now) if now.fingerprint == proposal.fingerprint => {
                    perform(granted_by(made, asked, proposal)).await
                }
                Gate::Needs(now) => Ok(CallResult::Ask(approval(now))),
                Gate::Open => perform(made).await,
            };
        }
        Some("defer") => Refusal::Defer,
        _ => Refusal::Decline,
    };
    if refusal == Refusal::Defer {
        *deferred = Some(proposal.clone());
    }
    let mut result = toolbox.refused(&call.name, &made.context, made.arguments, refusal, answer).await?;
    if let (tools::tool::Answer::Value(Value::Object(told)), Some(reason)) = (&mut result, &answer.reason) {
        told.insert("reason".to_owned(), json!(reason));
    }
    Ok(from_answer(result, None, false))
}
