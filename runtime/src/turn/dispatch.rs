//! Runs the calls of one reply: gates and approvals here, in code, whatever the model says. Pure calls that may run side
//! by side do; everything with an effect waits for the settling transaction.

use std::time::Duration;

use domain::{
    clock::Millis,
    id::QuestionId,
    live::ProgressStep,
    question::{Answer as Decision, Proposal, Purpose, Question},
    tool::{Arguments, ToolCall},
};
use futures::future::join_all;
use serde_json::{Value, json};
use store::{Error, question, wake};
use tools::{
    tool::{Answer, Ask, Context, Gate, Grant, Refusal, Write},
    toolbox::CallError,
};

use super::{Run, request::Brief};

/// What one call came to, to be settled.
pub(super) struct Outcome {
    pub call: ToolCall,
    pub started: Millis,
    pub result: CallResult,
    /// The call waited and has been woken: its wake row is used up.
    pub woken: bool,
    /// The question it waited for.
    pub question: Option<QuestionId>,
    /// The proposal a person deferred: its job comes back to staff later.
    pub deferred: Option<Proposal>,
}

pub(super) enum CallResult {
    Content(Value),
    Misused(String),
    Write { write: Write, grant: Option<Grant> },
    Ask(Ask),
}

pub(super) async fn all(run: &Run, brief: &Brief, calls: &[ToolCall]) -> Result<Vec<Outcome>, Error> {
    // A turn that never rested has waited for nothing.
    let waits = match run.taken.machine {
        Some(_) => wake::of_turn(&mut run.belt.store.reader(), &run.taken.id).await?,
        None => Vec::new(),
    };
    let context = context(run, brief);
    let side_by_side = calls.iter().all(|call| run.belt.toolbox.concurrent(&call.name));
    let one = |call: &ToolCall| {
        let woken = waits.iter().find(|wait| wait.call == call.id).cloned();
        one(run, Context { call: call.id.clone(), ..context.clone() }, call.clone(), woken)
    };
    if side_by_side {
        return join_all(calls.iter().map(one)).await.into_iter().collect();
    }
    let mut outcomes = Vec::with_capacity(calls.len());
    for call in calls {
        outcomes.push(one(call).await?);
    }
    Ok(outcomes)
}

fn context(run: &Run, brief: &Brief) -> Context {
    let asked = brief.asked.as_ref();
    Context {
        store: run.belt.store.clone(),
        ids: std::sync::Arc::clone(&run.belt.ids),
        firm: std::sync::Arc::clone(&run.belt.firm),
        agent: run.taken.conversation.agent.clone(),
        peer: run.agent.definition.peer.clone(),
        conversation: run.taken.conversation.clone(),
        contact: brief.person.clone(),
        about: asked.and_then(|asked| asked.about.clone()),
        operator: asked.map(|asked| asked.by.clone()),
        turn: run.taken.id.clone(),
        call: domain::id::CallId(String::new()),
        now: run.belt.now(),
        grant: None,
    }
}

async fn one(
    run: &Run,
    context: Context,
    call: ToolCall,
    woken: Option<wake::Waiting>,
) -> Result<Outcome, Error> {
    let started = run.belt.now();
    let arguments = match &call.arguments {
        Arguments::Json(arguments) => arguments.clone(),
        Arguments::Malformed { error, .. } => {
            let result = CallResult::Misused(error.clone());
            return Ok(Outcome { call, started, result, woken: false, question: None, deferred: None });
        }
    };
    run.tell(ProgressStep::ToolCalled {
        call: call.id.clone(),
        name: call.name.clone(),
        arguments: arguments.to_string(),
    });
    let mut deferred = None;
    let limit = run.agent.definition.limits.tool_call();
    let work = async {
        match &woken {
            Some(wait) => resume(run, context, &call, arguments, wait, &mut deferred).await,
            None => start(run, context, &call, arguments).await,
        }
    };
    let result = within(limit, &call.name, work).await?;
    let question = woken.as_ref().map(|wait| QuestionId::from(wait.of.as_str()));
    Ok(Outcome { call, started, result, woken: woken.is_some(), question, deferred })
}

async fn within(
    limit: Duration,
    name: &str,
    work: impl Future<Output = Result<CallResult, CallError>>,
) -> Result<CallResult, Error> {
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(CallError::Misused(why))) => Ok(CallResult::Misused(why)),
        Ok(Err(CallError::Tell(why))) => Ok(CallResult::Content(json!({ "error": why }))),
        Ok(Err(CallError::Store(error))) => Err(error),
        Err(_) => {
            let why = format!("{name} did not finish within {} s; nothing was changed", limit.as_secs());
            Ok(CallResult::Content(json!({ "error": why })))
        }
    }
}

