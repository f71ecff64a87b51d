//! Jobs that an agent handed to its peer, as the side that handed them over knows them. The peer's own view is its
//! `office::job`, perhaps in another database.

use domain::{
    agent::AgentName,
    clock::Millis,
    id::{ConversationId, CustomerId, InvoiceId, JobId},
    job::{HandoffState, JobReport, Settlement},
};

use crate::{
    Error, Tx, args,
    db::{Query, Row, Val},
    inbox::to_json,
};

/// Makes whoever takes a job number take turns.
const NUMBERS: i64 = 1010;
/// Numbers that are tried beyond the highest known one.
const TRIED: i64 = 1000;

#[derive(Clone, Debug, PartialEq)]
pub struct Handoff {
    pub agent: AgentName,
    pub conversation: ConversationId,
    pub report: JobReport,
    pub state: HandoffState,
    /// The peer's name for it.
    pub task: Option<String>,
    pub note: Option<String>,
    pub invoice: Option<InvoiceId>,
    pub created: Millis,
    pub updated: Millis,
}

/// The next free `JOB-<customer>-<nnn>`, over what was handed over and what was taken in here.
///
/// # Errors
/// [`Error::Database`].
pub async fn next_job(tx: &mut Tx, customer: &CustomerId) -> Result<JobId, Error> {
    tx.one_at_a_time(NUMBERS).await?;
    let prefix = format!("JOB-{customer}-");
    let length = i64::try_from(prefix.chars().count()).unwrap_or(0);
    // Longer names sort after shorter ones, so the highest numbers come first; names that end otherwise are few.
    let rows = tx
        .rows(
            "SELECT job_id FROM (
               SELECT job_id FROM handoff WHERE customer_id = $1 AND substr(job_id, 1, CAST($3 AS INTEGER)) = $2
               UNION SELECT id AS job_id FROM job WHERE customer_id = $1 AND substr(id, 1, CAST($3 AS INTEGER)) = $2) AS known
             ORDER BY length(job_id) DESC, job_id DESC LIMIT 50",
            args![&customer.0, prefix.as_str(), length],
        )
        .await?;
    let mut highest = 0;
    for row in rows {
        let id: String = row.get("job_id")?;
        let number: i64 = id.strip_prefix(&prefix).and_then(|number| number.parse().ok()).unwrap_or(0);
        highest = highest.max(number.min(i64::MAX - TRIED));
    }
    // A corrected job may have moved to another customer with its old name.
    for number in highest + 1..highest + TRIED {
        let id = JobId(format!("{prefix}{number:03}"));
        let taken = tx
            .row(
                "SELECT job_id FROM handoff WHERE job_id = $1 UNION SELECT id FROM job WHERE id = $1",
                args![&id.0],
            )
            .await?;
        if taken.is_none() {
            return Ok(id);
        }
    }
    Err(Error::Unknown {
        column: "handoff.job_id",
        value: format!("{prefix}{highest:03} and {TRIED} after it"),
    })
}

/// Notes a job as handed over and not yet taken.
///
/// # Errors
/// [`Error::Database`], also where the job is known already.
pub async fn insert(
    tx: &mut Tx,
    agent: &AgentName,
    conversation: &ConversationId,
    report: &JobReport,
    now: Millis,
) -> Result<(), Error> {
    tx.run(
        "INSERT INTO handoff (agent, job_id, conversation_id, customer_id, report, fingerprint, state, created_ms,
                              updated_ms)
         VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $7)",
        args![
            agent.as_str(),
            &report.job_id.0,
            &conversation.0,
            &report.customer_id.0,
            to_json(report),
            report.work_fingerprint(),
            now
        ],
    )
    .await?;
    Ok(())
}

