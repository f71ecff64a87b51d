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
struct Busy(u8);

impl Busy {
    /// Several messages one after the other are no load yet.
    const LOAD: u8 = 8;
    const MOST: u8 = 16;

    fn note(&mut self, found: Found) {
        self.0 = match found {
            Found::Work => (self.0 + 2).min(Self::MOST),
            Found::Nothing => self.0.saturating_sub(1),
        };
    }

    fn pace(&self) -> Duration {
        if self.0 >= Self::LOAD { PACE_UNDER_LOAD } else { PACE }
    }
}

/// Runs `tick` until `stop`: again after work, else when the bell rings or the poll comes round; one that was at rest at
/// once, one that has just looked at the stage's pace. A tick that has begun is finished.
pub async fn run<F, Fut>(stage: Stage, bell: Bell, stop: CancellationToken, mut tick: F)
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<Found, store::Error>> + Send,
{
    let (mut failures, mut busy) = (0, Busy::default());
    let mut next = tokio::time::Instant::now();
    while !stop.is_cancelled() {
        tokio::time::sleep_until(next).await;
        next = tokio::time::Instant::now() + busy.pace();
        let found = tick().await;
        if let Ok(found) = found {
            busy.note(found);
        }
        let wait = match found {
            Ok(Found::Work) => {
                failures = 0;
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
        tokio::select! {
            () = stop.cancelled() => {}
            () = bell.heard(stage) => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_that_finds_work_again_and_again_looks_less_often_until_it_rests() {
        let mut busy = Busy::default();
        for _ in 0..20 {
            busy.note(Found::Work);
            (0..3).for_each(|_| busy.note(Found::Nothing));
            assert_eq!(busy.pace(), PACE, "one message after the other");
        }
        for _ in 0..10 {
            busy.note(Found::Work);
            busy.note(Found::Nothing);
        }
        assert_eq!(busy.pace(), PACE_UNDER_LOAD);
        (0..10).for_each(|_| busy.note(Found::Nothing));
        assert_eq!(busy.pace(), PACE);
    }
}
