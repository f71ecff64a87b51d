//! What happened, numbered, for everyone who watches. Written in the transaction of what it tells of.

use domain::{clock::Millis, id::ConversationId};
use serde_json::Value;

use crate::{Error, Tx, args};

/// # Errors
/// [`Error::Database`].
pub async fn put(
    tx: &mut Tx,
    kind: &'static str,
    conversation: Option<&ConversationId>,
    body: &Value,
    now: Millis,
) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO event (kind, conversation_id, body, at_ms) VALUES ($1, $2, $3, $4)",
        args![kind, conversation.map(ConversationId::as_str), body.to_string(), now],
    )
    .await?;
    Ok(())
}

/// A numbered event.
#[derive(Clone, Debug)]
pub struct Event {
    pub seq: i64,
    pub kind: String,
    pub body: Value,
}

/// Up to `limit` events after `seq`, in order.
///
/// # Errors
/// [`Error::Database`].
pub async fn after(tx: &mut Tx, seq: i64, limit: i64) -> Result<Vec<Event>, Error> {
    let rows = tx
        .rows("SELECT seq, kind, body FROM event WHERE seq > $1 ORDER BY seq LIMIT $2", args![seq, limit])
        .await?;
    rows.iter()
        .map(|row| Ok(Event { seq: row.get("seq")?, kind: row.get("kind")?, body: row.json("body")? }))
        .collect()
}

/// The last event's number; zero for none.
///
/// # Errors
/// [`Error::Database`].
pub async fn last(tx: &mut Tx) -> Result<i64, Error> {
    let row = tx.row("SELECT COALESCE(MAX(seq), 0) AS seq FROM event", args![]).await?;
    row.map_or(Ok(0), |row| row.get("seq"))
}
