//! Runs the calls of one reply: gates and approvals here, in code, whatever the model says. Pure calls that may run side
//! by side do; everything with an effect in our own database waits for the settling transaction.

use std::time::Duration;

use domain::{
    clock::Millis,
    id::QuestionId,
    live::ProgressStep,
    question::{Proposal, Purpose, Question},
    tool::{Arguments, Effect, ToolCall},
};
use futures::future::join_all;
use serde_json::{Value, json};
use store::{
    Error,
    journal::{self, Started},
    question, wake,
};
use tools::{
    tool::{Answer, Ask, Context, Gate, Grant, Settled, Write},
    toolbox::CallError,
};

use super::{Run, effect, request::Brief, resume};

/// What one call came to, to be settled.
pub(super) struct Outcome {
    pub call: ToolCall,
    /// Its place in the journal.
    pub seq: i64,
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
    Write {
        write: Write,
        grant: Option<Grant>,
        /// The grant was used up before the effect, which lies outside.
        spent: bool,
    },
    Ask(Ask),
    /// It cannot be settled now: the call is made again later, by the class of its effect.
    Unsettled(String),
}

/// One call about to be made, or made again.
pub(super) struct Made<'r> {
    pub run: &'r Run,
    pub context: Context,
    pub call: &'r ToolCall,
    pub arguments: Value,
    /// Its place in the journal.
    pub seq: i64,
    /// What the journal knows of an effect of it outside.
    pub earlier: Option<Started>,
}

/// The place in the journal of the call number `index` of the reply of `round`.
pub(super) fn place(round: u32, index: usize) -> i64 {
    i64::from(round) * 1_000 + 1 + i64::try_from(index).unwrap_or(i64::MAX)
}

pub(super) async fn all(
    run: &Run,
    round: u32,
    brief: &Brief,
    calls: &[ToolCall],
) -> Result<Vec<Outcome>, Error> {
    // A turn that never rested has waited for nothing and was never interrupted.
    let (waits, begun) = match run.taken.machine {
        Some(_) => (
            wake::of_turn(&mut run.belt.store.reader(), &run.taken.id).await?,
            journal::started(&mut run.belt.store.reader(), &run.taken.id).await?,
        ),
        None => (Vec::new(), Vec::new()),
    };
    let context = context(run, brief);
    let side_by_side = calls.iter().all(|call| run.belt.toolbox.concurrent(&call.name));
    let one = |(index, call): (usize, &ToolCall)| {
        let woken = waits.iter().find(|wait| wait.call == call.id).cloned();
        let earlier = begun.iter().find(|begun| begun.call == call.id).cloned();
        let context = Context { call: call.id.clone(), ..context.clone() };
        Box::pin(one(run, context, place(round, index), call.clone(), woken, earlier))
    };
    if side_by_side {
        return join_all(calls.iter().enumerate().map(one)).await.into_iter().collect();
    }
    let mut outcomes = Vec::with_capacity(calls.len());
    for call in calls.iter().enumerate() {
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
    seq: i64,
    call: ToolCall,
    woken: Option<wake::Waiting>,
    earlier: Option<Started>,
) -> Result<Outcome, Error> {
    let started = run.belt.now();
    let arguments = match &call.arguments {
        Arguments::Json(arguments) => arguments.clone(),
        Arguments::Malformed { error, .. } => {
            let result = CallResult::Misused(error.clone());
            return Ok(Outcome { call, seq, started, result, woken: false, question: None, deferred: None });
        }
    };
    run.tell(ProgressStep::ToolCalled {
        call: call.id.clone(),
        name: call.name.clone(),
        arguments: arguments.to_string(),
    });
    let mut deferred = None;
    let lost = earlier.as_ref().is_some_and(|earlier| earlier.lost);
    let made = Made { run, context, call: &call, arguments, seq, earlier };
    let work = async {
        match &woken {
            _ if lost => effect::recover(made).await,
            Some(wait) => resume::resume(made, wait, &mut deferred).await,
            None => start(made).await,
        }
    };
    let result = within(run, &call.name, Box::pin(work)).await?;
    let question = woken.as_ref().map(|wait| QuestionId::from(wait.of.as_str()));
    Ok(Outcome { call, seq, started, result, woken: woken.is_some(), question, deferred })
}

async fn within(
    run: &Run,
    name: &str,
    work: impl Future<Output = Result<CallResult, CallError>>,
) -> Result<CallResult, Error> {
    let limit = run.agent.definition.limits.tool_call();
    let pure = run.belt.toolbox.effect(name) == Effect::Pure;
    // An effect outside has a limit of its own, within which it is known whether it began.
    let longest = if pure { limit } else { limit.saturating_mul(3) };
    match tokio::time::timeout(longest, work).await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(CallError::Misused(why))) => Ok(CallResult::Misused(why)),
        Ok(Err(CallError::Tell(why) | CallError::Lost(why))) => {
            Ok(CallResult::Content(json!({ "error": why })))
        }
        Ok(Err(CallError::Store(error))) if pure || matches!(error, Error::Fenced) => Err(error),
        Ok(Err(CallError::Store(error))) => Ok(CallResult::Unsettled(error.to_string())),
        Err(_) if pure => {
            let why = format!("{}; nothing was changed", late(name, limit));
            Ok(CallResult::Content(json!({ "error": why })))
        }
        Err(_) => Ok(CallResult::Unsettled(late(name, longest))),
    }
}

