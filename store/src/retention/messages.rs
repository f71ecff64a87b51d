//! When what was said is forgotten. A message goes once it is old enough and, where it was said with a customer or a
//! stranger, nothing was heard of them or said to them for as long: who still has to do with the firm keeps their history.
//! Whoever works here never stops, and agents among themselves are nobody, so theirs goes by its own age.

use domain::{
    clock::Millis,
    id::{ConversationId, MessageId},
};

use super::{BATCH, Old, keep_place, place};
use crate::{
    Error, Tx, args,
    rights::{self, hold::conversations_on_hold},
};

/// Where the look through the conversations stands: one of them, and one of its messages by time and number.
const PLACE: &str = "retention.messages";
/// Conversations of one look.
const TALKS: i64 = 200;

pub type Place = (String, i64, i64);
/// Behind all messages of a conversation.
const END: i64 = i64::MAX;

/// Whether what was said in the conversation `c` before the moment `$before` may go.
macro_rules! may_go {
    ($before:literal) => {
        concat!(
            "(c.id NOT IN (",
            conversations_on_hold!(),
            ") AND (c.contact_id IS NULL
                OR EXISTS (SELECT 1 FROM contact p WHERE p.id = c.contact_id
                           AND (p.roles LIKE '%technician%' OR p.roles LIKE '%office%'))
                OR NOT (EXISTS (SELECT 1 FROM conversation o JOIN thread u ON u.conversation_id = o.id
                                WHERE o.contact_id = c.contact_id AND u.last_ms >= ",
            $before,
            ") OR EXISTS (SELECT 1 FROM call k WHERE k.contact_id = c.contact_id AND k.started_ms >= ",
            $before,
            "))))"
        )
    };
}

/// Messages that may go, and where the look for them ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub messages: Vec<Old>,
    /// The conversations that were looked through, and up to what time.
    talks: Vec<(ConversationId, i64)>,
    /// `None` at the end.
    pub next: Option<Place>,
}

/// How many messages would go, were those before `before` forgotten now.
pub(super) async fn count(tx: &mut Tx, before: Millis) -> Result<i64, Error> {
    let sql = concat!(
        "SELECT COUNT(*) AS n FROM thread t JOIN conversation c ON c.id = t.conversation_id
         JOIN message m ON m.conversation_id = c.id
         WHERE m.at_ms < $1 AND m.at_ms > t.forgotten_ms AND m.parts <> $2 AND ",
        may_go!("$1")
    );
    tx.row(sql, args![before, rights::GONE]).await?.map_or(Ok(0), |row| row.get("n"))
}

/// Up to a batch of messages of before `before` that may go, from where the last look ended.
///
/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, before: Millis) -> Result<Found, Error> {
    let place: Option<Place> = place(tx, PLACE).await?;
    let (first, at, seq) = place.unwrap_or_default();
    let sql = concat!(
        "SELECT t.conversation_id AS id, t.forgotten_ms,
                CAST(CASE WHEN EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id
                                       AND m.at_ms > t.forgotten_ms AND m.at_ms < $2) AND ",
        may_go!("$2"),
        " THEN 1 ELSE 0 END AS BIGINT) AS goes
         FROM (SELECT conversation_id, forgotten_ms FROM thread WHERE conversation_id >= $1
               ORDER BY conversation_id LIMIT $3) AS t
         JOIN conversation c ON c.id = t.conversation_id ORDER BY t.conversation_id"
    );
    let talks = tx.rows(sql, args![&first, before, TALKS]).await?;
    let mut found = Found::default();
    for row in &talks {
        let (id, forgotten): (String, i64) = (row.get("id")?, row.get("forgotten_ms")?);
        let from = if id == first { (at, seq) } else { (forgotten, END) };
        if row.get::<i64>("goes")? == 0 || from.0 == END {
            continue;
        }
        found.next = said(tx, &mut found, &ConversationId(id), from, before).await?;
        if found.next.is_some() {
            return Ok(found);
        }
    }
    let whole = i64::try_from(talks.len()).unwrap_or(TALKS) < TALKS;
    if let Some(last) = talks.last().filter(|_| !whole) {
        found.next = Some((last.get("id")?, END, END));
    }
    Ok(found)
}

