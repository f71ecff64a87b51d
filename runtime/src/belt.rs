//! What every stage works with, and the four loops that make a process work. Knows no concrete channel or model.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use agents::{
    model::{Model, transcribe::Transcriber},
    prompt::Prompts,
    texts::Texts,
};
use channels::channel::{Channel, Fetch};
use domain::{
    address::ChannelName,
    agent::{AgentDefinition, AgentName},
    clock::{Clock, Millis},
    contact::Role,
    current::Current,
    firm::Firm,
    id::Ids,
    inbound::Arrival,
    live::Progress,
};
use store::{Error, Store, inbox};
use tokio::sync::{Semaphore, broadcast};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tools::toolbox::Toolbox;

use crate::{
    bell::{Bell, Stage},
    config::Config,
    delivery, intake, stage, turn, typing, upkeep, wakeup,
};

/// An agent and the model it thinks with.
#[derive(Clone)]
pub struct Agent {
    pub definition: AgentDefinition,
    pub model: Arc<dyn Model>,
}

pub struct Belt {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<Ids>,
    /// Staff may change it while the belt runs.
    pub config: Current<Config>,
    pub firm: Arc<Firm>,
    pub texts: Arc<Texts>,
    pub prompts: Arc<Prompts>,
    pub toolbox: Arc<Toolbox>,
    /// Every agent there is; other processes may run some of them.
    pub agents: BTreeMap<AgentName, Agent>,
    /// The agents whose turns this process runs.
    pub hosted: Vec<AgentName>,
    /// The ways out that this process serves.
    pub channels: Vec<Arc<dyn Channel>>,
    /// Where files come from that messages of a channel only name.
    pub fetch: BTreeMap<ChannelName, Arc<dyn Fetch>>,
    /// Who turns recordings into words, if anybody.
    pub transcriber: Current<Option<Arc<dyn Transcriber>>>,
    /// The ways on which people can be asked, whoever serves them.
    pub people: Vec<ChannelName>,
    pub bell: Bell,
    pub progress: broadcast::Sender<Arc<Progress>>,
    /// Whether somebody watches words as they are streamed.
    pub stream: bool,
    /// Places for model calls under way in this process.
    pub thoughts: Semaphore,
    /// Stages at work and turns in flight, for [`Belt::is_quiet`].
    pub busy: AtomicUsize,
}

/// What the stages started and did not wait for.
#[derive(Clone, Default)]
struct Work {
    lanes: TaskTracker,
    turns: TaskTracker,
    sends: TaskTracker,
}

impl Work {
    async fn finished(&self) {
        for tasks in [&self.lanes, &self.turns, &self.sends] {
            tasks.close();
            tasks.wait().await;
        }
    }
}

/// Counts work while it lives.
pub struct Busy<'b>(&'b AtomicUsize);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Belt {
    #[must_use]
    pub fn busy(&self) -> Busy<'_> {
        self.busy.fetch_add(1, Ordering::SeqCst);
        Busy(&self.busy)
    }

    /// The settings that hold at this moment.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        self.config.get()
    }

    #[must_use]
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Stores what a channel handed in and wakes the intake. `false` for a repeat.
    ///
    /// # Errors
    /// [`Error::Database`]: the channel must not say "received".
    pub async fn receive(&self, arrival: Arrival) -> Result<bool, Error> {
        let new = inbox::put_all(&self.store, &self.ids, vec![arrival], self.now()).await?;
        self.bell.ring(Stage::Intake);
        Ok(new > 0)
    }

    /// The agent that people with `role` talk to.
    #[must_use]
    pub fn agent_for(&self, role: Role) -> Option<&AgentDefinition> {
        self.agents.values().map(|agent| &agent.definition).find(|agent| agent.serves == Some(role))
    }

    /// Runs every stage until `stop`, then lets running turns finish within `grace`; what is not finished by then is a
    /// row whose lease runs out.
    pub async fn run(self: Arc<Self>, stop: CancellationToken, grace: Duration) {
        let (work, stages) = (Work::default(), TaskTracker::new());
        for stage in [Stage::Intake, Stage::Turn, Stage::Delivery, Stage::Wakeup] {
            let (belt, work) = (Arc::clone(&self), work.clone());
            let tick = move || {
                let (belt, work) = (Arc::clone(&belt), work.clone());
                async move {
                    match stage {
                        Stage::Intake => intake::tick(&belt, &work.lanes).await,
                        Stage::Turn => turn::tick(&belt, &work.turns).await,
                        Stage::Delivery => delivery::tick(&belt, &work.sends).await,
                        Stage::Wakeup => wakeup::tick(&belt).await,
                    }
                }
            };
            stages.spawn(stage::run(stage, self.bell.clone(), stop.clone(), tick));
        }
        stages.spawn(listen(Arc::clone(&self), stop.clone()));
        stages.spawn(typing::run(Arc::clone(&self), stop.clone()));
        stages.spawn(upkeep::run(Arc::clone(&self), stop.clone()));
        stages.close();
        stages.wait().await;
        if tokio::time::timeout(grace, work.finished()).await.is_err() {
            tracing::info!("stopped with work under way; its leases run out and it goes on");
        }
    }

    /// Whether nothing runs and nothing is due in this process: what is left waits for people, peers or the clock.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn is_quiet(&self) -> Result<bool, Error> {
        if self.busy.load(Ordering::SeqCst) > 0 {
            return Ok(false);
        }
        let soon = self.now().plus(Duration::from_millis(self.config().turns.gather_max_ms));
        let channels: Vec<String> = self.channels.iter().map(|channel| channel.name().0).collect();
        let agents: Vec<String> = self.hosted.iter().map(|agent| agent.0.clone()).collect();
        let waits = store::queue::anything_due(&mut self.store.reader(), &agents, &channels, soon).await?;
        Ok(!waits && self.busy.load(Ordering::SeqCst) == 0)
    }
}

/// Wakes the stages when other processes say that they committed something.
async fn listen(belt: Arc<Belt>, stop: CancellationToken) {
    let mut others = belt.store.others();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            heard = others.changed() => match heard {
                Ok(()) => belt.bell.ring_all(),
                Err(_) => return,
            },
        }
    }
}
