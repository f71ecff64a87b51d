//! When a person last wrote, to which the window of a channel goes, and in what language. What they said is a message's.

use domain::{
    address::Address, agent::AgentName, clock::Millis, conversation::Conversation, id::ConversationId,
    language::Language,
};

use crate::{
    Error, Tx, args, conversation,
    db::{Query, Row},
};

/// Notes that a person wrote at `at`, and in what; a message that comes late moves nothing back. Takes the conversation's
/// row lock, which every transaction of a turn takes too: neither can miss what the other commits.
///
/// # Errors
/// [`Error::Database`].
pub async fn note(
    tx: &mut Tx,
    id: &ConversationId,
    language: Option<Language>,
    at: Millis,
) -> Result<(), Error> {
    tx.run(
        "UPDATE conversation SET last_inbound_ms = CASE WHEN last_inbound_ms < $2 THEN $2 ELSE last_inbound_ms END,
                                 language = COALESCE($3, language)
         WHERE id = $1",
        args![&id.0, at, language.map(Language::as_str)],
    )
    .await?;
    Ok(())
}

/// A conversation whose person was heard, and what of it there is to look at.
#[derive(Clone, Debug)]
pub struct Heard {
    pub conversation: Conversation,
    /// Whether a question was ever put there.
    pub was_asked: bool,
    /// Whether something is still to be said at its address.
    pub is_owed: bool,
}

/// As [`note`], of the conversation of `agent` with `address`; `None` where there is none yet.
#[must_use]
pub fn note_at(
    agent: &AgentName,
    address: &Address,
    language: Option<Language>,
    at: Millis,
) -> Query<Option<Heard>> {
    Query::row(
            "UPDATE conversation SET last_inbound_ms = CASE WHEN last_inbound_ms < $4 THEN $4 ELSE last_inbound_ms END,
                                     language = COALESCE($5, language)
             WHERE agent = $1 AND channel = $2 AND external = $3
             RETURNING id, contact_id, agent, channel, external, owner, owner_version, language,
               CAST(CASE WHEN EXISTS (SELECT 1 FROM asked a WHERE a.conversation_id = conversation.id)
                    THEN 1 ELSE 0 END AS BIGINT) AS was_asked,
               CAST(CASE WHEN EXISTS (SELECT 1 FROM outbox o
                                      WHERE o.channel = $2 AND o.external = $3
                                        AND o.state NOT IN ('sent', 'delivered') AND o.state NOT IN ('read', 'played') AND o.state <> 'failed')
                    THEN 1 ELSE 0 END AS BIGINT) AS is_owed",
            args![
                agent.as_str(),
                address.channel.as_str(),
                &address.external,
                at,
                language.map(Language::as_str)
            ],
            read,
        )
}

fn read(row: &Row) -> Result<Heard, Error> {
    let is = |name| row.get(name).map(|found: i64| found == 1);
    Ok(Heard { conversation: conversation::read(row)?, was_asked: is("was_asked")?, is_owed: is("is_owed")? })
}

/// The provider says that nobody at that address wrote within its window, as of a message sent at `sent`.
///
/// # Errors
/// [`Error::Database`].
pub async fn unheard_since(tx: &mut Tx, address: &Address, sent: Millis) -> Result<(), Error> {
    tx.run(
        "UPDATE conversation SET last_inbound_ms = 0 WHERE channel = $1 AND external = $2 AND last_inbound_ms <= $3",
        args![address.channel.as_str(), &address.external, sent],
    )
    .await?;
    Ok(())
}
