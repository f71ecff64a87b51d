//! The WhatsApp Cloud API: webhooks in, the Graph API out. One attempt at a time: when to try again is the delivery
//! stage's, and no table is known here.

mod config;
pub mod doctor;
mod errors;
mod files;
mod graph;
mod limits;
mod media;
pub mod numbers;
mod offer;
pub mod parse;
mod receiver;
mod send;
pub mod signature;
pub mod window;
mod wire;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use domain::{
    address::ChannelName,
    clock::Millis,
    message::Media,
    outbound::{Outbound, SendOutcome},
};

pub use config::{Config, Incomplete, META, Media as MediaConfig};
pub use offer::Offer;
pub use receiver::Receiver;
pub use send::{Templates, plan};

use crate::{
    channel::{Channel, Facts, Fetch, Fetched, LostAnswer, NotFetched},
    transport::{self, Transport},
};
use files::Files;
use graph::Graph;
use limits::Limits;

/// The channel's name, which addresses and rows carry.
pub const NAME: &str = "whatsapp";
/// How long nothing is tried once the account is the problem: each message would meet the same answer.
const PAUSE: Duration = Duration::from_secs(60);

pub struct WhatsApp {
    config: Config,
    graph: Graph,
    /// For our own public address: the token does not go with it.
    outside: Transport,
    files: Files,
    limits: Mutex<Limits>,
    paused: Mutex<Option<(Millis, String)>>,
}

impl WhatsApp {
    /// # Errors
    /// [`Incomplete`].
    pub fn new(
        config: Config,
        client: reqwest::Client,
        http: &transport::Config,
    ) -> Result<Self, Incomplete> {
        config.check()?;
        let base = config.base()?;
        let whole_files = transport::Config {
            // What Meta says of a file comes by the same road.
            answer_kib: config.media.largest_mib.saturating_mul(1024).max(1024),
            total_seconds: config.media.fetch_seconds,
            // Each holds a whole file in memory.
            concurrent: 2,
            ..http.clone()
        };
        let calls = Transport::new(client.clone(), http);
        let graph = Graph::new(base.clone(), config.access_token.clone(), calls.clone());
        let file_graph = Graph::new(base, config.access_token.clone(), Transport::new(client, &whole_files));
        let pair = (config.pair_burst, Duration::from_millis(config.pair_every_ms));
        let limits =
            Limits::new(config.throughput_per_second, pair, Duration::from_millis(config.order_gap_ms));
        Ok(Self {
            files: Files::new(file_graph, config.phone_number_id.clone(), &config.media),
            graph,
            outside: calls,
            limits: Mutex::new(limits),
            paused: Mutex::new(None),
            config,
        })
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pause(&self, now: Millis) -> Option<String> {
        let paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner);
        paused.as_ref().filter(|(until, _)| *until > now).map(|(_, reason)| reason.clone())
    }

    fn set_pause(&self, now: Millis, reason: &str) {
        let mut paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner);
        *paused = Some((now.plus(PAUSE), reason.to_owned()));
    }
}

#[async_trait]
impl Channel for WhatsApp {
    fn name(&self) -> ChannelName {
        ChannelName::from(NAME)
    }

    fn lost_answer(&self) -> LostAnswer {
        LostAnswer::WaitForStatus
    }

    async fn send(&self, outbound: &Outbound, facts: &Facts) -> SendOutcome {
        if let Some(reason) = self.pause(facts.now) {
            return SendOutcome::PauseChannel { reason };
        }
        let outcome = self.attempt(outbound, facts).await;
        if let SendOutcome::PauseChannel { reason } = &outcome {
            tracing::error!(reason, "nothing can be sent on WhatsApp until somebody mends it");
            self.set_pause(facts.now, reason);
        }
        outcome
    }

    fn shows_typing(&self) -> bool {
        self.config.receipts
    }

    async fn seen(&self, external: &str, typing: bool) {
        self.receipt(external, typing).await;
    }
}

#[async_trait]
impl Fetch for WhatsApp {
    async fn fetch(&self, media: &Media) -> Result<Fetched, NotFetched> {
        self.files.fetch(media).await
    }
}
