//! What is done beside the belt and may wait: the words of messages are indexed, files that nobody sent are taken away, old
//! events and answers forgotten.
//! Nothing waits for it, and what it does not manage it finds again.

use std::{sync::Arc, time::Duration};

use domain::clock::Millis;
use store::{Error, command, event, search, upload};
use tokio_util::sync::CancellationToken;

use crate::{belt::Belt, retention};

const PAUSE: Duration = Duration::from_secs(2);
/// A file that was not sent for so long is taken away.
const UNSENT: Duration = Duration::from_secs(48 * 3600);
/// Files looked for at once, and how often.
const FILES: i64 = 100;
const ROUNDS: u32 = 300;
/// How often old events and answers are looked for.
const FORGETTING: u32 = 5;

/// Works until `stop`.
pub async fn run(belt: Arc<Belt>, stop: CancellationToken) {
    let mut round = 0_u32;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        if let Err(error) = index(&belt, &stop).await {
            tracing::warn!(%error, "words wait to be indexed");
        }
        if round.is_multiple_of(FORGETTING)
            && let Err(error) = forget(&belt).await
        {
            tracing::warn!(%error, "what was kept long enough is still there");
        }
        if round.is_multiple_of(ROUNDS)
            && let Err(error) = tidy(&belt).await
        {
            tracing::warn!(%error, "files that nobody sent are still there");
        }
        if round.is_multiple_of(ROUNDS)
            && let Err(error) = retention::round(&belt.store, &belt.config().retention, belt.now()).await
        {
            tracing::warn!(%error, "what was kept for long enough is still there");
        }
        round = round.wrapping_add(1);
    }
}

async fn index(belt: &Belt, stop: &CancellationToken) -> Result<(), Error> {
    // Less than a batch waits for the next round: what was said a moment ago would be looked through again and again.
    while search::fill(&belt.store, belt.now()).await? >= search::BATCH && !stop.is_cancelled() {}
    Ok(())
}

/// The live log is a window, and answers to commands are kept for a day.
async fn forget(belt: &Belt) -> Result<(), Error> {
    let now = belt.now();
    let hours = u64::from(belt.config().retention.live_hours);
    let kept = if hours == 0 { event::KEPT } else { Duration::from_secs(hours * 3_600) };
    while event::trim(&belt.store, kept, now).await? {}
    while belt.store.write(move |tx| Box::pin(async move { command::forget(tx, now).await })).await? {}
    Ok(())
}

async fn tidy(belt: &Belt) -> Result<(), Error> {
    let age = i64::try_from(UNSENT.as_millis()).unwrap_or(0);
    let before = Millis(belt.now().0.saturating_sub(age));
    if !upload::any_before(&mut belt.store.reader(), before).await? {
        return Ok(());
    }
    let forgotten =
        belt.store.write(move |tx| Box::pin(async move { upload::forget(tx, before, FILES).await })).await?;
    for path in forgotten {
        if let Err(error) = tokio::fs::remove_file(&path).await {
            tracing::warn!(%error, "a file that nobody sent could not be taken away");
        }
    }
    Ok(())
}
