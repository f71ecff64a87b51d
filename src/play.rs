//! A whole house in one place, played by hand: people speak, the belt runs until it rests, what was said to whom is kept.
//! Serves `plumbline eval` and the tests; the road is the real one, only the people are played and the clock is ours.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use channels::channel::{Channel, Facts, LostAnswer};
use domain::{
    address::{Address, ChannelName},
    clock::{Clock as _, ManualClock},
    contact::{Identity, Role},
    id::OutboxId,
    inbound::{Arrival, Inbound, InboundMessage},
    message::Part,
    outbound::{Outbound, SendOutcome},
    question::Choice,
};
use runtime::{Belt, delivery, intake, stage::Found, turn, wakeup};
use tokio_util::task::TaskTracker;

/// Rounds of the belt before it is said to go in circles.
const ROUNDS: usize = 2_000;

/// One thing that was said to a person.
#[derive(Clone, Debug)]
pub struct Said {
    pub to: Role,
    pub speaker: String,
    pub text: String,
    pub choices: Vec<Choice>,
}

/// A played person's way out: keeps what was said, once an id.
pub struct Ear {
    role: Role,
    said: Arc<Mutex<Vec<Said>>>,
    heard: Mutex<BTreeSet<OutboxId>>,
}

impl Ear {
    #[must_use]
    pub fn new(role: Role, said: &Arc<Mutex<Vec<Said>>>) -> Self {
        Self { role, said: Arc::clone(said), heard: Mutex::default() }
    }
}

#[async_trait]
impl Channel for Ear {
    fn name(&self) -> ChannelName {
        ChannelName::terminal(self.role.as_str())
    }

    fn lost_answer(&self) -> LostAnswer {
        LostAnswer::Repeat
    }

    async fn send(&self, outbound: &Outbound, _facts: &Facts) -> SendOutcome {
        let Some((text, choices)) = outbound.content.shown() else {
            return SendOutcome::Refused { reason: "no news of jobs for people".to_owned() };
        };
        if self.heard.lock().unwrap_or_else(PoisonError::into_inner).insert(outbound.id.clone()) {
            let said =
                Said { to: self.role, speaker: outbound.speaker.clone(), text, choices: choices.to_vec() };
            self.said.lock().unwrap_or_else(PoisonError::into_inner).push(said);
        }
        SendOutcome::Sent { external: outbound.id.0.clone() }
    }
}

/// A played house.
pub struct Play {
    pub belt: Arc<Belt>,
    pub clock: Arc<ManualClock>,
    /// Everything that was said, in order.
    pub said: Arc<Mutex<Vec<Said>>>,
    /// How much of it [`Play::take`] gave out.
    pub taken: Mutex<usize>,
}

impl Play {
    /// `role` writes `text`.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn writes(&self, role: Role, text: &str) -> Result<(), store::Error> {
        self.sends(role, vec![Part::text(text)], None).await
    }

    /// `role` presses the newest button with that title or value; writes the title where there is none.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn presses(&self, role: Role, title: &str) -> Result<(), store::Error> {
        let part = match self.button(role, title) {
            Some(choice) => Part::Choice { id: choice.id, title: choice.title },
            None => Part::text(title),
        };
        self.sends(role, vec![part], None).await
    }

    /// The newest button that `role` was shown with that title or value.
    #[must_use]
    pub fn button(&self, role: Role, title: &str) -> Option<Choice> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = said.iter().rev().filter(|said| said.to == role).flat_map(|said| said.choices.clone());
        shown.into_iter().find(|choice| choice.title.eq_ignore_ascii_case(title) || choice.value == title)
    }

    /// `role` sends `parts`, quoting the message with the provider's id `quotes`; then the belt runs until it rests.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn sends(
        &self,
        role: Role,
        parts: Vec<Part>,
        quotes: Option<String>,
    ) -> Result<(), store::Error> {
        let external = self.belt.ids.uuid();
        self.belt.receive(self.arrival(role, parts, quotes, external)).await?;
        self.rest().await
    }

    /// The inbox row of a message that `role` sends.
    #[must_use]
    pub fn arrival(&self, role: Role, parts: Vec<Part>, quotes: Option<String>, external: String) -> Arrival {
        let from = Address::new(ChannelName::terminal(role.as_str()), role.as_str());
        Arrival {
            channel: from.channel.clone(),
            external,
            lane: from.channel.0.clone(),
            body: Inbound::Message(InboundMessage {
                id: None,
                from,
                identities: vec![Identity::terminal(role)],
                profile_name: None,
                parts,
                quotes,
                sent_at: self.clock.now(),
            }),
        }
    }

    /// Lets time pass, and the belt do what is due then.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn wait(&self, time: Duration) -> Result<(), store::Error> {
        self.clock.advance(time);
        self.rest().await
    }

    /// Runs the belt until nothing is due.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn rest(&self) -> Result<(), store::Error> {
        for _ in 0..ROUNDS {
            if self.round().await? == Found::Nothing {
                return Ok(());
            }
        }
        tracing::error!(rounds = ROUNDS, "the belt goes in circles");
        Ok(())
    }

    /// One round of each stage, to its end.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn round(&self) -> Result<Found, store::Error> {
        let tasks = TaskTracker::new();
        let found = [
            intake::tick(&self.belt, &tasks).await?,
            turn::tick(&self.belt, &tasks).await?,
            delivery::tick(&self.belt, &tasks).await?,
            wakeup::tick(&self.belt).await?,
        ];
        tasks.close();
        tasks.wait().await;
        Ok(if found.contains(&Found::Work) { Found::Work } else { Found::Nothing })
    }

    /// What was said since the last call, in order.
    #[must_use]
    pub fn take(&self) -> Vec<Said> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let new = said[(*taken).min(said.len())..].to_vec();
        *taken = said.len();
        new
    }
}