pub(super) fn late(name: &str, limit: Duration) -> String {
    format!("{name} did not finish within {} s", limit.as_secs())
}

/// A call that the turn makes for the first time. The agent may only call what its definition names.
async fn start(made: Made<'_>) -> Result<CallResult, CallError> {
    let (run, call) = (made.run, made.call);
    let allowed = run.tools();
    if !allowed.contains(&call.name) {
        return Err(CallError::Misused(run.belt.toolbox.unknown(&call.name, allowed)));
    }
    match run.belt.toolbox.gate(&call.name, &made.context, &made.arguments).await? {
        Gate::Open => perform(made).await,
        Gate::Needs(proposal) => {
            let granted = question::granted(&mut run.belt.store.reader(), &proposal.fingerprint).await?;
            match granted {
                Some(question) => perform(granted_by(made, &question, &proposal)).await,
                None => Ok(CallResult::Ask(approval(proposal))),
            }
        }
    }
}

/// The same call, under the approval `question`.
pub(super) fn granted_by<'r>(made: Made<'r>, question: &Question, proposal: &Proposal) -> Made<'r> {
    let grant = Some(Grant {
        question: question.id.clone(),
        fingerprint: proposal.fingerprint.clone(),
        by: question.answer.as_ref().map(|answer| answer.by_name.clone()).unwrap_or_default(),
    });
    Made { context: Context { grant, ..made.context }, ..made }
}

pub(super) fn approval(proposal: Proposal) -> Ask {
    Ask { purpose: Purpose::Approval(proposal), text: String::new(), options: Vec::new() }
}

/// Runs a call that nothing stands in the way of.
pub(super) async fn perform(made: Made<'_>) -> Result<CallResult, CallError> {
    let toolbox = &made.run.belt.toolbox;
    if toolbox.effect(&made.call.name) != Effect::Pure {
        return effect::perform(made).await;
    }
    let grant = made.context.grant.clone();
    let answer = toolbox.call(&made.call.name, &made.context, made.arguments).await?;
    Ok(from_answer(answer, grant, false))
}

/// What an answer is to the settling transaction, where an approval is also used up and those told who were asked.
pub(super) fn from_answer(answer: Answer, grant: Option<Grant>, spent: bool) -> CallResult {
    match answer {
        Answer::Value(value) if grant.is_none() => CallResult::Content(value),
        Answer::Value(value) => {
            let write: Write = Box::new(move |_| Box::pin(async move { Ok(Settled::Value(value)) }));
            CallResult::Write { write, grant, spent }
        }
        Answer::Write(write) => CallResult::Write { write, grant, spent },
        Answer::Ask(ask) => CallResult::Ask(ask),
    }
}
