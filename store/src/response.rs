//! How long a person waited for an answer, a row an answer: written with the answer, so that a report reads no message.

use domain::message::{Author, Message};

use crate::{Error, Tx, args};

/// Notes that `message` answers whoever waits in its thread; nothing where nobody does.
///
/// # Errors
/// [`Error::Database`].
pub(crate) async fn put(tx: &mut Tx, message: &Message) -> Result<(), Error> {
    let by = if matches!(message.author, Author::Agent(_)) { "agent" } else { "staff" };
    // A provider's clock may be ahead of ours. The row is found by its key before anything else is asked of it: an index of
    // all who wait would fit as well.
    tx.run(
        "INSERT INTO response (asked_ms, conversation_id, answered_ms, answered_by)
         SELECT t.waiting_ms, t.conversation_id, CASE WHEN $2 < t.waiting_ms THEN t.waiting_ms ELSE $2 END, $3
         FROM (SELECT conversation_id, waiting_ms, hidden FROM thread WHERE conversation_id = $1 LIMIT 1) AS t
         WHERE t.waiting_ms IS NOT NULL AND t.hidden = 0
         ON CONFLICT (asked_ms, conversation_id) DO NOTHING",
        args![&message.conversation.0, message.at, by],
    )
    .await?;
    Ok(())
}
