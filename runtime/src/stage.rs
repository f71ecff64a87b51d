//! The loop that every stage runs: work until nothing is due, then sleep until woken or the poll comes round.

use std::{future::Future, time::Duration};

use domain::retry::backoff;
use tokio_util::sync::CancellationToken;

use crate::bell::{Bell, Stage};

/// How often a stage looks for itself: what another process left, leases that ran out.
pub const POLL: Duration = Duration::from_millis(500);
/// A stage at work looks this often and finds many rows at once; looking after each bell would cost more than the work.
const PACE: Duration = Duration::from_millis(2);
/// The longest wait after a database that does not answer.
const TROUBLE: Duration = Duration::from_secs(15);

/// Whether a tick found work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Work,
    Nothing,
}

/// Runs `tick` until `stop`: again after work, else when the bell rings or the poll comes round; one that was at rest at
/// once, one that has just looked at the stage's pace. A tick that has begun is finished.
pub async fn run<F, Fut>(stage: Stage, bell: Bell, stop: CancellationToken, mut tick: F)
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<Found, store::Error>> + Send,
{
    let mut failures = 0;
    let mut next = tokio::time::Instant::now();
    while !stop.is_cancelled() {
        tokio::time::sleep_until(next).await;
        next = tokio::time::Instant::now() + PACE;
        let wait = match tick().await {
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
