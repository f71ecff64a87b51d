//! Second stage: takes due turns and drives each through its machine until it parks or ends. One turn a conversation at
//! a time, under the conversation's epoch.

mod carried;
mod dispatch;
mod drive;
mod effect;
mod ending;
mod passing;
mod request;
mod resume;
mod settle;

use std::sync::Arc;

use domain::{clock::Millis, command, live::ProgressStep};
use store::{
    Error,
    turn::{self, Taken},
};
use tokio_util::task::TaskTracker;

use self::{carried::Carried, request::Brief};
use crate::{
    bell::Stage,
    belt::{Agent, Belt},
    config::ms,
    stage::Found,
};

/// Takes what is due and starts it; the turns run on in `tasks`.
///
/// # Errors
/// [`Error::Database`] where nothing could be taken.
pub async fn tick(belt: &Arc<Belt>, tasks: &TaskTracker) -> Result<Found, Error> {
    let _busy = belt.busy();
    let mut found = Found::Nothing;
    let room = (belt.config().turns.concurrent as usize).saturating_sub(tasks.len());
    if room == 0 {
        return Ok(found);
    }
    for taken in claim(belt, room).await? {
        found = Found::Work;
        let belt = Arc::clone(belt);
        tasks.spawn(async move {
            let _busy = belt.busy();
            run(&belt, taken).await;
            belt.bell.ring(Stage::Turn);
            belt.bell.ring(Stage::Delivery);
        });
    }
    Ok(found)
}

/// Takes up to `room` due turns of the agents that live here.
///
/// # Errors
/// [`Error::Database`].
pub async fn claim(belt: &Arc<Belt>, room: usize) -> Result<Vec<Taken>, Error> {
    let now = belt.now();
    let lease = now.plus(ms(belt.config().turns.lease_ms));
    let limit = i64::try_from(room).unwrap_or(i64::MAX);
    let hosted = belt.hosted.clone();
    let due = turn::anything_due(&mut belt.store.reader(), &hosted, now).await?;
    if !due {
        return Ok(Vec::new());
    }
    belt.store
        .write(move |tx| {
            Box::pin(async move {
                let mut taken = Vec::new();
                for agent in &hosted {
                    taken.extend(turn::claim(tx, agent, now, lease, limit).await?);
                }
                Ok(taken)
            })
        })
        .await
}

/// Drives one taken turn to its next rest. Trouble of ours puts it back; it is never lost.
pub async fn run(belt: &Arc<Belt>, taken: Taken) {
    let Some(agent) = belt.agents.get(&taken.conversation.agent).cloned() else {
        tracing::error!(agent = %taken.conversation.agent, "no such agent is configured; its turn waits");
        return;
    };
    let id = taken.id.clone();
    let mut run = Run::new(Arc::clone(belt), agent, taken);
    run.tell(ProgressStep::Started);
    match drive::drive(&mut run).await {
        Ok(()) => {}
        Err(Error::Fenced) => tracing::info!(turn = %id, "another worker took the turn over; stopped"),
        Err(error) => {
            tracing::warn!(turn = %id, %error, "the turn is put back");
            ending::put_back(&run, &error.to_string()).await;
        }
    }
}

/// One taken turn at work.
struct Run {
    belt: Arc<Belt>,
    agent: Agent,
    taken: Taken,
    /// When the lease ends, at the earliest.
    until: Millis,
    /// What was done since the last commit and goes with the next one.
    carried: Carried,
    /// What the model is told beside the turn's own transcript; read anew after an effect.
    brief: Option<Arc<Brief>>,
}

impl Run {
    fn new(belt: Arc<Belt>, agent: Agent, taken: Taken) -> Self {
        let until = taken.until;
        Self { belt, agent, taken, until, carried: Carried::default(), brief: None }
    }

    /// Tells whoever watches. Nobody may.
    fn tell(&self, step: ProgressStep) {
        let told = domain::live::Progress {
            turn: self.taken.id.clone(),
            conversation: self.taken.conversation.id.clone(),
            agent: self.taken.conversation.agent.clone(),
            to: self.taken.conversation.address.clone(),
            step,
        };
        let _ = self.belt.progress.send(Arc::new(told));
    }

    /// The tools that this turn may use: a draft has none, and staff at the console have their own.
    fn tools(&self) -> &[String] {
        let address = &self.taken.conversation.address;
        match &self.agent.definition.console {
            _ if command::drafted(address).is_some() => &[],
            Some(console) if address.channel.is_console() => &console.tools,
            None if address.channel.is_console() => &[],
            _ => &self.agent.definition.tools,
        }
    }

    /// The end of a lease that begins now, where more than half of this one is gone.
    fn next_lease(&mut self) -> Option<Millis> {
        let (now, whole) = (self.belt.now(), ms(self.belt.config().turns.lease_ms));
        let next = (now.plus(whole / 2) > self.until).then(|| now.plus(whole));
        self.until = next.unwrap_or(self.until);
        next
    }

    /// The end of a lease that begins now.
    fn lease(&self) -> Millis {
        self.belt.now().plus(ms(self.belt.config().turns.lease_ms))
    }

    fn ring(&self, stage: Stage) {
        self.belt.bell.ring(stage);
    }
}
