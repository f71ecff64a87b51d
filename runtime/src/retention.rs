//! What was kept for long enough goes, a bounded part at a time: bodies of arrivals, what turns thought, files of messages,
//! recordings of calls, what was said, the beginning of the audit log. Each has a time of its own. Leaves files alone that are not in the media
//! folder.

use std::path::Path;

use domain::{
    clock::Millis,
    message::{Media, MediaSource, Part},
};
use store::{
    Error, Store, audit,
    retention::{self, Kind, messages, recordings},
};

use crate::config::Retention;

/// Parts of each kind in one round; the rest waits for the next.
const PARTS: u32 = 20;
const DAY_MS: u64 = 24 * 3_600_000;

/// What would go of one kind, were it forgotten now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub kind: Kind,
    /// It is kept for so long.
    pub days: u32,
    pub rows: i64,
}

/// Counts what is due, of each kind that is not kept for ever. Changes nothing.
///
/// # Errors
/// [`Error::Database`].
pub async fn due(store: &Store, keep: &Retention, now: Millis) -> Result<Vec<Due>, Error> {
    let (mut tx, mut due) = (store.reader(), Vec::new());
    for kind in Kind::ALL {
        let days = days(keep, kind);
        if let Some(before) = before(days, now) {
            due.push(Due { kind, days, rows: retention::count(&mut tx, kind, before).await? });
        }
    }
    Ok(due)
}

/// One round. `true` where there is more.
///
/// # Errors
/// [`Error::Database`]: what was not done is done by the next round.
pub async fn round(store: &Store, keep: &Retention, now: Millis) -> Result<bool, Error> {
    let mut more = false;
    for kind in Kind::ALL {
        let Some(before) = before(days(keep, kind), now) else { continue };
        let mut parts = 0;
        while part(store, keep, kind, before).await? {
            parts += 1;
            if parts == PARTS {
                more = true;
                break;
            }
        }
    }
    Ok(more)
}

fn days(keep: &Retention, kind: Kind) -> u32 {
    match kind {
        Kind::Arrivals => keep.inbox_days,
        Kind::Traces => keep.traces_days,
        Kind::Files | Kind::Recordings => keep.media_days,
        Kind::Messages => keep.messages_days,
        Kind::Audit => keep.audit_days,
    }
}

/// `None`: for ever.
fn before(days: u32, now: Millis) -> Option<Millis> {
    let age = i64::try_from(u64::from(days) * DAY_MS).unwrap_or(i64::MAX);
    (days > 0).then(|| Millis(now.0.saturating_sub(age)))
}

/// One part of a kind. `true` where there is more.
async fn part(store: &Store, keep: &Retention, kind: Kind, before: Millis) -> Result<bool, Error> {
    match kind {
        Kind::Arrivals => store.write(move |tx| Box::pin(retention::arrivals(tx, before))).await,
        Kind::Traces => store.write(move |tx| Box::pin(retention::traces(tx, before))).await,
        Kind::Audit => store.write(move |tx| Box::pin(audit::forget(tx, before))).await,
        // Files first, then the note: a file that is gone and named is tried again, and is gone.
        Kind::Files => {
            let found = retention::old_files(&mut store.reader(), before).await?;
            let Some((mut old, upto)) = found else { return Ok(false) };
            for message in &mut old {
                take_files(&mut message.parts, &message.id.0, &keep.media_folder, keep.media_days).await;
            }
            let noted =
                store.write(move |tx| Box::pin(async move { retention::files_gone(tx, &old, upto).await }));
            noted.await.map(|()| true)
        }
        Kind::Recordings => {
            let mut found = recordings::find(&mut store.reader(), before).await?;
            for recorded in &mut found.calls {
                take(&mut recorded.media, &recorded.call.0, &keep.media_folder, keep.media_days).await;
                recorded.media.transcript = None;
            }
            let more = found.next.is_some();
            store.write(move |tx| Box::pin(async move { recordings::gone(tx, &found).await })).await?;
            Ok(more)
        }
        Kind::Messages => {
            let mut found = messages::find(&mut store.reader(), before).await?;
            for message in &mut found.messages {
                take_files(&mut message.parts, &message.id.0, &keep.media_folder, keep.messages_days).await;
            }
            // Whose file stays keeps its name.
            found
                .messages
                .retain(|message| !message.parts.iter().any(|part| retention::file(part).is_some()));
            let more = found.next.is_some();
            store.write(move |tx| Box::pin(async move { messages::gone(tx, &found, before).await })).await?;
            Ok(more)
        }
    }
}

/// Takes the files away that a message names.
async fn take_files(parts: &mut [Part], of: &str, folder: &Path, days: u32) {
    for part in parts {
        if let Part::Media(media) = part {
            take(media, of, folder, days).await;
        }
    }
}

/// Takes the file of `media` away; one that cannot be taken stays named.
async fn take(media: &mut Media, of: &str, folder: &Path, days: u32) {
    let Some(path) = retention::file_of(media).map(ToOwned::to_owned) else { return };
    let inside = match (tokio::fs::canonicalize(folder).await, tokio::fs::canonicalize(&path).await) {
        (Ok(folder), Ok(file)) => file.starts_with(folder),
        // What is not there needs no taking away.
        _ => false,
    };
    if inside && let Err(error) = tokio::fs::remove_file(&path).await {
        tracing::warn!(%error, of, "a file that was kept for long enough could not be taken away");
        return;
    }
    media.source = MediaSource::Missing(format!("it was kept for {days} days"));
}
