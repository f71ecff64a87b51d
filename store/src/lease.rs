//! Leases that are renewed while the work on their rows takes long; each table's own file takes and settles them.

use domain::{clock::Millis, id::InboxId};

use crate::{Error, Tx, args, must, outbox};

/// Holds arrivals until `lease` as well: `rows` by their ids and fences.
///
/// # Errors
/// [`Error::Fenced`] where another worker took one of them over.
pub async fn of_arrivals(tx: &mut Tx, rows: &[(InboxId, i64)], lease: Millis) -> Result<(), Error> {
    for (id, fence) in rows {
        let fenced =
            must!(changed: "UPDATE inbox SET due_ms = $3 WHERE id = $1 AND fence = $2 AND state = 'pending'");
        tx.must(fenced, args![&id.0, *fence, lease]).await?;
    }
    Ok(())
}

/// Holds a delivery until `lease` as well.
///
/// # Errors
/// [`Error::Fenced`] where another worker took it over, or a status settled it.
pub async fn of_delivery(tx: &mut Tx, taken: &outbox::Taken, lease: Millis) -> Result<(), Error> {
    let fence =
        must!(changed: "UPDATE outbox SET due_ms = $3 WHERE id = $1 AND fence = $2 AND state = 'sending'");
    tx.must(fence, args![&taken.outbound.id.0, taken.fence, lease]).await
}
