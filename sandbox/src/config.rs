//! The sandbox's own configuration section, with defaults that work as they are.
//! It never reads files or the environment: whoever starts the sandbox fills it.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

use crate::switches::Switches;

/// Everything that can be set before the sandbox starts.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub port: u16,
    pub bind: IpAddr,
    /// Same seed, same ids: two runs with the same calls differ in nothing.
    pub seed: u64,
    pub access_token: String,
    pub app_secret: String,
    pub verify_token: String,
    pub phone_number_id: String,
    pub waba_id: String,
    pub app_id: String,
    pub business_id: String,
    pub display_phone_number: String,
    pub verified_name: String,
    /// Where webhooks go from the start, as if saved in the app's dashboard. Without it they are only logged.
    pub webhook_url: Option<String>,
    /// How the world reaches the sandbox, for media URLs; by default its own address.
    pub public_url: Option<String>,
    /// Recipients a test number may write to; empty means no such list.
    pub allow_list: Vec<String>,
    pub people: Vec<PersonConfig>,
    pub limits: Limits,
    pub delays: Delays,
    pub switches: Switches,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 8020,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            seed: 1,
            access_token: "sandbox-token".into(),
            app_secret: "sandbox-app-secret".into(),
            verify_token: "sandbox-verify".into(),
            phone_number_id: "106540352242922".into(),
            waba_id: "102290129340398".into(),
            app_id: "670843887433847".into(),
            business_id: "506914307656634".into(),
            display_phone_number: "+49 30 23125100".into(),
            verified_name: "Plumbline Sanitär".into(),
            webhook_url: None,
            public_url: None,
            allow_list: Vec::new(),
            people: vec![
                PersonConfig::new("technician", "Frank", "491713920017"),
                PersonConfig::new("office", "Sabine", "491713920042"),
            ],
            limits: Limits::default(),
            delays: Delays::default(),
            switches: Switches::default(),
        }
    }
}

/// One person with a phone. Numbers of the default people are reserved for film and never assigned.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PersonConfig {
    /// Stable name in the control API and the page: `phone-<id>`.
    pub id: String,
    pub name: String,
    /// Digits with country code; none for someone known by a business-scoped id only.
    pub phone: Option<String>,
    /// Business-scoped user id; made from the seed when absent.
    pub user_id: Option<String>,
    pub username: Option<String>,
}

impl PersonConfig {
    pub fn new(id: &str, name: &str, phone: &str) -> Self {
        Self { id: id.into(), name: name.into(), phone: Some(phone.into()), ..Self::default() }
    }
}

/// How much of anything is allowed or kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    pub throughput_per_s: u32,
    pub pair_burst: u32,
    pub pair_every_ms: i64,
    pub people: usize,
    pub messages: usize,
    pub deliveries: usize,
    pub journal: usize,
    pub templates: usize,
    pub template_creations_per_hour: usize,
    pub faults: usize,
    pub timers: usize,
    pub media_files: usize,
    pub media_bytes: usize,
    /// Webhook requests in flight at once.
    pub concurrent_webhooks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            throughput_per_s: 80,
            pair_burst: 45,
            pair_every_ms: 6_000,
            people: 200,
            messages: 5_000,
            deliveries: 2_000,
            journal: 2_000,
            templates: 250,
            template_creations_per_hour: 100,
            faults: 100,
            timers: 20_000,
            media_files: 1_000,
            media_bytes: 512 * 1024 * 1024,
            concurrent_webhooks: 64,
        }
    }
}

/// How long things take, in milliseconds of the sandbox's clock unless said otherwise.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delays {
    pub sent_ms: i64,
    pub delivered_ms: i64,
    pub read_ms: i64,
    pub template_review_ms: i64,
    /// Waits between webhook attempts; the last one repeats until the retry period ends.
    pub retry_waits_ms: Vec<i64>,
    /// How long a receiver may take to answer a webhook, in real time.
    pub webhook_timeout_ms: u64,
    /// How long a hanging answer hangs, in real time.
    pub hang_ms: u64,
}

impl Default for Delays {
    fn default() -> Self {
        const S: i64 = 1_000;
        const M: i64 = 60 * S;
        const H: i64 = 60 * M;
        Self {
            sent_ms: 150,
            delivered_ms: 350,
            read_ms: 900,
            template_review_ms: 5_000,
            retry_waits_ms: vec![S, 5 * S, 20 * S, M, 5 * M, 15 * M, H, 2 * H, 4 * H, 8 * H, 12 * H],
            webhook_timeout_ms: 10_000,
            hang_ms: 30_000,
        }
    }
}
