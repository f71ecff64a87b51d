//! Where callers of a job want to be told how it ended. Holds their credentials, which leave only to the place they are
//! for; our own agents are not here, their place is configuration.

use domain::{clock::Millis, id::JobId};

use crate::{Error, Tx, args, db::Row};

/// More for one job are refused.
pub const PER_JOB: i64 = 8;

#[derive(Clone, PartialEq, Eq)]
pub struct PushTarget {
    /// Unique within its job.
    pub id: String,
    pub url: String,
    pub token: Option<String>,
    pub scheme: Option<String>,
    pub credentials: Option<String>,
}

/// Without the secrets.
impl std::fmt::Debug for PushTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PushTarget").field("id", &self.id).field("url", &self.url).finish_non_exhaustive()
    }
}

/// Stores `target` for `job`, in place of one with the same id. `false` where the job has [`PER_JOB`] others.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, job: &JobId, target: &PushTarget, now: Millis) -> Result<bool, Error> {
    let others = tx
        .row(
            "SELECT COUNT(*) AS n FROM push_config WHERE job_id = $1 AND id <> $2",
            args![&job.0, &target.id],
        )
        .await?;
    if others.map_or(Ok(0), |row| row.get::<i64>("n"))? >= PER_JOB {
        return Ok(false);
    }
    let args = args![
        &job.0,
        &target.id,
        &target.url,
        target.token.as_deref(),
        target.scheme.as_deref(),
        target.credentials.as_deref(),
        now,
    ];
    tx.run(
        "INSERT INTO push_config (job_id, id, url, token, scheme, credentials, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (job_id, id) DO UPDATE SET url = excluded.url, token = excluded.token,
             scheme = excluded.scheme, credentials = excluded.credentials",
        args,
    )
    .await?;
    Ok(true)
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, job: &JobId, id: &str) -> Result<Option<PushTarget>, Error> {
    let row = tx
        .row(
            "SELECT id, url, token, scheme, credentials FROM push_config WHERE job_id = $1 AND id = $2",
            args![&job.0, id],
        )
        .await?;
    row.map(|row| target(&row)).transpose()
}

/// All of `job`, the oldest first; at most [`PER_JOB`].
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx, job: &JobId) -> Result<Vec<PushTarget>, Error> {
    let rows = tx
        .rows(
            "SELECT id, url, token, scheme, credentials FROM push_config WHERE job_id = $1
             ORDER BY created_ms, id LIMIT $2",
            args![&job.0, PER_JOB],
        )
        .await?;
    rows.iter().map(target).collect()
}

/// A repeat removes nothing.
///
/// # Errors
/// [`Error::Database`].
pub async fn delete(tx: &mut Tx, job: &JobId, id: &str) -> Result<(), Error> {
    tx.run("DELETE FROM push_config WHERE job_id = $1 AND id = $2", args![&job.0, id]).await?;
    Ok(())
}

fn target(row: &Row) -> Result<PushTarget, Error> {
    Ok(PushTarget {
        id: row.get("id")?,
        url: row.get("url")?,
        token: row.get("token")?,
        scheme: row.get("scheme")?,
        credentials: row.get("credentials")?,
    })
}
