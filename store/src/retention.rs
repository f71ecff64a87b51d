//! What was kept for long enough and goes: a bounded number of rows at a time, from the oldest on. Rows stay, so that repeats
//! are known and figures add up; what people said in them does not.

use domain::{
    clock::Millis,
    id::MessageId,
    message::{MediaSource, Part},
};

use crate::{Error, Tx, args, db::among::texts, inbox::to_json, setting};

/// Rows of one call.
const BATCH: i64 = 500;
/// How far arrivals were emptied, and messages looked through.
const INBOX: &str = "retention.inbox";
const MEDIA: &str = "retention.media";

async fn position(tx: &mut Tx, key: &str) -> Result<i64, Error> {
    Ok(setting::get(tx, key).await?.and_then(|text| text.parse().ok()).unwrap_or(0))
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
    tx.exec(
        "UPDATE inbox SET body = '{}' WHERE seq > $1 AND seq <= $2 AND state = 'done' AND received_ms < $3",
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
            "SELECT id FROM turn WHERE machine <> '{}' AND finished_ms IS NOT NULL AND state = 'done' AND finished_ms < $1
             ORDER BY finished_ms LIMIT $2",
            args![before, BATCH],
        )
        .await?;
    let ids = texts(&rows, "id")?;
    for id in &ids {
        tx.exec("UPDATE journal SET request = '{}', result = '{}' WHERE turn_id = $1", args![id]).await?;
        tx.exec("UPDATE turn SET machine = '{}' WHERE id = $1", args![id]).await?;
    }
    Ok(i64::try_from(ids.len()).unwrap_or(BATCH) >= BATCH)
}

/// A message whose files are to go.
#[derive(Clone, Debug, PartialEq)]
pub struct Old {
    pub id: MessageId,
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
            "SELECT seq, id, parts FROM
               (SELECT seq, id, parts, received_ms FROM message WHERE seq > $1 ORDER BY seq LIMIT $3) AS oldest
             WHERE received_ms < $2 ORDER BY seq",
            args![after, before, BATCH],
        )
        .await?;
    let Some(last) = rows.last() else { return Ok(None) };
    let mut old = Vec::new();
    for row in &rows {
        // What this version cannot read names no file that it knows.
        let parts: Vec<Part> = row.json("parts").unwrap_or_default();
        if parts.iter().any(|part| file(part).is_some()) {
            old.push(Old { id: MessageId(row.get("id")?), parts });
        }
    }
    Ok(Some((old, last.get("seq")?)))
}

/// The file that a part names.
#[must_use]
pub fn file(part: &Part) -> Option<&str> {
    match part {
        Part::Media(media) => match &media.source {
            MediaSource::File(path) => Some(path),
            _ => None,
        },
        _ => None,
    }
}

/// Notes why the files of `old` are there no more, and that everything up to `upto` was looked at.
///
/// # Errors
/// [`Error::Database`].
pub async fn files_gone(tx: &mut Tx, old: &[Old], upto: i64) -> Result<(), Error> {
    for message in old {
        tx.exec(
            "UPDATE message SET parts = $2 WHERE id = $1",
            args![message.id.as_str(), to_json(&message.parts)],
        )
        .await?;
    }
    setting::put(tx, MEDIA, &upto.to_string()).await
}
