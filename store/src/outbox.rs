//! What is to be sent, and what became of it. Nothing is sent that is not here; order is kept within an address.

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::Millis,
    id::{ConversationId, Ids, MessageId, OutboxId, TurnId},
    inbound::Status,
    job::JobNotice,
    outbound::{Content, DeliveryState, Outbound},
};
use serde_json::json;

use crate::{
    Error, Tx, among, args,
    db::{Query, among::list},
    delivered::rank,
    event,
    inbox::to_json,
    locking, must,
};

/// Whoever counts what a channel sent lately and then claims does both alone; see `Tx::one_at_a_time`.
const PACE: i64 = 1006;
/// What this version cannot read is looked at again after this.
const UNREADABLE_WAIT: std::time::Duration = std::time::Duration::from_secs(30);

/// One thing to send.
#[derive(Clone, Debug)]
pub struct Send {
    /// What makes a repeat of the same effect the same row.
    pub key: String,
    pub conversation: ConversationId,
    pub to: Address,
    pub content: Content,
    pub speaker: String,
    pub turn: Option<TurnId>,
    pub message: Option<MessageId>,
    /// How many rows of the same message come after this one; what an answer quotes is 0.
    pub piece: u32,
    /// Where set, the send is dropped once the conversation has another owner version.
    pub owner_version: Option<i64>,
}

/// A row that this worker holds until its lease ends.
#[derive(Clone, Debug)]
pub struct Taken {
    pub outbound: Outbound,
    /// The agent whose conversation it is.
    pub agent: AgentName,
    /// What it carries; news of a job are no message.
    pub message: Option<MessageId>,
    pub fence: i64,
    /// The state before this taking: `Sending` means that an earlier attempt's answer was lost.
    pub was: DeliveryState,
    /// The conversation changed hands since the turn that said it began.
    pub stale: bool,
    /// When the person last wrote at this address, to whichever agent.
    pub last_inbound: Millis,
    pub queued: Millis,
}

/// Queues `send`; a repeat of its key queues nothing. Returns the row's id either way.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, ids: &Ids, send: &Send, now: Millis) -> Result<OutboxId, Error> {
    Ok(queue(tx, ids, send, now).await?.0)
}

/// As [`put`]; says too whether it was queued now.
pub(crate) async fn queue(
    tx: &mut Tx,
    ids: &Ids,
    send: &Send,
    now: Millis,
) -> Result<(OutboxId, bool), Error> {
    let id = OutboxId::new(ids);
    let args = args![
        &id.0,
        &send.key,
        &send.conversation.0,
        send.to.channel.as_str(),
        &send.to.external,
        to_json(&send.content),
        &send.speaker,
        send.turn.as_ref().map(TurnId::as_str),
        send.message.as_ref().map(MessageId::as_str),
        send.owner_version,
        now,
        send.piece,
    ];
    let inserted = tx
        .exec(
            "INSERT INTO outbox (id, key, conversation_id, channel, external, content, speaker, turn_id, message_id,
                                 owner_version, state, due_ms, created_ms, updated_ms, piece)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', $11, $11, $11, $12)
             ON CONFLICT (key) DO NOTHING",
            args,
        )
        .await?;
    if inserted == 1 {
        return Ok((id, true));
    }
    let row = tx.row("SELECT id FROM outbox WHERE key = $1", args![&send.key]).await?;
    row.map_or(Ok((id, false)), |row| Ok((OutboxId(row.get("id")?), false)))
}

/// Queues news of a job for the agent at the other end of the link.
///
/// # Errors
/// [`Error::Database`].
pub async fn notify_peer(
    tx: &mut Tx,
    ids: &Ids,
    conversation: &ConversationId,
    peer: &AgentName,
    key: &str,
    notice: &JobNotice,
    now: Millis,
) -> Result<OutboxId, Error> {
    let send = Send {
        key: key.to_owned(),
        conversation: conversation.clone(),
        to: Address::new(ChannelName::link(peer.as_str()), notice.job().as_str()),
        content: Content::Job(notice.clone()),
        speaker: String::new(),
        turn: None,
        message: None,
        piece: 0,
        owner_version: None,
    };
    put(tx, ids, &send, now).await
}

/// Whether a claim for `channel` is worth its transaction; never while the channel is paused.
#[must_use]
pub fn anything_due(channel: &ChannelName, now: Millis) -> Query<bool> {
    let due = Query::row(
        "SELECT seq FROM outbox WHERE channel = $1 AND (state = 'queued' OR state = 'sending' OR state = 'unknown') AND due_ms <= $2
           AND NOT EXISTS (SELECT 1 FROM channel_state s WHERE s.channel = $1 AND s.paused_until_ms > $2)
         LIMIT 1",
        args![channel.as_str(), now],
        |row| row.get::<i64>("seq"),
    );
    due.map(|due| due.is_some())
}

