//! Drives the machine: what it says is done, what comes of it is fed back, and every step is committed before the next.

use std::{future::Future, time::Duration};

use agents::{
    model::{Listener, ModelError, ModelReply},
    turn::{Machine, Step, machine::LoadError},
};
use domain::{live::ProgressStep, retry::backoff};
use store::{Error, conversation, db::crash};

use super::{Run, dispatch, ending, request, settle};
use crate::{config::ms, lease};

/// Tries of one model call before the turn is put back.
const MODEL_TRIES: u32 = 3;
/// The longest wait for a model within one taking; a longer one puts the turn back.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn drive(run: &mut Run) -> Result<(), Error> {
    let machine = match run.taken.machine.as_deref().map(Machine::load).transpose() {
        Ok(machine) => machine,
        Err(error @ LoadError::Newer(_)) => {
            tracing::info!(turn = %run.taken.id, %error, "saved by a newer version: left to one of those");
            return ending::leave_for_newer(run).await;
        }
        Err(error) => return ending::fail(run, Machine::default(), &error.to_string(), "turn.failed").await,
    };
    if run.taken.attempts > i64::from(run.belt.config().turns.attempts) {
        let tries = run.taken.attempts - 1;
        let reason = format!("taken {tries} times without an end");
        return ending::fail(run, machine.unwrap_or_default(), &reason, "turn.failed").await;
    }
    let Some(mut machine) = settle::begin(run, machine).await? else { return Ok(()) };
    loop {
        machine = match machine.next(&run.agent.definition.limits) {
            Step::CallModel => match call_model(run, &machine).await? {
                Thought::Reply(reply, started) => settle::reply(run, machine, *reply, started).await?,
                Thought::Later(wait, reason) => {
                    return ending::later(run, machine, wait, &reason, "model.unavailable").await;
                }
                Thought::Never(reason) => {
                    return ending::fail(run, machine, &reason, "model.unavailable").await;
                }
            },
            Step::CallTools(calls) => {
                let brief = request::brief(run).await?;
                // On the heap: a turn would otherwise be as large as the largest of its tools.
                let calling = Box::pin(dispatch::all(run, machine.rounds(), &brief, &calls));
                let outcomes = held(run, calling).await??;
                match settle::outcomes(run, machine, outcomes).await? {
                    (machine, None) => machine,
                    (machine, Some(why)) => {
                        let wait = ms(run.belt.config().turns.retry_ceiling_ms);
                        return ending::later(run, machine, wait, &why, "turn.failed").await;
                    }
                }
            }
            Step::Park => {
                let waits = machine.waiting().into_iter().map(ToOwned::to_owned).collect();
                run.tell(ProgressStep::Parked { waits });
                return Ok(());
            }
            Step::Finish(end) => return ending::finish(run, machine, end).await,
        };
    }
}

enum Thought {
    Reply(Box<ModelReply>, domain::clock::Millis),
    Later(Duration, String),
    Never(String),
}

async fn call_model(run: &mut Run, machine: &Machine) -> Result<Thought, Error> {
    let request = match request::build(run, machine).await? {
        Ok(request) => request,
        Err(reason) => return Ok(Thought::Never(reason)),
    };
    let limit = run.agent.definition.limits.model_call();
    let config = run.belt.config();
    let turns = &config.turns;
    let mut tries = 0;
    loop {
        tries += 1;
        let started = run.belt.now();
        run.tell(ProgressStep::ModelCalled { round: machine.rounds() + 1 });
        let aloud = Aloud(run);
        let listener: Option<&dyn Listener> = if run.belt.stream { Some(&aloud) } else { None };
        let place = held(run, run.belt.thoughts.acquire()).await?;
        let thinking = tokio::time::timeout(limit, run.agent.model.reply(&request, listener));
        crash::point("ask_model.before");
        let outcome = held(run, thinking).await?;
        crash::point("ask_model.after");
        drop(place);
        let outcome = outcome.unwrap_or_else(|_| {
            let reason = format!("{} did not answer within {} s", run.agent.model.name(), limit.as_secs());
            Err(ModelError::Retry { reason, after: None })
        });
        match outcome {
            Ok(reply) => return Ok(Thought::Reply(Box::new(reply), started)),
            Err(ModelError::Stop { reason }) => return Ok(Thought::Never(reason)),
            Err(ModelError::Retry { reason, after }) => {
                let own = backoff(
                    ms(turns.retry_first_ms),
                    ms(turns.retry_ceiling_ms),
                    tries,
                    run.belt.ids.fraction(),
                );
                let wait = after.unwrap_or(own);
                tracing::warn!(turn = %run.taken.id, tries, %reason, "the model call is to be repeated");
                if tries >= MODEL_TRIES || wait > PATIENCE {
                    return Ok(Thought::Later(wait, reason));
                }
                held(run, tokio::time::sleep(wait)).await?;
            }
        }
    }
}

/// Tells the watchers what the model says while it says it.
struct Aloud<'r>(&'r Run);

impl Listener for Aloud<'_> {
    fn delta(&self, text: &str) {
        self.0.tell(ProgressStep::Said { delta: text.to_owned() });
    }
}

/// Runs `work` while renewing the lease. A lease that was lost stops it at once.
async fn held<T>(run: &Run, work: impl Future<Output = T>) -> Result<T, Error> {
    lease::keep(run.belt.config().turns.lease_ms, work, || renew(run)).await
}

async fn renew(run: &Run) -> Result<(), Error> {
    let (id, epoch, lease) = (run.taken.conversation.id.clone(), run.taken.epoch, run.lease());
    run.belt
        .store
        .write(move |tx| Box::pin(async move { conversation::hold(tx, &id, epoch, lease).await }))
        .await
}
