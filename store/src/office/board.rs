//! Jobs as staff look through them: by state, by customer and by what was written, newest first. Changes none.

use domain::{
    clock::Millis,
    id::{CustomerId, JobId},
    job::JobState,
};

use super::job::{Job, read};
use crate::{Error, Tx, args};

/// Which jobs; an empty filter is all of them.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<JobState>,
    pub customer: Option<CustomerId>,
    /// A piece of the job's id, the customer's name or the report, in any case.
    pub words: Option<String>,
}

/// Where a page ends: the last job's moment and id.
pub type After = (Millis, JobId);

/// # Errors
/// [`Error::Database`].
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    let (at, id) = after.map_or((Millis(i64::MAX), String::new()), |(at, id)| (*at, id.0.clone()));
    let rows = tx
        .rows(
            "SELECT j.id, j.peer, j.report, j.revision, j.state, j.decisions, j.note, j.invoice_id,
                    j.conversation_id, j.created_ms, j.updated_ms
             FROM job j LEFT JOIN customer c ON c.id = j.customer_id
             WHERE (j.created_ms < $1 OR (j.created_ms = $1 AND j.id < $2))
               AND (CAST($3 AS TEXT) IS NULL OR j.state = $3)
               AND (CAST($4 AS TEXT) IS NULL OR j.customer_id = $4)
               AND (CAST($5 AS TEXT) IS NULL OR lower(j.id) LIKE $5 ESCAPE '!' OR lower(j.report) LIKE $5 ESCAPE '!'
                    OR lower(c.name) LIKE $5 ESCAPE '!')
             ORDER BY j.created_ms DESC, j.id DESC LIMIT $6",
            args![
                at,
                id,
                filter.state.map(JobState::as_str),
                filter.customer.as_ref().map(CustomerId::as_str),
                filter.words.as_deref().map(containing),
                limit
            ],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// How many jobs are in each state.
///
/// # Errors
/// [`Error::Database`].
pub async fn counts(tx: &mut Tx) -> Result<Vec<(JobState, i64)>, Error> {
    let rows = tx.rows("SELECT state, COUNT(*) AS n FROM job GROUP BY state", args![]).await?;
    let mut counted = Vec::with_capacity(JobState::ALL.len());
    for state in JobState::ALL {
        let mut n = 0;
        for row in &rows {
            if row.get::<String>("state")? == state.as_str() {
                n = row.get("n")?;
            }
        }
        counted.push((state, n));
    }
    Ok(counted)
}

/// A pattern for `LIKE ... ESCAPE '!'` that means these words and nothing else.
fn containing(words: &str) -> String {
    let mut pattern = String::from("%");
    for c in words.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