/// Makes what follows in this transaction take turns with every claim: for whoever reads what a claim will change.
///
/// # Errors
/// [`Error::Database`].
pub async fn claims_take_turns(tx: &mut Tx) -> Result<(), Error> {
    tx.one_at_a_time(PACE).await
}

/// Takes up to `limit` due rows of `channel`: of each address only the oldest unsettled one, so order is kept.
///
/// # Errors
/// [`Error::Database`].
pub async fn claim(
    tx: &mut Tx,
    channel: &ChannelName,
    now: Millis,
    lease: Millis,
    limit: i64,
) -> Result<Vec<Taken>, Error> {
    tx.walk_indexes().await?;
    let text = locking!(
        tx,
        "o",
            "SELECT o.seq, o.id, o.state, o.fence, o.attempts, o.conversation_id, o.channel, o.external, o.content,
                    o.speaker, o.turn_id, o.message_id, c.agent,
                    (SELECT MAX(h.last_inbound_ms) FROM conversation h
                     WHERE h.channel = o.channel AND h.external = o.external) AS heard_ms,
                    o.created_ms,
                    CAST(CASE WHEN o.owner_version IS NULL OR o.owner_version = c.owner_version THEN 0 ELSE 1 END
                         AS BIGINT) AS stale
             FROM outbox o JOIN conversation c ON c.id = o.conversation_id
             WHERE o.channel = $1 AND (o.state = 'queued' OR o.state = 'sending' OR o.state = 'unknown') AND o.due_ms <= $2
               AND (SELECT b.seq FROM outbox b
                    WHERE b.channel = o.channel AND b.external = o.external AND b.seq < o.seq
                      AND b.state NOT IN ('sent', 'delivered') AND b.state NOT IN ('read', 'played') AND b.state <> 'failed' LIMIT 1) IS NULL
             ORDER BY o.due_ms, o.seq LIMIT $3"
    );
    let rows = tx.rows(text, args![channel.as_str(), now, limit]).await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        match read_taken(&row) {
            // Written by a newer program: left to one of those, and its address waits.
            Err(why @ Error::Stored { .. }) => leave(tx, &row, now.plus(UNREADABLE_WAIT), &why).await?,
            read => taken.push(read?),
        }
    }
    if taken.is_empty() {
        return Ok(taken);
    }
    let text = among!(
        tx,
        "UPDATE outbox SET state = 'sending', due_ms = $2, fence = fence + 1, attempts = attempts + 1, updated_ms = $3
         WHERE id",
        "$1",
        ""
    );
    let ids = list(taken.iter().map(|row| row.outbound.id.as_str()));
    tx.run(text, args![ids, lease, now]).await?;
    Ok(taken)
}

async fn leave(tx: &mut Tx, row: &crate::db::Row, due: Millis, why: &Error) -> Result<(), Error> {
    let args = args![row.get::<String>("id")?, due, why.to_string()];
    tx.run("UPDATE outbox SET due_ms = $2, reason = $3 WHERE id = $1", args).await?;
    Ok(())
}

fn read_taken(row: &crate::db::Row) -> Result<Taken, Error> {
    let state: String = row.get("state")?;
    let attempts: i64 = row.get("attempts")?;
    let stale: i64 = row.get("stale")?;
    let fence: i64 = row.get("fence")?;
    Ok(Taken {
        outbound: Outbound {
            id: OutboxId(row.get("id")?),
            to: Address::new(ChannelName(row.get("channel")?), row.get::<String>("external")?),
            conversation: ConversationId(row.get("conversation_id")?),
            content: row.json("content")?,
            turn: row.get::<Option<String>>("turn_id")?.map(TurnId),
            speaker: row.get("speaker")?,
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        },
        agent: AgentName(row.get("agent")?),
        message: row.get::<Option<String>>("message_id")?.map(MessageId),
        fence: fence + 1,
        was: DeliveryState::parse(&state).ok_or(Error::Unknown { column: "outbox.state", value: state })?,
        stale: stale == 1,
        last_inbound: Millis(row.get::<Option<i64>>("heard_ms")?.unwrap_or(0)),
        queued: Millis(row.get("created_ms")?),
    })
}

/// What to write about a held row.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    pub state: DeliveryState,
    /// When the row may be taken again; meaningless for a settled one.
    pub due: Millis,
    pub provider_id: Option<&'a str>,
    pub reason: Option<&'a str>,
}

