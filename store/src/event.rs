//! What happened, numbered in the order in which it was committed, for everyone who watches. Written in the transaction
//! of what it tells of. Bodies name things by id: whoever shows an event reads what it names.
//! The log is a window (48 hours, 50,000 events); whoever comes later reads the tables.

use std::time::Duration;

use domain::{
    clock::Millis,
    id::{ConversationId, Ids},
};
use serde_json::Value;

use crate::{Error, Store, Tx, args, setting};

/// Events older than this may be forgotten, unless the settings say otherwise.
pub const KEPT: Duration = Duration::from_secs(48 * 3_600);
/// Events beyond this many are forgotten.
pub const KEPT_EVENTS: i64 = 50_000;
/// Events forgotten, or numbered, in one transaction.
const BATCH: i64 = 5_000;
/// The setting that holds the epoch. Whoever puts an older database in place removes it.
pub const EPOCH: &str = "live.epoch";

/// # Errors
/// [`Error::Database`].
pub async fn put(
    tx: &mut Tx,
    kind: &'static str,
    conversation: Option<&ConversationId>,
    body: &Value,
    now: Millis,
) -> Result<(), Error> {
    let unnumbered = tx.is_postgres().then_some(0_i64);
    tx.run(
        "INSERT INTO event (seq, kind, conversation_id, body, at_ms) VALUES ($1, $2, $3, $4, $5)",
        args![unnumbered, kind, conversation.map(ConversationId::as_str), body.to_string(), now],
    )
    .await?;
    Ok(())
}

/// A numbered event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub seq: i64,
    pub kind: String,
    pub conversation: Option<ConversationId>,
    pub body: Value,
    pub at: Millis,
}

/// Up to `limit` events after `seq`, in order, those included that were committed a moment ago.
///
/// # Errors
/// [`Error::Database`].
pub async fn follow(store: &Store, seq: i64, limit: i64) -> Result<Vec<Event>, Error> {
    number(store).await?;
    after(&mut store.reader(), seq, limit).await
}

/// Up to `limit` numbered events after `seq`, in order.
///
/// # Errors
/// [`Error::Database`].
pub async fn after(tx: &mut Tx, seq: i64, limit: i64) -> Result<Vec<Event>, Error> {
    let text = if tx.is_postgres() {
        "SELECT seq, kind, conversation_id, body, at_ms FROM event WHERE seq > $1 AND seq > 0 ORDER BY seq LIMIT $2"
    } else {
        "SELECT id AS seq, kind, conversation_id, body, at_ms FROM event WHERE id > $1 ORDER BY id LIMIT $2"
    };
    let rows = tx.rows(text, args![seq, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(Event {
                seq: row.get("seq")?,
                kind: row.get("kind")?,
                conversation: row.get::<Option<String>>("conversation_id")?.map(ConversationId),
                body: row.json("body")?,
                at: Millis(row.get("at_ms")?),
            })
        })
        .collect()
}

/// The last event's number; zero for none. Read before the data of a snapshot, it says from where to follow.
///
/// # Errors
/// [`Error::Database`].
pub async fn last(tx: &mut Tx) -> Result<i64, Error> {
    let text = if tx.is_postgres() {
        "SELECT seq FROM event_head WHERE one = 1"
    } else {
        "SELECT MAX(COALESCE((SELECT MAX(id) FROM event), 0), cut) AS seq FROM event_head WHERE one = 1"
    };
    tx.row(text, args![]).await?.map_or(Ok(0), |row| row.get("seq"))
}

/// The number up to which events were forgotten: who has seen less cannot catch up from the log.
///
/// # Errors
/// [`Error::Database`].
pub async fn cut(tx: &mut Tx) -> Result<i64, Error> {
    let row = tx.row("SELECT cut FROM event_head WHERE one = 1", args![]).await?;
    row.map_or(Ok(0), |row| row.get("cut"))
}

