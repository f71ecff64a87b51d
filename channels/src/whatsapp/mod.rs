//! The WhatsApp Cloud API: webhooks in, the Graph API out. One attempt at a time: when to try again is the delivery
//! stage's, and no table is known here.

mod config;
pub mod doctor;
mod errors;
mod files;
mod graph;
mod media;
pub mod numbers;
mod offer;
pub mod parse;
mod receiver;
mod send;
pub mod signature;
pub mod window;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use domain::{
    address::ChannelName,
    message::Media,
    outbound::{Outbound, SendOutcome},
    pace::Pace,
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

/// The channel's name, which addresses and rows carry.
pub const NAME: &str = "whatsapp";

pub struct WhatsApp {
    config: Config,
    graph: Graph,
    /// For our own public address: the token does not go with it.
    outside: Transport,
    files: Files,
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
        Ok(Self {
            files: Files::new(file_graph, config.phone_number_id.clone(), &config.media),
            graph,
            outside: calls,
            config,
        })
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
        self.attempt(outbound, facts).await
    }

    /// So much a second for our number, and few to one person (80 a second; 45 at once, then one each 6 seconds: Meta's
    /// pages "Throughput" and "About the platform"), kept before Meta has to say it. Meta keeps no order among messages
    /// that it has not delivered yet, hence the gap.
    fn pace(&self) -> Option<Pace> {
        let ours = &self.config;
        let pair = (ours.pair_burst, Duration::from_millis(ours.pair_every_ms));
        Some(Pace::new(ours.throughput_per_second, pair, Duration::from_millis(ours.order_gap_ms)))
    }

    fn room(&self) -> usize {
        self.graph.room()
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
