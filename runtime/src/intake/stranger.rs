//! Someone who has no role here: kept for staff under a name of their own, answered once, never given to an agent. Whose
//! number a customer has is known to be that customer, where it is only one.

use channels::whatsapp::numbers;
use domain::{
    agent::AgentName,
    clock::Millis,
    contact::{Contact, Identity, IdentityKind, Role},
    conversation::{Conversation, NOBODY},
    id::{ContactId, InboxId, MessageId},
    inbound::{InboundMessage, told},
    language,
    message::{self as said, Author, Direction, Message},
};
use serde_json::json;
use store::{
    Error, Tx, contact, conversation, event, heard, message, office::customer, rights::tombstone,
    thread::change,
};

use crate::{
    belt::Belt,
    speak::{self, Speech},
};

/// Characters of the name that somebody gave themselves.
const NAME: usize = 120;

pub(super) async fn take_in(
    tx: &mut Tx,
    belt: &Belt,
    (inbox, external): (&InboxId, &str),
    known: Option<Contact>,
    inbound: InboundMessage,
    now: Millis,
) -> Result<(), Error> {
    let language = language::detect(&said::words(&inbound.parts)).unwrap_or_else(|| belt.firm.language());
    let person = match known {
        Some(person) => person.id,
        None => contact::create(tx, &belt.ids, &name(&inbound), &[], now).await?,
    };
    contact::learn(tx, &person, told(&inbound.identities)).await?;
    let agent = AgentName::from(NOBODY);
    let from = &inbound.from;
    let held = conversation::open(tx, &belt.ids, &agent, from, Some(&person), language, now).await?;
    if held.contact.is_none() {
        conversation::set_contact(tx, &held.id, Some(&person)).await?;
    }
    let heard_at = if inbound.opens_window() { inbound.sent_at.min(now) } else { Millis(0) };
    heard::note(tx, &held.id, Some(language), heard_at).await?;
    let numbers: Vec<Identity> =
        inbound.identities.iter().filter(|identity| identity.kind == IdentityKind::Phone).cloned().collect();
    let author = Author::Contact(person.clone());
    let heard = Message {
        external: Some(inbound.id.unwrap_or_else(|| external.to_owned())),
        quotes: inbound.quotes,
        at: Message::placed(inbound.sent_at, now),
        ..Message::new(MessageId::new(&belt.ids), &held.id, Direction::In, author, inbound.parts, now)
    };
    message::put(tx, &heard, false).await?;
    event::put(tx, "message", Some(&held.id), &json!({ "message": heard.id }), now).await?;
    event::put(tx, "stranger", Some(&held.id), &json!({ "message": heard.id, "inbox": inbox }), now).await?;
    if is_a_customer(tx, belt, &held, &person, &numbers, now).await? {
        return Ok(());
    }
    let sentence = belt.texts.sentence(language, "unknown_person", &json!({ "firm": belt.firm.name }));
    // One sentence a conversation, however often they write.
    let speech = Speech::house(format!("stranger:{}", held.id), sentence);
    speak::say(tx, belt, &held, speech, now).await?;
    Ok(())
}

/// What somebody is called of whom only a message is known.
fn name(inbound: &InboundMessage) -> String {
    let own = inbound.profile_name.as_deref().unwrap_or_default();
    let own: String = own.chars().filter(|c| !c.is_control() && !turns_text(*c)).take(NAME).collect();
    if !own.trim().is_empty() {
        return own.trim().to_owned();
    }
    let username = inbound.identities.iter().find(|identity| identity.kind == IdentityKind::Username);
    username.map_or_else(|| inbound.from.external.clone(), |username| username.value.clone())
}

/// Characters that turn the text around them: a name must not write over what stands beside it.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether the thread is a customer's: it was linked before, or the number is one customer's and no other's.
async fn is_a_customer(
    tx: &mut Tx,
    belt: &Belt,
    held: &Conversation,
    person: &ContactId,
    numbers: &[Identity],
    now: Millis,
) -> Result<bool, Error> {
    let link = change::link(tx, &held.id).await?;
    if link.customer.is_some() || link.by.is_some() || !belt.config().linking.auto_link_by_phone {
        return Ok(link.customer.is_some());
    }
    let Some(number) = numbers.first() else { return Ok(false) };
    // Somebody who was erased is nobody's customer until staff say so.
    if tombstone::of(tx, numbers).await?.is_some() {
        return Ok(false);
    }
    let spellings = numbers::variants(&number.value);
    let found = customer::by_phone(tx, &spellings, &belt.config().linking.country_code).await?;
    // Between two nobody guesses: staff are shown both.
    let [only] = found.as_slice() else { return Ok(false) };
    change::link_customer(tx, &held.id, Some(&only.id), "house").await?;
    if let Some(known) = contact::get(tx, person).await?
        && known.roles.is_empty()
    {
        contact::set_roles(tx, person, &[Role::Customer]).await?;
        if known.name == held.address.external {
            contact::rename(tx, person, &only.name).await?;
        }
    }
    event::put(tx, "conversation", Some(&held.id), &json!({ "changed": "customer" }), now).await?;
    Ok(true)
}
