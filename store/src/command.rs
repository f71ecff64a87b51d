//! What staff asked of the office's agent at the console, and the one answer to it. A repeat of an id is the same command;
//! its answer is kept for a day.

use std::time::Duration;

use domain::{
    clock::Millis,
    command::{Command, Operator, Request},
    id::{ConversationId, MessageId, TurnId, UserId},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Error, Tx, args, db::Row, event, inbox::to_json};

/// How long an answer is kept.
pub const KEPT: Duration = Duration::from_secs(24 * 3_600);
/// A command that has no answer after this gets none.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// Commands of one user that may wait for their answer.
const OPEN: i64 = 10;
/// Rows forgotten in one transaction.
const BATCH: i64 = 1_000;
/// The kind of the event that says: a command was answered.
pub const EVENT: &str = "response";

/// The one answer to a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Answer {
    /// What the agent says; for a draft, the draft.
    Success { text: String },
    /// One sentence, and whether asking again may help.
    Error { code: String, message: String, retryable: bool },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub command: Command,
    /// `None` while it is being worked on.
    pub answer: Option<Answer>,
    pub finished: Option<Millis>,
}

/// What storing a command came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Put {
    New,
    /// The same was asked before.
    Known(Box<Stored>),
    /// Its id was used for something else.
    Other,
    /// Too many of the user's wait already.
    TooMany,
}

/// Stores `command` unless its id is known.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, command: &Command, now: Millis) -> Result<Put, Error> {
    if let Some(stored) = get(tx, &command.by.user, &command.id).await? {
        let same = same(&stored.command.request, &command.request);
        return Ok(if same { Put::Known(Box::new(stored)) } else { Put::Other });
    }
    let open = tx
        .row(
            "SELECT COUNT(*) AS n FROM command WHERE user_id = $1 AND state = 'open'",
            args![command.by.user.as_str()],
        )
        .await?;
    if open.map_or(Ok(0), |row| row.get::<i64>("n"))? >= OPEN {
        return Ok(Put::TooMany);
    }
    let inserted = tx
        .exec(
            "INSERT INTO command (user_id, id, kind, body, state, created_ms) VALUES ($1, $2, $3, $4, 'open', $5)
             ON CONFLICT (user_id, id) DO NOTHING",
            args![command.by.user.as_str(), &command.id, command.request.kind(), to_json(command), now],
        )
        .await?;
    if inserted == 1 {
        return Ok(Put::New);
    }
    let stored = get(tx, &command.by.user, &command.id).await?;
    Ok(stored.map_or(Put::Other, |stored| Put::Known(Box::new(stored))))
}

