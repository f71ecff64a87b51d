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