/// Adds what was said in one conversation after `from`; where it goes on, if the batch is full before its end.
async fn said(
    tx: &mut Tx,
    found: &mut Found,
    talk: &ConversationId,
    (at, seq): (i64, i64),
    before: Millis,
) -> Result<Option<Place>, Error> {
    let room = BATCH.saturating_sub(i64::try_from(found.messages.len()).unwrap_or(BATCH));
    if room == 0 {
        return Ok(Some((talk.0.clone(), at, seq)));
    }
    let rows = tx
        .rows(
            "SELECT seq, id, parts, at_ms FROM message
             WHERE conversation_id = $1 AND at_ms < $2 AND at_ms >= $3 AND (at_ms > $3 OR seq > $4) AND parts <> $5
             ORDER BY at_ms, seq LIMIT $6",
            args![talk.as_str(), before, at, seq, rights::GONE, room],
        )
        .await?;
    for row in &rows {
        // What this version cannot read names no file that it knows.
        let parts = row.json("parts").unwrap_or_default();
        found.messages.push(Old { id: MessageId(row.get("id")?), talk: talk.clone(), parts });
    }
    let full = i64::try_from(rows.len()).unwrap_or(room) >= room;
    let Some(last) = rows.last().filter(|_| full) else {
        found.talks.push((talk.clone(), before.0 - 1));
        return Ok(None);
    };
    let (at, seq): (i64, i64) = (last.get("at_ms")?, last.get("seq")?);
    // Others may have been said at the same moment as the last.
    found.talks.push((talk.clone(), at - 1));
    Ok(Some((talk.0.clone(), at, seq)))
}

/// Empties the messages found, whose files are gone, wherever their words stand; what is still to be sent is sent. Looks
/// once more whether they may go, and notes what was looked through.
///
/// # Errors
/// [`Error::Database`].
pub async fn gone(tx: &mut Tx, found: &Found, before: Millis) -> Result<(), Error> {
    for (talk, through) in &found.talks {
        let sql = concat!("SELECT c.id FROM conversation c WHERE c.id = $1 AND ", may_go!("$2"));
        if tx.row(sql, args![talk.as_str(), before]).await?.is_none() {
            continue;
        }
        for message in found.messages.iter().filter(|message| message.talk == *talk) {
            empty(tx, message.id.as_str()).await?;
        }
        // One that could not go is looked for again.
        tx.run(
            "UPDATE thread SET forgotten_ms = $2 WHERE conversation_id = $1 AND NOT EXISTS (
               SELECT 1 FROM message m WHERE m.conversation_id = $1 AND m.at_ms > thread.forgotten_ms AND m.at_ms <= $2
                 AND m.parts <> $3)",
            args![talk.as_str(), *through, rights::GONE],
        )
        .await?;
    }
    keep_place(tx, PLACE, found.next.as_ref()).await
}

async fn empty(tx: &mut Tx, id: &str) -> Result<(), Error> {
    rights::empty(tx, id).await?;
    for sql in [
        "UPDATE message SET client_id = NULL, unheard = 0 WHERE id = $1",
        "DELETE FROM submission WHERE message_id = $1",
        "UPDATE asked SET body = '[erased]', choices = '[]'
         WHERE conversation_id = (SELECT conversation_id FROM message WHERE id = $1)
           AND outbox_id IN (SELECT id FROM outbox WHERE message_id = $1)
           AND question_id IN (SELECT id FROM question WHERE state <> 'open')",
        "UPDATE outbox SET content = '{\"content\":\"text\",\"text\":\"[erased]\"}'
         WHERE message_id = $1 AND state NOT IN ('queued', 'sending', 'unknown')",
    ] {
        tx.run(sql, args![id]).await?;
    }
    Ok(())
}
