//! What happened in a span of time, counted by steps of equal length: days, or the whole span as one. Each statement reads
//! one stretch of one index, so it costs what happened then, however much is kept.

use domain::{clock::Millis, id::ConversationId};

use crate::{Error, Tx, args, db::Row};

/// A stretch of time and the length of its steps; the end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: Millis,
    pub end: Millis,
    pub step_ms: i64,
}

impl Span {
    /// The stretch as one step.
    #[must_use]
    pub fn whole(start: Millis, end: Millis) -> Self {
        Self { start, end, step_ms: end.0.saturating_sub(start.0).max(1) }
    }
}

/// Figures by the number of their step, from 0; a step without any is left out.
pub type Steps<T> = Vec<(usize, T)>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    pub inbound: i64,
    pub outbound: i64,
}

/// What people wrote and what they were sent; not what agents tell each other, nor commands at the console.
///
/// # Errors
/// [`Error::Database`].
pub async fn messages(tx: &mut Tx, span: &Span) -> Result<Steps<Messages>, Error> {
    let rows = tx
        .rows(
            "SELECT (m.at_ms - $1) / $3 AS step,
                    CAST(SUM(CASE WHEN m.direction = 'in' THEN 1 ELSE 0 END) AS BIGINT) AS inbound,
                    CAST(SUM(CASE WHEN m.direction = 'out' THEN 1 ELSE 0 END) AS BIGINT) AS outbound
             FROM message m
             WHERE m.at_ms >= $1 AND m.at_ms < $2 AND m.direction IN ('in', 'out')
               AND NOT EXISTS (SELECT 1 FROM thread t WHERE t.conversation_id = m.conversation_id AND t.hidden = 1)
             GROUP BY 1 ORDER BY 1",
            args![span.start, span.end, span.step_ms],
        )
        .await?;
    steps(&rows, |row| Ok(Messages { inbound: row.get("inbound")?, outbound: row.get("outbound")? }))
}

/// Whose answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Anybody,
    Agent,
    Staff,
}

impl By {
    fn as_str(self) -> &'static str {
        match self {
            Self::Anybody => "",
            Self::Agent => "agent",
            Self::Staff => "staff",
        }
    }
}

/// How long something took: how often, the middle one, and the one that nine of ten did not exceed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    pub count: i64,
    pub median_ms: Option<i64>,
    pub p90_ms: Option<i64>,
}

/// How long people waited for the first answer, by when they began to wait.
///
/// # Errors
/// [`Error::Database`].
pub async fn responses(tx: &mut Tx, span: &Span, by: By) -> Result<Steps<Times>, Error> {
    let rows = tx
        .rows(
            "SELECT step, n, MIN(CASE WHEN place = (n + 1) / 2 THEN took END) AS median,
                    MIN(CASE WHEN place = (n * 9 + 9) / 10 THEN took END) AS most
             FROM (SELECT step, took, ROW_NUMBER() OVER (PARTITION BY step ORDER BY took) AS place,
                          COUNT(*) OVER (PARTITION BY step) AS n
                   FROM (SELECT (asked_ms - $1) / $3 AS step, answered_ms - asked_ms AS took FROM response
                         WHERE asked_ms >= $1 AND asked_ms < $2 AND ($4 = '' OR answered_by = $4)) AS waits) AS sorted
             GROUP BY step, n ORDER BY step",
            args![span.start, span.end, span.step_ms, by.as_str()],
        )
        .await?;
    steps(&rows, times)
}

/// Proposals that were put to staff, by when they were.
///
/// # Errors
/// [`Error::Database`].
pub async fn proposals(tx: &mut Tx, span: &Span) -> Result<Steps<i64>, Error> {
    let rows = tx
        .rows(
            "SELECT (asked_ms - $1) / $3 AS step, COUNT(*) AS n FROM question
             WHERE fingerprint IS NOT NULL AND asked_ms >= $1 AND asked_ms < $2 GROUP BY 1 ORDER BY 1",
            args![span.start, span.end, span.step_ms],
        )
        .await?;
    steps(&rows, |row| row.get("n"))
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    pub approved: i64,
    pub declined: i64,
    /// Put off: they come back.
    pub deferred: i64,
    /// From the question to the decision.
    pub times: Times,
}

/// What was decided of proposals, by when it was.
///
/// # Errors
/// [`Error::Database`].
pub async fn decisions(tx: &mut Tx, span: &Span) -> Result<Steps<Decisions>, Error> {
    let rows = tx
        .rows(
            "SELECT step, n, MIN(CASE WHEN place = (n + 1) / 2 THEN took END) AS median,
                    MIN(CASE WHEN place = (n * 9 + 9) / 10 THEN took END) AS most,
                    CAST(SUM(CASE WHEN verdict = 'approve' THEN 1 ELSE 0 END) AS BIGINT) AS approved,
                    CAST(SUM(CASE WHEN verdict = 'defer' THEN 1 ELSE 0 END) AS BIGINT) AS deferred
             FROM (SELECT step, took, verdict, ROW_NUMBER() OVER (PARTITION BY step ORDER BY took) AS place,
                          COUNT(*) OVER (PARTITION BY step) AS n
                   FROM (SELECT (decided_ms - $1) / $3 AS step, decided_ms - asked_ms AS took, verdict FROM question
                         WHERE decided_ms IS NOT NULL AND fingerprint IS NOT NULL
                           AND decided_ms >= $1 AND decided_ms < $2) AS decided) AS sorted
             GROUP BY step, n ORDER BY step",
            args![span.start, span.end, span.step_ms],
        )
        .await?;
    steps(&rows, |row| {
        let (times, approved, deferred) = (times(row)?, row.get("approved")?, row.get("deferred")?);
        Ok(Decisions { approved, deferred, declined: times.count - approved - deferred, times })
    })
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub rounds: i64,
    pub tokens_in: i64,
    pub tokens_out: i64,
}

