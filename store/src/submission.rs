//! What users sent under keys of their own, so that a send that was repeated is one. Kept as long as a browser may try again.

use std::time::Duration;

use domain::{
    clock::Millis,
    id::{MessageId, UserId},
};

use crate::{Error, Tx, args};

/// A key is remembered for this long.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// Old keys that one new one makes room of.
const FORGOTTEN: i64 = 20;

/// What stands under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Of what was sent.
    pub digest: String,
    pub message: MessageId,
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, user: &UserId, key: &str) -> Result<Option<Submission>, Error> {
    let row = tx
        .row(
            "SELECT digest, message_id FROM submission WHERE user_id = $1 AND key = $2",
            args![user.as_str(), key],
        )
        .await?;
    row.map(|row| Ok(Submission { digest: row.get("digest")?, message: MessageId(row.get("message_id")?) }))
        .transpose()
}

/// Takes the key.
///
/// # Errors
/// [`Error::Fenced`] where somebody took it a moment ago: nothing may be done, and [`get`] tells what stands there.
pub async fn take(
    tx: &mut Tx,
    user: &UserId,
    key: &str,
    submission: &Submission,
    now: Millis,
) -> Result<(), Error> {
    let inserted = tx
        .exec(
            "INSERT INTO submission (user_id, key, digest, message_id, at_ms) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (user_id, key) DO NOTHING",
            args![user.as_str(), key, &submission.digest, submission.message.as_str(), now],
        )
        .await?;
    if inserted == 0 {
        return Err(Error::Fenced);
    }
    let old = now.0.saturating_sub(i64::try_from(KEPT.as_millis()).unwrap_or(0));
    tx.run(
        "DELETE FROM submission WHERE (user_id, key) IN (
           SELECT user_id, key FROM submission WHERE at_ms < $1 ORDER BY at_ms LIMIT $2)",
        args![old, FORGOTTEN],
    )
    .await?;
    Ok(())
}
