//! The layers as they are written, section by section, before anything is resolved.

use std::collections::BTreeMap;

use domain::firm::Firm;
use serde::Deserialize;

use super::communication::{RawComms, RawCommunication};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub communication: RawCommunication,
    pub whatsapp: channels::whatsapp::Config,
    pub comms: RawComms,
    pub people: RawPeople,
    pub database: store::Config,
    pub model: toml::Table,
    pub server: RawServer,
    pub gateway: RawGateway,
    pub staff: gateway::staff::Config,
    pub live: gateway::live::Config,
    pub agents: BTreeMap<String, RawEndpoint>,
    pub link: RawLink,
    pub telephony: channels::telephony::Config,
    pub settings: RawKey,
    pub http: channels::transport::Config,
    pub terminal: channels::cli::Config,
    pub intake: runtime::config::Intake,
    pub turns: runtime::config::Turns,
    pub questions: runtime::config::Questions,
    pub delivery: runtime::config::Delivery,
    pub retention: runtime::config::Retention,
    pub files: RawFiles,
    pub log: crate::telemetry::Config,
    pub shutdown: RawShutdown,
    pub firm: Firm,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPeople {
    pub technician_phone: String,
    pub office_phone: String,
    pub auto_link_by_phone: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawServer {
    pub bind: String,
    pub public_url: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGateway {
    pub port: u16,
    pub jwt_secret: String,
    pub deliveries: usize,
    pub source_per_second: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEndpoint {
    pub port: u16,
    #[serde(default)]
    pub url: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLink {
    pub secret: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawKey {
    pub key: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFiles {
    pub overrides: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawShutdown {
    pub grace_seconds: u64,
}