/// What the model's rounds used.
///
/// # Errors
/// [`Error::Database`].
pub async fn spent(tx: &mut Tx, span: &Span) -> Result<Steps<Spent>, Error> {
    let rows = tx
        .rows(
            "SELECT (started_ms - $1) / $3 AS step, COUNT(*) AS n, CAST(SUM(tokens_in) AS BIGINT) AS tokens_in,
                    CAST(SUM(tokens_out) AS BIGINT) AS tokens_out
             FROM journal WHERE kind = 'model' AND started_ms >= $1 AND started_ms < $2 GROUP BY 1 ORDER BY 1",
            args![span.start, span.end, span.step_ms],
        )
        .await?;
    steps(&rows, |row| {
        Ok(Spent {
            rounds: row.get("n")?,
            tokens_in: row.get("tokens_in")?,
            tokens_out: row.get("tokens_out")?,
        })
    })
}

/// Jobs that came in.
///
/// # Errors
/// [`Error::Database`].
pub async fn jobs(tx: &mut Tx, span: &Span) -> Result<Steps<i64>, Error> {
    let rows = tx
        .rows(
            "SELECT (created_ms - $1) / $3 AS step, COUNT(*) AS n FROM job
             WHERE created_ms >= $1 AND created_ms < $2 GROUP BY 1 ORDER BY 1",
            args![span.start, span.end, span.step_ms],
        )
        .await?;
    steps(&rows, |row| row.get("n"))
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Invoices {
    pub written: i64,
    pub cancellations: i64,
    /// What both come to.
    pub gross_cents: i64,
}

/// # Errors
/// [`Error::Database`].
pub async fn invoices(tx: &mut Tx, span: &Span) -> Result<Steps<Invoices>, Error> {
    let rows = tx
        .rows(
            "SELECT (created_ms - $1) / $3 AS step, COUNT(*) AS n, CAST(SUM(gross_cents) AS BIGINT) AS gross,
                    CAST(SUM(CASE WHEN cancels = '' THEN 0 ELSE 1 END) AS BIGINT) AS cancellations
             FROM invoice WHERE created_ms >= $1 AND created_ms < $2 GROUP BY 1 ORDER BY 1",
            args![span.start, span.end, span.step_ms],
        )
        .await?;
    steps(&rows, |row| {
        let (all, cancellations): (i64, i64) = (row.get("n")?, row.get("cancellations")?);
        Ok(Invoices { written: all - cancellations, cancellations, gross_cents: row.get("gross")? })
    })
}

/// What is open at the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Open {
    pub count: i64,
    pub oldest: Option<Millis>,
}

/// The threads in which a person waits for an answer, and the one that waits longest.
///
/// # Errors
/// [`Error::Database`].
pub async fn waiting(tx: &mut Tx) -> Result<(Open, Option<ConversationId>), Error> {
    let count = tx
        .row(
            "SELECT COUNT(*) AS n, MIN(waiting_ms) AS oldest FROM thread WHERE waiting_ms IS NOT NULL AND hidden = 0",
            args![],
        )
        .await?;
    let first = tx
        .row(
            "SELECT conversation_id FROM thread WHERE waiting_ms IS NOT NULL AND hidden = 0
             ORDER BY waiting_ms, conversation_id LIMIT 1",
            args![],
        )
        .await?;
    let first = first.map(|row| row.get("conversation_id")).transpose()?.map(ConversationId);
    Ok((count.as_ref().map_or(Ok(Open::default()), open)?, first))
}

/// The proposals that nobody has decided.
///
/// # Errors
/// [`Error::Database`].
pub async fn undecided(tx: &mut Tx) -> Result<Open, Error> {
    let row = tx
        .row(
            "SELECT COUNT(*) AS n, MIN(asked_ms) AS oldest FROM question
             WHERE role IS NOT NULL AND state = 'open' AND fingerprint IS NOT NULL
               AND role IN ('technician', 'office', 'customer')",
            args![],
        )
        .await?;
    row.as_ref().map_or(Ok(Open::default()), open)
}

fn open(row: &Row) -> Result<Open, Error> {
    Ok(Open { count: row.get("n")?, oldest: row.get::<Option<i64>>("oldest")?.map(Millis) })
}

fn times(row: &Row) -> Result<Times, Error> {
    Ok(Times { count: row.get("n")?, median_ms: row.get("median")?, p90_ms: row.get("most")? })
}

fn steps<T>(rows: &[Row], read: impl Fn(&Row) -> Result<T, Error>) -> Result<Steps<T>, Error> {
    rows.iter()
        .map(|row| {
            let step: i64 = row.get("step")?;
            Ok((usize::try_from(step).unwrap_or_default(), read(row)?))
        })
        .collect()
}
