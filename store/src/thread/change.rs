//! What staff change of a thread, one statement each. The caller's transaction holds the event and the audit entry.

use domain::{
    clock::Millis,
    id::{ConversationId, CustomerId, MessageId, UserId},
    thread::{Priority, Status},
};

use crate::{Error, Tx, args};

/// Labels of one thread.
pub const LABELS: usize = 20;

/// What is left unread once everything up to `up_to` was read. `None` where the message is not of this thread.
///
/// # Errors
/// [`Error::Database`].
pub async fn read(tx: &mut Tx, id: &ConversationId, up_to: &MessageId) -> Result<Option<i64>, Error> {
    let row = tx
        .row(
            "UPDATE thread SET unread = (
               SELECT CASE WHEN COUNT(*) < thread.unread THEN COUNT(*) ELSE thread.unread END FROM (
                 SELECT m.seq FROM message m
                 WHERE m.conversation_id = $1 AND m.direction = 'in'
                   AND m.seq > (SELECT u.seq FROM message u WHERE u.id = $2) LIMIT 1000) AS later)
             WHERE conversation_id = $1 AND EXISTS (SELECT 1 FROM message u WHERE u.id = $2 AND u.conversation_id = $1)
             RETURNING unread",
            args![id.as_str(), up_to.as_str()],
        )
        .await?;
    row.map(|row| row.get("unread")).transpose()
}

/// # Errors
/// [`Error::Database`].
pub async fn unread(tx: &mut Tx, id: &ConversationId) -> Result<(), Error> {
    tx.run(
        "UPDATE thread SET unread = CASE WHEN unread > 0 THEN unread ELSE 1 END WHERE conversation_id = $1",
        args![id.as_str()],
    )
    .await?;
    Ok(())
}

/// # Errors
/// [`Error::Database`].
pub async fn set_status(
    tx: &mut Tx,
    id: &ConversationId,
    status: Status,
    snoozed_until: Option<Millis>,
) -> Result<(), Error> {
    // What is done with waits for nobody.
    tx.run(
        "UPDATE thread SET status = $2, snoozed_ms = $3,
                           waiting_ms = CASE WHEN $2 = 'resolved' THEN NULL ELSE waiting_ms END
         WHERE conversation_id = $1",
        args![id.as_str(), status.as_str(), snoozed_until.map(|at| at.0)],
    )
    .await?;
    Ok(())
}

/// Opens a snoozed thread whose time has come; `false` where there is nothing to open.
///
/// # Errors
/// [`Error::Database`].
pub async fn wake(tx: &mut Tx, id: &ConversationId, now: Millis) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "UPDATE thread SET status = 'open', snoozed_ms = NULL
             WHERE conversation_id = $1 AND status = 'snoozed' AND snoozed_ms <= $2",
            args![id.as_str(), now],
        )
        .await?;
    Ok(changed == 1)
}

/// # Errors
/// [`Error::Database`].
pub async fn assign(tx: &mut Tx, id: &ConversationId, user: Option<&UserId>) -> Result<(), Error> {
    tx.run(
        "UPDATE thread SET assignee = $2 WHERE conversation_id = $1",
        args![id.as_str(), user.map(UserId::as_str)],
    )
    .await?;
    Ok(())
}

/// # Errors
/// [`Error::Database`].
pub async fn set_priority(tx: &mut Tx, id: &ConversationId, priority: Priority) -> Result<(), Error> {
    tx.run(
        "UPDATE thread SET priority = $2 WHERE conversation_id = $1",
        args![id.as_str(), priority.as_str()],
    )
    .await?;
    Ok(())
}

/// Which customer a thread is about, and who said so: `house` or `staff`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub customer: Option<CustomerId>,
    pub by: Option<String>,
}

/// # Errors
/// [`Error::Database`].
pub async fn link(tx: &mut Tx, id: &ConversationId) -> Result<Link, Error> {
    let row = tx
        .row("SELECT customer_id, linked FROM thread WHERE conversation_id = $1", args![id.as_str()])
        .await?;
    let Some(row) = row else { return Ok(Link::default()) };
    Ok(Link { customer: row.get::<Option<String>>("customer_id")?.map(CustomerId), by: row.get("linked")? })
}

/// Whose customer the thread is about. `by` is `house` or `staff`.
///
/// # Errors
/// [`Error::Database`].
pub async fn link_customer(
    tx: &mut Tx,
    id: &ConversationId,
    customer: Option<&CustomerId>,
    by: &'static str,
) -> Result<(), Error> {
    // Staff who took a link away have said that the house must not put it back.
    tx.run(
        "UPDATE thread SET customer_id = $2, linked = $3
         WHERE conversation_id = $1 AND ($3 = 'staff' OR linked IS NULL)",
        args![id.as_str(), customer.map(CustomerId::as_str), by],
    )
    .await?;
    Ok(())
}

/// Gives the thread exactly these labels.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_labels(tx: &mut Tx, id: &ConversationId, labels: &[String]) -> Result<(), Error> {
    tx.run("DELETE FROM label WHERE conversation_id = $1", args![id.as_str()]).await?;
    for label in labels.iter().take(LABELS) {
        tx.run(
            "INSERT INTO label (conversation_id, name) VALUES ($1, $2) ON CONFLICT (conversation_id, name) DO NOTHING",
            args![id.as_str(), label],
        )
        .await?;
    }
    Ok(())
}

/// Every label there is, with how many threads bear it.
///
/// # Errors
/// [`Error::Database`].
pub async fn labels(tx: &mut Tx, limit: i64) -> Result<Vec<(String, i64)>, Error> {
    let rows = tx
        .rows("SELECT name, COUNT(*) AS n FROM label GROUP BY name ORDER BY name LIMIT $1", args![limit])
        .await?;
    rows.iter().map(|row| Ok((row.get("name")?, row.get("n")?))).collect()
}
