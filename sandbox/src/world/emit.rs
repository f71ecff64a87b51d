//! From an update to webhooks in the log: who receives it, which fault strikes, what the attempts lead to.
//! It never sends; it hands jobs to the courier and takes the outcome back.

use serde_json::json;

use super::World;
use super::delivery::{Attempt, Batch, Delivery, Job, Stage, Update};
use super::faults::{Fault, Shape, Target};
use super::message::State;
use super::timers::Due;
use crate::webhook::{encode, envelope};

impl World {
    /// An update leaves for the app, unless a fault has other plans.
    pub(crate) fn emit(&mut self, update: Update) {
        let target = if update.value.get("statuses").is_some() { Target::Status } else { Target::Inbound };
        let fault =
            if self.account.listens_to(&update.field) && self.account.callback(&update.field).is_some() {
                self.faults.strike(&[target, Target::Webhook], update.person.as_deref())
            } else {
                None
            };
        match fault {
            Some(Fault::Batch { size, wait_ms, shape }) => self.join_batch(update, size, wait_ms, shape),
            fault => {
                let delivery = self.log(&[update], Shape::Items);
                self.start(delivery, fault);
            }
        }
    }

    /// Writes one POST into the log.
    fn log(&mut self, updates: &[Update], shape: Shape) -> u64 {
        let id = self.deliveries.number();
        let field = updates.first().map(|update| update.field.clone()).unwrap_or_default();
        let url = self.account.callback(&field).map(|callback| callback.url.clone());
        let body = encode::body(&envelope::wrap(&self.account.waba_id, updates, shape), &self.switches);
        let summaries: Vec<&str> = updates.iter().map(|update| update.summary.as_str()).collect();
        let note = if !self.account.listens_to(&field) {
            Some(format!("the app is not subscribed to {field}"))
        } else if url.is_none() {
            Some("no callback URL is set".to_owned())
        } else {
            None
        };
        let delivery = Delivery {
            id,
            summary: summaries.join(", "),
            person: updates.first().and_then(|update| update.person.clone()),
            messages: updates.iter().flat_map(|update| update.messages.clone()).collect(),
            created_ms: self.now,
            next_ms: None,
            stage: if note.is_some() { Stage::NoReceiver } else { Stage::Waiting },
            url,
            body,
            attempts: Vec::new(),
            lose: 0,
            wrong_signature: 0,
            note,
            field,
        };
        self.deliveries.add(delivery, self.limits.deliveries);
        id
    }

    fn start(&mut self, id: u64, fault: Option<Fault>) {
        let Some(delivery) = self.deliveries.log.get_mut(&id) else { return };
        if delivery.stage == Stage::NoReceiver {
            self.tell_delivery(id);
            return;
        }
        let mut wait_ms = 0;
        match fault {
            Some(Fault::Lose { times }) => {
                delivery.lose = times;
                delivery.note = Some("fault: lost, then retried".into());
            }
            Some(Fault::WrongSignature { times }) => {
                delivery.wrong_signature = times;
                delivery.note = Some("fault: wrong signature".into());
            }
            Some(Fault::Delay { ms }) => {
                delivery.note = Some("fault: late".into());
                wait_ms = ms;
            }
            Some(Fault::Drop) => {
                delivery.stage = Stage::Dropped;
                delivery.note = Some("fault: never sent".into());
                self.tell_delivery(id);
                return;
            }
            Some(Fault::Reorder { wait_ms }) => {
                delivery.stage = Stage::Held;
                delivery.note = Some("fault: after the next one".into());
                self.deliveries.held.push_back(id);
                self.later(wait_ms, Due::ReleaseHeld(id));
                self.tell_delivery(id);
                return;
            }
            Some(Fault::Duplicate { copies }) => self.copy(id, copies),
            _ => {}
        }
        self.enqueue(id, wait_ms);
        self.release_held(None);
    }

    fn copy(&mut self, id: u64, copies: u32) {
        let Some(original) = self.deliveries.log.get(&id).cloned() else { return };
        for _ in 0..copies {
            let number = self.deliveries.number();
            let note = Some(format!("fault: duplicate of {id}"));
            self.deliveries.add(Delivery { id: number, note, ..original.clone() }, self.limits.deliveries);
            // Behind the original: one millisecond later is still the same instant to a receiver.
            self.enqueue(number, 1);
        }
    }

    fn enqueue(&mut self, id: u64, wait_ms: i64) {
        let due = self.now + wait_ms;
        if let Some(delivery) = self.deliveries.log.get_mut(&id) {
            delivery.next_ms = Some(due);
        }
        if wait_ms > 0 {
            self.later(wait_ms, Due::Attempt(id));
        } else {
            self.deliveries.queue(id);
        }
        self.tell_delivery(id);
    }

