//! What each turn did: a row a model round and a tool call, written before anything acts on it.

use domain::{
    clock::Millis,
    id::{CallId, QuestionId, TurnId},
    tool::Effect,
};

use crate::{Error, Tx, args, db::Val};

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

macro_rules! put {
    ($rows:literal) => {
        concat!(
            "INSERT INTO journal (turn_id, key, seq, kind, name, effect, request, state, result, tokens_in, tokens_out,
                                  started_ms, finished_ms)
             VALUES ",
            $rows,
            " ON CONFLICT (turn_id, key) DO UPDATE SET
               state = excluded.state, result = excluded.result, finished_ms = excluded.finished_ms"
        )
    };
}

/// Writes `entries`, each with a key of its own: done where it is finished, else waiting for somebody. One that was started is
/// settled by it.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, turn: &TurnId, entries: &[Entry]) -> Result<(), Error> {
    // Mostly a call and the model's word on it: one statement for both.
    for entries in entries.chunks(2) {
        let mut args = args![&turn.0];
        entries.iter().for_each(|entry| args.extend(values(entry)));
        let sql = if entries.len() == 1 {
            put!("($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
        } else {
            put!(
                "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13),
                 ($1, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)"
            )
        };
        tx.run(sql, args).await?;
    }
    Ok(())
}

/// What stands in a row after its turn.
fn values(entry: &Entry) -> Vec<Val> {
    let state = if entry.finished.is_some() { "done" } else { "waiting" };
    let clipped = |tokens: u64| i64::try_from(tokens).unwrap_or(i64::MAX);
    let mut values = made(entry);
    values.extend(args![
        state,
        entry.result.as_deref(),
        clipped(entry.tokens_in),
        clipped(entry.tokens_out),
        entry.started,
        entry.finished.map(|at| at.0)
    ]);
    values
}

/// What is known of an entry before it is done.
fn made(entry: &Entry) -> Vec<Val> {
    args![&entry.key, entry.seq, entry.kind.as_str(), &entry.name, entry.effect.as_str(), &entry.request]
}

/// Notes that the call `entry` is about to have its effect outside this database, under the approval `question`; noting
/// it again changes nothing.
///
/// # Errors
/// [`Error::Database`].
pub async fn start(
    tx: &mut Tx,
    turn: &TurnId,
    entry: &Entry,
    question: Option<&QuestionId>,
) -> Result<(), Error> {
    let mut args = args![&turn.0];
    args.extend(made(entry));
    args.extend(args![entry.started, question.map(QuestionId::as_str)]);
    tx.run(
        "INSERT INTO journal (turn_id, key, seq, kind, name, effect, request, state, started_ms, question_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'started', $8, $9)
         ON CONFLICT (turn_id, key) DO UPDATE SET
           state = 'started', question_id = COALESCE(journal.question_id, excluded.question_id)",
        args,
    )
    .await
}

/// A call whose effect may have happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    pub call: CallId,
    /// Its effect is not known: the outcome was lost. Else it waits for somebody who is asked about it.
    pub lost: bool,
    /// The approval it ran under.
    pub question: Option<QuestionId>,
}

/// The calls of `turn` that have or had an effect outside and are not settled.
///
/// # Errors
/// [`Error::Database`].
pub async fn started(tx: &mut Tx, turn: &TurnId) -> Result<Vec<Started>, Error> {
    let rows = tx
        .rows(
            "SELECT key, state, question_id FROM journal
             WHERE turn_id = $1 AND state IN ('started', 'waiting') AND effect <> 'pure' ORDER BY seq",
            args![&turn.0],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Started {
                call: CallId(row.get("key")?),
                lost: row.get::<String>("state")? == "started",
                question: row.get::<Option<String>>("question_id")?.map(QuestionId),
            })
        })
        .collect()
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
