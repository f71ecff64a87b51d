//! Commits a step: epoch, effects, journal and saved machine in one transaction. Nothing acts on what is not committed.

use std::sync::Arc;

use agents::{
    model::ModelReply,
    turn::{Machine, Step, transcript},
};
use domain::{agent::Limits, clock::Millis, id::QuestionId, live::ProgressStep, tool::Effect, turn::Wake};
use serde_json::{Value, json};
use store::{Error, Tx, conversation, journal, message, timer, turn, wake};
use tools::tool::{Grant, Settled};

use super::{
    Run,
    carried::Carried,
    dispatch::{CallResult, Outcome},
    effect, ending,
    passing::{entry_of, is_passing, passing, returned},
    request,
};
use crate::{
    asking::{self, Asker},
    bell::Stage,
    belt::Belt,
    config::{Pending, ms},
};

/// Begins a taking: what was said and not heard is heard, what was waited for and has come is fed. `None` where there
/// is nothing to do: an earlier turn heard it all. A turn that goes on hears no more than one that runs would.
pub(super) async fn begin(run: &mut Run, saved: Option<Machine>) -> Result<Option<Machine>, Error> {
    let Some(mut machine) = saved else { return begin_fresh(run).await };
    let step = Commit::of(run);
    run.belt
        .store
        .write(move |tx| {
            Box::pin(async move {
                step.hold(tx).await?;
                step.steer(tx, &mut machine).await?;
                for wait in wake::of_turn(tx, &step.taken.id).await? {
                    if wait.result.is_some() {
                        machine.woken(&wait.call);
                    }
                }
                step.rest(tx, machine).await.map(Some)
            })
        })
        .await
}

/// A turn that has done nothing yet has nothing to commit either, but for one that has nothing to do.
async fn begin_fresh(run: &mut Run) -> Result<Option<Machine>, Error> {
    let mut machine = Machine::default();
    if overhear(run, &mut machine).await? > 0 {
        return Ok(Some(machine));
    }
    let step = Commit::of(run);
    run.belt
        .store
        .write(move |tx| {
            Box::pin(async move {
                step.hold(tx).await?;
                if message::any_unheard(tx, &step.taken.conversation.id).await? {
                    // It came between the look and now.
                    return turn::again(tx, &step.taken, step.now, "a message came").await;
                }
                turn::finish(tx, &step.taken, domain::turn::TurnState::Done, "{}", None, step.now).await
            })
        })
        .await?;
    run.ring(Stage::Turn);
    Ok(None)
}

/// Tells the machine what no turn has heard yet. That it was heard goes with the next commit.
async fn overhear(run: &mut Run, machine: &mut Machine) -> Result<usize, Error> {
    let told = request::unheard(run, at_once(&run.belt, &run.taken)).await?;
    let mut heard = 0;
    for (message, customer) in told {
        if !run.carried.has_heard(&message) {
            machine.heard(transcript::hear(&message, customer.as_deref()));
            run.carried.hear(&message);
            heard += 1;
        }
    }
    Ok(heard)
}

/// What a message that arrives during a turn does. Each command of the console has an answer of its own.
fn pending(belt: &Belt, taken: &turn::Taken) -> Pending {
    let console = taken.conversation.address.channel.is_console();
    if console { Pending::Followup } else { belt.config().turns.pending }
}

/// Messages one turn hears at once.
fn at_once(belt: &Belt, taken: &turn::Taken) -> i64 {
    if pending(belt, taken) == Pending::Followup { 1 } else { i64::from(belt.config().turns.messages) }
}

/// Journals a model's reply and feeds it. A message that came meanwhile is heard with it. A reply that ends the turn is
/// journaled by the commit of that end: nothing acts on it before.
pub(super) async fn reply(
    run: &mut Run,
    mut machine: Machine,
    reply: ModelReply,
    started: Millis,
) -> Result<Machine, Error> {
    let now = run.belt.now();
    let round = machine.rounds() + 1;
    let entry = journal::Entry {
        key: format!("model:{round}"),
        seq: i64::from(round) * 1_000,
        kind: journal::Kind::Model,
        name: run.agent.model.name(),
        effect: Effect::Pure,
        request: json!({ "entries": machine.entries().len() }).to_string(),
        result: Some(
            json!({ "text": reply.text, "calls": reply.calls, "truncated": reply.truncated }).to_string(),
        ),
        tokens_in: reply.usage.input,
        tokens_out: reply.usage.output,
        started,
        finished: Some(now),
    };
    run.carried.note(entry);
    run.tell(ProgressStep::ModelReplied {
        round,
        calls: reply.calls.len(),
        tokens: reply.usage.input + reply.usage.output,
        millis: u64::try_from(now.0 - started.0).unwrap_or(0),
    });
    machine.replied(reply);
    if matches!(machine.next(&run.agent.definition.limits), Step::Finish(_)) {
        return Ok(machine);
    }
    let step = Commit::of(run);
    run.belt
        .store
        .write(move |tx| {
            Box::pin(async move {
                step.hold(tx).await?;
                step.steer(tx, &mut machine).await?;
                step.rest(tx, machine).await
            })
        })
        .await
}

