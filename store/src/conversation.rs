//! Conversations: found or begun by agent and address; held by one turn at a time through their epoch.

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::Millis,
    conversation::{Conversation, OWNED_BY_AGENT},
    id::{ContactId, ConversationId, Ids},
    language::Language,
};

use crate::{Error, Tx, args, db::Row};

/// The conversation of `agent` with `address`, begun now if there is none.
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
    tx.exec(
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
    let row = tx
        .row(
            "SELECT id, contact_id, agent, channel, external, owner, owner_version, language FROM conversation
             WHERE agent = $1 AND channel = $2 AND external = $3",
            args![agent.as_str(), address.channel.as_str(), &address.external],
        )
        .await?;
    row.as_ref().map_or_else(|| Err(Error::Closed), read)
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

/// Notes that a person wrote, and in what. Takes the conversation's row lock, which every transaction of a turn takes
/// too: neither can miss what the other commits.
///
/// # Errors
/// [`Error::Database`].
pub async fn heard(
    tx: &mut Tx,
    id: &ConversationId,
    language: Option<Language>,
    at: Millis,
) -> Result<(), Error> {
    tx.exec(
        "UPDATE conversation SET last_inbound_ms = $2, language = COALESCE($3, language) WHERE id = $1",
        args![&id.0, at, language.map(Language::as_str)],
    )
    .await?;
    Ok(())
}

/// The right to write for the conversation, re-asserted: renews the lease of `epoch`.
///
/// # Errors
/// [`Error::Fenced`] where a later claim raised the epoch.
pub async fn hold(tx: &mut Tx, id: &ConversationId, epoch: i64, lease: Millis) -> Result<(), Error> {
    let changed = tx
        .exec(
            "UPDATE conversation SET lease_ms = $3 WHERE id = $1 AND epoch = $2",
            args![&id.0, epoch, lease],
        )
        .await?;
    if changed == 1 { Ok(()) } else { Err(Error::Fenced) }
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
