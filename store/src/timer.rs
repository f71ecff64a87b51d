//! Moments to act at. A timer belongs to one thing and one purpose; setting it again moves it.

use domain::{
    clock::Millis,
    id::{Ids, TimerId},
};

use crate::{
    Error, Tx, among, args,
    db::among::{list, texts},
    locking, must,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Ask an open question once more.
    RemindQuestion,
    ExpireQuestion,
    /// Stop waiting for the peer's first word on a job.
    HandoffPatience,
    /// Bring a deferred job back to staff.
    RemindJob,
    /// Open a thread that was snoozed.
    WakeThread,
}

impl Purpose {
    const ALL: [Self; 5] = [
        Self::RemindQuestion,
        Self::ExpireQuestion,
        Self::HandoffPatience,
        Self::RemindJob,
        Self::WakeThread,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::RemindQuestion => "remind_question",
            Self::ExpireQuestion => "expire_question",
            Self::HandoffPatience => "handoff_patience",
            Self::RemindJob => "remind_job",
            Self::WakeThread => "wake_thread",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Taken {
    pub id: TimerId,
    pub purpose: Purpose,
    pub of: String,
    pub fence: i64,
}

/// # Errors
/// [`Error::Database`].
pub async fn set(tx: &mut Tx, ids: &Ids, purpose: Purpose, of: &str, due: Millis) -> Result<(), Error> {
    tx.run(
        "INSERT INTO timer (id, kind, of_id, due_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (kind, of_id) DO UPDATE SET due_ms = excluded.due_ms, fence = timer.fence + 1",
        args![TimerId::new(ids).0, purpose.as_str(), of, due],
    )
    .await?;
    Ok(())
}

/// # Errors
/// [`Error::Database`].
pub async fn clear(tx: &mut Tx, purpose: Purpose, of: &str) -> Result<(), Error> {
    tx.run("DELETE FROM timer WHERE kind = $1 AND of_id = $2", args![purpose.as_str(), of]).await?;
    Ok(())
}

/// Whether a claim is worth its transaction.
///
/// # Errors
/// [`Error::Database`].
pub async fn anything_due(tx: &mut Tx, now: Millis) -> Result<bool, Error> {
    Ok(tx.row("SELECT id FROM timer WHERE due_ms <= $1 LIMIT 1", args![now]).await?.is_some())
}

/// Takes up to `limit` timers whose moment has come.
///
/// # Errors
/// [`Error::Database`].
pub async fn claim(tx: &mut Tx, now: Millis, lease: Millis, limit: i64) -> Result<Vec<Taken>, Error> {
    let found = locking!(tx, "timer", "SELECT id FROM timer WHERE due_ms <= $1 ORDER BY due_ms LIMIT $2");
    let due = texts(&tx.rows(found, args![now, limit]).await?, "id")?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let text = among!(
        tx,
        "UPDATE timer SET due_ms = $2, fence = fence + 1 WHERE id",
        "$1",
        "RETURNING id, kind, of_id, fence"
    );
    let rows = tx.rows(text, args![list(due.iter().map(String::as_str)), lease]).await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let kind: String = row.get("kind")?;
        let purpose = Purpose::ALL.into_iter().find(|purpose| purpose.as_str() == kind);
        taken.push(Taken {
            id: TimerId(row.get("id")?),
            purpose: purpose.ok_or(Error::Unknown { column: "timer.kind", value: kind })?,
            of: row.get("of_id")?,
            fence: row.get("fence")?,
        });
    }
    Ok(taken)
}

/// Removes a held timer, in the transaction of what it caused.
///
/// # Errors
/// [`Error::Fenced`] where it was set anew or taken over meanwhile.
pub async fn done(tx: &mut Tx, taken: &Taken) -> Result<(), Error> {
    let held = must!(changed: "DELETE FROM timer WHERE id = $1 AND fence = $2");
    tx.must(held, args![&taken.id.0, taken.fence]).await
}
