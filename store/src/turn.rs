//! Turns, as rows: due, running under a conversation's lease, parked, done. The saved machine is opaque text here.

use std::collections::HashMap;

use domain::{
    agent::AgentName,
    clock::Millis,
    conversation::Conversation,
    id::{ConversationId, Ids, TurnId},
    turn::TurnState,
};

use crate::{
    Error, Tx, among, args, conversation,
    db::among::{list, texts},
    locking,
};

/// A turn that this worker holds until its conversation's lease ends.
#[derive(Clone, Debug)]
pub struct Taken {
    pub id: TurnId,
    pub conversation: Conversation,
    /// The fencing number: every transaction of this taking names it.
    pub epoch: i64,
    /// Takings since the turn last parked, this one included.
    pub attempts: i64,
    /// The conversation's owner when the turn became due.
    pub owner_version: i64,
    pub machine: Option<String>,
    /// The end of the lease that came with it.
    pub until: Millis,
}

/// Makes sure that a turn will hear the conversation's unheard messages: at `due`, or together with what still gathers
/// there, by that turn's own flush time at the latest.
///
/// # Errors
/// [`Error::Database`].
pub async fn schedule(
    tx: &mut Tx,
    ids: &Ids,
    conversation: &Conversation,
    due: Millis,
    flush: Millis,
    now: Millis,
) -> Result<(), Error> {
    // Not `state = 'due'`: SQLite would look through all that are due, of every conversation. What is due already and is to be
    // due at once keeps its place.
    tx.run(
        "UPDATE turn SET due_ms = CASE WHEN $2 < flush_ms THEN $2 ELSE flush_ms END
         WHERE conversation_id = $1 AND state NOT IN ('done', 'failed') AND state NOT IN ('running', 'parked')
           AND machine IS NULL AND (due_ms > $2 OR $2 > $3)",
        args![&conversation.id.0, due, now],
    )
    .await?;
    tx.run(
        "INSERT INTO turn (id, conversation_id, agent, state, due_ms, flush_ms, owner_version, created_ms)
         SELECT $1, $2, $3, 'due', $4, $5, $6, $7
         WHERE NOT EXISTS (SELECT 1 FROM turn
                           WHERE conversation_id = $2 AND state NOT IN ('done', 'failed')
                             AND state NOT IN ('running', 'parked') AND machine IS NULL)",
        args![
            TurnId::new(ids).0,
            &conversation.id.0,
            conversation.agent.as_str(),
            due,
            flush,
            conversation.owner_version,
            now
        ],
    )
    .await
}

/// Takes up to `limit` due turns of `agent` whose conversation is free and not in the hands of staff: one a conversation, and
/// its epoch raised. What was begun and interrupted goes on before anything new begins, however long it has to wait: it
/// has heard what was said first.
///
/// # Errors
/// [`Error::Database`].
pub async fn claim(
    tx: &mut Tx,
    agent: &AgentName,
    now: Millis,
    lease: Millis,
    limit: i64,
) -> Result<Vec<Taken>, Error> {
    tx.walk_indexes().await?;
    let found = locking!(
        tx,
        "t, c",
        "SELECT t.id, t.conversation_id FROM turn t JOIN conversation c ON c.id = t.conversation_id
         WHERE t.agent = $1 AND t.state IN ('due', 'running') AND t.due_ms <= $2 AND c.lease_ms <= $2
           AND c.owner = 'agent'
           AND (SELECT e.seq FROM turn e
                WHERE e.conversation_id = t.conversation_id AND e.state NOT IN ('done', 'failed')
                  AND e.state <> 'parked'
                  AND ((e.machine IS NOT NULL AND t.machine IS NULL)
                       OR ((e.machine IS NULL) = (t.machine IS NULL)
                           AND (e.due_ms < t.due_ms OR (e.due_ms = t.due_ms AND e.seq < t.seq))))
                LIMIT 1) IS NULL
         ORDER BY t.due_ms, t.seq LIMIT $3"
    );
    let found = tx.rows(found, args![agent.as_str(), now, limit]).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let mut held = hold(tx, &texts(&found, "conversation_id")?, lease).await?;
    let text = among!(
        tx,
        "UPDATE turn SET state = 'running', attempts = attempts + 1, due_ms = $2 WHERE id",
        "$1",
        " RETURNING id, conversation_id, attempts, owner_version, machine"
    );
    let rows = tx.rows(text, args![list(texts(&found, "id")?.iter().map(String::as_str)), lease]).await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let (conversation, epoch) =
            held.remove(&row.get::<String>("conversation_id")?).ok_or(Error::Fenced)?;
        taken.push(Taken {
            id: TurnId(row.get("id")?),
            conversation,
            epoch,
            attempts: row.get("attempts")?,
            owner_version: row.get("owner_version")?,
            machine: row.get("machine")?,
            until: lease,
        });
    }
    Ok(taken)
}

