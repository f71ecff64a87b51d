//! How fast we may send, kept here before Meta has to say it: so many messages a second for our number, and few to one
//! person (80 a second; 45 at once, then one each 6 seconds: Meta's pages "Throughput" and "About the platform"). Pure:
//! time is handed in. Counts for this process alone.

use std::{collections::HashMap, time::Duration};

use domain::clock::Millis;

/// People whose pace is remembered; who has been quiet is forgotten first.
const PEOPLE: usize = 20_000;

/// A token bucket, kept as the time at which it is full again: one number, no timer (the generic cell rate algorithm).
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    full_at_us: i64,
}

#[derive(Clone, Copy, Debug)]
struct Pace {
    /// How many may go at once.
    burst: i64,
    /// One token comes back in this time.
    every_us: i64,
}

impl Pace {
    fn new(burst: u32, every: Duration) -> Self {
        Self {
            burst: i64::from(burst.max(1)),
            every_us: i64::try_from(every.as_micros()).unwrap_or(i64::MAX).max(1),
        }
    }
}

impl Bucket {
    /// When a token will be there; now, if it is.
    fn ready_at(self, now: Millis, pace: Pace) -> Millis {
        let now_us = now.0.saturating_mul(1000);
        let slack = pace.every_us.saturating_mul(pace.burst - 1);
        let ready_us = self.full_at_us.saturating_sub(slack);
        if ready_us <= now_us { now } else { Millis(ready_us.saturating_add(999) / 1000) }
    }

    fn take(&mut self, now: Millis, pace: Pace) {
        self.full_at_us = self.full_at_us.max(now.0.saturating_mul(1000)).saturating_add(pace.every_us);
    }
}

/// What holds a message back, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub until: Millis,
    pub why: &'static str,
}

#[derive(Debug)]
pub(super) struct Limits {
    number: (Bucket, Pace),
    pair: Pace,
    order_gap: Duration,
    people: HashMap<String, Person>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Person {
    bucket: Bucket,
    last: Option<Millis>,
}

impl Limits {
    pub(super) fn new(per_second: u32, pair: (u32, Duration), order_gap: Duration) -> Self {
        // A tenth at once and nine tenths a second: never more than all of it in any second.
        let burst = (per_second / 10).max(1);
        let rate = (per_second - per_second / 10).max(1);
        let pace = Pace::new(burst, Duration::from_micros(1_000_000 / u64::from(rate)));
        Self {
            number: (Bucket::default(), pace),
            pair: Pace::new(pair.0, pair.1),
            order_gap,
            people: HashMap::new(),
        }
    }

    /// Takes a token of each bucket, or none of any.
    pub(super) fn take(&mut self, recipient: &str, now: Millis) -> Result<(), Held> {
        let person = self.people.get(recipient).copied().unwrap_or_default();
        // Meta keeps no order among messages that it has not delivered yet.
        let in_order = person.last.map_or(now, |last| last.plus(self.order_gap));
        let reasons = [
            (
                person.bucket.ready_at(now, self.pair),
                "as many messages went to this person as may go at once",
            ),
            (self.number.0.ready_at(now, self.number.1), "our number sends as much a second as it may"),
            (in_order, "the message before is still on its way"),
        ];
        if let Some((until, why)) = reasons.into_iter().filter(|(at, _)| *at > now).max_by_key(|(at, _)| *at)
        {
            return Err(Held { until, why });
        }
        self.forget_the_quiet(now);
        let person = self.people.entry(recipient.to_owned()).or_default();
        person.bucket.take(now, self.pair);
        person.last = Some(now);
        self.number.0.take(now, self.number.1);
        Ok(())
    }

    fn forget_the_quiet(&mut self, now: Millis) {
        if self.people.len() < PEOPLE {
            return;
        }
        let gap = self.order_gap;
        self.people.retain(|_, person| {
            person.bucket.full_at_us > now.0.saturating_mul(1000)
                || person.last.is_some_and(|last| last.plus(gap) > now)
        });
        if self.people.len() >= PEOPLE {
            // All of them wrote within minutes: Meta's own limits have to do for a moment.
            self.people.clear();
        }
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