    /// Lets held webhooks go, after the one that overtook them or alone.
    pub(super) fn release_held(&mut self, only: Option<u64>) {
        let held: Vec<u64> =
            self.deliveries.held.iter().copied().filter(|id| only.is_none_or(|one| one == *id)).collect();
        self.deliveries.held.retain(|id| !held.contains(id));
        for id in held {
            if let Some(delivery) = self.deliveries.log.get_mut(&id) {
                delivery.stage = Stage::Waiting;
            }
            self.enqueue(id, 0);
        }
    }

    fn join_batch(&mut self, update: Update, size: usize, wait_ms: i64, shape: Shape) {
        if self.deliveries.batch.is_none() {
            let number = self.deliveries.number();
            self.deliveries.batch = Some(Batch { number, size, shape, updates: Vec::new() });
            self.later(wait_ms, Due::FlushBatch(number));
        }
        let full = self.deliveries.batch.as_mut().is_some_and(|batch| {
            batch.updates.push(update);
            batch.updates.len() >= batch.size
        });
        if full {
            self.flush_batch(None);
        }
    }

    /// Sends the batch, if it is still the one the timer was set for.
    pub(super) fn flush_batch(&mut self, number: Option<u64>) {
        let same = |batch: &mut Batch| number.is_none_or(|number| number == batch.number);
        let Some(batch) = self.deliveries.batch.take_if(same) else { return };
        let id = self.log(&batch.updates, batch.shape);
        if let Some(delivery) = self.deliveries.log.get_mut(&id) {
            delivery.note.get_or_insert_with(|| format!("fault: batch of {}", batch.updates.len()));
        }
        self.start(id, None);
    }

    /// What is to be posted now.
    pub(crate) fn take_jobs(&mut self) -> Vec<Job> {
        let ready = self.deliveries.take_ready(self.switches.ordered, self.limits.concurrent_webhooks);
        let mut jobs = Vec::new();
        for id in ready {
            let Some(delivery) = self.deliveries.log.get_mut(&id) else {
                self.deliveries.release(id);
                continue;
            };
            delivery.stage = Stage::Sending;
            delivery.next_ms = None;
            let lost = delivery.lose > 0;
            delivery.lose = delivery.lose.saturating_sub(1);
            let wrong_signature = !lost && delivery.wrong_signature > 0;
            delivery.wrong_signature -= u32::from(wrong_signature);
            jobs.push(Job {
                delivery: id,
                url: delivery.url.clone().unwrap_or_default(),
                body: delivery.body.clone(),
                secret: self.account.app_secret.clone(),
                wrong_signature,
                lost,
            });
            self.tell_delivery(id);
        }
        jobs
    }

    /// Only 200 is success; anything else comes again, ever later, until the retry period ends.
    pub(crate) fn settle(&mut self, id: u64, attempt: Attempt) {
        self.deliveries.release(id);
        let retry_ms = i64::from(self.switches.retry_hours) * 3_600_000;
        let now = self.now;
        let Some(delivery) = self.deliveries.log.get_mut(&id) else { return };
        let done = attempt.http == Some(200);
        delivery.noted(attempt);
        if done {
            delivery.stage = Stage::Delivered;
            let messages = delivery.messages.clone();
            self.tell_delivery(id);
            for wamid in messages {
                self.tick(&wamid, State::Delivered);
            }
            return;
        }
        let waits = &self.delays.retry_waits_ms;
        let nth = delivery.attempts.len().saturating_sub(1);
        let wait_ms = waits.get(nth).or(waits.last()).copied().unwrap_or(60_000);
        if now + wait_ms > delivery.created_ms + retry_ms {
            delivery.stage = Stage::GivenUp;
            self.tell_delivery(id);
            return;
        }
        delivery.stage = Stage::Retrying;
        self.enqueue(id, wait_ms);
    }

    /// Sends a logged webhook once more, the same bytes to the callback of today.
    pub(crate) fn redeliver(&mut self, id: u64) -> bool {
        let Some(delivery) = self.deliveries.log.get_mut(&id) else { return false };
        let Some(callback) = self.account.callback(&delivery.field) else { return false };
        if delivery.stage == Stage::Sending {
            return false;
        }
        delivery.url = Some(callback.url.clone());
        delivery.stage = Stage::Waiting;
        delivery.note = Some("redelivered".into());
        self.enqueue(id, 0);
        true
    }

    /// Any field with any value: for fixtures, and for kinds the sandbox has no act for.
    pub(crate) fn emit_raw(&mut self, field: &str, value: serde_json::Value) {
        self.emit(Update {
            field: field.to_owned(),
            value,
            person: None,
            summary: format!("{field} (by hand)"),
            messages: Vec::new(),
            at_s: self.now / 1_000,
        });
    }

    /// An update about the account, the number or a template.
    pub(crate) fn emit_account(&mut self, field: &str, summary: &str, value: serde_json::Value) {
        self.emit(Update {
            field: field.to_owned(),
            value,
            person: None,
            summary: summary.to_owned(),
            messages: Vec::new(),
            at_s: self.now / 1_000,
        });
        self.tell(json!({ "type": "account" }));
    }
}
