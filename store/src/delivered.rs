//! How messages were delivered, as staff see it: one state a message, however many rows of the outbox carried it and however
//! often. Changes nothing.

use std::collections::BTreeMap;

use domain::{
    address::{Address, ChannelName},
    clock::Millis,
    id::{ConversationId, Ids, MessageId, TurnId},
    outbound::DeliveryState,
};

use crate::{
    Error, Tx, among, args,
    db::among::list,
    failed::TAKEN_OVER,
    outbox::{self, Send},
};

/// Where a message is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub state: DeliveryState,
    /// Since when.
    pub at: Millis,
    /// Why it failed, or waits.
    pub reason: Option<String>,
    /// It was not sent on purpose: somebody took the conversation over before. No failure, and never sent again.
    pub dropped: bool,
}

impl Delivery {
    /// Of two pieces of one message the one that tells how far the whole is: what failed, what was dropped, else what is
    /// behind.
    fn worse(self, other: Self) -> Self {
        let order = |delivery: &Self| {
            (delivery.state != DeliveryState::Failed, delivery.dropped, rank(delivery.state))
        };
        if order(&other) < order(&self) { other } else { self }
    }
}

/// The states of those of `messages` that were ever queued. Of a piece that was sent again only the last try counts.
///
/// # Errors
/// [`Error::Database`].
pub async fn of(tx: &mut Tx, messages: &[&MessageId]) -> Result<BTreeMap<MessageId, Delivery>, Error> {
    let mut found = BTreeMap::new();
    if messages.is_empty() {
        return Ok(found);
    }
    let sql = among!(
        tx,
        "SELECT message_id, piece, state, updated_ms, reason FROM outbox WHERE message_id",
        "$1",
        " ORDER BY message_id, piece, seq"
    );
    let mut pieces: BTreeMap<(MessageId, i64), Delivery> = BTreeMap::new();
    for row in tx.rows(sql, args![list(messages.iter().map(|id| id.as_str()))]).await? {
        let state: String = row.get("state")?;
        let state =
            DeliveryState::parse(&state).ok_or(Error::Unknown { column: "outbox.state", value: state })?;
        let reason: Option<String> = row.get("reason")?;
        let dropped = state == DeliveryState::Failed && reason.as_deref() == Some(TAKEN_OVER);
        let delivery = Delivery { state, at: Millis(row.get("updated_ms")?), reason, dropped };
        pieces.insert((MessageId(row.get("message_id")?), row.get("piece")?), delivery);
    }
    for ((message, _), delivery) in pieces {
        let whole = match found.remove(&message) {
            Some(other) => delivery.worse(other),
            None => delivery,
        };
        found.insert(message, whole);
    }
    Ok(found)
}

/// What the provider calls `message`, which was sent: a quote of it names that. `None` where it did not say.
///
/// # Errors
/// [`Error::Database`].
pub async fn provider_id(tx: &mut Tx, message: &MessageId) -> Result<Option<String>, Error> {
    let row = tx
        .row(
            "SELECT provider_id FROM outbox
             WHERE message_id = $1 AND piece = 0 AND provider_id IS NOT NULL ORDER BY seq DESC LIMIT 1",
            args![message.as_str()],
        )
        .await?;
    row.map(|row| row.get("provider_id")).transpose()
}

/// The last tries of those pieces of `message` that failed, in order, ready to be queued again under keys of their own and to
/// where the person is now. What was dropped because somebody took over did not fail.
///
/// # Errors
/// [`Error::Database`].
pub async fn failed(tx: &mut Tx, message: &MessageId) -> Result<Vec<Send>, Error> {
    let rows = tx
        .rows(
            "SELECT o.piece, o.conversation_id, c.channel, c.external, o.content, o.speaker, o.turn_id,
                    (SELECT COUNT(*) FROM outbox e WHERE e.message_id = $1 AND e.piece = o.piece) AS tries
             FROM outbox o JOIN conversation c ON c.id = o.conversation_id
             WHERE o.message_id = $1 AND o.state = 'failed' AND COALESCE(o.reason, '') <> $2
               AND NOT EXISTS (SELECT 1 FROM outbox n
                               WHERE n.message_id = $1 AND n.piece = o.piece AND n.seq > o.seq)
             ORDER BY o.piece DESC",
            args![message.as_str(), TAKEN_OVER],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let (piece, tries): (i64, i64) = (row.get("piece")?, row.get("tries")?);
            Ok(Send {
                key: format!("retry:{message}:{piece}:{tries}"),
                conversation: ConversationId(row.get("conversation_id")?),
                to: Address::new(ChannelName(row.get("channel")?), row.get::<String>("external")?),
                content: row.json("content")?,
                speaker: row.get("speaker")?,
                turn: row.get::<Option<String>>("turn_id")?.map(TurnId),
                message: Some(message.clone()),
                piece: u32::try_from(piece).unwrap_or(0),
                owner_version: None,
            })
        })
        .collect()
}

/// Queues what [`failed`] finds; says how many rows were queued now and not by somebody else at the same time.
///
/// # Errors
/// [`Error::Database`].
pub async fn retry(tx: &mut Tx, ids: &Ids, message: &MessageId, now: Millis) -> Result<usize, Error> {
    let mut queued = 0;
    for piece in failed(tx, message).await? {
        queued += usize::from(outbox::queue(tx, ids, &piece, now).await?.1);
    }
    Ok(queued)
}

/// How far a delivery is: a failure outranks only what was never delivered.
#[must_use]
pub fn rank(state: DeliveryState) -> u8 {
    match state {
        DeliveryState::Queued => 0,
        DeliveryState::Sending => 1,
        DeliveryState::Unknown => 2,
        DeliveryState::Sent => 3,
        DeliveryState::Failed => 4,
        DeliveryState::Delivered => 5,
        DeliveryState::Read => 6,
        DeliveryState::Played => 7,
    }
}
