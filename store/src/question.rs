//! Questions: asked in one or more conversations, decided once. Deciding is one compare-and-set.

use domain::{
    clock::Millis,
    contact::Role,
    id::{CallId, ContactId, ConversationId, Ids, JobId, OutboxId, QuestionId, TurnId},
    question::{Answer, Asked, Choice, Purpose, Question, QuestionState},
    turn::Wake,
};
use serde_json::{Value, json};

use crate::{Error, Tx, args, db::Row, event, inbox::to_json, timer, wake};

/// Questions of one conversation that an answer is matched against, newest first.
const REMEMBERED: i64 = 200;
/// The kind of the event that a question was opened or closed, a technician's own included.
pub const EVENT: &str = "approval";

/// A question as it was put in one conversation.
#[derive(Clone, Debug)]
pub struct Put {
    pub conversation: ConversationId,
    pub contact: Option<ContactId>,
    pub outbox: OutboxId,
    pub body: String,
    pub choices: Vec<Choice>,
}

/// # Errors
/// [`Error::Database`].
pub async fn open(tx: &mut Tx, question: &Question, agent: &str) -> Result<(), Error> {
    let fingerprint = match &question.purpose {
        Purpose::Approval(proposal) => Some(proposal.fingerprint.as_str()),
        Purpose::Ask | Purpose::Escalation { .. } | Purpose::Outcome { .. } => None,
    };
    tx.run(
        "INSERT INTO question (id, turn_id, call_id, agent, purpose, job_id, fingerprint, body, state, asked_ms,
                               expires_ms, role)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10, $11)",
        args![
            &question.id.0,
            &question.turn.0,
            &question.call.0,
            agent,
            to_json(&question.purpose),
            question.purpose.job().map(JobId::as_str),
            fingerprint,
            &question.text,
            question.asked_at,
            question.expires_at,
            question.purpose.role().map(Role::as_str)
        ],
    )
    .await?;
    event::put(tx, EVENT, None, &json!({ "question": question.id }), question.asked_at).await
}

/// Notes how the question was put in one conversation; putting it there again replaces its words and tokens.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, question: &QuestionId, put: &Put) -> Result<(), Error> {
    tx.run(
        "INSERT INTO asked (question_id, conversation_id, contact_id, outbox_id, body, choices)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (question_id, conversation_id) DO UPDATE SET
           outbox_id = excluded.outbox_id, body = excluded.body, choices = excluded.choices",
        args![
            &question.0,
            &put.conversation.0,
            put.contact.as_ref().map(ContactId::as_str),
            &put.outbox.0,
            &put.body,
            to_json(&put.choices)
        ],
    )
    .await?;
    Ok(())
}

/// The questions that `conversation` saw, oldest first, as answers are matched against them.
///
/// # Errors
/// [`Error::Database`].
pub async fn seen_by(tx: &mut Tx, conversation: &ConversationId) -> Result<Vec<Asked>, Error> {
    let rows = tx
        .rows(
            "SELECT q.id, q.state, q.purpose, a.choices, o.provider_id
             FROM asked a JOIN question q ON q.id = a.question_id LEFT JOIN outbox o ON o.id = a.outbox_id
             WHERE a.conversation_id = $1 ORDER BY q.asked_ms DESC, q.id DESC LIMIT $2",
            args![&conversation.0, REMEMBERED],
        )
        .await?;
    let mut asked = Vec::with_capacity(rows.len());
    for row in rows.iter().rev() {
        let purpose: Purpose = row.json("purpose")?;
        let state: String = row.get("state")?;
        asked.push(Asked {
            question: QuestionId(row.get("id")?),
            open: state == QuestionState::Open.as_str(),
            external: row.get("provider_id")?,
            takes_words: purpose.takes_words(),
            choices: row.json("choices")?,
        });
    }
    Ok(asked)
}

/// Where and how `question` was put.
///
/// # Errors
/// [`Error::Database`].
pub async fn puts(tx: &mut Tx, question: &QuestionId) -> Result<Vec<Put>, Error> {
    let rows = tx
        .rows(
            "SELECT conversation_id, contact_id, outbox_id, body, choices FROM asked WHERE question_id = $1
             ORDER BY conversation_id",
            args![&question.0],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Put {
                conversation: ConversationId(row.get("conversation_id")?),
                contact: row.get::<Option<String>>("contact_id")?.map(ContactId),
                outbox: OutboxId(row.get("outbox_id")?),
                body: row.get("body")?,
                choices: row.json("choices")?,
            })
        })
        .collect()
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &QuestionId) -> Result<Option<Question>, Error> {
    let row = tx
        .row(
            "SELECT id, turn_id, call_id, purpose, body, state, asked_ms, expires_ms, answer FROM question WHERE id = $1",
            args![&id.0],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Decides an open question: the answer is stored, its turn made due and its timers cleared, or nothing at all because
/// somebody was first (`false`).
///
/// # Errors
/// [`Error::Database`].
pub async fn decide(tx: &mut Tx, id: &QuestionId, answer: &Answer) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "UPDATE question SET state = 'answered', answer = $2, decided_ms = $3, verdict = $4
             WHERE id = $1 AND state = 'open'",
            args![&id.0, to_json(answer), answer.at, answer.value.as_deref()],
        )
        .await?;
    if changed == 0 {
        return Ok(false);
    }
    close(tx, id, &json!({ "answered": answer }), answer.at).await?;
    Ok(true)
}

