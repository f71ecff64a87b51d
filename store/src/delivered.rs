//! How messages were delivered, as staff see it: one state a message, however many rows of the outbox carried it and however
//! often. Changes nothing.

use std::collections::BTreeMap;

use domain::{clock::Millis, id::MessageId, outbound::DeliveryState};

use crate::{Error, Tx, among, args, db::among::list, outbox::rank};

/// Where a message is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub state: DeliveryState,
    /// Since when.
    pub at: Millis,
    /// Why it failed, or waits.
    pub reason: Option<String>,
}

impl Delivery {
    /// Of two pieces of one message the one that tells how far the whole is: what failed, else what is behind.
    fn worse(self, other: Self) -> Self {
        let order = |delivery: &Self| (delivery.state != DeliveryState::Failed, rank(delivery.state));
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
        let delivery = Delivery {
            state: DeliveryState::parse(&state)
                .ok_or(Error::Unknown { column: "outbox.state", value: state })?,
            at: Millis(row.get("updated_ms")?),
            reason: row.get("reason")?,
        };
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
