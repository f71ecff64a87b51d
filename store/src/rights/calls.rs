//! A person's calls by telephone: those linked to them, to a thread of theirs or to them as a customer alone, and those from
//! a number of theirs that are linked to nobody. Given out whole; emptied with their recordings.

use domain::{
    contact::IdentityKind,
    message::{Media, MediaSource},
};
use serde_json::{Value, json};

use super::{MOST, Subject, all, customers, own::BATCH};
use crate::{Error, Store, Tx, args, db::Row};

/// Up to `limit` calls of `subject` that hold anything, oldest first.
async fn of(tx: &mut Tx, subject: &Subject, limit: i64) -> Result<Vec<Row>, Error> {
    let sql = if tx.is_postgres() {
        "SELECT id, direction, state, number, line, note, media, started_ms, answered_ms, ended_ms FROM call
         WHERE (number <> '' OR line <> '' OR note <> '' OR media IS NOT NULL)
           AND (contact_id IN (SELECT json_array_elements_text(CAST($1 AS json)))
                OR conversation_id IN (SELECT json_array_elements_text(CAST($2 AS json)))
                OR (contact_id IS NULL AND number IN (SELECT json_array_elements_text(CAST($3 AS json))))
                OR (contact_id IS NULL AND conversation_id IS NULL
                    AND customer_id IN (SELECT json_array_elements_text(CAST($4 AS json)))))
         ORDER BY started_ms, id LIMIT $5"
    } else {
        "SELECT id, direction, state, number, line, note, media, started_ms, answered_ms, ended_ms FROM call
         WHERE (number <> '' OR line <> '' OR note <> '' OR media IS NOT NULL)
           AND (contact_id IN (SELECT value FROM json_each($1)) OR conversation_id IN (SELECT value FROM json_each($2))
                OR (contact_id IS NULL AND number IN (SELECT value FROM json_each($3)))
                OR (contact_id IS NULL AND conversation_id IS NULL
                    AND customer_id IN (SELECT value FROM json_each($4))))
         ORDER BY started_ms, id LIMIT $5"
    };
    let phones = subject.identities.iter().filter(|identity| identity.kind == IdentityKind::Phone);
    let numbers: Vec<String> = phones.map(|identity| identity.value.clone()).collect();
    let people = (all(&subject.contacts), all(&subject.conversations));
    tx.rows(sql, args![people.0, people.1, all(&numbers), customers(&subject.customers), limit]).await
}

fn media(row: &Row) -> Result<Option<Media>, Error> {
    let text: Option<String> = row.get("media")?;
    // What this version cannot read names no file that it knows.
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn file(media: Option<Media>) -> Option<String> {
    match media?.source {
        MediaSource::File(path) => Some(path),
        _ => None,
    }
}

/// Their calls as a document, and the paths of the recordings.
///
/// # Errors
/// [`Error::Database`].
pub async fn document(tx: &mut Tx, subject: &Subject) -> Result<(Value, Vec<String>), Error> {
    let (mut calls, mut files) = (Vec::new(), Vec::new());
    for row in of(tx, subject, MOST).await? {
        let text = |column| row.get::<String>(column);
        let time = |column| row.get::<Option<i64>>(column);
        let recording = media(&row)?;
        calls.push(json!({
            "id": text("id")?, "direction": text("direction")?, "state": text("state")?, "number": text("number")?,
            "line": text("line")?, "note": text("note")?, "recording": recording, "started_ms": time("started_ms")?,
            "answered_ms": time("answered_ms")?, "ended_ms": time("ended_ms")?,
        }));
        files.extend(file(recording));
    }
    Ok((Value::from(calls), files))
}

/// Empties their calls, which keep their times; `remove` takes the recordings away before.
pub(super) async fn forget<E: From<Error>>(
    store: &Store,
    subject: &Subject,
    remove: &mut (impl FnMut(&str) -> Result<(), E> + Send),
) -> Result<(), E> {
    loop {
        let rows = of(&mut store.reader(), subject, BATCH).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut batch = Vec::with_capacity(rows.len());
        for row in &rows {
            if let Some(path) = file(media(row)?) {
                remove(&path)?;
            }
            batch.push(row.get::<String>("id")?);
        }
        let change = store.write(move |tx| {
            Box::pin(async move {
                for id in &batch {
                    empty(tx, id).await?;
                }
                Ok(())
            })
        });
        change.await?;
    }
}

async fn empty(tx: &mut Tx, id: &str) -> Result<(), Error> {
    for sql in [
        "UPDATE call SET number = '', line = '', note = '', media = NULL,
           external = CASE WHEN external IS NULL THEN NULL ELSE 'erased:' || id END WHERE id = $1",
        "UPDATE inbox SET body = '{}', reason = NULL, state = 'done'
         WHERE channel = 'telephony' AND external = 'recording:' || $1",
    ] {
        tx.run(sql, args![id]).await?;
    }
    Ok(())
}