/// Ends an open question without an answer and tells its turn so.
///
/// # Errors
/// [`Error::Database`].
pub async fn expire(tx: &mut Tx, id: &QuestionId, now: Millis) -> Result<bool, Error> {
    let changed = tx
        .exec("UPDATE question SET state = 'expired' WHERE id = $1 AND state = 'open'", args![&id.0])
        .await?;
    if changed == 1 {
        close(tx, id, &json!({ "expired": true }), now).await?;
    }
    Ok(changed == 1)
}

/// Cancels every open question about `job`, and tells their turns why: it was corrected, withdrawn or refused.
///
/// # Errors
/// [`Error::Database`].
pub async fn cancel_for_job(
    tx: &mut Tx,
    job: &JobId,
    reason: &Value,
    now: Millis,
) -> Result<Vec<QuestionId>, Error> {
    let rows = tx
        .rows(
            "UPDATE question SET state = 'cancelled' WHERE job_id = $1 AND state = 'open' RETURNING id",
            args![&job.0],
        )
        .await?;
    cancelled(tx, &rows, reason, now).await
}

/// Cancels every open question that `turn` asked.
///
/// # Errors
/// [`Error::Database`].
pub async fn cancel_for_turn(
    tx: &mut Tx,
    turn: &TurnId,
    reason: &Value,
    now: Millis,
) -> Result<Vec<QuestionId>, Error> {
    let rows = tx
        .rows(
            "UPDATE question SET state = 'cancelled' WHERE turn_id = $1 AND state = 'open' RETURNING id",
            args![&turn.0],
        )
        .await?;
    cancelled(tx, &rows, reason, now).await
}

async fn cancelled(tx: &mut Tx, rows: &[Row], reason: &Value, now: Millis) -> Result<Vec<QuestionId>, Error> {
    let mut cancelled = Vec::with_capacity(rows.len());
    for row in rows {
        let id = QuestionId(row.get("id")?);
        close(tx, &id, &json!({ "cancelled": reason }), now).await?;
        cancelled.push(id);
    }
    Ok(cancelled)
}

/// Cancels one open question, and tells its turn why.
///
/// # Errors
/// [`Error::Database`].
pub(crate) async fn cancel(tx: &mut Tx, id: &QuestionId, reason: &Value, now: Millis) -> Result<bool, Error> {
    let changed = tx
        .exec("UPDATE question SET state = 'cancelled' WHERE id = $1 AND state = 'open'", args![&id.0])
        .await?;
    if changed == 1 {
        close(tx, id, &json!({ "cancelled": reason }), now).await?;
    }
    Ok(changed == 1)
}

async fn close(tx: &mut Tx, id: &QuestionId, result: &Value, now: Millis) -> Result<(), Error> {
    wake::settle(tx, &Wake::Question(id.clone()), result, now).await?;
    timer::clear(tx, timer::Purpose::RemindQuestion, id.as_str()).await?;
    timer::clear(tx, timer::Purpose::ExpireQuestion, id.as_str()).await?;
    event::put(tx, EVENT, None, &json!({ "question": id }), now).await
}

/// An approval of exactly this proposal that was granted and not used yet.
///
/// # Errors
/// [`Error::Database`].
pub async fn granted(tx: &mut Tx, fingerprint: &str) -> Result<Option<Question>, Error> {
    let rows = tx
        .rows(
            "SELECT id, turn_id, call_id, purpose, body, state, asked_ms, expires_ms, answer FROM question
             WHERE fingerprint = $1 AND state = 'answered' AND spent = 0 ORDER BY asked_ms LIMIT 20",
            args![fingerprint],
        )
        .await?;
    for row in &rows {
        let question = read(row)?;
        if question.answer.as_ref().and_then(|answer| answer.value.as_deref()) == Some("approve") {
            return Ok(Some(question));
        }
    }
    Ok(None)
}

/// Uses an approval up. `false` where it was used before.
///
/// # Errors
/// [`Error::Database`].
pub async fn spend(tx: &mut Tx, id: &QuestionId) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "UPDATE question SET spent = 1 WHERE id = $1 AND state = 'answered' AND spent = 0",
            args![&id.0],
        )
        .await?;
    Ok(changed == 1)
}

/// Sets the moments at which an open question is repeated and given up.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_timers(
    tx: &mut Tx,
    ids: &Ids,
    id: &QuestionId,
    remind: Option<Millis>,
    expire: Millis,
) -> Result<(), Error> {
    if let Some(remind) = remind {
        timer::set(tx, ids, timer::Purpose::RemindQuestion, id.as_str(), remind).await?;
    }
    timer::set(tx, ids, timer::Purpose::ExpireQuestion, id.as_str(), expire).await
}

pub(crate) fn read(row: &Row) -> Result<Question, Error> {
    let state: String = row.get("state")?;
    let answer: Option<String> = row.get("answer")?;
    let known =
        [QuestionState::Open, QuestionState::Answered, QuestionState::Expired, QuestionState::Cancelled];
    Ok(Question {
        id: QuestionId(row.get("id")?),
        purpose: row.json("purpose")?,
        text: row.get("body")?,
        turn: TurnId(row.get("turn_id")?),
        call: CallId(row.get("call_id")?),
        state: known
            .into_iter()
            .find(|known| known.as_str() == state)
            .ok_or(Error::Unknown { column: "question.state", value: state })?,
        asked_at: Millis(row.get("asked_ms")?),
        expires_at: Millis(row.get("expires_ms")?),
        answer: answer
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|source| Error::Stored { column: "question.answer", source })?,
    })
}
