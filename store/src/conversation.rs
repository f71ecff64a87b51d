//! Conversations: found or begun by agent and address; held by one turn at a time through their epoch.

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::Millis,
    conversation::{Conversation, NOBODY, OWNED_BY_AGENT, Owner},
    id::{ContactId, ConversationId, Ids, MessageId},
    language::Language,
    message::{Author, Direction, Message, Part},
};

use serde_json::json;

use crate::{Error, Tx, args, db::Row, event, message, must, turn};

/// The conversation of `agent` with `address`, begun now if there is none. What its person said there while they were a
/// stranger belongs to it.
///
/// # Errors
/// [`Error::Database`].
pub async fn open(
    tx: &mut Tx,
    ids: &Ids,
    agent: &AgentName,
    address: &Address,
    contact: Option<&ContactId>,
    language: Language,
    now: Millis,
) -> Result<Conversation, Error> {
    if let Some(known) = find(tx, agent, address).await? {
        return Ok(known);
    }
    if agent.as_str() != NOBODY && contact.is_some() {
        let adopted = tx
            .row(
                "UPDATE conversation SET agent = $1, contact_id = $4
                 WHERE agent = 'nobody' AND channel = $2 AND external = $3
                 RETURNING id, contact_id, agent, channel, external, owner, owner_version, language",
                args![
                    agent.as_str(),
                    address.channel.as_str(),
                    &address.external,
                    contact.map(ContactId::as_str)
                ],
            )
            .await?;
        if let Some(row) = adopted {
            return read(&row);
        }
    }
    tx.run(
        "INSERT INTO conversation (id, contact_id, agent, channel, external, owner, language, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (agent, channel, external) DO NOTHING",
        args![
            ConversationId::new(ids).0,
            contact.map(ContactId::as_str),
            agent.as_str(),
            address.channel.as_str(),
            &address.external,
            OWNED_BY_AGENT,
            language.as_str(),
            now
        ],
    )
    .await?;
    find(tx, agent, address).await?.ok_or(Error::Closed)
}