/// Settles what the calls of one reply came to, in call order, and says why some of them could not be. Calls that had no
/// effect and end here need no commit of their own.
pub(super) async fn outcomes(
    run: &mut Run,
    mut machine: Machine,
    mut outcomes: Vec<Outcome>,
) -> Result<(Machine, Option<String>), Error> {
    let unsettled = outcomes.iter().find_map(|outcome| match &outcome.result {
        CallResult::Unsettled(why) => Some(why.clone()),
        _ => None,
    });
    outcomes.retain(|outcome| !matches!(outcome.result, CallResult::Unsettled(_)));
    if outcomes.iter().all(|outcome| is_passing(run, outcome)) {
        for outcome in outcomes {
            let told = passing(run, &mut machine, outcome);
            run.tell(told);
        }
        match machine.next(&run.agent.definition.limits) {
            Step::Park => return Ok((rest(run, machine).await?, unsettled)),
            // What comes too late for this turn makes the next one.
            Step::Finish(_) => {}
            Step::CallModel | Step::CallTools(_) => {
                if unsettled.is_none() && pending(&run.belt, &run.taken) == Pending::Steer {
                    overhear(run, &mut machine).await?;
                }
            }
        }
        return Ok((machine, unsettled));
    }
    run.brief = None;
    let step = Commit::of(run);
    let settled = run
        .belt
        .store
        .write(move |tx| {
            Box::pin(async move {
                let mut machine = machine;
                let mut told = Vec::with_capacity(outcomes.len());
                step.hold(tx).await?;
                for outcome in outcomes {
                    told.push(step.outcome(tx, &mut machine, outcome).await?);
                }
                step.steer(tx, &mut machine).await?;
                Ok((step.rest(tx, machine).await?, told))
            })
        })
        .await?;
    let (machine, told) = settled;
    for progress in told {
        run.tell(progress);
    }
    run.ring(Stage::Delivery);
    run.ring(Stage::Wakeup);
    Ok((machine, unsettled))
}

/// Commits where the machine stands.
async fn rest(run: &mut Run, machine: Machine) -> Result<Machine, Error> {
    let step = Commit::of(run);
    run.belt
        .store
        .write(move |tx| {
            Box::pin(async move {
                step.hold(tx).await?;
                step.rest(tx, machine).await
            })
        })
        .await
}

/// What a transaction of the turn needs, owned.
struct Commit {
    belt: Arc<Belt>,
    taken: turn::Taken,
    carried: Carried,
    limits: Limits,
    /// Where it is to be renewed.
    lease: Option<Millis>,
    now: Millis,
}

impl Commit {
    /// Takes along what was done since the last one: where this one fails the taking ends.
    fn of(run: &mut Run) -> Self {
        Self {
            belt: Arc::clone(&run.belt),
            taken: run.taken.clone(),
            carried: std::mem::take(&mut run.carried),
            limits: run.agent.definition.limits,
            lease: run.next_lease(),
            now: run.belt.now(),
        }
    }

    async fn hold(&self, tx: &mut Tx) -> Result<(), Error> {
        let (conversation, epoch) = (&self.taken.conversation.id, self.taken.epoch);
        match self.lease {
            Some(lease) => conversation::hold(tx, conversation, epoch, lease).await?,
            None => conversation::still_held(tx, conversation, epoch).await?,
        }
        self.carried.settle(tx, &self.taken.id).await
    }

    /// Saves the machine, or lets go of the turn where every open call waits.
    async fn rest(&self, tx: &mut Tx, machine: Machine) -> Result<Machine, Error> {
        let saved = machine.save().map_err(|source| Error::Stored { column: "turn.machine", source })?;
        if machine.next(&self.limits) == Step::Park {
            turn::park(tx, &self.taken, &saved, self.now).await?;
            ending::go_on(tx, &self.belt, &self.taken.conversation, self.now).await?;
        } else {
            turn::save(tx, &self.taken.id, &saved).await?;
        }
        Ok(machine)
    }

    async fn steer(&self, tx: &mut Tx, machine: &mut Machine) -> Result<(), Error> {
        let ended = matches!(machine.next(&self.limits), Step::Finish(_));
        if pending(&self.belt, &self.taken) == Pending::Steer && !ended {
            self.hear(tx, machine).await?;
        }
        Ok(())
    }

