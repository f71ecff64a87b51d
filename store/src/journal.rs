//! What each turn did: a row a model round and a tool call, written before anything acts on it.

use domain::{clock::Millis, id::TurnId, tool::Effect};

use crate::{Error, Tx, args};

/// One line of a turn's journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// `model:<round>`, or the call's id.
    pub key: String,
    pub seq: i64,
    pub kind: Kind,
    /// The model's or the tool's name.
    pub name: String,
    pub effect: Effect,
    pub request: String,
    pub result: Option<String>,
    pub tokens_in: u64,
    pub tokens_out: u64,
    pub started: Millis,
    pub finished: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Model,
    Tool,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Tool => "tool",
        }
    }
}

/// Writes `entry`; one that was started is settled by it.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, turn: &TurnId, entry: &Entry) -> Result<(), Error> {
    let state = if entry.finished.is_some() { "done" } else { "started" };
    let clipped = |tokens: u64| i64::try_from(tokens).unwrap_or(i64::MAX);
    tx.exec(
        "INSERT INTO journal (turn_id, key, seq, kind, name, effect, request, state, result, tokens_in, tokens_out,
                              started_ms, finished_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (turn_id, key) DO UPDATE SET
           state = excluded.state, result = excluded.result, finished_ms = excluded.finished_ms",
        args![
            &turn.0,
            &entry.key,
            entry.seq,
            entry.kind.as_str(),
            &entry.name,
            entry.effect.as_str(),
            &entry.request,
            state,
            entry.result.as_deref(),
            clipped(entry.tokens_in),
            clipped(entry.tokens_out),
            entry.started,
            entry.finished.map(|at| at.0)
        ],
    )
    .await?;
    Ok(())
}

/// The calls of `turn` that were started and never settled: found after a crash, handled by their effect's class.
///
/// # Errors
/// [`Error::Database`].
pub async fn started(tx: &mut Tx, turn: &TurnId) -> Result<Vec<String>, Error> {
    let rows = tx
        .rows("SELECT key FROM journal WHERE turn_id = $1 AND state = 'started' ORDER BY seq", args![&turn.0])
        .await?;
    rows.iter().map(|row| row.get("key")).collect()
}

/// A line of the journal as it is looked back on.
#[derive(Clone, Debug)]
pub struct Step {
    pub kind: String,
    pub name: String,
    pub state: String,
    pub request: String,
    pub result: Option<String>,
    pub tokens_in: i64,
    pub tokens_out: i64,
    pub started: Millis,
    pub finished: Option<Millis>,
    /// The kind and the id of what the call waits for.
    pub waits_for: Option<(String, String)>,
}

/// The first `limit` lines of a turn's journal, in order.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx, turn: &TurnId, limit: i64) -> Result<Vec<Step>, Error> {
    let rows = tx
        .rows(
            "SELECT j.kind, j.name, j.state, j.request, j.result, j.tokens_in, j.tokens_out, j.started_ms, j.finished_ms,
                    w.kind AS waits_kind, w.of_id AS waits_of
             FROM journal j LEFT JOIN wake w ON w.turn_id = j.turn_id AND w.call_id = j.key AND w.result IS NULL
             WHERE j.turn_id = $1 ORDER BY j.seq, j.key LIMIT $2",
            args![&turn.0, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let kind: Option<String> = row.get("waits_kind")?;
            let of: Option<String> = row.get("waits_of")?;
            Ok(Step {
                kind: row.get("kind")?,
                name: row.get("name")?,
                state: row.get("state")?,
                request: row.get("request")?,
                result: row.get("result")?,
                tokens_in: row.get("tokens_in")?,
                tokens_out: row.get("tokens_out")?,
                started: Millis(row.get("started_ms")?),
                finished: row.get::<Option<i64>>("finished_ms")?.map(Millis),
                waits_for: kind.zip(of),
            })
        })
        .collect()
}