/// Replaces the data of a job that is not settled. `false` where it is.
///
/// # Errors
/// [`Error::Database`].
pub async fn correct(tx: &mut Tx, agent: &AgentName, report: &JobReport, now: Millis) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "UPDATE handoff SET report = $3, fingerprint = $4, customer_id = $5, updated_ms = $6
             WHERE agent = $1 AND job_id = $2 AND state IN ('queued', 'accepted')",
            args![
                agent.as_str(),
                &report.job_id.0,
                to_json(report),
                report.work_fingerprint(),
                &report.customer_id.0,
                now
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// The peer has the job, under its own name for it. A job that is settled stays so.
///
/// # Errors
/// [`Error::Database`].
pub async fn accepted(
    tx: &mut Tx,
    agent: &AgentName,
    job: &JobId,
    task: &str,
    now: Millis,
) -> Result<(), Error> {
    tx.run(
        "UPDATE handoff SET state = 'accepted', task_id = COALESCE(task_id, $3), updated_ms = $4
         WHERE agent = $1 AND job_id = $2 AND state = 'queued'",
        args![agent.as_str(), &job.0, task, now],
    )
    .await?;
    Ok(())
}

/// How the job ended, by the peer's word.
///
/// # Errors
/// [`Error::Database`].
pub async fn settle(
    tx: &mut Tx,
    agent: &AgentName,
    settlement: &Settlement,
    state: HandoffState,
    now: Millis,
) -> Result<(), Error> {
    tx.run(
        "UPDATE handoff SET state = $3, note = $4, invoice_id = $5, updated_ms = $6 WHERE agent = $1 AND job_id = $2",
        args![
            agent.as_str(),
            &settlement.job_id.0,
            state.as_str(),
            &settlement.note,
            settlement.invoice_id.as_ref().map(InvoiceId::as_str),
            now
        ],
    )
    .await?;
    Ok(())
}

/// The statement that reads the jobs `$which`.
macro_rules! handoffs {
    ($which:literal) => {
        concat!(
            "SELECT agent, conversation_id, report, state, task_id, note, invoice_id, created_ms, updated_ms
             FROM handoff ",
            $which
        )
    };
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, agent: &AgentName, job: &JobId) -> Result<Option<Handoff>, Error> {
    let row = tx.row(handoffs!("WHERE agent = $1 AND job_id = $2"), args![agent.as_str(), &job.0]).await?;
    row.as_ref().map(read).transpose()
}

/// Whose job it is, as whoever handed it over said.
///
/// # Errors
/// [`Error::Database`].
pub async fn customer_of(tx: &mut Tx, job: &JobId) -> Result<Option<CustomerId>, Error> {
    let row = tx
        .row(
            "SELECT customer_id FROM handoff WHERE job_id = $1
             UNION SELECT customer_id FROM job WHERE id = $1 LIMIT 1",
            args![&job.0],
        )
        .await?;
    row.map(|row| row.get("customer_id").map(CustomerId)).transpose()
}

/// A conversation's jobs, newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx, conversation: &ConversationId, limit: i64) -> Result<Vec<Handoff>, Error> {
    let sql = handoffs!("WHERE conversation_id = $1 ORDER BY created_ms DESC, job_id DESC LIMIT $2");
    all(tx, sql, args![&conversation.0, limit]).await
}

/// A conversation's jobs that are not settled, oldest first.
#[must_use]
pub fn open_in(conversation: &ConversationId, limit: i64) -> Query<Vec<Handoff>> {
    let sql = handoffs!(
        "WHERE conversation_id = $1 AND state IN ('queued', 'accepted')
         ORDER BY created_ms, job_id LIMIT $2"
    );
    Query::rows(sql, args![&conversation.0, limit], read)
}

/// A customer's jobs that were handed over and are not settled, oldest first, whoever handed them over.
#[must_use]
pub fn open_of_customer(customer: &CustomerId, limit: i64) -> Query<Vec<Handoff>> {
    let sql = handoffs!(
        "WHERE customer_id = $1 AND state IN ('queued', 'accepted')
         ORDER BY created_ms, job_id LIMIT $2"
    );
    Query::rows(sql, args![&customer.0, limit], read)
}

/// Jobs with the same customer, hours and materials that were reported since then and neither withdrawn nor refused,
/// newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn same_work(
    tx: &mut Tx,
    report: &JobReport,
    since: Millis,
    limit: i64,
) -> Result<Vec<Handoff>, Error> {
    let sql = handoffs!(
        "WHERE customer_id = $1 AND fingerprint = $2 AND created_ms >= $3
         AND state NOT IN ('withdrawn', 'rejected')
         ORDER BY created_ms DESC, job_id DESC LIMIT $4"
    );
    all(tx, sql, args![&report.customer_id.0, report.work_fingerprint(), since, limit]).await
}

async fn all(tx: &mut Tx, sql: &'static str, args: Vec<Val>) -> Result<Vec<Handoff>, Error> {
    tx.rows(sql, args).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Handoff, Error> {
    let state: String = row.get("state")?;
    Ok(Handoff {
        agent: AgentName(row.get("agent")?),
        conversation: ConversationId(row.get("conversation_id")?),
        report: row.json("report")?,
        state: HandoffState::parse(&state).ok_or(Error::Unknown { column: "handoff.state", value: state })?,
        task: row.get("task_id")?,
        note: row.get("note")?,
        invoice: row.get::<Option<String>>("invoice_id")?.map(InvoiceId),
        created: Millis(row.get("created_ms")?),
        updated: Millis(row.get("updated_ms")?),
    })
}
