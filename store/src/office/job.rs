//! The office's jobs, from taken in to invoiced. Every change is one compare-and-set on an open job; who may make it is
//! the caller's to know.

use domain::{
    agent::AgentName,
    billing::Decisions,
    clock::Millis,
    id::{ConversationId, CustomerId, InvoiceId, JobId},
    job::{JobReport, JobState},
};

use serde_json::json;

use crate::{
    Error, Tx, args,
    db::{Query, Row},
    event,
    inbox::to_json,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub id: JobId,
    /// The agent that handed it over; `None` for a plain caller.
    pub peer: Option<AgentName>,
    pub report: JobReport,
    /// Raised by each correction: figures of an earlier one are stale.
    pub revision: i64,
    pub state: JobState,
    pub decisions: Decisions,
    pub note: String,
    pub invoice: Option<InvoiceId>,
    /// The job's own conversation on the link, once the office's agent has one.
    pub conversation: Option<ConversationId>,
    pub created: Millis,
    pub updated: Millis,
}

impl Job {
    #[must_use]
    pub fn customer(&self) -> &CustomerId {
        &self.report.customer_id
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    Accepted,
    /// The same job with the same data: nothing was done.
    Same,
    /// The job is known with other data: nothing was done.
    Differs,
}

/// What a change of a job came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Done,
    /// It was so already: nothing was done.
    Same,
    /// It is closed, and how: nothing was done.
    Closed(JobState),
    Unknown,
}

/// Takes a job in under the id it came with. `peer` has an empty name for a plain caller.
///
/// # Errors
/// [`Error::Database`].
pub async fn accept(
    tx: &mut Tx,
    peer: &AgentName,
    report: &JobReport,
    now: Millis,
) -> Result<Acceptance, Error> {
    let fingerprint = report.fingerprint();
    let inserted = tx
        .exec(
            "INSERT INTO job (id, peer, customer_id, report, fingerprint, revision, state, decisions, note, created_ms,
                              updated_ms)
             VALUES ($1, $2, $3, $4, $5, 1, 'received', '{}', '', $6, $6)
             ON CONFLICT (id) DO NOTHING",
            args![
                &report.job_id.0,
                peer.as_str(),
                &report.customer_id.0,
                to_json(report),
                fingerprint.as_str(),
                now
            ],
        )
        .await?;
    if inserted == 1 {
        changed(tx, &report.job_id, now).await?;
        return Ok(Acceptance::Accepted);
    }
    let row = tx.row("SELECT fingerprint FROM job WHERE id = $1", args![&report.job_id.0]).await?;
    let known: Option<String> = row.map(|row| row.get("fingerprint")).transpose()?;
    Ok(if known.as_deref() == Some(&fingerprint) { Acceptance::Same } else { Acceptance::Differs })
}

/// Replaces an open job's data. What staff decided about the old figures no longer counts.
///
/// # Errors
/// [`Error::Database`].
pub async fn correct(tx: &mut Tx, report: &JobReport, now: Millis) -> Result<Change, Error> {
    let fingerprint = report.fingerprint();
    let rows = tx
        .exec(
            "UPDATE job SET report = $2, fingerprint = $3, customer_id = $4, revision = revision + 1, decisions = '{}',
                            state = 'received', note = '', updated_ms = $5
             WHERE id = $1 AND state IN ('received', 'deferred') AND fingerprint <> $3",
            args![&report.job_id.0, to_json(report), fingerprint.as_str(), &report.customer_id.0, now],
        )
        .await?;
    if rows == 1 {
        changed(tx, &report.job_id, now).await?;
        return Ok(Change::Done);
    }
    unchanged(tx, &report.job_id, |job| job.state.is_open()).await
}

/// Stops an open job at the technician's word.
///
/// # Errors
/// [`Error::Database`].
pub async fn withdraw(tx: &mut Tx, id: &JobId, reason: &str, now: Millis) -> Result<Change, Error> {
    close(tx, id, JobState::Withdrawn, reason, now).await
}

/// Refuses an open job at staff's word.
///
/// # Errors
/// [`Error::Database`].
pub async fn reject(tx: &mut Tx, id: &JobId, reason: &str, now: Millis) -> Result<Change, Error> {
    close(tx, id, JobState::Rejected, reason, now).await
}

/// Puts an open job off: listed, and reminded by whoever sets the timer.
///
/// # Errors
/// [`Error::Database`].
pub async fn defer(tx: &mut Tx, id: &JobId, now: Millis) -> Result<Change, Error> {
    close(tx, id, JobState::Deferred, "", now).await
}

async fn close(tx: &mut Tx, id: &JobId, state: JobState, note: &str, now: Millis) -> Result<Change, Error> {
    let rows = tx
        .exec(
            "UPDATE job SET state = $2, note = $3, updated_ms = $4
             WHERE id = $1 AND state IN ('received', 'deferred') AND state <> $2",
            args![&id.0, state.as_str(), note, now],
        )
        .await?;
    if rows == 1 {
        changed(tx, id, now).await?;
        return Ok(Change::Done);
    }
    unchanged(tx, id, |job| job.state == state).await
}

