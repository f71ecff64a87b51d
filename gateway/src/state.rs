//! What the handlers are given: the store, the clock, and who the hosted agent is. Holds no connection to an agent.

use std::{path::PathBuf, sync::Arc};

use channels::whatsapp::Offer;
use domain::{
    agent::AgentName,
    clock::{Clock, Millis},
    current::Current,
    firm::Firm,
    id::Ids,
};
use secrecy::SecretString;
use serde::Deserialize;
use store::Store;
use url::Url;

use crate::{admission::Admission, configuration::Means, live::Live, staff::Staff};

/// Limits of every server of the house.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The longest request body.
    pub body_kib: usize,
    /// Requests under way at once; more wait their turn, within `request_seconds`.
    pub concurrent: usize,
    pub request_seconds: u64,
    /// How long `/health` waits for the database.
    pub health_seconds: u64,
    /// Requests a second of one address, signed deliveries apart; a burst of ten seconds' worth is let through. 0: no
    /// limit.
    pub source_per_second: u32,
    /// What may change while the gateway runs.
    #[serde(skip)]
    pub house: Current<House>,
    /// Messages that may wait in the inbox; more are told to come again.
    pub inbox_pending: u32,
    /// Where files of messages are kept.
    pub media_folder: PathBuf,
    /// The largest file that staff may bring.
    pub upload_mib: usize,
    /// Whether a call of somebody unknown is linked to the customer who has that number; `people.auto_link_by_phone`.
    pub auto_link_by_phone: bool,
    /// What may be said outside WhatsApp's window.
    #[serde(skip)]
    pub templates: Arc<Vec<Offer>>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            body_kib: 1024,
            concurrent: 256,
            request_seconds: 30,
            health_seconds: 3,
            source_per_second: 50,
            house: Current::default(),
            inbox_pending: 100_000,
            media_folder: PathBuf::from("data/media"),
            upload_mib: 25,
            auto_link_by_phone: true,
            templates: Arc::default(),
        }
    }
}

/// Settings of the whole house that the gateway goes by, and that staff may change while it runs.
#[derive(Clone, Debug)]
pub struct House {
    /// Whether staff may decide about a job of their own at the console too; `questions.approve_own_jobs` of the belt.
    pub approve_own_jobs: bool,
    /// For numbers that are written without one: digits.
    pub country_code: String,
    /// What the model's tokens cost, where that is configured.
    pub price: Option<Price>,
    /// A channel on which nothing has come in for so long is said to be silent; 0: never. `comms.silent_hours`.
    pub silent_hours: u32,
}

impl Default for House {
    fn default() -> Self {
        Self { approve_own_jobs: true, country_code: "49".to_owned(), price: None, silent_hours: 24 }
    }
}

/// Prices of a million tokens, in millionths of the firm's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    pub input_micros: i64,
    pub output_micros: i64,
}

impl Price {
    /// What so many tokens cost, in millionths.
    #[must_use]
    pub fn of(self, input: i64, output: i64) -> i64 {
        const MILLION: i128 = 1_000_000;
        let cost = i128::from(input) * i128::from(self.input_micros)
            + i128::from(output) * i128::from(self.output_micros);
        i64::try_from((cost + MILLION / 2) / MILLION).unwrap_or(i64::MAX)
    }
}

/// Called after each commit that gave the belt work. A hint: the belt also looks for itself.
#[derive(Clone)]
pub struct Waker(Arc<dyn Fn() + Send + Sync>);

impl Waker {
    #[must_use]
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(wake))
    }

    /// For a process that runs no belt.
    #[must_use]
    pub fn none() -> Self {
        Self::new(|| {})
    }

    pub(crate) fn wake(&self) {
        (self.0)();
    }
}

/// What all routers of one process share; cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<Ids>,
    pub waker: Waker,
    /// Who is at the console.
    pub staff: Staff,
    /// Whose invoices are handed out.
    pub firm: Arc<Firm>,
    /// Who watches, and what they are told.
    pub live: Live,
    /// The program's configuration and its provider, as far as staff may see to them.
    pub means: Means,
    pub config: Config,
    pub admission: Admission,
}

impl Gateway {
    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }
}

/// What an agent does on the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Takes jobs, mostly from `from`, and bills them.
    TakesJobs { from: AgentName },
    /// Hands jobs to `to` and is told how they ended. Takes no task from anybody.
    HandsOver { to: AgentName },
    /// Has no peer. Takes no task either.
    Alone,
}

/// One agent with a port of its own.
#[derive(Clone)]
pub struct HostedAgent {
    pub name: AgentName,
    /// One line for the card.
    pub description: String,
    /// Where the world reaches it; stands in the card.
    pub url: Url,
    /// The link's secret, which every caller must bear.
    pub secret: SecretString,
    pub duty: Duty,
}

impl HostedAgent {
    pub(crate) fn takes_jobs(&self) -> bool {
        matches!(self.duty, Duty::TakesJobs { .. })
    }
}
