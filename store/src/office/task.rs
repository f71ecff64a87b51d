//! Jobs as callers on the link list them: newest change first, page by page, by the context a caller gave them.
//! The job itself is `job.rs`'s; nothing is decided here.

use domain::{clock::Millis, id::JobId, job::JobState};

use crate::{Error, Tx, args};

/// Which jobs. Empty `states` means all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A caller's context, or a job's id: each job is also a context of its own.
    pub context: Option<String>,
    pub states: Vec<JobState>,
    pub changed_since: Option<Millis>,
}

/// Where a page ended: the next begins with what changed before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub changed: Millis,
    pub job: JobId,
}

/// Keeps the context that a caller gave `job`. The first one stays.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_context(tx: &mut Tx, job: &JobId, context: &str) -> Result<(), Error> {
    tx.run(
        "INSERT INTO task_context (job_id, context) VALUES ($1, $2) ON CONFLICT (job_id) DO NOTHING",
        args![&job.0, context],
    )
    .await?;
    Ok(())
}

/// The context of `job`, where a caller gave it one.
///
/// # Errors
/// [`Error::Database`].
pub async fn context(tx: &mut Tx, job: &JobId) -> Result<Option<String>, Error> {
    let row = tx.row("SELECT context FROM task_context WHERE job_id = $1", args![&job.0]).await?;
    row.map(|row| row.get("context")).transpose()
}

/// At most `limit` jobs of `filter`, those after `after`, newest change first.
///
/// # Errors
/// [`Error::Database`].
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<Place>, Error> {
    let mut args = filter_args(filter);
    let (changed, job) = after.map_or((i64::MAX, ""), |place| (place.changed.0, place.job.as_str()));
    args.extend(args![changed, job, limit]);
    let rows = tx
        .rows(
            "SELECT id, updated_ms FROM job
             WHERE ($1 = '' OR id = $1 OR id IN (SELECT job_id FROM task_context WHERE context = $1))
               AND ($2 = 0 OR state IN ($3, $4, $5, $6, $7)) AND updated_ms >= $8
               AND (updated_ms < $9 OR (updated_ms = $9 AND id < $10))
             ORDER BY updated_ms DESC, id DESC LIMIT $11",
            args,
        )
        .await?;
    rows.into_iter()
        .map(|row| Ok(Place { changed: Millis(row.get("updated_ms")?), job: JobId(row.get("id")?) }))
        .collect()
}

/// How many jobs `filter` has.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64, Error> {
    let row = tx
        .row(
            "SELECT COUNT(*) AS n FROM job
             WHERE ($1 = '' OR id = $1 OR id IN (SELECT job_id FROM task_context WHERE context = $1))
               AND ($2 = 0 OR state IN ($3, $4, $5, $6, $7)) AND updated_ms >= $8",
            filter_args(filter),
        )
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// `$1` to `$8`: the context, how many states, the states in five places, since when.
fn filter_args(filter: &Filter) -> Vec<crate::db::Val> {
    let state = |place: usize| filter.states.get(place).map_or("", |state| state.as_str());
    args![
        filter.context.as_deref().unwrap_or_default(),
        i64::try_from(filter.states.len()).unwrap_or(i64::MAX),
        state(0),
        state(1),
        state(2),
        state(3),
        state(4),
        filter.changed_since.map_or(0, |since| since.0),
    ]
}