/// Settles an attempt. A status that came faster than the send's own answer is not overwritten by a lower state.
///
/// # Errors
/// [`Error::Fenced`] where another worker took the row over.
pub async fn settle(tx: &mut Tx, taken: &Taken, outcome: &Outcome<'_>, now: Millis) -> Result<(), Error> {
    let fence = must!(changed: "UPDATE outbox SET state = $3, due_ms = $4, provider_id = COALESCE($5, provider_id), reason = $6,
                           updated_ms = $7
         WHERE id = $1 AND fence = $2 AND state = 'sending'");
    let args = args![
        &taken.outbound.id.0,
        taken.fence,
        outcome.state.as_str(),
        outcome.due,
        outcome.provider_id,
        outcome.reason,
        now
    ];
    tx.must(fence, args).await?;
    if outcome.state == DeliveryState::Queued {
        return Ok(());
    }
    tell(tx, taken.message.as_ref(), &taken.outbound.conversation, now).await
}

/// Tells who watches that `message` is further on its way; news of a job are no message.
async fn tell(
    tx: &mut Tx,
    message: Option<&MessageId>,
    conversation: &ConversationId,
    now: Millis,
) -> Result<(), Error> {
    match message {
        Some(message) => event::put(tx, EVENT, Some(conversation), &json!({ "message": message }), now).await,
        None => Ok(()),
    }
}

/// The kind of the event that says: a message is further on its way.
pub const EVENT: &str = "status";

/// Puts a held row back until `due` without counting the taking: nothing was tried.
///
/// # Errors
/// [`Error::Fenced`] where another worker took the row over.
pub async fn hold(tx: &mut Tx, taken: &Taken, due: Millis, reason: &str, now: Millis) -> Result<(), Error> {
    let fence = must!(changed: "UPDATE outbox SET state = 'queued', due_ms = $3, attempts = attempts - 1, reason = $4, updated_ms = $5
         WHERE id = $1 AND fence = $2 AND state = 'sending'");
    tx.must(fence, args![&taken.outbound.id.0, taken.fence, due, reason, now]).await
}

/// Queues a delivery again that was accepted and failed all the same, unless it was tried `attempts` times or more, or
/// reached the person after all. `None` where nothing was queued; else where it goes and when it was sent.
///
/// # Errors
/// [`Error::Database`].
pub async fn resend(
    tx: &mut Tx,
    status: &Status,
    due: Millis,
    attempts: i64,
    now: Millis,
) -> Result<Option<(Address, Millis)>, Error> {
    let row = tx
        .row(
            "SELECT id, channel, external, updated_ms FROM outbox
             WHERE (id = $1 OR provider_id = $2) AND state IN ('sending', 'unknown', 'sent') AND attempts < $3 LIMIT 1",
            args![status.outbox.as_ref().map(OutboxId::as_str), &status.external, attempts],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let id: String = row.get("id")?;
    // The fence is raised, so that a worker that still waits for the answer to the failed attempt writes nothing.
    tx.run(
        "UPDATE outbox SET state = 'queued', due_ms = $2, fence = fence + 1, provider_id = NULL, reason = $3,
                           updated_ms = $4
         WHERE id = $1",
        args![id, due, status.reason.as_deref(), now],
    )
    .await?;
    let to = Address::new(ChannelName(row.get("channel")?), row.get::<String>("external")?);
    Ok(Some((to, Millis(row.get("updated_ms")?))))
}

/// A provider's word on a delivery: forward only. `false` where we know no such delivery.
///
/// # Errors
/// [`Error::Database`].
pub async fn status(tx: &mut Tx, status: &Status, now: Millis) -> Result<bool, Error> {
    let own = status.outbox.as_ref().map(OutboxId::as_str);
    let row = tx
        .row(
            "SELECT id, state FROM outbox WHERE id = $1 OR provider_id = $2 LIMIT 1",
            args![own, &status.external],
        )
        .await?;
    let Some(row) = row else { return Ok(false) };
    let id: String = row.get("id")?;
    let text: String = row.get("state")?;
    let stored = DeliveryState::parse(&text).ok_or(Error::Unknown { column: "outbox.state", value: text })?;
    if rank(status.state) <= rank(stored) {
        return Ok(true);
    }
    let moved = tx
        .row(
            "UPDATE outbox SET state = $2, provider_id = COALESCE(provider_id, $3), reason = $4, updated_ms = $5
             WHERE id = $1 RETURNING message_id, conversation_id",
            args![id, status.state.as_str(), &status.external, status.reason.as_deref(), now],
        )
        .await?;
    if let Some(moved) = moved {
        let conversation = ConversationId(moved.get("conversation_id")?);
        let message = moved.get::<Option<String>>("message_id")?.map(MessageId);
        tell(tx, message.as_ref(), &conversation, now).await?;
    }
    Ok(true)
}
