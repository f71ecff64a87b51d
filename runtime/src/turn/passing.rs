//! Calls that had no effect and end where they were made: their results need no commit of their own. And what the journal says
//! of any call.

use agents::turn::Machine;
use domain::{live::ProgressStep, tool::Effect};
use serde_json::{Value, json};
use store::journal;

use super::{
    Run,
    dispatch::{CallResult, Outcome},
};
use crate::belt::Belt;

/// Whether a crash after the call changes nothing: it is made again and comes to the same.
pub(super) fn is_passing(run: &Run, outcome: &Outcome) -> bool {
    let plain = matches!(outcome.result, CallResult::Content(_) | CallResult::Misused(_));
    plain
        && !outcome.woken
        && outcome.deferred.is_none()
        && run.belt.toolbox.effect(&outcome.call.name) == Effect::Pure
}

pub(super) fn passing(run: &mut Run, machine: &mut Machine, outcome: Outcome) -> ProgressStep {
    let (call, now) = (&outcome.call, run.belt.now());
    let mut entry = entry_of(&run.belt, &outcome);
    let shown = match &outcome.result {
        CallResult::Misused(why) => {
            machine.misused(&call.id, why);
            why.clone()
        }
        CallResult::Content(value) => returned(machine, call, value),
        // Never passing; see above.
        CallResult::Ask(_) | CallResult::Write { .. } | CallResult::Unsettled(_) => String::new(),
    };
    entry.finished = Some(now);
    entry.result = Some(shown.clone());
    run.carried.note(entry);
    let millis = u64::try_from(now.0 - outcome.started.0).unwrap_or(0);
    ProgressStep::ToolReturned { call: call.id.clone(), name: call.name.clone(), result: shown, millis }
}

pub(super) fn entry_of(belt: &Belt, outcome: &Outcome) -> journal::Entry {
    let call = &outcome.call;
    journal::Entry {
        key: call.id.0.clone(),
        seq: outcome.seq,
        kind: journal::Kind::Tool,
        name: call.name.clone(),
        effect: belt.toolbox.effect(&call.name),
        request: json!(call.arguments).to_string(),
        result: None,
        tokens_in: 0,
        tokens_out: 0,
        started: outcome.started,
        finished: None,
    }
}

pub(super) fn returned(machine: &mut Machine, call: &domain::tool::ToolCall, value: &Value) -> String {
    let content = value.to_string();
    machine.returned(&call.id, &content);
    content
}
