//! Throughput of the number and the pair rate with each person, as token buckets on the sandbox's clock.
//! It counts and answers; whether a limit is enforced is a switch read elsewhere.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::person::DAY_MS;

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Buckets {
    /// Messages of the running second, in and out.
    recent_ms: VecDeque<i64>,
    /// Per person: the time at which the bucket is full again.
    full_at_ms: BTreeMap<String, i64>,
    /// Per person: last time the business wrote outside the window.
    opened_ms: BTreeMap<String, i64>,
    /// Per person: marketing messages of the last day.
    marketing_ms: BTreeMap<String, Vec<i64>>,
}

impl Buckets {
    /// Takes one message of the number's throughput; false when the second is used up.
    pub(crate) fn throughput(&mut self, now: i64, per_second: u32) -> bool {
        while self.recent_ms.front().is_some_and(|at| *at <= now - 1_000) {
            self.recent_ms.pop_front();
        }
        if self.recent_ms.len() >= usize::try_from(per_second).unwrap_or(usize::MAX) {
            return false;
        }
        self.recent_ms.push_back(now);
        true
    }

    /// Takes one message of the pair's bucket: `burst` at once, then one each `every_ms`.
    pub(crate) fn pair(&mut self, person: &str, now: i64, burst: u32, every_ms: i64) -> bool {
        let full_at = self.full_at_ms.get(person).copied().unwrap_or(now).max(now);
        if full_at - now > i64::from(burst.saturating_sub(1)) * every_ms {
            return false;
        }
        self.full_at_ms.insert(person.to_owned(), full_at + every_ms);
        true
    }

    /// Notes a message outside the window; false when that would be one person too many in a day.
    pub(crate) fn reach(&mut self, person: &str, now: i64, most: Option<usize>) -> bool {
        self.opened_ms.retain(|_, at| *at > now - DAY_MS);
        let known = self.opened_ms.contains_key(person);
        if !known && most.is_some_and(|most| self.opened_ms.len() >= most) {
            return false;
        }
        self.opened_ms.insert(person.to_owned(), now);
        true
    }

    /// Notes a marketing message; false when the person had enough of them today.
    pub(crate) fn marketing(&mut self, person: &str, now: i64, most: Option<u32>) -> bool {
        let Some(most) = most else { return true };
        let seen = self.marketing_ms.entry(person.to_owned()).or_default();
        seen.retain(|at| *at > now - DAY_MS);
        if seen.len() >= usize::try_from(most).unwrap_or(usize::MAX) {
            return false;
        }
        seen.push(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Buckets;

    #[test]
    fn a_pair_has_45_at_once_and_one_each_six_seconds() {
        let mut buckets = Buckets::default();
        assert!((0..45).all(|_| buckets.pair("a", 0, 45, 6_000)));
        assert!(!buckets.pair("a", 0, 45, 6_000));
        assert!(!buckets.pair("a", 5_999, 45, 6_000));
        assert!(buckets.pair("a", 6_000, 45, 6_000));
        assert!(!buckets.pair("a", 6_000, 45, 6_000));
        assert!(buckets.pair("b", 6_000, 45, 6_000));
    }

    #[test]
    fn a_number_has_80_a_second() {
        let mut buckets = Buckets::default();
        assert!((0..80).all(|at| buckets.throughput(at, 80)));
        assert!(!buckets.throughput(500, 80));
        assert!(buckets.throughput(1_000, 80));
    }

    #[test]
    fn reach_counts_people_not_messages() {
        let mut buckets = Buckets::default();
        assert!(buckets.reach("a", 0, Some(1)) && buckets.reach("a", 1, Some(1)));
        assert!(!buckets.reach("b", 2, Some(1)));
        assert!(buckets.reach("b", 86_400_002, Some(1)));
    }
}
