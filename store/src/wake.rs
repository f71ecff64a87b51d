//! What parked turns wait for, one row a waiting call. Settling one makes its turn due in the same transaction, so an
//! answer is never used up by a turn that did not run.

use domain::{
    clock::Millis,
    id::{CallId, TurnId},
    turn::Wake,
};
use serde_json::Value;

use crate::{Error, Tx, args, timer};

/// One waiting call and, once there, what it waited for.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub call: CallId,
    pub kind: String,
    pub of: String,
    pub result: Option<Value>,
}

/// # Errors
/// [`Error::Database`].
pub async fn add(tx: &mut Tx, turn: &TurnId, call: &CallId, wake: &Wake) -> Result<(), Error> {
    tx.run(
        "INSERT INTO wake (turn_id, call_id, kind, of_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (turn_id, call_id) DO UPDATE SET kind = excluded.kind, of_id = excluded.of_id, result = NULL",
        args![&turn.0, &call.0, wake.kind(), wake.of()],
    )
    .await?;
    Ok(())
}

/// Gives `result` to every call that waits for `wake`, once, and makes their turns due. `false` where nobody waits.
///
/// # Errors
/// [`Error::Database`].
pub async fn settle(tx: &mut Tx, wake: &Wake, result: &Value, now: Millis) -> Result<bool, Error> {
    let rows = tx
        .rows(
            "UPDATE wake SET result = $3 WHERE kind = $1 AND of_id = $2 AND result IS NULL RETURNING turn_id",
            args![wake.kind(), wake.of(), result.to_string()],
        )
        .await?;
    if let Wake::Handoff(job) = wake {
        timer::clear(tx, timer::Purpose::HandoffPatience, job.as_str()).await?;
    }
    for row in &rows {
        let turn: String = row.get("turn_id")?;
        tx.run(
            "UPDATE turn SET state = 'due', due_ms = $2 WHERE id = $1 AND state = 'parked'",
            args![turn, now],
        )
        .await?;
    }
    Ok(!rows.is_empty())
}

/// # Errors
/// [`Error::Database`].
pub async fn of_turn(tx: &mut Tx, turn: &TurnId) -> Result<Vec<Waiting>, Error> {
    let rows = tx
        .rows(
            "SELECT call_id, kind, of_id, result FROM wake WHERE turn_id = $1 ORDER BY call_id",
            args![&turn.0],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let result: Option<String> = row.get("result")?;
            Ok(Waiting {
                call: CallId(row.get("call_id")?),
                kind: row.get("kind")?,
                of: row.get("of_id")?,
                result: result
                    .map(|text| serde_json::from_str(&text))
                    .transpose()
                    .map_err(|source| Error::Stored { column: "wake.result", source })?,
            })
        })
        .collect()
}

/// # Errors
/// [`Error::Database`].
pub async fn clear(tx: &mut Tx, turn: &TurnId, call: &CallId) -> Result<(), Error> {
    tx.run("DELETE FROM wake WHERE turn_id = $1 AND call_id = $2", args![&turn.0, &call.0]).await?;
    Ok(())
}
