//! The loop that every stage runs: work until nothing is due, then sleep until woken or the poll comes round.

use std::{future::Future, time::Duration};

use domain::retry::backoff;
use tokio_util::sync::CancellationToken;

use crate::bell::{Bell, Stage};

/// How often a stage looks for itself: what another process left, leases that ran out.
pub const POLL: Duration = Duration::from_millis(500);
/// A stage at work looks this often and finds many rows at once; looking after each bell would cost more than the work.
const PACE: Duration = Duration::from_millis(2);
/// The same under load, when what comes waits for others anyway.
const PACE_UNDER_LOAD: Duration = Duration::from_millis(10);
/// The same where the bell rings again and again for others: everybody hears that another process committed something.
const PACE_IN_VAIN: Duration = Duration::from_millis(50);
/// The longest wait after a database that does not answer.
const TROUBLE: Duration = Duration::from_secs(15);

/// Whether a tick found work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Work,
    Nothing,
}

/// How busy a stage has been lately: what it found weighs twice as much as that it found nothing.
#[derive(Default)]
struct Busy {
    load: u8,
    /// How often in a row the bell rang and there was nothing.
    in_vain: u8,
}

impl Busy {
    /// Several messages one after the other are no load yet.
    const LOAD: u8 = 8;
    const MOST: u8 = 16;

    fn note(&mut self, found: Found, rung: bool) {
        (self.load, self.in_vain) = match found {
            Found::Work => ((self.load + 2).min(Self::MOST), 0),
            Found::Nothing if rung => (self.load.saturating_sub(1), (self.in_vain + 1).min(Self::MOST)),
            Found::Nothing => (self.load.saturating_sub(1), 0),
        };
    }

    fn pace(&self) -> Duration {
        match self {
            Self { load: Self::LOAD.., .. } => PACE_UNDER_LOAD,
            Self { in_vain: Self::MOST.., .. } => PACE_IN_VAIN,
            _ => PACE,
        }
    }
}

/// Runs `tick` until `stop`: again after work, else when the bell rings or the poll comes round; one that was at rest at
/// once, one that has just looked at the stage's pace. A tick that has begun is finished.
pub async fn run<F, Fut>(stage: Stage, bell: Bell, stop: CancellationToken, mut tick: F)
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<Found, store::Error>> + Send,
{
    let (mut failures, mut busy, mut rung) = (0, Busy::default(), false);
    let mut next = tokio::time::Instant::now();
    while !stop.is_cancelled() {
        tokio::time::sleep_until(next).await;
        next = tokio::time::Instant::now() + busy.pace();
        let found = tick().await;
        if let Ok(found) = found {
            busy.note(found, rung);
        }
        let wait = match found {
            Ok(Found::Work) => {
                (failures, rung) = (0, false);
                continue;
            }
            Ok(Found::Nothing) => {
                failures = 0;
                POLL
            }
            Err(error) => {
                failures += 1;
                tracing::warn!(?stage, %error, failures, "the stage could not work");
                backoff(POLL, TROUBLE, failures, 0.5)
            }
        };
        rung = tokio::select! {
            () = stop.cancelled() => false,
            () = bell.heard(stage) => true,
            () = tokio::time::sleep(wait) => false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(busy: &mut Busy, found: Found, times: usize) {
        (0..times).for_each(|_| busy.note(found, true));
    }

    #[test]
    fn a_stage_that_finds_work_again_and_again_looks_less_often_until_it_rests() {
        let mut busy = Busy::default();
        for _ in 0..20 {
            found(&mut busy, Found::Work, 1);
            found(&mut busy, Found::Nothing, 3);
            assert_eq!(busy.pace(), PACE, "one message after the other");
        }
        for _ in 0..10 {
            found(&mut busy, Found::Work, 1);
            found(&mut busy, Found::Nothing, 1);
        }
        assert_eq!(busy.pace(), PACE_UNDER_LOAD);
        found(&mut busy, Found::Nothing, 10);
        assert_eq!(busy.pace(), PACE);
    }

    #[test]
    fn a_stage_that_is_called_in_vain_looks_less_often_until_it_finds_work_or_is_left_alone() {
        for (ends, rung) in [(Found::Work, true), (Found::Nothing, false)] {
            let mut busy = Busy::default();
            found(&mut busy, Found::Nothing, 15);
            assert_eq!(busy.pace(), PACE);
            found(&mut busy, Found::Nothing, 100);
            assert_eq!(busy.pace(), PACE_IN_VAIN);
            busy.note(ends, rung);
            assert_eq!(busy.pace(), PACE);
        }
    }
}
