//! What is due when: one ordered list for the whole sandbox.
//! It never runs anything; `World::run_due` does, as far as the clock has come.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::message::State;

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Due {
    /// A message reaches a state.
    Status(String, State),
    /// A message fails with a code and, perhaps, its own details.
    Fail(String, i64, Option<String>),
    /// A webhook is to be tried.
    Attempt(u64),
    /// A batch has waited long enough for company.
    FlushBatch(u64),
    /// The next webhook never came: the held one goes alone.
    ReleaseHeld(u64),
    /// The reviewer decides about a template.
    Review(String),
    /// A typing indicator vanishes.
    TypingEnds(String),
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(from = "Vec<(i64, u64, Due)>", into = "Vec<(i64, u64, Due)>")]
pub(crate) struct Timers {
    next: u64,
    queue: BTreeMap<(i64, u64), Due>,
}

impl Timers {
    /// Adds a timer; false when there are already `most` of them.
    pub(crate) fn add(&mut self, at_ms: i64, due: Due, most: usize) -> bool {
        if self.queue.len() >= most {
            return false;
        }
        self.next += 1;
        self.queue.insert((at_ms, self.next), due);
        true
    }

    pub(crate) fn next_ms(&self) -> Option<i64> {
        self.queue.keys().next().map(|(at, _)| *at)
    }

    pub(crate) fn pop(&mut self, now: i64) -> Option<Due> {
        self.next_ms().filter(|at| *at <= now)?;
        self.queue.pop_first().map(|(_, due)| due)
    }
}

impl From<Vec<(i64, u64, Due)>> for Timers {
    fn from(list: Vec<(i64, u64, Due)>) -> Self {
        let next = list.iter().map(|(_, seq, _)| *seq).max().unwrap_or(0);
        Self { next, queue: list.into_iter().map(|(at, seq, due)| ((at, seq), due)).collect() }
    }
}

impl From<Timers> for Vec<(i64, u64, Due)> {
    fn from(timers: Timers) -> Self {
        timers.queue.into_iter().map(|((at, seq), due)| (at, seq, due)).collect()
    }
}
