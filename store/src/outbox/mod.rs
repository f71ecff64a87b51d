//! What is to be sent, and what became of it. Nothing is sent that is not here; order is kept within an address.

mod claim;

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::Millis,
    id::{ConversationId, Ids, MessageId, OutboxId, TurnId},
    inbound::Status,
    job::JobNotice,
    outbound::{Content, DeliveryState},
};
use serde_json::json;

pub use claim::{Claim, Taken, claim, claims_take_turns, give_back, hold};

use crate::{Error, Tx, args, db::Query, delivered::rank, event, inbox::to_json, must};

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
