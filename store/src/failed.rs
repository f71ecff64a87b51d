//! Deliveries that failed for good and that nobody sent again, newest first, with whom they were for. Changes nothing.

use domain::{
    address::{Address, ChannelName},
    clock::Millis,
    id::{ConversationId, MessageId, OutboxId},
    message::Part,
};

use crate::{Error, Tx, args};

/// Why words of an agent's were dropped on purpose, which is no failure; the statement below has the same words.
pub const TAKEN_OVER: &str = "the conversation was taken over";

/// The statement `$before` (failed rows, as `o`) `$after`: given up for good, sent again by no later row, and neither dropped
/// on purpose nor of somebody who was erased. Whatever counts or lists failures asks by this, so that all tell the same.
macro_rules! failed {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " o.state = 'failed' AND COALESCE(o.reason, '') NOT IN ('erased', 'the conversation was taken over')
              AND NOT EXISTS (SELECT 1 FROM outbox n
                              WHERE n.message_id = o.message_id AND n.piece = o.piece AND n.seq > o.seq) ",
            $after
        )
    };
}
pub(crate) use failed;

#[derive(Clone, Debug)]
pub struct Failed {
    /// Where a page ends.
    pub seq: i64,
    pub id: OutboxId,
    pub message: Option<MessageId>,
    pub conversation: ConversationId,
    pub to: Address,
    /// Of the person, where one is known.
    pub name: Option<String>,
    /// What the message says; empty for what is no message.
    pub parts: Vec<Part>,
    pub attempts: i64,
    pub reason: Option<String>,
    /// When it was given up.
    pub at: Millis,
}

/// Up to `limit` of those queued before `before`.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx, before: Option<i64>, limit: i64) -> Result<Vec<Failed>, Error> {
    let rows = tx
        .rows(
            failed!(
                "SELECT o.seq, o.id, o.message_id, o.conversation_id, o.channel, o.external, o.attempts, o.reason,
                        o.updated_ms, p.name, COALESCE(m.parts, '[]') AS parts
                 FROM outbox o
                 LEFT JOIN conversation c ON c.id = o.conversation_id
                 LEFT JOIN contact p ON p.id = c.contact_id
                 LEFT JOIN message m ON m.id = o.message_id
                 WHERE o.seq < $1 AND",
                "ORDER BY o.seq DESC LIMIT $2"
            ),
            args![before.unwrap_or(i64::MAX), limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Failed {
                seq: row.get("seq")?,
                id: OutboxId(row.get("id")?),
                message: row.get::<Option<String>>("message_id")?.map(MessageId),
                conversation: ConversationId(row.get("conversation_id")?),
                to: Address::new(ChannelName(row.get("channel")?), row.get::<String>("external")?),
                name: row.get("name")?,
                parts: row.json("parts")?,
                attempts: row.get("attempts")?,
                reason: row.get("reason")?,
                at: Millis(row.get("updated_ms")?),
            })
        })
        .collect()
}

/// How many there are: as many as [`list`] goes through.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx) -> Result<i64, Error> {
    let row = tx.row(failed!("SELECT COUNT(*) AS n FROM outbox o WHERE", ""), args![]).await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// How many failed on `channel` since `since`.
pub(crate) async fn count_since(tx: &mut Tx, channel: &str, since: Millis) -> Result<i64, Error> {
    let sql =
        failed!("SELECT COUNT(*) AS n FROM outbox o WHERE o.channel = $1 AND o.updated_ms >= $2 AND", "");
    let row = tx.row(sql, args![channel, since]).await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// The message that the row `id` of the outbox carries, and its conversation; `None` where it carries none.
///
/// # Errors
/// [`Error::Database`].
pub async fn of(tx: &mut Tx, id: &str) -> Result<Option<(ConversationId, MessageId)>, Error> {
    let row = tx
        .row(
            "SELECT conversation_id, message_id FROM outbox WHERE id = $1 AND message_id IS NOT NULL",
            args![id],
        )
        .await?;
    row.map(|row| Ok((ConversationId(row.get("conversation_id")?), MessageId(row.get("message_id")?))))
        .transpose()
}
