//! The messages of a thread in the order in which they stand in it, by pages around a message. New ones never move old
//! ones, so a page that was read stays true.

use std::collections::BTreeMap;

use domain::{
    id::{ConversationId, MessageId},
    message::{Message, Part},
};

use crate::{
    Error, Tx, among, args,
    db::{Row, among::list},
    delivered::{self, Delivery},
    message,
};

/// A message as staff see it.
#[derive(Clone, Debug)]
pub struct Said {
    pub seq: i64,
    pub message: Message,
    /// What the console called it before it was stored.
    pub client_id: Option<String>,
    pub delivery: Option<Delivery>,
    /// Messages of this thread by the provider's ids that this one names: what it quotes, reacts to, edits or takes back.
    pub named: BTreeMap<String, MessageId>,
}

impl Said {
    /// The message that it quotes.
    #[must_use]
    pub fn reply_to(&self) -> Option<&MessageId> {
        self.message.quotes.as_ref().and_then(|external| self.named.get(external))
    }
}

/// The provider's ids that `message` names.
fn names(message: &Message) -> impl Iterator<Item = &str> {
    let parts = message.parts.iter().filter_map(|part| match part {
        Part::Reaction { to, .. } => Some(to.as_str()),
        Part::Edited { of } | Part::Deleted { of } => Some(of.as_str()),
        _ => None,
    });
    message.quotes.as_deref().into_iter().chain(parts)
}

/// Which messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    Newest,
    Before(MessageId),
    After(MessageId),
    /// The message itself in the middle.
    Around(MessageId),
}

/// A page, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub messages: Vec<Said>,
    pub older: bool,
    pub newer: bool,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT m.seq, m.id, m.conversation_id, m.direction, m.author, m.parts, m.external, m.quotes, m.turn_id,
                    m.at_ms, m.received_ms, m.client_id
             FROM message m ",
            $rest
        )
    };
}

/// Where a message stands.
type Place = (i64, i64);

/// Up to `limit` messages; `None` where the message that the page hangs on is not of this thread.
///
/// # Errors
/// [`Error::Database`].
pub async fn page(
    tx: &mut Tx,
    thread: &ConversationId,
    which: &Where,
    limit: usize,
) -> Result<Option<Page>, Error> {
    let anchor = match which {
        Where::Newest => None,
        Where::Before(id) | Where::After(id) | Where::Around(id) => match place(tx, thread, id).await? {
            Some(place) => Some(place),
            None => return Ok(None),
        },
    };
    let (before, after) = match which {
        Where::Newest | Where::Before(_) => (limit, 0),
        Where::After(_) => (0, limit),
        Where::Around(_) => (limit / 2, limit - limit / 2),
    };
    let (mut rows, mut page) = (Vec::new(), Page::default());
    if before > 0 {
        let end = anchor.unwrap_or((i64::MAX, i64::MAX));
        let mut older = older(tx, thread, end, before + 1).await?;
        page.older = older.len() > before;
        older.truncate(before);
        older.reverse();
        rows.extend(older);
    }
    if after > 0 {
        // A page around a message begins its second half with that message.
        let (at, seq) = anchor.unwrap_or((i64::MIN, i64::MIN));
        let start = if matches!(which, Where::Around(_)) { (at, seq - 1) } else { (at, seq) };
        let mut newer = newer(tx, thread, start, after + 1).await?;
        page.newer = newer.len() > after;
        newer.truncate(after);
        rows.extend(newer);
    }
    page.newer |= matches!(which, Where::Before(_));
    page.older |= matches!(which, Where::After(_));
    page.messages = whole(tx, &rows).await?;
    Ok(Some(page))
}

async fn place(tx: &mut Tx, thread: &ConversationId, id: &MessageId) -> Result<Option<Place>, Error> {
    let row = tx
        .row(
            "SELECT at_ms, seq FROM message WHERE id = $1 AND conversation_id = $2",
            args![id.as_str(), thread.as_str()],
        )
        .await?;
    row.map(|row| Ok((row.get("at_ms")?, row.get("seq")?))).transpose()
}

