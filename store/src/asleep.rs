//! Deliveries that wait for a person to write: laid down when nothing may be said to them, woken by their next message. The
//! two never miss each other. Says nothing of when a message may go out; the channel knows.

use domain::{address::Address, clock::Millis};

use crate::{
    Error, Tx, args, locked,
    outbox::{self, Taken},
};

/// Waits between tries are shorter; whoever sleeps longer waits for a person.
const LONG_WAIT: std::time::Duration = std::time::Duration::from_secs(600);

/// Puts a held row back until its person writes, and until `due` at the latest; at once where they wrote since it was
/// taken. No attempt is counted.
///
/// # Errors
/// [`Error::Fenced`] where another worker took the row over.
pub async fn lay(tx: &mut Tx, taken: &Taken, due: Millis, reason: &str, now: Millis) -> Result<(), Error> {
    let heard = last_inbound(tx, &taken.outbound.to).await?;
    let due = if heard > taken.last_inbound { now } else { due };
    outbox::hold(tx, taken, due, reason, now).await
}

/// When the person at `address` last wrote. Takes the row locks that a message of theirs takes before it wakes anything:
/// whichever comes second sees what the first did.
async fn last_inbound(tx: &mut Tx, address: &Address) -> Result<Millis, Error> {
    let sql = locked!(
        tx,
        "SELECT last_inbound_ms FROM conversation WHERE channel = $1 AND external = $2 ORDER BY id"
    );
    let mut last = Millis(0);
    for row in tx.rows(sql, args![address.channel.as_str(), &address.external]).await? {
        last = last.max(Millis(row.get("last_inbound_ms")?));
    }
    Ok(last)
}

/// Makes what waits for the person at `address` due at once: they wrote, so that it may be said now. What was tried
/// and waits for its next try goes on waiting. Their conversation has been told before, in this transaction.
///
/// # Errors
/// [`Error::Database`].
pub async fn wake(tx: &mut Tx, address: &Address, now: Millis) -> Result<(), Error> {
    tx.run(
        "UPDATE outbox SET due_ms = $3
         WHERE channel = $1 AND external = $2 AND state NOT IN ('sent', 'delivered') AND state NOT IN ('read', 'played') AND state <> 'failed'
           AND state = 'queued'
           AND ((attempts = 0 AND due_ms > $3) OR due_ms > $4)",
        args![address.channel.as_str(), &address.external, now, now.plus(LONG_WAIT)],
    )
    .await
}
