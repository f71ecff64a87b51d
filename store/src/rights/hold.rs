//! A legal hold: while it stands, nothing that is kept of a person is erased or forgotten by age. Says nothing of why: that
//! stands in whoever's file asked for it.

use domain::{clock::Millis, id::ContactId};

use super::{Subject, all};
use crate::{Error, Tx, among, args, retention};

/// A query for the conversations of whoever is on hold, and those of the jobs that they handed in.
macro_rules! conversations_on_hold {
    () => {
        "SELECT c.id FROM contact p JOIN conversation c ON c.contact_id = p.id WHERE p.hold_ms > 0
         UNION
         SELECT j.id FROM contact p JOIN conversation c ON c.contact_id = p.id
           JOIN handoff h ON h.conversation_id = c.id
           JOIN conversation j ON j.channel = 'link:' || h.agent AND j.external = h.job_id
         WHERE p.hold_ms > 0"
    };
}
pub(crate) use conversations_on_hold;

/// Sets or lifts the hold of a contact that was merged into nobody. `false` where that changed nothing, or nobody is there.
///
/// # Errors
/// [`Error::Database`].
pub async fn set(tx: &mut Tx, id: &ContactId, on: bool, now: Millis) -> Result<bool, Error> {
    if on {
        let sql = "UPDATE contact SET hold_ms = $2 WHERE id = $1 AND hold_ms = 0 AND merged_into IS NULL";
        return Ok(tx.exec(sql, args![id.as_str(), now]).await? > 0);
    }
    let sql = "UPDATE contact SET hold_ms = 0 WHERE id = $1 AND hold_ms > 0";
    let lifted = tx.exec(sql, args![id.as_str()]).await? > 0;
    if lifted {
        // What was passed over meanwhile is looked at once more.
        retention::begin_again(tx).await?;
    }
    Ok(lifted)
}

/// Since when a contact is on hold.
///
/// # Errors
/// [`Error::Database`].
pub async fn since(tx: &mut Tx, id: &ContactId) -> Result<Option<Millis>, Error> {
    let row = tx.row("SELECT hold_ms FROM contact WHERE id = $1 AND hold_ms > 0", args![id.as_str()]).await?;
    row.map(|row| row.get("hold_ms").map(Millis)).transpose()
}

/// Whether `subject` may not be erased.
///
/// # Errors
/// [`Error::Database`].
pub async fn covers(tx: &mut Tx, subject: &Subject) -> Result<bool, Error> {
    let sql = among!(
        tx,
        "SELECT id FROM contact WHERE hold_ms > 0 AND merged_into IS NULL AND id",
        "$1",
        " LIMIT 1"
    );
    Ok(tx.row(sql, args![all(&subject.contacts)]).await?.is_some())
}

/// Whether anybody is on hold; whoever was merged is somebody else by now.
///
/// # Errors
/// [`Error::Database`].
pub(crate) async fn anybody(tx: &mut Tx) -> Result<bool, Error> {
    let sql = "SELECT id FROM contact WHERE hold_ms > 0 AND merged_into IS NULL LIMIT 1";
    Ok(tx.row(sql, args![]).await?.is_some())
}

/// Who `from` is merged into is on hold where `from` was.
///
/// # Errors
/// [`Error::Database`].
pub(crate) async fn goes_along(
    tx: &mut Tx,
    from: &ContactId,
    into: &ContactId,
    now: Millis,
) -> Result<(), Error> {
    tx.run(
        "UPDATE contact SET hold_ms = $3 WHERE id = $2 AND hold_ms = 0
           AND EXISTS (SELECT 1 FROM contact f WHERE f.id = $1 AND f.hold_ms > 0)",
        args![from.as_str(), into.as_str(), now],
    )
    .await?;
    Ok(())
}
