//! A person's message: who it is, which conversation, and whether it answers something.

use domain::{
    address::Address,
    agent::AgentName,
    clock::Millis,
    contact::{Contact, IdentityKind},
    conversation::{Conversation, OWNED_BY_AGENT},
    id::{InboxId, MessageId},
    inbound::{InboundMessage, told},
    language,
    message::{self as said, Author, Direction, Message, Part},
};
use serde_json::json;
use store::{
    Error, Tx, asleep, contact, conversation, event,
    heard::{self, Heard},
    message,
    rights::tombstone,
    turn,
};

use super::{answer, stranger};
use crate::{belt::Belt, config::ms};

pub(super) async fn take_in(
    tx: &mut Tx,
    belt: &Belt,
    inbox: &InboxId,
    external: &str,
    inbound: InboundMessage,
    now: Millis,
) -> Result<(), Error> {
    // What was sent before somebody was erased came late; it brings nobody back.
    let asking = tombstone::salt().and(contact::named(&inbound.identities));
    let (salt, known) = tx.query(asking).await?;
    let erased = tombstone::salted(tx, salt.as_deref(), &inbound.identities).await?;
    if erased.is_some_and(|at| inbound.sent_at <= at) {
        tracing::info!(%inbox, "a message of somebody who was erased since is not kept");
        return tombstone::drop_arrival(tx, inbox).await;
    }
    let agent = known.as_ref().and_then(|person| agent_of(belt, person));
    let (person, agent) = match (known, agent) {
        (Some(person), Some(agent)) => (person, agent),
        (known, _) => return stranger::take_in(tx, belt, (inbox, external), known, inbound, now).await,
    };
    // By the only one there is they were found.
    if inbound.identities.len() > 1 {
        contact::learn(tx, &person.id, told(&inbound.identities)).await?;
    }
    let words = said::words(&inbound.parts);
    let spoken = language::detect(&words);
    if let Some(language) = spoken.filter(|language| person.language != Some(*language)) {
        contact::set_language(tx, &person.id, language).await?;
    }
    let language = spoken.or(person.language).unwrap_or_else(|| belt.firm.language());
    let from = address(tx, &agent, &person, &inbound).await?;
    // By the provider's clock, as it counts its window: a message may have been hours on its way.
    let heard_at = if inbound.opens_window() { inbound.sent_at.min(now) } else { Millis(0) };
    let Heard { conversation: mut held, was_asked, is_owed } =
        match heard::note_at(tx, &agent, &from, spoken, heard_at).await? {
            Some(known) => known,
            None => {
                let begun =
                    conversation::open(tx, &belt.ids, &agent, &from, Some(&person.id), language, now).await?;
                heard::note(tx, &begun.id, spoken, heard_at).await?;
                Heard { conversation: begun, was_asked: true, is_owed: true }
            }
        };
    if is_owed {
        asleep::wake(tx, &held.address, now).await?;
    }
    let reaction = inbound.is_reaction();
    held.language = spoken.unwrap_or(held.language);
    let heard = Message {
        external: Some(inbound.id.unwrap_or_else(|| external.to_owned())),
        quotes: inbound.quotes.clone(),
        at: Message::placed(inbound.sent_at, now),
        ..Message::new(
            MessageId::new(&belt.ids),
            &held.id,
            Direction::In,
            Author::Contact(person.id.clone()),
            inbound.parts,
            now,
        )
    };
    event::put(tx, "message", Some(&held.id), &json!({ "message": heard.id }), now).await?;
    if reaction {
        return message::put(tx, &heard, false).await;
    }
    let quotes = inbound.quotes.as_deref();
    let arrival = answer::Arrival { inbox, person: &person, conversation: &held, was_asked, quotes };
    answer::route(tx, belt, &arrival, heard, now).await
}

/// Where the talk goes on: a person whose number is hidden by now is still the one we know by it.
async fn address(
    tx: &mut Tx,
    agent: &AgentName,
    person: &Contact,
    inbound: &InboundMessage,
) -> Result<Address, Error> {
    if inbound.identities.iter().any(|identity| identity.kind == IdentityKind::Phone) {
        return Ok(inbound.from.clone());
    }
    let known = conversation::known_address(tx, agent, &inbound.from.channel, &person.id).await?;
    Ok(known.unwrap_or_else(|| inbound.from.clone()))
}

pub(super) fn agent_of(belt: &Belt, person: &Contact) -> Option<AgentName> {
    person.default_agent.clone().or_else(|| {
        person.roles.iter().find_map(|role| belt.agent_for(*role)).map(|agent| agent.name.clone())
    })
}

/// Stores a message for the agent and makes a turn due: media and presses at once, words after the gather pause.
pub(super) async fn for_the_agent(
    tx: &mut Tx,
    belt: &Belt,
    conversation: &Conversation,
    heard: Message,
    now: Millis,
) -> Result<(), Error> {
    let at_once = heard.parts.iter().any(|part| matches!(part, Part::Media(_) | Part::Choice { .. }));
    message::put(tx, &heard, true).await?;
    if conversation.owner != OWNED_BY_AGENT {
        return Ok(());
    }
    let config = belt.config();
    let turns = &config.turns;
    let due = if at_once { now } else { now.plus(ms(turns.gather_ms)) };
    turn::schedule(tx, &belt.ids, conversation, due, now.plus(ms(turns.gather_max_ms)), now).await
}
