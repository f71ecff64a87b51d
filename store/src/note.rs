//! What staff write beside a conversation. It is never sent to anybody.

use domain::{
    clock::Millis,
    id::{ConversationId, NoteId, UserId},
};

use crate::{Error, Tx, args, db::Row};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub id: NoteId,
    pub conversation: ConversationId,
    pub author: UserId,
    /// As they are called now.
    pub author_name: String,
    pub text: String,
    pub created: Millis,
    pub updated: Millis,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT n.id, n.conversation_id, n.author, COALESCE(u.name, '') AS author_name, n.body, n.created_ms,
                    n.updated_ms
             FROM note n LEFT JOIN console_user u ON u.id = n.author ",
            $rest
        )
    };
}

/// # Errors
/// [`Error::Database`].
pub async fn put(
    tx: &mut Tx,
    id: &NoteId,
    conversation: &ConversationId,
    author: &UserId,
    text: &str,
    now: Millis,
) -> Result<(), Error> {
    tx.run(
        "INSERT INTO note (id, conversation_id, author, body, created_ms, updated_ms) VALUES ($1, $2, $3, $4, $5, $5)",
        args![id.as_str(), conversation.as_str(), author.as_str(), text, now],
    )
    .await?;
    Ok(())
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &NoteId) -> Result<Option<Note>, Error> {
    let row = tx.row(select!("WHERE n.id = $1"), args![id.as_str()]).await?;
    row.as_ref().map(read).transpose()
}

/// Up to `limit` notes of a conversation after `after`, oldest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(
    tx: &mut Tx,
    conversation: &ConversationId,
    after: Option<&(Millis, NoteId)>,
    limit: i64,
) -> Result<Vec<Note>, Error> {
    let (at, id) = after.map_or((Millis(i64::MIN), ""), |(at, id)| (*at, id.as_str()));
    let rows = tx
        .rows(
            select!(
                "WHERE n.conversation_id = $1 AND (n.created_ms > $2 OR (n.created_ms = $2 AND n.id > $3))
                 ORDER BY n.created_ms, n.id LIMIT $4"
            ),
            args![conversation.as_str(), at, id, limit],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// # Errors
/// [`Error::Database`].
pub async fn change(tx: &mut Tx, id: &NoteId, text: &str, now: Millis) -> Result<bool, Error> {
    let changed = tx
        .exec("UPDATE note SET body = $2, updated_ms = $3 WHERE id = $1", args![id.as_str(), text, now])
        .await?;
    Ok(changed == 1)
}

/// # Errors
/// [`Error::Database`].
pub async fn remove(tx: &mut Tx, id: &NoteId) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM note WHERE id = $1", args![id.as_str()]).await? == 1)
}

fn read(row: &Row) -> Result<Note, Error> {
    Ok(Note {
        id: NoteId(row.get("id")?),
        conversation: ConversationId(row.get("conversation_id")?),
        author: UserId(row.get("author")?),
        author_name: row.get("author_name")?,
        text: row.get("body")?,
        created: Millis(row.get("created_ms")?),
        updated: Millis(row.get("updated_ms")?),
    })
}
