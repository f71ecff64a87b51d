//! The allowances, on a clock moved by hand.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const T: i64 = 1_800_000_000_000;

/// A pace and what is used up of it, as the store keeps it.
struct Kept {
    pace: Pace,
    whole: Used,
    people: BTreeMap<String, Used>,
}

impl Kept {
    fn new(per_second: u32, pair: (u32, Duration), gap: Duration) -> Self {
        Self { pace: Pace::new(per_second, pair, gap), whole: Used::default(), people: BTreeMap::new() }
    }

    fn of(per_second: u32, burst: u32, gap_ms: u64) -> Self {
        Self::new(per_second, (burst, Duration::from_secs(6)), Duration::from_millis(gap_ms))
    }

    fn take(&mut self, person: &str, now: i64) -> Result<(), Held> {
        let used = self.people.get(person).copied().unwrap_or_default();
        let (whole, person_now) = self.pace.take(self.whole, used, Millis(now))?;
        self.whole = whole;
        self.people.insert(person.to_owned(), person_now);
        Ok(())
    }
}

#[test]
fn a_person_gets_a_burst_and_then_one_each_six_seconds() {
    let mut kept = Kept::of(1000, 45, 0);
    let mut now = T;
    for _ in 0..45 {
        assert_eq!(kept.take("49", now), Ok(()));
        now += 2;
    }
    let held = kept.take("49", now).unwrap_err();
    assert_eq!(held.until, Millis(T + 6_000));
    assert!(held.why.contains("this person"), "{}", held.why);
    assert_eq!(kept.take("50", now), Ok(()), "another person has an allowance of their own");
    assert_eq!(kept.take("49", T + 5_999).unwrap_err().until, Millis(T + 6_000));
    assert_eq!(kept.take("49", T + 6_000), Ok(()));
    assert_eq!(kept.take("49", T + 6_001).unwrap_err().until, Millis(T + 12_000));
}

#[test]
fn a_held_message_uses_nothing_up() {
    let mut kept = Kept::of(10, 45, 0);
    assert_eq!(kept.take("a", T), Ok(()));
    let first = kept.take("b", T).unwrap_err();
    assert_eq!(kept.take("b", T), Err(first), "asking does not push the time away");
    assert_eq!(kept.take("b", first.until.0), Ok(()));
}

#[test]
fn messages_to_one_person_keep_their_distance() {
    let mut kept = Kept::of(1000, 45, 2_000);
    assert_eq!(kept.take("a", T), Ok(()));
    assert_eq!(kept.take("b", T + 2), Ok(()));
    assert_eq!(kept.take("a", T + 5).unwrap_err().until, Millis(T + 2_000));
    assert_eq!(kept.take("a", T + 2_000), Ok(()));
}

proptest! {
    #[test]
    fn the_room_is_what_may_be_taken(per_second in 1_u32..200, steps in prop::collection::vec(0_i64..40, 1..60)) {
        let mut kept = Kept::new(per_second, (1_000_000, Duration::from_micros(1)), Duration::ZERO);
        let mut now = T;
        for (n, step) in steps.into_iter().enumerate() {
            now += step;
            let room = kept.pace.room(kept.whole, Millis(now));
            let mut taken = 0;
            let held = loop {
                match kept.take(&format!("{n}-{taken}"), now) {
                    Ok(()) if taken < room.unwrap_or(0) / 2 + 1 => taken += 1,
                    Ok(()) => break None,
                    Err(held) => break Some(held.until),
                }
            };
            match (room, held) {
                (Ok(room), Some(_)) => prop_assert_eq!(taken, room),
                (Ok(room), None) => prop_assert!(taken < room || room == 1, "{} of {}", taken, room),
                (Err(until), held) => prop_assert_eq!((taken, held), (0, Some(until))),
            }
        }
    }

    #[test]
    fn no_second_holds_more_than_may_go(per_second in 1_u32..200, steps in prop::collection::vec(0_i64..40, 1..600)) {
        let mut kept = Kept::new(per_second, (1_000_000, Duration::from_micros(1)), Duration::ZERO);
        let (mut now, mut sent) = (T, Vec::new());
        for (n, step) in steps.into_iter().enumerate() {
            now += step;
            if kept.take(&n.to_string(), now).is_ok() {
                sent.push(now);
            }
        }
        for (n, at) in sent.iter().enumerate() {
            let within = sent[n..].iter().take_while(|later| **later < at + 1000).count();
            prop_assert!(within <= per_second.max(2) as usize, "{within} in one second, {per_second} allowed");
        }
    }

    #[test]
    fn no_number_brings_it_down(full in any::<i64>(), last in any::<i64>(), now in 0_i64..i64::MAX) {
        let used = Used { full_at_us: full, last: Millis(last) };
        let pace = Pace::new(0, (0, Duration::MAX), Duration::MAX);
        if let Err(held) = pace.take(used, used, Millis(now)) {
            prop_assert!(held.until > Millis(now));
        }
    }
}
