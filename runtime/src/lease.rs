//! Keeps a lease while long work runs: a model that thinks, a file that is fetched, a provider that answers slowly. Renewed
//! from within the process that holds it, so a process that stops loses it by itself.

use std::{future::Future, time::Duration};

use store::Error;

/// The shortest wait between two renewals.
const LEAST: Duration = Duration::from_millis(10);

/// Runs `work`, and `renew` each third of a lease of `lease_ms`. A lease that was lost stops the work where it stands.
///
/// # Errors
/// [`Error::Fenced`].
pub(crate) async fn keep<T, Fut>(
    lease_ms: u64,
    work: impl Future<Output = T>,
    renew: impl Fn() -> Fut,
) -> Result<T, Error>
where
    Fut: Future<Output = Result<(), Error>>,
{
    let third = Duration::from_millis(lease_ms / 3).max(LEAST);
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Ok(done),
            () = tokio::time::sleep(third) => {
                // With a database that does not answer just now, the next transaction of the work decides.
                if let Err(Error::Fenced) = renew().await {
                    return Err(Error::Fenced);
                }
            }
        }
    }
}
