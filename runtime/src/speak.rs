//! Puts words into a conversation: the message, its outbox row and the event, in the caller's transaction.

use channels::plan::plan;
use domain::{
    clock::Millis,
    conversation::Conversation,
    id::{MessageId, OutboxId, TurnId},
    message::{Author, Message, Part},
    outbound::Content,
    question::Choice,
};
use serde_json::json;
use store::{Error, Tx, event, message, outbox};

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
    let said = Message {
        id: MessageId::new(&belt.ids),
        conversation: conversation.id.clone(),
        author: speech.author,
        parts: vec![Part::text(as_text(&speech.content))],
        external: None,
        turn: speech.turn.clone(),
        at: now,
    };
    message::put(tx, &said, false).await?;
    let row = |key: String, content: Content, message: Option<MessageId>| outbox::Send {
        key,
        conversation: conversation.id.clone(),
        to: conversation.address.clone(),
        content,
        speaker: conversation.agent.0.clone(),
        turn: speech.turn.clone(),
        message,
        owner_version: speech.owner_version,
    };
    // A row for each message of the channel: what was accepted is never sent again because of what was not.
    let plan = plan(&conversation.address.channel, speech.content);
    for (n, part) in plan.before.into_iter().enumerate() {
        let send = row(format!("{}#{}", speech.key, n + 1), part, None);
        outbox::put(tx, &belt.ids, &send, now).await?;
    }
    let send = row(speech.key.clone(), plan.last, Some(said.id.clone()));
    let id = outbox::put(tx, &belt.ids, &send, now).await?;
    event::put(tx, "message", Some(&conversation.id), &json!({ "message": said.id }), now).await?;
    Ok(id)
}

/// What a person reads, options included: the history that a model is given later shows what was offered.
fn as_text(content: &Content) -> String {
    match content.shown() {
        Some((text, choices)) => format!("{text}{}", offered(choices)),
        None => String::new(),
    }
}

fn offered(choices: &[Choice]) -> String {
    choices.iter().map(|choice| format!(" [{}]", choice.title)).collect()
}