/// Raises the epoch of each of `conversations`, and who it is.
async fn hold(
    tx: &mut Tx,
    conversations: &[String],
    lease: Millis,
) -> Result<HashMap<String, (Conversation, i64)>, Error> {
    let text = among!(
        tx,
        "UPDATE conversation SET epoch = epoch + 1, lease_ms = $2 WHERE id",
        "$1",
        " RETURNING epoch, id, contact_id, agent, channel, external, owner, owner_version, language"
    );
    let rows = tx.rows(text, args![list(conversations.iter().map(String::as_str)), lease]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, (conversation::read(row)?, row.get("epoch")?)))).collect()
}

/// Saves the machine of a held turn. The caller has re-asserted the epoch in this transaction.
///
/// # Errors
/// [`Error::Database`].
pub async fn save(tx: &mut Tx, id: &TurnId, machine: &str) -> Result<(), Error> {
    tx.run("UPDATE turn SET machine = $2 WHERE id = $1", args![&id.0, machine]).await?;
    Ok(())
}

/// Lets go of a held turn that waits: a row remains, no task, no memory. Where what it waits for has come meanwhile it
/// is due at once.
///
/// # Errors
/// [`Error::Database`].
pub async fn park(tx: &mut Tx, taken: &Taken, machine: &str, now: Millis) -> Result<(), Error> {
    tx.run(
        "UPDATE turn SET machine = $2, attempts = 0, due_ms = $3,
             state = CASE WHEN EXISTS (SELECT 1 FROM wake w WHERE w.turn_id = turn.id AND w.result IS NOT NULL)
                          THEN 'due' ELSE 'parked' END
         WHERE id = $1",
        args![&taken.id.0, machine, now],
    )
    .await?;
    release(tx, &taken.conversation.id, taken.epoch).await
}

/// Puts a held turn back until `due`: the model is away, a call is to be made again later.
///
/// # Errors
/// [`Error::Database`].
pub async fn again(tx: &mut Tx, taken: &Taken, due: Millis, reason: &str) -> Result<(), Error> {
    tx.run(
        "UPDATE turn SET state = 'due', due_ms = $2, reason = $3 WHERE id = $1",
        args![&taken.id.0, due, reason],
    )
    .await?;
    release(tx, &taken.conversation.id, taken.epoch).await
}

/// Puts a held turn back until `due` as if it had not been taken: it is for another worker.
///
/// # Errors
/// [`Error::Database`].
pub async fn leave(tx: &mut Tx, taken: &Taken, due: Millis, reason: &str) -> Result<(), Error> {
    tx.run("UPDATE turn SET attempts = attempts - 1 WHERE id = $1", args![&taken.id.0]).await?;
    again(tx, taken, due, reason).await
}

/// Ends a held turn and lets go of its conversation. What a failed one waits for stays, so that it can be brought back.
///
/// # Errors
/// [`Error::Database`].
pub async fn finish(
    tx: &mut Tx,
    taken: &Taken,
    state: TurnState,
    machine: &str,
    reason: Option<&str>,
    now: Millis,
) -> Result<(), Error> {
    end(tx, taken, state, machine, reason, now).await?;
    release(tx, &taken.conversation.id, taken.epoch).await
}