    async fn hear(&self, tx: &mut Tx, machine: &mut Machine) -> Result<usize, Error> {
        let at_once = at_once(&self.belt, &self.taken);
        let messages =
            message::take_unheard(tx, &self.taken.conversation.id, &self.taken.id, at_once).await?;
        for message in &messages {
            let customer = request::customer_of(tx, message).await?;
            machine.heard(transcript::hear(message, customer.as_deref()));
        }
        Ok(messages.len())
    }

    async fn outcome(
        &self,
        tx: &mut Tx,
        machine: &mut Machine,
        outcome: Outcome,
    ) -> Result<ProgressStep, Error> {
        let call = &outcome.call;
        if outcome.woken {
            wake::clear(tx, &self.taken.id, &call.id).await?;
        }
        if let Some(job) = outcome.deferred.as_ref().and_then(|proposal| proposal.job.as_ref()) {
            let due = self.now.plus(ms(self.belt.config().questions.deferred_after_ms));
            timer::set(tx, &self.belt.ids, timer::Purpose::RemindJob, job.as_str(), due).await?;
            let asked = outcome.question.as_ref();
            self.tell_asked(tx, asked, "deferred.job", &json!({ "job": job })).await?;
        }
        let mut entry = entry_of(&self.belt, &outcome);
        let shown = match outcome.result {
            CallResult::Content(value) => Some(returned(machine, call, &value)),
            // An unsettled one was left out before.
            CallResult::Misused(why) | CallResult::Unsettled(why) => {
                machine.misused(&call.id, &why);
                Some(why)
            }
            CallResult::Ask(ask) => {
                let asker =
                    Asker { conversation: &self.taken.conversation, turn: &self.taken.id, call: &call.id };
                let question = asking::ask(tx, &self.belt, &asker, ask, self.now).await?;
                self.wait(tx, machine, call, &Wake::Question(question)).await?;
                None
            }
            CallResult::Write { write, grant, spent } => {
                match self.effect(tx, &call.name, write, grant.map(|grant| (grant, spent))).await? {
                    Settled::Value(value) => Some(returned(machine, call, &value)),
                    Settled::Wait { wake, patience_ms } => {
                        self.wait(tx, machine, call, &wake).await?;
                        let due = Millis(self.now.0.saturating_add(patience_ms));
                        timer::set(tx, &self.belt.ids, timer::Purpose::HandoffPatience, wake.of(), due)
                            .await?;
                        None
                    }
                }
            }
        };
        entry.finished = shown.is_some().then_some(self.now);
        entry.result.clone_from(&shown);
        journal::put(tx, &self.taken.id, std::slice::from_ref(&entry)).await?;
        Ok(ProgressStep::ToolReturned {
            call: call.id.clone(),
            name: call.name.clone(),
            result: shown.unwrap_or_else(|| "waits".to_owned()),
            millis: u64::try_from(self.now.0 - outcome.started.0).unwrap_or(0),
        })
    }

    async fn wait(
        &self,
        tx: &mut Tx,
        machine: &mut Machine,
        call: &domain::tool::ToolCall,
        on: &Wake,
    ) -> Result<(), Error> {
        wake::add(tx, &self.taken.id, &call.id, on).await?;
        machine.waits(&call.id);
        Ok(())
    }

    /// Runs an effect. One that needed an approval uses it up first: it is good for one run.
    async fn effect(
        &self,
        tx: &mut Tx,
        tool: &str,
        write: tools::tool::Write,
        grant: Option<(Grant, bool)>,
    ) -> Result<Settled, Error> {
        let Some((grant, spent)) = grant else { return write(tx).await };
        if !spent && !effect::spend(tx, &self.taken, &grant, self.now).await? {
            return Ok(Settled::Value(json!({ "error": effect::USED })));
        }
        let settled = write(tx).await?;
        if let Settled::Value(done) = &settled
            && done.get("error").is_none()
        {
            self.tell_asked(tx, Some(&grant.question), &format!("done.{tool}"), done).await?;
        }
        Ok(settled)
    }
}

impl Commit {
    /// Everyone who was asked hears what came of it, where the house has a sentence for that.
    async fn tell_asked(
        &self,
        tx: &mut Tx,
        asked: Option<&QuestionId>,
        key: &str,
        facts: &Value,
    ) -> Result<(), Error> {
        match asked.filter(|_| self.belt.texts.has(key)) {
            Some(id) => asking::tell_asked(tx, &self.belt, id, key, facts, self.now).await,
            None => Ok(()),
        }
    }
}
