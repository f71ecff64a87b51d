//! The buckets, on a clock moved by hand.

use proptest::prelude::*;

use super::*;

const T: i64 = 1_800_000_000_000;

fn limits(per_second: u32, burst: u32, gap_ms: u64) -> Limits {
    Limits::new(per_second, (burst, Duration::from_secs(6)), Duration::from_millis(gap_ms))
}

#[test]
fn a_person_gets_a_burst_and_then_one_each_six_seconds() {
    let mut limits = limits(1000, 45, 0);
    let mut now = T;
    for _ in 0..45 {
        assert_eq!(limits.take("49", Millis(now)), Ok(()));
        now += 2;
    }
    let held = limits.take("49", Millis(now)).unwrap_err();
    assert_eq!(held.until, Millis(T + 6_000));
    assert!(held.why.contains("this person"), "{}", held.why);
    assert_eq!(limits.take("50", Millis(now)), Ok(()), "another person has a bucket of their own");
    assert_eq!(limits.take("49", Millis(T + 5_999)).unwrap_err().until, Millis(T + 6_000));
    assert_eq!(limits.take("49", Millis(T + 6_000)), Ok(()));
    assert_eq!(limits.take("49", Millis(T + 6_001)).unwrap_err().until, Millis(T + 12_000));
}

#[test]
fn a_held_message_takes_nothing() {
    let mut limits = limits(10, 45, 0);
    assert_eq!(limits.take("a", Millis(T)), Ok(()));
    let first = limits.take("b", Millis(T)).unwrap_err();
    assert_eq!(limits.take("b", Millis(T)), Err(first), "asking does not push the time away");
    assert_eq!(limits.take("b", first.until), Ok(()));
}

#[test]
fn messages_to_one_person_keep_their_distance() {
    let mut limits = limits(1000, 45, 2_000);
    assert_eq!(limits.take("a", Millis(T)), Ok(()));
    assert_eq!(limits.take("b", Millis(T + 2)), Ok(()));
    assert_eq!(limits.take("a", Millis(T + 5)).unwrap_err().until, Millis(T + 2_000));
    assert_eq!(limits.take("a", Millis(T + 2_000)), Ok(()));
}

#[test]
fn a_crowd_is_not_remembered_for_ever() {
    let mut limits = limits(1_000_000, 45, 0);
    for person in 0..PEOPLE {
        limits.take(&person.to_string(), Millis(T)).ok();
    }
    limits.take("one more", Millis(T + 3_600_000)).unwrap();
    assert_eq!(limits.people.len(), 1);
}

proptest! {
    #[test]
    fn no_second_holds_more_than_the_number_may(per_second in 1_u32..200, steps in prop::collection::vec(0_i64..40, 1..600)) {
        let mut limits = Limits::new(per_second, (1_000_000, Duration::from_micros(1)), Duration::ZERO);
        let (mut now, mut sent) = (T, Vec::new());
        for (n, step) in steps.into_iter().enumerate() {
            now += step;
            if limits.take(&n.to_string(), Millis(now)).is_ok() {
                sent.push(now);
            }
        }
        for (n, at) in sent.iter().enumerate() {
            let within = sent[n..].iter().take_while(|later| **later < at + 1000).count();
            prop_assert!(within <= per_second.max(2) as usize, "{within} in one second, {per_second} allowed");
        }
    }
}
