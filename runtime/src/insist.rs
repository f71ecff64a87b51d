//! Repeats a change while the database is away, where only this process knows what is to be written. What it writes is fenced: where
//! somebody else has gone on meanwhile it changes nothing.

use std::{future::Future, time::Duration};

use domain::retry::backoff;
use store::Error;
use tokio::time::{Instant, sleep};

use crate::belt::Belt;

const FIRST: Duration = Duration::from_millis(50);
const CEILING: Duration = Duration::from_secs(2);

/// Makes `change`, and again for `lease_ms` as long as it fails for a moment's reason.
///
/// # Errors
/// What it failed with last.
pub(crate) async fn insist<Fut>(belt: &Belt, lease_ms: u64, change: impl Fn() -> Fut) -> Result<(), Error>
where
    Fut: Future<Output = Result<(), Error>>,
{
    let (until, mut tries) = (Instant::now() + Duration::from_millis(lease_ms), 0);
    loop {
        match change().await {
            Err(error) if error.is_passing() && !matches!(error, Error::Closed) => {
                tries += 1;
                let wait = backoff(FIRST, CEILING, tries, belt.ids.fraction());
                if Instant::now() + wait >= until {
                    return Err(error);
                }
                tracing::info!(%error, tries, "the database is asked again");
                sleep(wait).await;
            }
            done => return done,
        }
    }
}
