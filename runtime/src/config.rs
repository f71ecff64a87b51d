//! The belt's own settings. Every limit of the belt is named here.

use std::{path::PathBuf, time::Duration};

use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub intake: Intake,
    pub turns: Turns,
    pub questions: Questions,
    pub delivery: Delivery,
    pub retention: Retention,
    pub linking: Linking,
}

/// What is kept for how long; zero is for ever.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Events that watchers of the live stream may catch up on.
    pub live_hours: u32,
    /// The bodies of arrivals that were taken in.
    pub inbox_days: u32,
    /// What turns that ended were asked and answered.
    pub traces_days: u32,
    /// The files of messages.
    pub media_days: u32,
    /// What was said.
    pub messages_days: u32,
    /// Entries of the audit log.
    pub audit_days: u32,
    /// Files elsewhere are nobody's to take away.
    #[serde(skip)]
    pub media_folder: PathBuf,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            live_hours: 48,
            inbox_days: 14,
            traces_days: 30,
            media_days: 365,
            messages_days: 0,
            audit_days: 0,
            media_folder: PathBuf::from("data/media"),
        }
    }
}

/// How strangers are found to be customers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Linking {
    /// Whether a thread is linked to the customer who has the number, where it is only one.
    pub auto_link_by_phone: bool,
    /// For customers' numbers that are written without one: digits.
    pub country_code: String,
}

impl Default for Linking {
    fn default() -> Self {
        Self { auto_link_by_phone: true, country_code: "49".to_owned() }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Intake {
    /// Rows taken at once.
    pub batch: u32,
    /// Tries before a row is dead.
    pub attempts: u32,
    pub lease_ms: u64,
    /// Rows that may wait; whoever brings more is told to come again.
    pub pending: u32,
}

impl Default for Intake {
    fn default() -> Self {
        Self { batch: 64, attempts: 8, lease_ms: 30_000, pending: 100_000 }
    }
}

/// What a message that arrives during a turn does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pending {
    /// The running turn hears it at its next step.
    #[default]
    Steer,
    /// All waiting ones make the next turn.
    Collect,
    /// Each its own turn, in order.
    Followup,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Turns {
    /// How long a burst of messages is gathered into one turn.
    pub gather_ms: u64,
    /// A gathering turn starts after this at the latest.
    pub gather_max_ms: u64,
    pub pending: Pending,
    pub lease_ms: u64,
    /// Turns of one agent that run at the same time.
    pub concurrent: u32,
    /// Model calls under way in one process, of all agents; more wait their turn.
    pub model_calls: u32,
    /// Takings of one turn without an end before it is given up.
    pub attempts: u32,
    /// The first wait after a model call that may be repeated; it doubles.
    pub retry_first_ms: u64,
    pub retry_ceiling_ms: u64,
    /// Messages one turn hears at once, and messages of older talk looked at for the model.
    pub messages: u32,
    pub history_messages: u32,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            gather_ms: 2_000,
            gather_max_ms: 10_000,
            pending: Pending::Steer,
            lease_ms: 30_000,
            concurrent: 16,
            model_calls: 64,
            attempts: 8,
            retry_first_ms: 1_000,
            retry_ceiling_ms: 120_000,
            messages: 50,
            history_messages: 60,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Questions {
    /// The first reminder; each later one waits twice as long. Zero for none.
    pub remind_after_ms: u64,
    /// An open question is given up after this, and its agent told.
    pub expire_after_ms: u64,
    /// A deferred job comes back to staff after this.
    pub deferred_after_ms: u64,
    /// Whether a person with both roles may approve a job of their own; either way the audit log says so.
    pub approve_own_jobs: bool,
}

impl Default for Questions {
    fn default() -> Self {
        const HOUR: u64 = 3_600_000;
        Self {
            remind_after_ms: 4 * HOUR,
            expire_after_ms: 7 * 24 * HOUR,
            deferred_after_ms: 24 * HOUR,
            approve_own_jobs: true,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Delivery {
    /// Rows of one channel taken at once.
    pub batch: u32,
    pub lease_ms: u64,
    /// Tries before a message to a person is failed. News of a job to a peer is never given up.
    pub attempts: u32,
    pub retry_first_ms: u64,
    pub retry_ceiling_ms: u64,
    /// How long a send whose answer was lost waits for a status.
    pub unknown_grace_ms: u64,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            batch: 32,
            lease_ms: 60_000,
            attempts: 10,
            retry_first_ms: 1_000,
            retry_ceiling_ms: 60_000,
            unknown_grace_ms: 90_000,
        }
    }
}

/// `ms` as a duration: a name for what the settings mean.
#[must_use]
pub fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
