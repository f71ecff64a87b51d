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
