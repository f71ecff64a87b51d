//! Webhooks on their way: the log, the attempts, the lanes that keep order, batches and held ones.
//! It never opens a connection; `webhook::courier` carries the jobs that `take_jobs` hands out.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::faults::Shape;

const ATTEMPTS: usize = 100;

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// In line, or due later.
    Waiting,
    /// Out of order on purpose, or waiting for a batch to fill.
    Held,
    Sending,
    Retrying,
    Delivered,
    GivenUp,
    Dropped,
    /// Nobody registered a callback, or nobody subscribed to this field.
    NoReceiver,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Attempt {
    pub at_ms: i64,
    pub took_ms: u64,
    pub http: Option<u16>,
    pub error: Option<String>,
    pub wrong_signature: bool,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Delivery {
    pub id: u64,
    pub field: String,
    pub summary: String,
    pub person: Option<String>,
    /// wamids inside, so ticks can follow.
    pub messages: Vec<String>,
    pub created_ms: i64,
    pub next_ms: Option<i64>,
    pub stage: Stage,
    pub url: Option<String>,
    pub body: String,
    pub attempts: Vec<Attempt>,
    pub lose: u32,
    pub wrong_signature: u32,
    pub note: Option<String>,
}

impl Delivery {
    /// For lists: everything but the body.
    pub(crate) fn summary(&self) -> Value {
        json!({
            "id": self.id, "field": self.field, "summary": self.summary, "person": self.person,
            "messages": self.messages, "created_ms": self.created_ms, "next_ms": self.next_ms, "stage": self.stage,
            "url": self.url, "attempts": self.attempts, "note": self.note, "bytes": self.body.len(),
        })
    }

    pub(crate) fn noted(&mut self, attempt: Attempt) {
        if self.attempts.len() >= ATTEMPTS {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
    }
}

/// One POST to make now.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub delivery: u64,
    pub url: String,
    pub body: String,
    pub secret: String,
    pub wrong_signature: bool,
    pub lost: bool,
}

/// An update on its way into a POST.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Update {
    pub field: String,
    pub value: Value,
    pub person: Option<String>,
    pub summary: String,
    pub messages: Vec<String>,
    pub at_s: i64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Batch {
    pub number: u64,
    pub size: usize,
    pub shape: Shape,
    pub updates: Vec<Update>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Deliveries {
    pub next: u64,
    pub log: BTreeMap<u64, Delivery>,
    ready: VecDeque<u64>,
    #[serde(skip)]
    /// Lane of each webhook in flight.
    busy: BTreeMap<u64, String>,
    #[serde(skip)]
    pub in_flight: usize,
    pub batch: Option<Batch>,
    pub held: VecDeque<u64>,
}

impl Deliveries {
    /// Puts a webhook in the log; the oldest finished ones make room.
    pub(crate) fn add(&mut self, delivery: Delivery, most: usize) {
        while self.log.len() >= most {
            let done = |d: &&Delivery| !matches!(d.stage, Stage::Waiting | Stage::Sending | Stage::Held);
            let Some(old) =
                self.log.values().find(done).map(|d| d.id).or_else(|| self.log.keys().next().copied())
            else {
                break;
            };
            self.log.remove(&old);
        }
        self.log.insert(delivery.id, delivery);
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(crate) fn queue(&mut self, id: u64) {
        if self.log.contains_key(&id) && !self.ready.contains(&id) {
            self.ready.push_back(id);
        }
    }

    pub(crate) fn idle(&self) -> bool {
        self.ready.is_empty() && self.in_flight == 0
    }

    /// What may go out now: at most one per lane when order is kept.
    pub(crate) fn take_ready(&mut self, ordered: bool, most: usize) -> Vec<u64> {
        let mut taken = Vec::new();
        let mut later = VecDeque::new();
        while let Some(id) = self.ready.pop_front() {
            let Some(lane) = self.lane(id, ordered) else { continue };
            if self.in_flight >= most || self.busy.values().any(|taken| *taken == lane) {
                later.push_back(id);
                continue;
            }
            self.busy.insert(id, lane);
            self.in_flight += 1;
            taken.push(id);
        }
        self.ready = later;
        taken
    }

    /// The lane is free again. An id from before a reset holds no lane here and changes nothing.
    pub(crate) fn release(&mut self, id: u64) {
        if self.busy.remove(&id).is_some() {
            self.in_flight = self.in_flight.saturating_sub(1);
        }
    }

    /// Whether a due attempt is still wanted: a redelivery may have come first.
    pub(crate) fn wants(&self, id: u64) -> bool {
        self.log.get(&id).is_some_and(|delivery| matches!(delivery.stage, Stage::Waiting | Stage::Retrying))
    }

    fn lane(&self, id: u64, ordered: bool) -> Option<String> {
        let delivery = self.log.get(&id)?;
        Some(match &delivery.person {
            Some(person) if ordered => format!("person {person}"),
            None if ordered => "account".into(),
            _ => format!("delivery {id}"),
        })
    }
}