async fn older(tx: &mut Tx, thread: &ConversationId, end: Place, limit: usize) -> Result<Vec<Row>, Error> {
    let sql = columns!(
        "WHERE m.conversation_id = $1 AND m.at_ms <= $2 AND (m.at_ms < $2 OR m.seq < $3)
         ORDER BY m.at_ms DESC, m.seq DESC LIMIT $4"
    );
    tx.rows(sql, args![thread.as_str(), end.0, end.1, i64::try_from(limit).unwrap_or(i64::MAX)]).await
}

async fn newer(tx: &mut Tx, thread: &ConversationId, start: Place, limit: usize) -> Result<Vec<Row>, Error> {
    let sql = columns!(
        "WHERE m.conversation_id = $1 AND m.at_ms >= $2 AND (m.at_ms > $2 OR m.seq > $3)
         ORDER BY m.at_ms, m.seq LIMIT $4"
    );
    tx.rows(sql, args![thread.as_str(), start.0, start.1, i64::try_from(limit).unwrap_or(i64::MAX)]).await
}

/// Those of `ids` that there are, in no order.
///
/// # Errors
/// [`Error::Database`].
pub async fn by_ids(tx: &mut Tx, ids: &[&MessageId]) -> Result<Vec<Said>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = if tx.is_postgres() {
        columns!("WHERE m.id IN (SELECT json_array_elements_text(CAST($1 AS json)))")
    } else {
        columns!("WHERE m.id IN (SELECT value FROM json_each($1))")
    };
    let rows = tx.rows(sql, args![list(ids.iter().map(|id| id.as_str()))]).await?;
    whole(tx, &rows).await
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &MessageId) -> Result<Option<Said>, Error> {
    Ok(by_ids(tx, &[id]).await?.pop())
}

async fn whole(tx: &mut Tx, rows: &[Row]) -> Result<Vec<Said>, Error> {
    let mut said = Vec::with_capacity(rows.len());
    for row in rows {
        said.push(Said {
            seq: row.get("seq")?,
            message: message::read(row)?,
            client_id: row.get("client_id")?,
            delivery: None,
            named: BTreeMap::new(),
        });
    }
    let ids: Vec<&MessageId> = said.iter().map(|said| &said.message.id).collect();
    let mut deliveries = delivered::of(tx, &ids).await?;
    let named = named(tx, &said).await?;
    for said in &mut said {
        said.delivery = deliveries.remove(&said.message.id);
        let thread = &said.message.conversation;
        let own = names(&said.message).filter_map(|external| {
            let key = (thread.clone(), external.to_owned());
            named.get(&key).map(|id| (external.to_owned(), id.clone()))
        });
        said.named = own.collect();
    }
    Ok(said)
}

async fn named(tx: &mut Tx, said: &[Said]) -> Result<BTreeMap<(ConversationId, String), MessageId>, Error> {
    let asked: Vec<&str> = said.iter().flat_map(|said| names(&said.message)).collect();
    if asked.is_empty() {
        return Ok(BTreeMap::new());
    }
    let asked = list(asked);
    let mut named = BTreeMap::new();
    // What was received knows its id itself; of what was sent the delivery does.
    for sql in [
        among!(tx, "SELECT id, conversation_id, external FROM message WHERE external", "$1", ""),
        among!(
            tx,
            "SELECT message_id AS id, conversation_id, provider_id AS external FROM outbox
             WHERE message_id IS NOT NULL AND piece = 0 AND provider_id",
            "$1",
            ""
        ),
    ] {
        for row in tx.rows(sql, args![&asked]).await? {
            let key = (ConversationId(row.get("conversation_id")?), row.get("external")?);
            named.insert(key, MessageId(row.get("id")?));
        }
    }
    Ok(named)
}

/// Notes what the console calls the message.
///
/// # Errors
/// [`Error::Database`].
pub async fn name(tx: &mut Tx, id: &MessageId, client_id: &str) -> Result<(), Error> {
    tx.run("UPDATE message SET client_id = $2 WHERE id = $1", args![id.as_str(), client_id]).await?;
    Ok(())
}
