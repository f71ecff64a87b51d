//! What was said, in order. Rows are never changed but for the turn that heard them, and the words of a recording.

use domain::{
    clock::Millis,
    id::{ConversationId, MessageId, TurnId},
    message::{Direction, Message, Part},
};
use serde_json::json;

use crate::{
    Error, Tx, args,
    db::{Query, Row},
    event,
    inbox::to_json,
    thread,
};

/// Stores `message` and moves its thread. `unheard` messages wait for a turn.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, message: &Message, unheard: bool) -> Result<(), Error> {
    tx.run(
        "INSERT INTO message (id, conversation_id, direction, author, parts, external, quotes, turn_id, unheard, at_ms,
                              received_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            &message.id.0,
            &message.conversation.0,
            message.direction.as_str(),
            to_json(&message.author),
            to_json(&message.parts),
            message.external.as_deref(),
            message.quotes.as_deref(),
            message.turn.as_ref().map(TurnId::as_str),
            unheard,
            message.at,
            message.received
        ],
    )
    .await?;
    thread::moved(tx, message, unheard).await
}

/// The oldest `limit` messages that no turn has heard, in order.
#[must_use]
pub fn unheard(conversation: &ConversationId, limit: i64) -> Query<Vec<Message>> {
    Query::rows(
        "SELECT id, conversation_id, direction, author, parts, external, quotes, turn_id, at_ms, received_ms
         FROM message
         WHERE conversation_id = $1 AND unheard = 1 ORDER BY seq LIMIT $2",
        args![&conversation.0, limit],
        read,
    )
}

/// Notes that `turn` heard these messages.
///
/// # Errors
/// [`Error::Database`].
pub async fn heard(tx: &mut Tx, messages: &[MessageId], turn: &TurnId) -> Result<(), Error> {
    for message in messages {
        tx.run("UPDATE message SET unheard = 0, turn_id = $2 WHERE id = $1", args![&message.0, &turn.0])
            .await?;
    }
    Ok(())
}

/// Gives the oldest `limit` messages that no turn has heard to `turn`, in order.
///
/// # Errors
/// [`Error::Database`].
pub async fn take_unheard(
    tx: &mut Tx,
    conversation: &ConversationId,
    turn: &TurnId,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    let messages = tx.query(unheard(conversation, limit)).await?;
    let ids: Vec<MessageId> = messages.iter().map(|message| message.id.clone()).collect();
    heard(tx, &ids, turn).await?;
    Ok(messages)
}

/// Makes a message wait for a turn after all: words that turned out not to answer the question they were kept for.
///
/// # Errors
/// [`Error::Database`].
pub async fn unhear(tx: &mut Tx, id: &MessageId) -> Result<(), Error> {
    tx.run("UPDATE message SET unheard = 1 WHERE id = $1 AND turn_id IS NULL", args![&id.0]).await?;
    Ok(())
}

/// What the person said before staff last answered by hand is answered: no turn need hear it.
///
/// # Errors
/// [`Error::Database`].
pub(crate) async fn answered_by_hand(tx: &mut Tx, conversation: &ConversationId) -> Result<(), Error> {
    tx.run(
        "UPDATE message SET unheard = 0
         WHERE conversation_id = $1 AND unheard = 1 AND author LIKE '{\"kind\":\"contact\"%'
           AND seq < (SELECT MAX(s.seq) FROM message s
                      WHERE s.conversation_id = $1
                        AND (s.author LIKE '{\"kind\":\"phone\"%' OR s.author LIKE '{\"kind\":\"staff\"%'))",
        args![&conversation.0],
    )
    .await?;
    Ok(())
}

/// Puts the words of a recording beside it, and tells who watches. Nothing for a part that is no recording.
///
/// # Errors
/// [`Error::Database`].
pub async fn transcribe(
    tx: &mut Tx,
    id: &MessageId,
    part: usize,
    words: &str,
    now: Millis,
) -> Result<(), Error> {
    let Some(mut message) = get(tx, id).await? else { return Ok(()) };
    let Some(Part::Media(media)) = message.parts.get_mut(part) else { return Ok(()) };
    media.transcript = Some(words.to_owned());
    tx.run("UPDATE message SET parts = $2 WHERE id = $1", args![&id.0, to_json(&message.parts)]).await?;
    let body = json!({ "message": id, "op": "updated" });
    event::put(tx, "message", Some(&message.conversation), &body, now).await
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &MessageId) -> Result<Option<Message>, Error> {
    let row = tx
        .row(
            "SELECT id, conversation_id, direction, author, parts, external, quotes, turn_id, at_ms, received_ms
             FROM message WHERE id = $1",
            args![&id.0],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// The provider's id of the last message that a person wrote here: what a read receipt names.
///
/// # Errors
/// [`Error::Database`].
pub async fn last_heard(tx: &mut Tx, conversation: &ConversationId) -> Result<Option<String>, Error> {
    let row = tx
        .row(
            "SELECT external FROM message
             WHERE conversation_id = $1 AND external IS NOT NULL AND direction = 'in'
             ORDER BY at_ms DESC, seq DESC LIMIT 1",
            args![&conversation.0],
        )
        .await?;
    row.map(|row| row.get("external")).transpose()
}

/// The last `limit` messages of a conversation, heard or not, oldest first: what a person would read there.
#[must_use]
pub fn latest(conversation: &ConversationId, limit: i64) -> Query<Vec<Message>> {
    let newest_first = Query::rows(
        "SELECT id, conversation_id, direction, author, parts, external, quotes, turn_id, at_ms, received_ms
         FROM message WHERE conversation_id = $1 ORDER BY at_ms DESC, seq DESC LIMIT $2",
        args![&conversation.0, limit],
        read,
    );
    newest_first.map(reversed)
}

fn reversed(mut messages: Vec<Message>) -> Vec<Message> {
    messages.reverse();
    messages
}

/// Whether any message waits for a turn.
///
/// # Errors
/// [`Error::Database`].
pub async fn any_unheard(tx: &mut Tx, conversation: &ConversationId) -> Result<bool, Error> {
    let row = tx
        .row(
            "SELECT seq FROM message WHERE conversation_id = $1 AND unheard = 1 LIMIT 1",
            args![&conversation.0],
        )
        .await?;
    Ok(row.is_some())
}

/// The last `limit` heard messages that belong to other turns than `turn`, oldest first.
#[must_use]
pub fn history(conversation: &ConversationId, turn: &TurnId, limit: i64) -> Query<Vec<Message>> {
    let newest_first = Query::rows(
        "SELECT id, conversation_id, direction, author, parts, external, quotes, turn_id, at_ms, received_ms
         FROM message
         WHERE conversation_id = $1 AND unheard = 0 AND (turn_id IS NULL OR turn_id <> $2)
         ORDER BY at_ms DESC, seq DESC LIMIT $3",
        args![&conversation.0, &turn.0, limit],
        read,
    );
    newest_first.map(reversed)
}

pub(crate) fn read(row: &Row) -> Result<Message, Error> {
    let direction: String = row.get("direction")?;
    Ok(Message {
        id: MessageId(row.get("id")?),
        conversation: ConversationId(row.get("conversation_id")?),
        direction: Direction::parse(&direction)
            .ok_or(Error::Unknown { column: "message.direction", value: direction })?,
        author: row.json("author")?,
        parts: row.json("parts")?,
        external: row.get("external")?,
        quotes: row.get("quotes")?,
        turn: row.get::<Option<String>>("turn_id")?.map(TurnId),
        at: Millis(row.get("at_ms")?),
        received: Millis(row.get("received_ms")?),
    })
}
