//! Conversations as staff see them: one row a conversation, moved in the transaction of each message. What a thread owes to
//! other tables (its person, its owner, how its last message was delivered) is read from those, never copied.

pub mod change;
pub mod list;
pub mod messages;
mod read;

use domain::message::{Author, Direction, Message, Part};

pub use read::{Last, Person, Thread, by_ids, get};

use crate::{Error, Tx, args, response};

/// Moves the thread of `message`: its last message, what is unread, since when somebody waits. A new message of the person
/// opens it again.
///
/// # Errors
/// [`Error::Database`].
pub(crate) async fn moved(tx: &mut Tx, message: &Message, unheard: bool) -> Result<(), Error> {
    let inbound = message.direction == Direction::In;
    let reaction =
        !message.parts.is_empty() && message.parts.iter().all(|part| matches!(part, Part::Reaction { .. }));
    // Sentences of the house's own keep nobody from waiting.
    let answers = message.direction == Direction::Out && !matches!(message.author, Author::House);
    if answers {
        response::put(tx, message).await?;
    }
    tx.run(
        "INSERT INTO thread (conversation_id, kind, hidden, status, unread, waiting_ms, last_id, last_ms, created_ms)
         SELECT c.id,
                CASE WHEN c.channel LIKE 'link:%' THEN 'link' WHEN c.channel LIKE 'cli:%' THEN 'cli'
                     ELSE c.channel END,
                CASE WHEN c.channel LIKE 'link:%' OR c.channel = 'console' THEN 1 ELSE 0 END,
                'open', $4, CASE WHEN $5 = 1 OR ($6 = 1 AND (c.agent = 'nobody' OR c.owner <> 'agent')) THEN $3 END, $2, $3, c.created_ms
         FROM conversation c WHERE c.id = $1
         ON CONFLICT (conversation_id) DO UPDATE SET
           unread = thread.unread + excluded.unread,
           waiting_ms = CASE WHEN $7 = 1 THEN NULL ELSE COALESCE(thread.waiting_ms, excluded.waiting_ms) END,
           status = CASE WHEN $4 = 1 THEN 'open' ELSE thread.status END,
           snoozed_ms = CASE WHEN $4 = 1 THEN NULL ELSE thread.snoozed_ms END,
           last_id = CASE WHEN excluded.last_ms >= thread.last_ms THEN excluded.last_id ELSE thread.last_id END,
           last_ms = CASE WHEN excluded.last_ms >= thread.last_ms THEN excluded.last_ms ELSE thread.last_ms END",
        args![
            &message.conversation.0,
            &message.id.0,
            message.at,
            inbound,
            inbound && unheard && !reaction,
            inbound && !reaction,
            answers
        ],
    )
    .await?;
    Ok(())
}
