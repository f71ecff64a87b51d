//! A person's message: who it is, which conversation, and whether it answers something.

use domain::{
    clock::Millis,
    conversation::{Conversation, OWNED_BY_AGENT},
    id::{InboxId, MessageId},
    inbound::{InboundMessage, told},
    message::{Author, Direction, Message, Part},
};
use serde_json::json;
use store::{Error, Tx, asleep, contact, event, heard::Heard, message, rights::tombstone, turn};

use super::{
    answer,
    meeting::{self, Meeting, Met},
    stranger,
};
use crate::{belt::Belt, config::ms};

pub(super) async fn take_in(
    tx: &mut Tx,
    belt: &Belt,
    (inbox, external): (&InboxId, &str),
    inbound: InboundMessage,
    met: Option<Box<Met>>,
    now: Millis,
) -> Result<(), Error> {
    let met = match met {
        Some(met) => met,
        None => match meeting::meet(tx, belt, &inbound, now).await? {
            Meeting::Met(met) => met,
            Meeting::Stranger(known) => {
                return stranger::take_in(tx, belt, (inbox, external), known, inbound, now).await;
            }
            Meeting::Erased => {
                // What was sent before somebody was erased came late; it brings nobody back.
                tracing::info!(%inbox, "a message of somebody who was erased since is not kept");
                return tombstone::drop_arrival(tx, inbox).await;
            }
        },
    };
    let Met { person, spoken, heard: Heard { conversation: mut held, was_asked, is_owed } } = *met;
    // By the only one there is they were found.
    if inbound.identities.len() > 1 {
        contact::learn(tx, &person.id, told(&inbound.identities)).await?;
    }
    if let Some(language) = spoken.filter(|language| person.language != Some(*language)) {
        contact::set_language(tx, &person.id, language).await?;
    }
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