/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, agent: &AgentName, address: &Address) -> Result<Option<Conversation>, Error> {
    let row = tx
        .row(
            "SELECT id, contact_id, agent, channel, external, owner, owner_version, language FROM conversation
             WHERE agent = $1 AND channel = $2 AND external = $3",
            args![agent.as_str(), address.channel.as_str(), &address.external],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Every conversation at `address`: one an agent that talked there.
///
/// # Errors
/// [`Error::Database`].
pub async fn at(tx: &mut Tx, address: &Address) -> Result<Vec<Conversation>, Error> {
    let rows = tx
        .rows(
            "SELECT id, contact_id, agent, channel, external, owner, owner_version, language FROM conversation
             WHERE channel = $1 AND external = $2 ORDER BY created_ms, id LIMIT 20",
            args![address.channel.as_str(), &address.external],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// What became of a change of owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// It changed hands; the version it has now.
    Changed(i64),
    /// It was theirs already; the version it has.
    Theirs(i64),
    /// It changed hands since the version that was expected; the version it has.
    Stale(i64),
}

impl Given {
    #[must_use]
    pub fn version(self) -> i64 {
        match self {
            Self::Changed(version) | Self::Theirs(version) | Self::Stale(version) => version,
        }
    }
}

/// Gives the conversation to `owner`, if it has the `expected` version still. Words that a turn of the earlier owner still
/// has to say are dropped, and its agent takes up no turn until it is given back.
///
/// # Errors
/// [`Error::Database`].
pub async fn give(
    tx: &mut Tx,
    id: &ConversationId,
    owner: &Owner,
    expected: Option<i64>,
) -> Result<Given, Error> {
    let changed = tx
        .row(
            "UPDATE conversation SET owner = $2, owner_version = owner_version + 1
             WHERE id = $1 AND owner <> $2 AND ($3 IS NULL OR owner_version = $3) RETURNING owner_version",
            args![&id.0, owner.stored(), expected],
        )
        .await?;
    if let Some(row) = changed {
        return Ok(Given::Changed(row.get("owner_version")?));
    }
    let Some(held) = get(tx, id).await? else { return Ok(Given::Stale(0)) };
    let stale = expected.is_some_and(|expected| expected != held.owner_version);
    Ok(if stale { Given::Stale(held.owner_version) } else { Given::Theirs(held.owner_version) })
}

/// Gives the conversation back to its agent, and to the agent's turns what waited meanwhile: answers that came, messages
/// that nobody answered. What staff answered by hand is history, with a note of `by` that it was them.
///
/// # Errors
/// [`Error::Database`].
pub async fn hand_back(
    tx: &mut Tx,
    ids: &Ids,
    id: &ConversationId,
    (by, note): (&str, Option<&str>),
    now: Millis,
) -> Result<Given, Error> {
    let given = give(tx, id, &Owner::Agent, None).await?;
    let Given::Changed(version) = given else { return Ok(given) };
    tx.run(
        "UPDATE turn SET owner_version = $2, due_ms = CASE WHEN state = 'due' THEN $3 ELSE due_ms END
         WHERE conversation_id = $1 AND state IN ('due', 'parked')",
        args![&id.0, version, now],
    )
    .await?;
    message::answered_by_hand(tx, id).await?;
    let parts = vec![Part::HandedBack { by: by.to_owned(), note: note.map(ToOwned::to_owned) }];
    let note = Message::new(MessageId::new(ids), id, Direction::Internal, Author::House, parts, now);
    message::put(tx, &note, false).await?;
    event::put(tx, "message", Some(id), &json!({ "message": note.id }), now).await?;
    if message::any_unheard(tx, id).await?
        && let Some(held) = get(tx, id).await?
    {
        turn::schedule(tx, ids, &held, now, now, now).await?;
    }
    Ok(given)
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &ConversationId) -> Result<Option<Conversation>, Error> {
    let row = tx
        .row(
            "SELECT id, contact_id, agent, channel, external, owner, owner_version, language FROM conversation
             WHERE id = $1",
            args![&id.0],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Whose conversation it is.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_contact(tx: &mut Tx, id: &ConversationId, contact: Option<&ContactId>) -> Result<(), Error> {
    tx.run(
        "UPDATE conversation SET contact_id = $2 WHERE id = $1",
        args![&id.0, contact.map(ContactId::as_str)],
    )
    .await?;
    Ok(())
}

/// The conversation is nobody's from now on, so that its agent says nothing more there. Where a stranger's conversation is at
/// that address already it stays the agent's, who is then stopped by the raised version alone.
///
/// # Errors
/// [`Error::Database`].
pub async fn leave_agent(tx: &mut Tx, id: &ConversationId) -> Result<(), Error> {
    tx.run(
        "UPDATE conversation SET owner_version = owner_version + 1,
             agent = CASE WHEN EXISTS (SELECT 1 FROM conversation o
                                       WHERE o.agent = 'nobody' AND o.channel = conversation.channel
                                         AND o.external = conversation.external)
                          THEN agent ELSE 'nobody' END
         WHERE id = $1",
        args![&id.0],
    )
    .await?;
    Ok(())
}

/// Where `agent` last talked with that person on `channel`, whatever they are called there by now.
///
/// # Errors
/// [`Error::Database`].
pub async fn known_address(
    tx: &mut Tx,
    agent: &AgentName,
    channel: &ChannelName,
    contact: &ContactId,
) -> Result<Option<Address>, Error> {
    let row = tx
        .row(
            "SELECT external FROM conversation WHERE contact_id = $1 AND agent = $2 AND channel = $3
             ORDER BY last_inbound_ms DESC, created_ms DESC LIMIT 1",
            args![&contact.0, agent.as_str(), channel.as_str()],
        )
        .await?;
    row.map(|row| Ok(Address::new(channel.clone(), row.get::<String>("external")?))).transpose()
}

/// The person's conversations at `from` go on at `to`, and what is queued for them goes there. A conversation that
/// exists at `to` already stays the one.
///
/// # Errors
/// [`Error::Database`].
pub async fn readdress(tx: &mut Tx, contact: &ContactId, from: &Address, to: &str) -> Result<(), Error> {
    tx.run(
        "UPDATE outbox SET external = $4
         WHERE channel = $2 AND external = $3 AND state NOT IN ('sent', 'delivered') AND state NOT IN ('read', 'played') AND state <> 'failed'
           AND state <> 'sending'
           AND conversation_id IN (SELECT id FROM conversation WHERE contact_id = $1)",
        args![&contact.0, from.channel.as_str(), &from.external, to],
    )
    .await?;
    tx.run(
        "UPDATE conversation SET external = $4
         WHERE contact_id = $1 AND channel = $2 AND external = $3
           AND NOT EXISTS (SELECT 1 FROM conversation o
                           WHERE o.agent = conversation.agent AND o.channel = $2 AND o.external = $4)",
        args![&contact.0, from.channel.as_str(), &from.external, to],
    )
    .await?;
    Ok(())
}

/// The right to write for the conversation, re-asserted: renews the lease of `epoch`.
///
/// # Errors
/// [`Error::Fenced`] where a later claim raised the epoch.
pub async fn hold(tx: &mut Tx, id: &ConversationId, epoch: i64, lease: Millis) -> Result<(), Error> {
    let fence = must!(changed: "UPDATE conversation SET lease_ms = $3 WHERE id = $1 AND epoch = $2");
    tx.must(fence, args![&id.0, epoch, lease]).await
}

/// As [`hold`], while much of the lease is left: nothing is written. Takes the row lock all the same, so that nobody raises
/// the epoch before this transaction ends.
///
/// # Errors
/// [`Error::Fenced`] where a later claim raised the epoch.
pub async fn still_held(tx: &mut Tx, id: &ConversationId, epoch: i64) -> Result<(), Error> {
    let fence = must!(found: "SELECT 1 FROM conversation WHERE id = $1 AND epoch = $2");
    tx.must(fence, args![&id.0, epoch]).await
}

/// Lets go of the conversation and ends the right to write for it: whoever does not know that their last transaction was
/// committed can do nothing more under `epoch`.
///
/// # Errors
/// [`Error::Fenced`] where a later claim raised the epoch.
pub async fn release(tx: &mut Tx, id: &ConversationId, epoch: i64) -> Result<(), Error> {
    let fence = must!(changed: "UPDATE conversation SET lease_ms = 0, epoch = epoch + 1 WHERE id = $1 AND epoch = $2");
    tx.must(fence, args![&id.0, epoch]).await
}

/// What a turn that ends leaves behind.
#[derive(Clone, Copy, Debug)]
pub struct Left {
    pub owner_version: i64,
    /// Whether a message came that no turn has heard.
    pub unheard: bool,
}

/// As of this moment of the caller's transaction, which holds the conversation.
///
/// # Errors
/// [`Error::Database`]; [`Error::Fenced`] where there is no such conversation any more.
pub async fn left(tx: &mut Tx, id: &ConversationId) -> Result<Left, Error> {
    let row = tx
        .row(
            "SELECT owner_version, CAST(CASE WHEN EXISTS (SELECT 1 FROM message m
                                                          WHERE m.conversation_id = $1 AND m.unheard = 1)
                                        THEN 1 ELSE 0 END AS BIGINT) AS unheard
             FROM conversation WHERE id = $1",
            args![&id.0],
        )
        .await?
        .ok_or(Error::Fenced)?;
    Ok(Left { owner_version: row.get("owner_version")?, unheard: row.get::<i64>("unheard")? == 1 })
}

pub(crate) fn read(row: &Row) -> Result<Conversation, Error> {
    let language: String = row.get("language")?;
    Ok(Conversation {
        id: ConversationId(row.get("id")?),
        contact: row.get::<Option<String>>("contact_id")?.map(ContactId),
        agent: AgentName(row.get("agent")?),
        address: Address::new(ChannelName(row.get("channel")?), row.get::<String>("external")?),
        owner: row.get("owner")?,
        owner_version: row.get("owner_version")?,
        language: Language::parse(&language).unwrap_or_default(),
    })
}