/// A call that the turn makes for the first time. The agent may only call what its definition names.
async fn start(
    run: &Run,
    context: Context,
    call: &ToolCall,
    arguments: Value,
) -> Result<CallResult, CallError> {
    let allowed = run.tools();
    if !allowed.contains(&call.name) {
        return Err(CallError::Misused(run.belt.toolbox.unknown(&call.name, allowed)));
    }
    match run.belt.toolbox.gate(&call.name, &context, &arguments).await? {
        Gate::Open => perform(run, context, call, arguments).await,
        Gate::Needs(proposal) => {
            let granted = question::granted(&mut run.belt.store.reader(), &proposal.fingerprint).await?;
            match granted {
                Some(question) => {
                    let grant = grant(&question, &proposal);
                    perform(run, Context { grant, ..context }, call, arguments).await
                }
                None => Ok(CallResult::Ask(approval(proposal))),
            }
        }
    }
}

fn grant(question: &Question, proposal: &Proposal) -> Option<Grant> {
    Some(Grant {
        question: question.id.clone(),
        fingerprint: proposal.fingerprint.clone(),
        by: question.answer.as_ref().map(|answer| answer.by_name.clone()).unwrap_or_default(),
    })
}

fn approval(proposal: Proposal) -> Ask {
    Ask { purpose: Purpose::Approval(proposal), text: String::new(), options: Vec::new() }
}

async fn perform(
    run: &Run,
    context: Context,
    call: &ToolCall,
    arguments: Value,
) -> Result<CallResult, CallError> {
    let grant = context.grant.clone();
    let answer = run.belt.toolbox.call(&call.name, &context, arguments).await?;
    Ok(from_answer(answer, grant))
}

fn from_answer(answer: Answer, grant: Option<Grant>) -> CallResult {
    match answer {
        Answer::Value(value) => CallResult::Content(value),
        Answer::Write(write) => CallResult::Write { write, grant },
        Answer::Ask(ask) => CallResult::Ask(ask),
    }
}

/// A call that waited: what came decides what it does now.
async fn resume(
    run: &Run,
    context: Context,
    call: &ToolCall,
    arguments: Value,
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
    let asked = question::get(&mut run.belt.store.reader(), &QuestionId::from(wait.of.as_str())).await?;
    let Some((asked, answer)) = asked.and_then(|q| q.answer.clone().map(|answer| (q, answer))) else {
        return Ok(CallResult::Content(json!({ "status": "expired", "answer": null })));
    };
    match &asked.purpose {
        Purpose::Ask | Purpose::Escalation { .. } => Ok(CallResult::Content(told(&answer, "answered"))),
        Purpose::Approval(proposal) => {
            decided(run, context, call, arguments, (&asked, proposal, &answer), deferred).await
        }
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
    run: &Run,
    context: Context,
    call: &ToolCall,
    arguments: Value,
    (asked, proposal, answer): (&Question, &Proposal, &Decision),
    deferred: &mut Option<Proposal>,
) -> Result<CallResult, CallError> {
    let refusal = match answer.value.as_deref() {
        Some("approve") if proposal.tool != call.name => {
            // Asked by one tool on behalf of another: the grant waits for the call that it was given for.
            return Ok(CallResult::Content(told(answer, "approved")));
        }
        Some("approve") => {
            return match run.belt.toolbox.gate(&call.name, &context, &arguments).await? {
                Gate::Needs(now) if now.fingerprint == proposal.fingerprint => {
                    perform(run, Context { grant: grant(asked, proposal), ..context }, call, arguments).await
                }
                Gate::Needs(now) => Ok(CallResult::Ask(approval(now))),
                Gate::Open => perform(run, context, call, arguments).await,
            };
        }
        Some("defer") => Refusal::Defer,
        _ => Refusal::Decline,
    };
    if refusal == Refusal::Defer {
        *deferred = Some(proposal.clone());
    }
    let mut result = run.belt.toolbox.refused(&call.name, &context, arguments, refusal, answer).await?;
    if let (tools::tool::Answer::Value(Value::Object(told)), Some(reason)) = (&mut result, &answer.reason) {
        told.insert("reason".to_owned(), json!(reason));
    }
    Ok(from_answer(result, None))
}
