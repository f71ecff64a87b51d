//! Questions that a role answers, as staff look through them: the open ones oldest first, the settled ones newest first.
//! Decides none.

use domain::{clock::Millis, contact::Role, id::QuestionId, question::Question};

use crate::{
    Error, Tx, args,
    question::{Put, puts, read},
};

/// Which questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Open,
    /// Answered, expired or cancelled.
    Settled,
}

/// Where a page ends: the last question's moment and id.
pub type After = (Millis, QuestionId);

/// A question and how it was put to each who was asked.
#[derive(Clone, Debug)]
pub struct Approval {
    pub question: Question,
    pub puts: Vec<Put>,
}

/// Up to `limit` questions that need a holder of `role`.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(
    tx: &mut Tx,
    role: Role,
    which: Which,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<Approval>, Error> {
    let (sql, start) = match which {
        Which::Open => (
            "SELECT id, turn_id, call_id, purpose, body, state, asked_ms, expires_ms, answer FROM question
             WHERE role = $1 AND state = 'open' AND (asked_ms > $2 OR (asked_ms = $2 AND id > $3))
             ORDER BY asked_ms, id LIMIT $4",
            (Millis(i64::MIN), String::new()),
        ),
        Which::Settled => (
            "SELECT id, turn_id, call_id, purpose, body, state, asked_ms, expires_ms, answer FROM question
             WHERE role = $1 AND state <> 'open' AND (asked_ms < $2 OR (asked_ms = $2 AND id < $3))
             ORDER BY asked_ms DESC, id DESC LIMIT $4",
            (Millis(i64::MAX), String::new()),
        ),
    };
    let (at, id) = after.map_or(start, |(at, id)| (*at, id.0.clone()));
    let rows = tx.rows(sql, args![role.as_str(), at, id, limit]).await?;
    let mut listed = Vec::with_capacity(rows.len());
    for row in &rows {
        let question = read(row)?;
        let puts = puts(tx, &question.id).await?;
        listed.push(Approval { question, puts });
    }
    Ok(listed)
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &QuestionId) -> Result<Option<Approval>, Error> {
    let Some(question) = crate::question::get(tx, id).await? else { return Ok(None) };
    let puts = puts(tx, id).await?;
    Ok(Some(Approval { question, puts }))
}
