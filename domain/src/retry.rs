//! When to try again: doubling waits with jitter and a ceiling. Decides nothing about whether to.

use std::time::Duration;

/// The wait before try number `attempt` (1 is the first repeat): `first` doubled each time, at most `ceiling`, spread
/// over the upper half by `fraction` (`0.0..1.0`) so that many waiters do not return together.
#[must_use]
pub fn backoff(first: Duration, ceiling: Duration, attempt: u32, fraction: f64) -> Duration {
    let doubled = first.saturating_mul(2u32.saturating_pow(attempt.saturating_sub(1).min(20)));
    let full = doubled.min(ceiling);
    full / 2 + (full / 2).mul_f64(fraction.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_ceiling() {
        let wait = |attempt| backoff(Duration::from_secs(1), Duration::from_secs(60), attempt, 1.0);
        assert_eq!(wait(1), Duration::from_secs(1));
        assert_eq!(wait(4), Duration::from_secs(8));
        assert_eq!(wait(u32::MAX), Duration::from_secs(60));
        assert_eq!(backoff(Duration::from_secs(2), Duration::MAX, 1, 0.0), Duration::from_secs(1));
    }
}
