//! Puts words into a conversation, planned for its channel, in the caller's transaction.

use channels::plan::plan;
use domain::{
    clock::Millis,
    conversation::Conversation,
    id::{MessageId, OutboxId, TurnId},
    message::Author,
    outbound::Content,
};
use store::{Error, Tx, speech};

use crate::belt::Belt;

/// One thing to say.
pub struct Speech {
    /// What makes saying it again the same row.
    pub key: String,
    pub author: Author,
    pub content: Content,
    pub turn: Option<TurnId>,
    /// Captured with the turn: the words are dropped if somebody takes the conversation over.
    pub owner_version: Option<i64>,
}

impl Speech {
    /// A sentence of the house's own.
    #[must_use]
    pub fn house(key: String, text: String) -> Self {
        Self { key, author: Author::House, content: Content::Text { text }, turn: None, owner_version: None }
    }
}

/// # Errors
/// [`Error::Database`].
pub async fn say(
    tx: &mut Tx,
    belt: &Belt,
    conversation: &Conversation,
    speech: Speech,
    now: Millis,
) -> Result<OutboxId, Error> {
    let planned = speech::Speech {
        id: MessageId::new(&belt.ids),
        key: speech.key,
        author: speech.author,
        parts: speech.content.parts(),
        quotes: speech.content.quotes().map(str::to_owned),
        plan: plan(&conversation.address.channel, speech.content),
        turn: speech.turn,
        owner_version: speech.owner_version,
    };
    Ok(speech::say(tx, &belt.ids, conversation, planned, now).await?.outbox)
}
