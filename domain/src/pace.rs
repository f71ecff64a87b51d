//! How fast we may speak on a way out: so much a second for the whole of it, and less to one person. Pure: time and what
//! was used up before are handed in. The store keeps what is used up, so that it holds across processes.

use std::time::Duration;

use crate::clock::Millis;

/// What is used up of one allowance, kept as the time at which all of it is there again: one number, no timer (the
/// generic cell rate algorithm). Nothing used is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub full_at_us: i64,
    /// When the last one went; zero for never.
    pub last: Millis,
}

/// So many at once, then one in each interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rate {
    burst: i64,
    every_us: i64,
}

/// The pace of one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    whole: Rate,
    person: Rate,
    gap: Duration,
}

/// What holds a message back, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub until: Millis,
    pub why: &'static str,
}

impl Rate {
    fn new(burst: u32, every: Duration) -> Self {
        Self {
            burst: i64::from(burst.max(1)),
            every_us: i64::try_from(every.as_micros()).unwrap_or(i64::MAX).max(1),
        }
    }

    /// When the next one may go; now, if it may.
    fn ready(self, used: Used, now: Millis) -> Millis {
        let now_us = now.0.saturating_mul(1000);
        let slack = self.every_us.saturating_mul(self.burst - 1);
        let ready_us = used.full_at_us.saturating_sub(slack);
        if ready_us <= now_us { now } else { Millis(ready_us.saturating_add(999) / 1000) }
    }

    /// How many may go at once now.
    fn room(self, used: Used, now: Millis) -> i64 {
        let now_us = now.0.saturating_mul(1000);
        let owed = used.full_at_us.saturating_sub(now_us).max(0);
        let left = self.every_us.saturating_mul(self.burst).saturating_sub(owed);
        left.max(0) / self.every_us
    }

    fn take(self, used: Used, now: Millis) -> Used {
        let full = used.full_at_us.max(now.0.saturating_mul(1000));
        Used { full_at_us: full.saturating_add(self.every_us), last: now }
    }
}

impl Pace {
    /// `per_second` for the whole channel, never more in any second; to one person `burst` at once, then one in each
    /// `every`, and always `gap` between two.
    #[must_use]
    pub fn new(per_second: u32, (burst, every): (u32, Duration), gap: Duration) -> Self {
        // A tenth at once and nine tenths a second: together never more than all of it.
        let at_once = (per_second / 10).max(1);
        let rate = (per_second - per_second / 10).max(1);
        Self {
            whole: Rate::new(at_once, Duration::from_micros(1_000_000 / u64::from(rate))),
            person: Rate::new(burst, every),
            gap,
        }
    }

    /// How many messages may go at once now, whoever they are for.
    ///
    /// # Errors
    /// When the next one may, where it is none.
    pub fn room(&self, whole: Used, now: Millis) -> Result<i64, Millis> {
        match self.whole.room(whole, now) {
            0 => Err(self.whole.ready(whole, now)),
            room => Ok(room),
        }
    }

    /// What is used up of both allowances after a message to that person, or why it may not go now; then nothing is.
    ///
    /// # Errors
    /// [`Held`].
    pub fn take(&self, whole: Used, person: Used, now: Millis) -> Result<(Used, Used), Held> {
        let in_order = if person.last.0 > 0 { person.last.plus(self.gap) } else { now };
        let reasons = [
            (self.person.ready(person, now), "as many messages went to this person as may go at once"),
            (self.whole.ready(whole, now), "as much goes out a second as may"),
            (in_order, "the message before is still on its way"),
        ];
        match reasons.into_iter().filter(|(at, _)| *at > now).max_by_key(|(at, _)| *at) {
            Some((until, why)) => Err(Held { until, why }),
            None => Ok((self.whole.take(whole, now), self.person.take(person, now))),
        }
    }
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
