//! Puts words into a conversation: the message, its outbox rows and the event, in the caller's transaction. Says nothing
//! itself: what is queued here is sent by the delivery stage.

use domain::{
    clock::Millis,
    conversation::Conversation,
    id::{Ids, MessageId, OutboxId, TurnId},
    message::{Author, Direction, Message, Part},
    outbound::Plan,
};
use serde_json::json;

use crate::{Error, Tx, event, message, outbox};

/// One thing to say, planned for its channel.
pub struct Speech {
    pub id: MessageId,
    /// What makes saying it again the same row.
    pub key: String,
    pub author: Author,
    /// What stands in the conversation.
    pub parts: Vec<Part>,
    /// The provider's id of the message that it answers.
    pub quotes: Option<String>,
    pub plan: Plan,
    pub turn: Option<TurnId>,
    /// Captured with the turn: the words are dropped if somebody takes the conversation over.
    pub owner_version: Option<i64>,
}

/// Where something that was said stands; where it had been said before, only the row counts.
pub struct Said {
    pub message: MessageId,
    /// The row that carries the options and is quoted.
    pub outbox: OutboxId,
}

/// # Errors
/// [`Error::Database`].
pub async fn say(
    tx: &mut Tx,
    ids: &Ids,
    conversation: &Conversation,
    speech: Speech,
    now: Millis,
) -> Result<Said, Error> {
    let queue = Queue {
        conversation,
        key: &speech.key,
        message: &speech.id,
        turn: speech.turn.as_ref(),
        owner_version: speech.owner_version,
    };
    let (outbox, new) = queue.all(tx, ids, speech.plan, now).await?;
    if new {
        let said = Message {
            quotes: speech.quotes,
            turn: speech.turn,
            ..Message::new(
                speech.id.clone(),
                &conversation.id,
                Direction::Out,
                speech.author,
                speech.parts,
                now,
            )
        };
        event::put(tx, "message", Some(&conversation.id), &json!({ "message": said.id }), now).await?;
        message::put(tx, &said, false).await?;
    }
    Ok(Said { message: speech.id, outbox })
}

/// What the rows of one speech have in common.
pub(crate) struct Queue<'a> {
    pub conversation: &'a Conversation,
    pub key: &'a str,
    pub message: &'a MessageId,
    pub turn: Option<&'a TurnId>,
    pub owner_version: Option<i64>,
}

impl Queue<'_> {
    /// A row for each message of the channel: what was accepted is never sent again because of what was not.
    async fn all(&self, tx: &mut Tx, ids: &Ids, plan: Plan, now: Millis) -> Result<(OutboxId, bool), Error> {
        let mut after = u32::try_from(plan.before.len()).unwrap_or(u32::MAX);
        for (n, content) in plan.before.into_iter().enumerate() {
            let key = format!("{}#{}", self.key, n + 1);
            outbox::put(tx, ids, &self.row(key, content, after), now).await?;
            after -= 1;
        }
        outbox::queue(tx, ids, &self.row(self.key.to_owned(), plan.last, 0), now).await
    }

    pub(crate) fn row(&self, key: String, content: domain::outbound::Content, piece: u32) -> outbox::Send {
        outbox::Send {
            key,
            conversation: self.conversation.id.clone(),
            to: self.conversation.address.clone(),
            content,
            speaker: self.conversation.agent.0.clone(),
            turn: self.turn.cloned(),
            message: Some(self.message.clone()),
            piece,
            owner_version: self.owner_version,
        }
    }
}
