//! The whole state of the sandbox and the rules that move it: plain data, no IO, no async.
//! Every change goes through a method here under one lock, so a run can be repeated and written down.

pub(crate) mod account;
mod act_changes;
mod act_content;
pub(crate) mod acts;
pub(crate) mod chance;
pub(crate) mod delivery;
pub(crate) mod emit;
pub(crate) mod faults;
pub(crate) mod journal;
mod limits;
pub(crate) mod media;
pub(crate) mod message;
pub(crate) mod people;
pub(crate) mod person;
mod pricing;
pub(crate) mod receipts;
pub(crate) mod sending;
pub(crate) mod status;
pub(crate) mod template;
mod template_fill;
pub(crate) mod template_rules;
pub(crate) mod template_states;
mod timers;

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::config::{Config, Delays, Limits};
use crate::switches::Switches;
use account::Account;
use chance::Chance;
use delivery::Deliveries;
use faults::Faults;
use journal::Entry;
use limits::Buckets;
use media::Shelf;
use message::Messages;
use person::Person;
use template::Templates;
use timers::{Due, Timers};

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct World {
    /// Set from the clock each time the lock is taken.
    pub now: i64,
    pub base_url: String,
    pub switches: Switches,
    pub delays: Delays,
    pub limits: Limits,
    pub account: Account,
    pub chance: Chance,
    pub people: BTreeMap<String, Person>,
    pub messages: Messages,
    pub shelf: Shelf,
    pub templates: Templates,
    buckets: Buckets,
    timers: Timers,
    pub deliveries: Deliveries,
    pub faults: Faults,
    pub journal: VecDeque<Entry>,
    journal_next: u64,
    /// Changes not yet told to the page.
    #[serde(skip)]
    pub news: Vec<Value>,
}

impl World {
    pub(crate) fn new(config: &Config, base_url: &str, now: i64) -> Self {
        let mut chance = Chance::new(config.seed);
        let people = config
            .people
            .iter()
            .map(|person| (person.id.clone(), Person::new(person, &mut chance)))
            .collect();
        let templates = Templates::seeded(&mut chance, now);
        Self {
            now,
            base_url: config
                .public_url
                .clone()
                .unwrap_or_else(|| base_url.to_owned())
                .trim_end_matches('/')
                .to_owned(),
            switches: config.switches.clone(),
            delays: config.delays.clone(),
            limits: config.limits.clone(),
            account: Account::new(config),
            chance,
            people,
            messages: Messages::default(),
            shelf: Shelf::default(),
            templates,
            buckets: Buckets::default(),
            timers: Timers::default(),
            deliveries: Deliveries::default(),
            faults: Faults::default(),
            journal: VecDeque::new(),
            journal_next: 0,
            news: Vec::new(),
        }
    }

    /// Runs what is due by now; returns when the next thing is.
    pub(crate) fn run_due(&mut self) -> Option<i64> {
        while let Some(due) = self.timers.pop(self.now) {
            match due {
                Due::Status(wamid, state) => self.reach_state(&wamid, state),
                Due::Fail(wamid, code, details) => self.fail(&wamid, code, details),
                Due::Attempt(delivery) if !self.deliveries.wants(delivery) => {}
                Due::Attempt(delivery) => self.deliveries.queue(delivery),
                Due::FlushBatch(number) => self.flush_batch(Some(number)),
                Due::ReleaseHeld(delivery) => self.release_held(Some(delivery)),
                Due::Review(template) => self.review(&template),
                Due::TypingEnds(person) => self.tell_person(&person),
            }
        }
        self.timers.next_ms()
    }

    fn later(&mut self, wait_ms: i64, due: Due) {
        if !self.timers.add(self.now + wait_ms.max(0), due, self.limits.timers) {
            tracing::warn!(limit = self.limits.timers, "too many timers, one is dropped");
        }
    }

    /// Nothing due, nothing in flight.
    pub(crate) fn idle(&self) -> bool {
        self.deliveries.idle() && self.timers.next_ms().is_none_or(|at| at > self.now)
    }

    pub(crate) fn tell(&mut self, news: Value) {
        self.news.push(news);
    }

    pub(crate) fn tell_person(&mut self, id: &str) {
        if let Some(person) = self.people.get(id) {
            let view = person.view(self.now);
            self.tell(json!({ "type": "person", "person": view }));
        }
    }

    pub(crate) fn tell_message(&mut self, id: &str) {
        if let Some(message) = self.messages.get(id) {
            let view = message.view();
            self.tell(json!({ "type": "message", "message": view }));
        }
    }

    pub(crate) fn tell_delivery(&mut self, id: u64) {
        if let Some(delivery) = self.deliveries.log.get(&id) {
            let summary = delivery.summary();
            self.tell(json!({ "type": "delivery", "delivery": summary }));
        }
    }
}