async fn unchanged(tx: &mut Tx, id: &JobId, same: impl FnOnce(&Job) -> bool) -> Result<Change, Error> {
    Ok(match get(tx, id).await? {
        None => Change::Unknown,
        Some(job) if same(&job) => Change::Same,
        Some(job) => Change::Closed(job.state),
    })
}

/// Keeps what staff decided, for the job as it is in `revision`. A job that was put off is taken up again by it.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_decisions(
    tx: &mut Tx,
    id: &JobId,
    revision: i64,
    decisions: &Decisions,
    now: Millis,
) -> Result<bool, Error> {
    let rows = tx
        .exec(
            "UPDATE job SET decisions = $3, state = 'received', updated_ms = $4
             WHERE id = $1 AND revision = $2 AND state IN ('received', 'deferred')",
            args![&id.0, revision, to_json(decisions), now],
        )
        .await?;
    if rows == 1 {
        changed(tx, id, now).await?;
    }
    Ok(rows == 1)
}

/// # Errors
/// [`Error::Database`].
pub(super) async fn mark_invoiced(
    tx: &mut Tx,
    id: &JobId,
    invoice: &InvoiceId,
    now: Millis,
) -> Result<bool, Error> {
    let rows = tx
        .exec(
            "UPDATE job SET state = 'invoiced', invoice_id = $2, updated_ms = $3
             WHERE id = $1 AND state IN ('received', 'deferred')",
            args![&id.0, &invoice.0, now],
        )
        .await?;
    if rows == 1 {
        changed(tx, id, now).await?;
    }
    Ok(rows == 1)
}

/// Opens a job again whose invoice was cancelled: put off, until somebody corrects, bills or refuses it.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn reopen(tx: &mut Tx, id: &JobId, note: &str, now: Millis) -> Result<(), Error> {
    tx.run(
        "UPDATE job SET state = 'deferred', invoice_id = NULL, decisions = '{}', revision = revision + 1, note = $2,
                        updated_ms = $3
         WHERE id = $1 AND state = 'invoiced'",
        args![&id.0, note, now],
    )
    .await?;
    changed(tx, id, now).await
}

async fn changed(tx: &mut Tx, id: &JobId, now: Millis) -> Result<(), Error> {
    event::put(tx, "job", None, &json!({ "job": id }), now).await
}

/// # Errors
/// [`Error::Database`].
pub async fn set_conversation(tx: &mut Tx, id: &JobId, conversation: &ConversationId) -> Result<(), Error> {
    tx.run("UPDATE job SET conversation_id = $2 WHERE id = $1", args![&id.0, &conversation.0]).await?;
    Ok(())
}

/// Holds an open job of exactly this revision against all others until the transaction ends. `false` where it is not so.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn hold(tx: &mut Tx, id: &JobId, revision: i64) -> Result<bool, Error> {
    let held = tx
        .exec(
            "UPDATE job SET revision = revision
             WHERE id = $1 AND revision = $2 AND state IN ('received', 'deferred')",
            args![&id.0, revision],
        )
        .await?;
    Ok(held == 1)
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &JobId) -> Result<Option<Job>, Error> {
    let row = tx
        .row(
            "SELECT id, peer, report, revision, state, decisions, note, invoice_id, conversation_id, created_ms,
                    updated_ms
             FROM job WHERE id = $1",
            args![&id.0],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Jobs in `state`, oldest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx, state: JobState, limit: i64) -> Result<Vec<Job>, Error> {
    let rows = tx
        .rows(
            "SELECT id, peer, report, revision, state, decisions, note, invoice_id, conversation_id, created_ms,
                    updated_ms
             FROM job WHERE state = $1 ORDER BY created_ms, id LIMIT $2",
            args![state.as_str(), limit],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// The jobs that changed last, at most `limit`.
///
/// # Errors
/// [`Error::Database`].
pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<Job>, Error> {
    let rows = tx
        .rows(
            "SELECT id, peer, report, revision, state, decisions, note, invoice_id, conversation_id, created_ms,
                    updated_ms
             FROM job ORDER BY updated_ms DESC, id DESC LIMIT $1",
            args![limit],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// A customer's jobs, newest first.
#[must_use]
pub fn of_customer(customer: &CustomerId, limit: i64) -> Query<Vec<Job>> {
    Query::rows(
        "SELECT id, peer, report, revision, state, decisions, note, invoice_id, conversation_id, created_ms,
                updated_ms
         FROM job WHERE customer_id = $1 ORDER BY created_ms DESC, id DESC LIMIT $2",
        args![&customer.0, limit],
        read,
    )
}

pub(super) fn read(row: &Row) -> Result<Job, Error> {
    let state: String = row.get("state")?;
    let peer: String = row.get("peer")?;
    Ok(Job {
        id: JobId(row.get("id")?),
        peer: (!peer.is_empty()).then_some(AgentName(peer)),
        report: row.json("report")?,
        revision: row.get("revision")?,
        state: JobState::parse(&state).ok_or(Error::Unknown { column: "job.state", value: state })?,
        decisions: row.json("decisions")?,
        note: row.get("note")?,
        invoice: row.get::<Option<String>>("invoice_id")?.map(InvoiceId),
        conversation: row.get::<Option<String>>("conversation_id")?.map(ConversationId),
        created: Millis(row.get("created_ms")?),
        updated: Millis(row.get("updated_ms")?),
    })
}