/// A recording is the same by its file: its words are added later.
fn same(stored: &Request, asked: &Request) -> bool {
    stored.upload().is_some_and(|upload| asked.upload() == Some(upload)) || stored == asked
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, user: &UserId, id: &str) -> Result<Option<Stored>, Error> {
    let row = tx
        .row(
            "SELECT body, result, finished_ms FROM command WHERE user_id = $1 AND id = $2",
            args![user.as_str(), id],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Notes where the agent hears it.
///
/// # Errors
/// [`Error::Database`].
pub async fn heard(
    tx: &mut Tx,
    command: &Command,
    conversation: &ConversationId,
    message: &MessageId,
) -> Result<(), Error> {
    tx.run(
        "UPDATE command SET conversation_id = $3, message_id = $4 WHERE user_id = $1 AND id = $2",
        args![command.by.user.as_str(), &command.id, conversation.as_str(), message.as_str()],
    )
    .await?;
    Ok(())
}

/// The command that `turn` of `conversation` answers: the one it heard, or the oldest that none has heard yet.
///
/// # Errors
/// [`Error::Database`].
pub async fn next(
    tx: &mut Tx,
    conversation: &ConversationId,
    turn: &TurnId,
) -> Result<Option<Command>, Error> {
    let row = tx
        .row(
            "SELECT c.body, c.result, c.finished_ms FROM command c JOIN message m ON m.id = c.message_id
             WHERE c.conversation_id = $1 AND c.state = 'open' AND (m.turn_id = $2 OR m.unheard = 1)
             ORDER BY CASE WHEN m.turn_id IS NULL THEN 1 ELSE 0 END, m.seq LIMIT 1",
            args![conversation.as_str(), turn.as_str()],
        )
        .await?;
    row.map(|row| read(&row).map(|stored| stored.command)).transpose()
}

/// The commands that `turn` of `conversation` heard and has not answered.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_turn(
    tx: &mut Tx,
    conversation: &ConversationId,
    turn: &TurnId,
) -> Result<Vec<Command>, Error> {
    let rows = tx
        .rows(
            "SELECT c.body, c.result, c.finished_ms FROM command c JOIN message m ON m.id = c.message_id
             WHERE c.conversation_id = $1 AND c.state = 'open' AND m.turn_id = $2 ORDER BY c.created_ms, c.id LIMIT $3",
            args![conversation.as_str(), turn.as_str(), OPEN],
        )
        .await?;
    rows.iter().map(|row| read(row).map(|stored| stored.command)).collect()
}

/// Answers a command, once: a later answer changes nothing. Who asked is told.
///
/// # Errors
/// [`Error::Database`].
pub async fn answer(
    tx: &mut Tx,
    by: &Operator,
    id: &str,
    answer: &Answer,
    now: Millis,
) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "UPDATE command SET state = 'answered', result = $3, finished_ms = $4
             WHERE user_id = $1 AND id = $2 AND state = 'open'",
            args![by.user.as_str(), id, to_json(answer), now],
        )
        .await?;
    if changed == 1 {
        event::put(tx, EVENT, None, &json!({ "user_id": by.user, "id": id }), now).await?;
    }
    Ok(changed == 1)
}

/// Forgets answers that were kept long enough, and gives up what nobody answered in time. `true` where there may be more.
///
/// # Errors
/// [`Error::Database`].
pub async fn forget(tx: &mut Tx, now: Millis) -> Result<bool, Error> {
    let given_up = give_up(tx, now).await?;
    let before = now.0.saturating_sub(i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX));
    let gone = tx
        .exec(
            "DELETE FROM command WHERE (user_id, id) IN
               (SELECT user_id, id FROM command WHERE created_ms < $1 AND state <> 'open'
                ORDER BY created_ms LIMIT $2)",
            args![before, BATCH],
        )
        .await?;
    Ok(given_up >= BATCH || i64::try_from(gone).unwrap_or(BATCH) >= BATCH)
}

/// Whoever asked hears that no answer comes: their turn was lost to trouble of ours, or no process runs the agent.
async fn give_up(tx: &mut Tx, now: Millis) -> Result<i64, Error> {
    let before = now.0.saturating_sub(i64::try_from(PATIENCE.as_millis()).unwrap_or(i64::MAX));
    let rows = tx
        .rows(
            "SELECT body, result, finished_ms FROM command WHERE created_ms < $1 AND state = 'open'
             ORDER BY created_ms LIMIT $2",
            args![before, BATCH],
        )
        .await?;
    for row in &rows {
        let Command { by, id, .. } = read(row)?.command;
        let late = Answer::Error {
            code: "timed_out".to_owned(),
            message: "no answer came in time; ask again".to_owned(),
            retryable: true,
        };
        answer(tx, &by, &id, &late, now).await?;
    }
    Ok(i64::try_from(rows.len()).unwrap_or(BATCH))
}

fn read(row: &Row) -> Result<Stored, Error> {
    let result: Option<String> = row.get("result")?;
    Ok(Stored {
        command: row.json("body")?,
        answer: result
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|source| Error::Stored { column: "command.result", source })?,
        finished: row.get::<Option<i64>>("finished_ms")?.map(Millis),
    })
}
