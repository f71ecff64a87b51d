//! What was kept for long enough goes, a bounded part at a time: bodies of arrivals, what turns thought, files of messages.
//! Leaves files alone that are not in the media folder.

use std::path::Path;

use domain::{
    clock::Millis,
    message::{MediaSource, Part},
};
use store::{
    Error,
    retention::{self, Old},
};

use crate::belt::Belt;

/// Parts of each kind in one round; the rest waits for the next.
const PARTS: u32 = 20;
const DAY_MS: u64 = 24 * 3_600_000;

/// One round.
///
/// # Errors
/// [`Error::Database`]: what was not done is done by the next round.
pub async fn round(belt: &Belt) -> Result<(), Error> {
    let config = belt.config();
    let keep = &config.retention;
    if let Some(before) = before(belt, keep.inbox_days) {
        for _ in 0..PARTS {
            if !belt.store.write(move |tx| Box::pin(retention::arrivals(tx, before))).await? {
                break;
            }
        }
    }
    if let Some(before) = before(belt, keep.traces_days) {
        for _ in 0..PARTS {
            if !belt.store.write(move |tx| Box::pin(retention::traces(tx, before))).await? {
                break;
            }
        }
    }
    if let Some(before) = before(belt, keep.media_days) {
        for _ in 0..PARTS {
            if !files(belt, before, &keep.media_folder, keep.media_days).await? {
                break;
            }
        }
    }
    Ok(())
}

/// `None`: for ever.
fn before(belt: &Belt, days: u32) -> Option<Millis> {
    let age = i64::try_from(u64::from(days) * DAY_MS).unwrap_or(i64::MAX);
    (days > 0).then(|| Millis(belt.now().0.saturating_sub(age)))
}

/// Files first, then the note: a file that is gone and named is tried again, and is gone.
async fn files(belt: &Belt, before: Millis, folder: &Path, days: u32) -> Result<bool, Error> {
    let Some((mut old, upto)) = retention::old_files(&mut belt.store.reader(), before).await? else {
        return Ok(false);
    };
    for message in &mut old {
        forget(message, folder, days).await;
    }
    belt.store.write(move |tx| Box::pin(async move { retention::files_gone(tx, &old, upto).await })).await?;
    Ok(true)
}

async fn forget(message: &mut Old, folder: &Path, days: u32) {
    for part in &mut message.parts {
        let Some(path) = retention::file(part).map(ToOwned::to_owned) else { continue };
        let inside = match (tokio::fs::canonicalize(folder).await, tokio::fs::canonicalize(&path).await) {
            (Ok(folder), Ok(file)) => file.starts_with(folder),
            // What is not there needs no taking away.
            _ => false,
        };
        if inside && let Err(error) = tokio::fs::remove_file(&path).await {
            tracing::warn!(%error, message = %message.id, "a file that was kept for long enough could not be taken away");
            continue;
        }
        if let Part::Media(media) = part {
            media.source = MediaSource::Missing(format!("it was kept for {days} days"));
        }
    }
}
