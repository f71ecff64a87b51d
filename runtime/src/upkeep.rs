//! Forgets what was kept long enough: the live log's old events, answers to commands. A little at a time, beside the
//! stages; nothing waits for it.

use std::{sync::Arc, time::Duration};

use store::{Error, command, event};
use tokio_util::sync::CancellationToken;

use crate::belt::Belt;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(10);

/// Runs until `stop`.
pub async fn run(belt: Arc<Belt>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = tick(&belt).await {
            tracing::warn!(%error, "nothing could be forgotten just now");
        }
    }
}

/// # Errors
/// [`Error::Database`].
pub async fn tick(belt: &Belt) -> Result<(), Error> {
    let now = belt.now();
    while event::trim(&belt.store, now).await? {}
    while belt.store.write(move |tx| Box::pin(async move { command::forget(tx, now).await })).await? {}
    Ok(())
}