/// Which log the numbers belong to; made once for a database.
///
/// # Errors
/// [`Error::Database`].
pub async fn epoch(tx: &mut Tx, ids: &Ids) -> Result<String, Error> {
    if let Some(known) = setting::get(tx, EPOCH).await? {
        return Ok(known);
    }
    tx.run(
        "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
        args![EPOCH, ids.token()],
    )
    .await?;
    Ok(setting::get(tx, EPOCH).await?.unwrap_or_default())
}

/// Gives numbers to what was committed on Postgres until now, so that [`last`] counts it. One at a time, in all processes. What
/// is committed meanwhile may be left to the next call: under load there is always more.
///
/// # Errors
/// [`Error::Database`].
pub async fn number(store: &Store) -> Result<(), Error> {
    let mut reader = store.reader();
    while reader.is_postgres() {
        if reader.row("SELECT id FROM event WHERE seq = 0 LIMIT 1", args![]).await?.is_none() {
            break;
        }
        if store.write(|tx| Box::pin(numbered(tx))).await? < BATCH {
            break;
        }
    }
    Ok(())
}

/// How many got a number: all that there were, where these are fewer than [`BATCH`].
async fn numbered(tx: &mut Tx) -> Result<i64, Error> {
    // The lock first, in a statement of its own: the next one then sees what its last holder committed.
    let head = tx.row("SELECT seq FROM event_head WHERE one = 1 FOR UPDATE", args![]).await?;
    let Some(head) = head else { return Ok(0) };
    let head: i64 = head.get("seq")?;
    let given = tx
        .exec(
            "UPDATE event SET seq = $1 + fresh.n
             FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n
                   FROM (SELECT id FROM event WHERE seq = 0 ORDER BY id LIMIT $2) AS oldest) AS fresh
             WHERE event.id = fresh.id",
            args![head, BATCH],
        )
        .await?;
    let given = i64::try_from(given).unwrap_or(i64::MAX);
    tx.run("UPDATE event_head SET seq = $1 WHERE one = 1", args![head.saturating_add(given)]).await?;
    Ok(given)
}

/// Forgets what is older than `kept` or too much, a bounded number at a time. `true` where there is more to forget.
///
/// # Errors
/// [`Error::Database`].
pub async fn trim(store: &Store, kept: Duration, now: Millis) -> Result<bool, Error> {
    number(store).await?;
    let mut reader = store.reader();
    let Some(oldest) = after(&mut reader, 0, 1).await?.pop() else { return Ok(false) };
    let too_many = last(&mut reader).await? - KEPT_EVENTS;
    let old = now.0.saturating_sub(i64::try_from(kept.as_millis()).unwrap_or(i64::MAX));
    if oldest.seq > too_many && oldest.at.0 >= old {
        return Ok(false);
    }
    let end = oldest.seq + BATCH;
    store.write(move |tx| Box::pin(forget(tx, end, too_many, old))).await
}

/// Forgets the events before `end` that are numbered `too_many` or less, or of before `old`.
async fn forget(tx: &mut Tx, end: i64, too_many: i64, old: i64) -> Result<bool, Error> {
    let (find, delete) = if tx.is_postgres() {
        (
            "SELECT MAX(seq) AS seq FROM event WHERE seq > 0 AND seq < $1 AND (seq <= $2 OR at_ms < $3)",
            "DELETE FROM event WHERE seq > 0 AND seq <= $1",
        )
    } else {
        (
            "SELECT MAX(id) AS seq FROM event WHERE id < $1 AND (id <= $2 OR at_ms < $3)",
            "DELETE FROM event WHERE id <= $1",
        )
    };
    let last = tx.row(find, args![end, too_many, old]).await?;
    let Some(last) = last.map(|row| row.get::<Option<i64>>("seq")).transpose()?.flatten() else {
        return Ok(false);
    };
    tx.run(delete, args![last]).await?;
    tx.run("UPDATE event_head SET cut = $1 WHERE one = 1 AND cut < $1", args![last]).await?;
    Ok(last == end - 1)
}
