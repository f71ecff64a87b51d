//! What was kept for long enough and goes: a bounded number of rows at a time, from the oldest on. Rows stay, so that repeats
//! are known and figures add up; what people said in them does not. Nothing goes of whoever is on hold.

pub mod messages;
pub mod recordings;

use domain::{
    clock::Millis,
    id::{ConversationId, MessageId},
    message::{Media, MediaSource, Part},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error, Tx, args, audit,
    db::among::texts,
    inbox::to_json,
    rights::{self, hold::conversations_on_hold},
    setting,
};

/// Rows of one call.
const BATCH: i64 = 500;

/// What is kept for a time of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The bodies of what providers sent.
    Arrivals,
    /// What turns were asked and answered.
    Traces,
    /// The files of messages.
    Files,
    /// The recordings of calls, and what was heard in them.
    Recordings,
    /// What was said.
    Messages,
    /// Entries of the audit log.
    Audit,
}

impl Kind {
    pub const ALL: [Self; 6] =
        [Self::Arrivals, Self::Traces, Self::Files, Self::Recordings, Self::Messages, Self::Audit];
}

/// How far arrivals were emptied, and messages looked through for files.
const INBOX: &str = "retention.inbox";
const MEDIA: &str = "retention.media";

async fn position(tx: &mut Tx, key: &str) -> Result<i64, Error> {
    Ok(setting::get(tx, key).await?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Where a look that goes on in batches stands, as `key` keeps it; `None` at its beginning.
async fn place<P: DeserializeOwned>(tx: &mut Tx, key: &str) -> Result<Option<P>, Error> {
    // One that cannot be read begins anew.
    Ok(setting::get(tx, key).await?.and_then(|text| serde_json::from_str(&text).ok()))
}

async fn keep_place<P: Serialize>(tx: &mut Tx, key: &str, place: Option<&P>) -> Result<(), Error> {
    match place {
        Some(place) => setting::put(tx, key, &to_json(place)).await,
        None => setting::remove(tx, key).await,
    }
}

/// The next look begins at the oldest row.
pub(crate) async fn begin_again(tx: &mut Tx) -> Result<(), Error> {
    for key in [INBOX, MEDIA] {
        setting::remove(tx, key).await?;
    }
    Ok(())
}

/// How many rows of a kind are older than `before` and would go.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx, kind: Kind, before: Millis) -> Result<i64, Error> {
    let sql = match kind {
        Kind::Audit => return audit::before(tx, before).await,
        Kind::Recordings => return recordings::count(tx, before).await,
        Kind::Messages => return messages::count(tx, before).await,
        Kind::Arrivals => concat!(
            "SELECT COUNT(*) AS n FROM inbox WHERE state = 'done' AND body <> '{}' AND received_ms < $1
             AND lane NOT IN (SELECT channel || ':' || external FROM conversation WHERE id IN (",
            conversations_on_hold!(),
            ")) AND lane NOT IN (SELECT external FROM conversation WHERE id IN (",
            conversations_on_hold!(),
            "))"
        ),
        Kind::Traces => concat!(
            "SELECT COUNT(*) AS n FROM turn
             WHERE emptied = 0 AND machine <> '{}' AND finished_ms IS NOT NULL AND state = 'done' AND finished_ms < $1
               AND conversation_id NOT IN (",
            conversations_on_hold!(),
            ")"
        ),
        Kind::Files => concat!(
            "SELECT COUNT(*) AS n FROM message WHERE received_ms < $1 AND parts LIKE '%\"from\":\"file\"%'
               AND conversation_id NOT IN (",
            conversations_on_hold!(),
            ")"
        ),
    };
    tx.row(sql, args![before]).await?.map_or(Ok(0), |row| row.get("n"))
}

/// Empties what came in before `before` and was taken in. `true` where there is more.
///
/// # Errors
/// [`Error::Database`].
pub async fn arrivals(tx: &mut Tx, before: Millis) -> Result<bool, Error> {
    let after = position(tx, INBOX).await?;
    let rows = tx
        .rows(
            "SELECT seq FROM (SELECT seq, received_ms FROM inbox WHERE seq > $1 ORDER BY seq LIMIT $3) AS oldest
             WHERE received_ms < $2 ORDER BY seq",
            args![after, before, BATCH],
        )
        .await?;
    let Some(last) = rows.last() else { return Ok(false) };
    let last: i64 = last.get("seq")?;
    tx.run(
        concat!(
            "UPDATE inbox SET body = '{}' WHERE seq > $1 AND seq <= $2 AND state = 'done' AND received_ms < $3
             AND lane NOT IN (SELECT channel || ':' || external FROM conversation WHERE id IN (",
            conversations_on_hold!(),
            ")) AND lane NOT IN (SELECT external FROM conversation WHERE id IN (",
            conversations_on_hold!(),
            "))"
        ),
        args![after, last, before],
    )
    .await?;
    setting::put(tx, INBOX, &last.to_string()).await?;
    Ok(i64::try_from(rows.len()).unwrap_or(BATCH) >= BATCH)
}

/// Forgets what turns that ended before `before` were asked and answered; their tokens and times stay. `true` where there
/// is more.
///
/// # Errors
/// [`Error::Database`].
pub async fn traces(tx: &mut Tx, before: Millis) -> Result<bool, Error> {
    let rows = tx
        .rows(
            concat!(
                "SELECT id FROM turn
                 WHERE emptied = 0 AND finished_ms IS NOT NULL AND state = 'done' AND finished_ms < $1
                   AND conversation_id NOT IN (",
                conversations_on_hold!(),
                ") ORDER BY finished_ms LIMIT $2"
            ),
            args![before, BATCH],
        )
        .await?;
    let ids = texts(&rows, "id")?;
    for id in &ids {
        tx.run("UPDATE journal SET request = '{}', result = '{}' WHERE turn_id = $1", args![id]).await?;
        tx.run("UPDATE turn SET machine = '{}', emptied = 1 WHERE id = $1", args![id]).await?;
    }
    Ok(i64::try_from(ids.len()).unwrap_or(BATCH) >= BATCH)
}

/// A message of which something is to go.
#[derive(Clone, Debug, PartialEq)]
pub struct Old {
    pub id: MessageId,
    pub(crate) talk: ConversationId,
    pub parts: Vec<Part>,
}

/// Messages with files that came before `before`, from where the last look ended; and where this one does. `None` at the
/// end.
///
/// # Errors
/// [`Error::Database`].
pub async fn old_files(tx: &mut Tx, before: Millis) -> Result<Option<(Vec<Old>, i64)>, Error> {
    let after = position(tx, MEDIA).await?;
    let rows = tx
        .rows(
            concat!(
                "SELECT seq, id, conversation_id, parts, CAST(CASE WHEN parts = $4 OR conversation_id IN (",
                conversations_on_hold!(),
                ") THEN 1 ELSE 0 END AS BIGINT) AS stays FROM
                   (SELECT seq, id, parts, received_ms, conversation_id FROM message WHERE seq > $1 ORDER BY seq LIMIT $3)
                   AS oldest
                 WHERE received_ms < $2 ORDER BY seq"
            ),
            args![after, before, BATCH, rights::GONE],
        )
        .await?;
    let Some(last) = rows.last() else { return Ok(None) };
    let mut old = Vec::new();
    for row in &rows {
        if row.get::<i64>("stays")? == 0 {
            // What this version cannot read names no file that it knows.
            let parts: Vec<Part> = row.json("parts").unwrap_or_default();
            if parts.iter().any(|part| file(part).is_some()) {
                let talk = ConversationId(row.get("conversation_id")?);
                old.push(Old { id: MessageId(row.get("id")?), talk, parts });
            }
        }
    }
    Ok(Some((old, last.get("seq")?)))
}

/// The file that a part names.
#[must_use]
pub fn file(part: &Part) -> Option<&str> {
    match part {
        Part::Media(media) => file_of(media),
        _ => None,
    }
}

/// The file of a picture, a recording or the like.
#[must_use]
pub fn file_of(media: &Media) -> Option<&str> {
    match &media.source {
        MediaSource::File(path) => Some(path),
        _ => None,
    }
}

/// Notes why the files of `old` are there no more, and that everything up to `upto` was looked at.
///
/// # Errors
/// [`Error::Database`].
pub async fn files_gone(tx: &mut Tx, old: &[Old], upto: i64) -> Result<(), Error> {
    for message in old {
        tx.run(
            "UPDATE message SET parts = $2 WHERE id = $1",
            args![message.id.as_str(), to_json(&message.parts)],
        )
        .await?;
    }
    setting::put(tx, MEDIA, &upto.to_string()).await
}
