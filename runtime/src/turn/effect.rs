//! Calls with an effect outside our own database. Each is noted before it is made; one that was interrupted is handled by
//! its class: made again under the same key, looked for, or asked about. Nothing here settles a call.

use std::sync::Arc;

use domain::{clock::Millis, contact::Role, question::Purpose, tool::Effect};
use serde_json::json;
use store::{
    Error, Tx, audit, conversation,
    db::crash,
    journal::{self, Entry, Kind},
    question,
    turn::Taken,
};
use tools::{
    tool::{Ask, Found, Grant},
    toolbox::CallError,
};

use super::dispatch::{CallResult, Made, from_answer, granted_by, late};

/// Makes the call for the first time. An approval is used up before, in the transaction that notes the call.
pub(super) async fn perform(made: Made<'_>) -> Result<CallResult, CallError> {
    if begin(&made).await? {
        return make(made).await;
    }
    Ok(CallResult::Content(json!({ "error": USED })))
}

/// What is told of an approval that was used before.
pub(super) const USED: &str = "this approval was used before; ask again";

/// Goes on with a call whose outcome was lost.
pub(super) async fn recover(made: Made<'_>) -> Result<CallResult, CallError> {
    let made = under_its_grant(made).await?;
    let (toolbox, name) = (&made.run.belt.toolbox, &made.call.name);
    tracing::info!(turn = %made.run.taken.id, call = %made.call.id, tool = %name, "a call was interrupted");
    match toolbox.effect(name) {
        Effect::Pure | Effect::Keyed => make(made).await,
        Effect::Unsafe => Ok(unsure(&made)),
        Effect::Lookup => match toolbox.find(name, &made.context, made.arguments.clone()).await {
            Ok(Found::Done(value)) => {
                let grant = made.context.grant.clone();
                Ok(from_answer(tools::tool::Answer::Value(value), grant, true))
            }
            Ok(Found::Nothing) => make(made).await,
            Ok(Found::Unknown) | Err(CallError::Tell(_)) => Ok(unsure(&made)),
            Err(CallError::Lost(why)) => Ok(CallResult::Unsettled(why)),
            Err(error) => Err(error),
        },
    }
}

/// Makes the call again because a person said so.
pub(super) async fn again(made: Made<'_>) -> Result<CallResult, CallError> {
    let made = under_its_grant(made).await?;
    begin(&made).await?;
    make(made).await
}

/// Notes that the effect is about to be. `false` where the call's approval was used for another.
async fn begin(made: &Made<'_>) -> Result<bool, Error> {
    let (run, call) = (made.run, made.call);
    let (taken, grant, now, lease) =
        (run.taken.clone(), made.context.grant.clone(), run.belt.now(), run.lease());
    let entry = Entry {
        key: call.id.0.clone(),
        seq: made.seq,
        kind: Kind::Tool,
        name: call.name.clone(),
        effect: run.belt.toolbox.effect(&call.name),
        request: json!(call.arguments).to_string(),
        result: None,
        tokens_in: 0,
        tokens_out: 0,
        started: now,
        finished: None,
    };
    // Made before: its approval is used up by itself.
    let first = made.earlier.as_ref().is_none_or(|earlier| earlier.question.is_none());
    let noted = run.belt.store.write(move |tx| {
        Box::pin(async move {
            conversation::hold(tx, &taken.conversation.id, taken.epoch, lease).await?;
            let question = grant.as_ref().map(|grant| grant.question.clone());
            if let Some(grant) = grant.filter(|_| first)
                && !spend(tx, &taken, &grant, now).await?
            {
                return Ok(false);
            }
            journal::start(tx, &taken.id, &entry, question.as_ref()).await?;
            Ok(true)
        })
    });
    noted.await
}

/// Uses an approval up: it is good for one run. `false` where it was used before.
pub(super) async fn spend(tx: &mut Tx, taken: &Taken, grant: &Grant, now: Millis) -> Result<bool, Error> {
    if !question::spend(tx, &grant.question).await? {
        return Ok(false);
    }
    let entry = audit::Entry {
        actor: format!("agent:{}", taken.conversation.agent),
        action: "ran_approved",
        subject: grant.question.0.clone(),
        digest: grant.fingerprint.clone(),
    };
    audit::append(tx, &entry, now).await?;
    Ok(true)
}

async fn make(made: Made<'_>) -> Result<CallResult, CallError> {
    let (toolbox, name) = (Arc::clone(&made.run.belt.toolbox), made.call.name.as_str());
    let limit = made.run.agent.definition.limits.tool_call();
    crash::point("effect.before");
    let answer = tokio::time::timeout(limit, toolbox.call(name, &made.context, made.arguments.clone())).await;
    crash::point("effect.after");
    match answer {
        Ok(Ok(answer)) => Ok(from_answer(answer, made.context.grant, true)),
        Ok(Err(CallError::Lost(why))) => Ok(lost(&made, why)),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(lost(&made, late(name, limit))),
    }
}

/// The other side did not answer: what an interruption is, without one.
fn lost(made: &Made<'_>, why: String) -> CallResult {
    match made.run.belt.toolbox.effect(&made.call.name) {
        Effect::Unsafe => unsure(made),
        Effect::Pure | Effect::Keyed | Effect::Lookup => CallResult::Unsettled(why),
    }
}

/// Asks whether it was done: whom the turn talks with, or the office where it talks with nobody.
fn unsure(made: &Made<'_>) -> CallResult {
    let role = made.run.taken.conversation.contact.is_none().then_some(Role::Office);
    let (tool, arguments) = (made.call.name.clone(), made.arguments.clone());
    CallResult::Ask(Ask {
        purpose: Purpose::Outcome { tool, arguments, role },
        text: String::new(),
        options: Vec::new(),
    })
}

/// A repeat runs under the approval that the call was first made under.
async fn under_its_grant(made: Made<'_>) -> Result<Made<'_>, Error> {
    let Some(id) = made.earlier.as_ref().and_then(|earlier| earlier.question.clone()) else {
        return Ok(made);
    };
    let asked = question::get(&mut made.run.belt.store.reader(), &id).await?;
    let Some(asked) = asked else { return Ok(made) };
    match asked.purpose.clone() {
        Purpose::Approval(proposal) => Ok(granted_by(made, &asked, &proposal)),
        _ => Ok(made),
    }
}