/// Ends a held turn whose conversation is let go of already ([`conversation::release`]).
///
/// # Errors
/// [`Error::Database`].
pub async fn end(
    tx: &mut Tx,
    taken: &Taken,
    state: TurnState,
    machine: &str,
    reason: Option<&str>,
    now: Millis,
) -> Result<(), Error> {
    tx.run(
        "UPDATE turn SET state = $2, machine = $3, reason = $4, finished_ms = $5 WHERE id = $1",
        args![&taken.id.0, state.as_str(), machine, reason, now],
    )
    .await?;
    // A turn that never rested has waited for nothing.
    if taken.machine.is_some() && state == TurnState::Done {
        tx.run("DELETE FROM wake WHERE turn_id = $1", args![&taken.id.0]).await?;
    }
    Ok(())
}

async fn release(tx: &mut Tx, conversation: &ConversationId, epoch: i64) -> Result<(), Error> {
    conversation::release(tx, conversation, epoch).await
}

/// Whether a claim for any of `agents` is worth its transaction.
///
/// # Errors
/// [`Error::Database`].
pub async fn anything_due(tx: &mut Tx, agents: &[AgentName], now: Millis) -> Result<bool, Error> {
    for agent in agents {
        let due = tx
            .row(
                "SELECT t.seq FROM turn t
                 WHERE t.agent = $1 AND t.state IN ('due', 'running') AND t.due_ms <= $2
                   AND (SELECT c.owner FROM conversation c
                        WHERE c.id = t.conversation_id AND c.lease_ms <= $2) = 'agent' LIMIT 1",
                args![agent.as_str(), now],
            )
            .await?;
        if due.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A turn as it is looked back on.
#[derive(Clone, Debug)]
pub struct Past {
    pub seq: i64,
    pub id: TurnId,
    pub agent: AgentName,
    pub state: String,
    pub reason: Option<String>,
    pub model_rounds: i64,
    pub tool_calls: i64,
    pub tokens_in: i64,
    pub tokens_out: i64,
    pub created: Millis,
    pub finished: Option<Millis>,
}

/// Up to `limit` turns of a conversation before `before`, newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn history(
    tx: &mut Tx,
    conversation: &ConversationId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Past>, Error> {
    let rows = tx
        .rows(
            "SELECT t.seq, t.id, t.agent, t.state, t.reason, t.created_ms, t.finished_ms,
                    (SELECT COUNT(*) FROM journal j WHERE j.turn_id = t.id AND j.kind = 'model') AS rounds,
                    (SELECT COUNT(*) FROM journal j WHERE j.turn_id = t.id AND j.kind = 'tool') AS calls,
                    (SELECT CAST(COALESCE(SUM(j.tokens_in), 0) AS BIGINT) FROM journal j WHERE j.turn_id = t.id) AS read,
                    (SELECT CAST(COALESCE(SUM(j.tokens_out), 0) AS BIGINT) FROM journal j WHERE j.turn_id = t.id)
                      AS written
             FROM turn t WHERE t.conversation_id = $1 AND t.seq < $2 ORDER BY t.seq DESC LIMIT $3",
            args![&conversation.0, before.unwrap_or(i64::MAX), limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Past {
                seq: row.get("seq")?,
                id: TurnId(row.get("id")?),
                agent: AgentName(row.get("agent")?),
                state: row.get("state")?,
                reason: row.get("reason")?,
                model_rounds: row.get("rounds")?,
                tool_calls: row.get("calls")?,
                tokens_in: row.get("read")?,
                tokens_out: row.get("written")?,
                created: Millis(row.get("created_ms")?),
                finished: row.get::<Option<i64>>("finished_ms")?.map(Millis),
            })
        })
        .collect()
}

/// # Errors
/// [`Error::Database`].
pub async fn conversation_of(tx: &mut Tx, id: &TurnId) -> Result<Option<ConversationId>, Error> {
    let row = tx.row("SELECT conversation_id FROM turn WHERE id = $1", args![&id.0]).await?;
    row.map(|row| row.get("conversation_id").map(ConversationId)).transpose()
}
