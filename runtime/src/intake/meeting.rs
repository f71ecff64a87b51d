//! Who wrote, and in which conversation: of one arrival, or of many at once. Keeps nothing of what was said.

use std::collections::HashSet;

use domain::{
    address::Address,
    agent::AgentName,
    clock::Millis,
    contact::{Contact, IdentityKind},
    inbound::{Inbound, InboundMessage},
    language::{self, Language},
    message as said,
};
use store::{
    Error, Tx, contact, conversation,
    db::Query,
    heard::{self, Heard},
    inbox::Taken,
    rights::tombstone,
};

use crate::belt::Belt;

/// A person who is known here, and their conversation, which has heard them.
pub(super) struct Met {
    pub person: Contact,
    /// What they wrote in, where that can be told.
    pub spoken: Option<Language>,
    pub heard: Heard,
}

/// Whom an arrival is from.
pub(super) enum Meeting {
    Met(Box<Met>),
    /// Nobody whom an agent talks to, whether their name is known or not.
    Stranger(Option<Contact>),
    /// Somebody who was erased after they had sent it.
    Erased,
}

/// Meets whoever wrote `inbound`; a conversation begins where there is none.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn meet(
    tx: &mut Tx,
    belt: &Belt,
    inbound: &InboundMessage,
    now: Millis,
) -> Result<Meeting, Error> {
    let asking = tombstone::salt().and(contact::named(&inbound.identities));
    let (salt, known) = tx.query(asking).await?;
    if let Some(salt) = salt
        && let Some(erased) = tx.query(tombstone::salted(&salt, &inbound.identities)).await?
        && inbound.sent_at <= erased
    {
        return Ok(Meeting::Erased);
    }
    let agent = known.as_ref().and_then(|person| agent_of(belt, person));
    let (person, agent) = match (known, agent) {
        (Some(person), Some(agent)) => (person, agent),
        (known, _) => return Ok(Meeting::Stranger(known)),
    };
    let (spoken, at) = (spoken(inbound), heard_at(inbound, now));
    let from = if names_itself(inbound) {
        inbound.from.clone()
    } else {
        // A person whose number is hidden by now is still the one we know by it.
        let known = conversation::known_address(tx, &agent, &inbound.from.channel, &person.id).await?;
        known.unwrap_or_else(|| inbound.from.clone())
    };
    let heard = match tx.query(heard::note_at(&agent, &from, spoken, at)).await? {
        Some(known) => known,
        None => begin(tx, belt, (&person, &agent, &from), spoken, (at, now)).await?,
    };
    Ok(Meeting::Met(Box::new(Met { person, spoken, heard })))
}

async fn begin(
    tx: &mut Tx,
    belt: &Belt,
    (person, agent, from): (&Contact, &AgentName, &Address),
    spoken: Option<Language>,
    (at, now): (Millis, Millis),
) -> Result<Heard, Error> {
    let language = spoken.or(person.language).unwrap_or_else(|| belt.firm.language());
    let begun = conversation::open(tx, &belt.ids, agent, from, Some(&person.id), language, now).await?;
    heard::note(tx, &begun.id, spoken, at).await?;
    Ok(Heard { conversation: begun, was_asked: true, is_owed: true })
}

/// As [`meet`], for those of `rows` that can be met all at once: the first message of each person who is known and whose
/// conversation there is. The others are met by themselves, each when it is its turn.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn meet_all(
    tx: &mut Tx,
    belt: &Belt,
    rows: &[Taken],
    now: Millis,
) -> Result<Vec<Option<Box<Met>>>, Error> {
    let wrote: Vec<Option<&InboundMessage>> = wrote(rows).collect();
    let named = wrote.iter().map(|wrote| Query::maybe(wrote.map(|it| contact::named(&it.identities))));
    let (salt, people) = tx.query(tombstone::salt().and(Query::all(named))).await?;
    let erased = match salt {
        Some(salt) => {
            let stones = wrote
                .iter()
                .map(|wrote| Query::maybe(wrote.map(|it| tombstone::salted(&salt, &it.identities))));
            tx.query(Query::all(stones)).await?
        }
        None => vec![None; rows.len()],
    };
    let (mut met, mut noting, mut seen) = (Vec::with_capacity(rows.len()), Vec::new(), HashSet::new());
    for ((wrote, person), erased) in wrote.iter().zip(people).zip(erased) {
        let first = person.flatten().filter(|person| seen.insert(person.id.clone()));
        let known = first.and_then(|person| Some((agent_of(belt, &person)?, person)));
        let plain = wrote.filter(|inbound| names_itself(inbound) && erased.flatten().is_none());
        met.push(plain.zip(known).map(|(inbound, (agent, person))| {
            let (spoken, at) = (spoken(inbound), heard_at(inbound, now));
            noting.push(heard::note_at(&agent, &inbound.from, spoken, at));
            (person, spoken)
        }));
    }
    let mut heard = tx.query(Query::all(noting)).await?.into_iter();
    let found = met.into_iter().map(|met| {
        let (person, spoken) = met?;
        Some(Box::new(Met { person, spoken, heard: heard.next()?? }))
    });
    Ok(found.collect())
}

/// The messages among `rows`, up to the first arrival that says who is who, or may.
fn wrote(rows: &[Taken]) -> impl Iterator<Item = Option<&InboundMessage>> {
    let mut settled = true;
    rows.iter().map(move |row| {
        settled &= matches!(row.body, Ok(Inbound::Message(_) | Inbound::Status(_)));
        match &row.body {
            Ok(Inbound::Message(inbound)) if settled => Some(inbound),
            _ => None,
        }
    })
}

fn names_itself(inbound: &InboundMessage) -> bool {
    inbound.identities.iter().any(|identity| identity.kind == IdentityKind::Phone)
}

fn spoken(inbound: &InboundMessage) -> Option<Language> {
    language::detect(&said::words(&inbound.parts))
}

/// By the provider's clock, as it counts its window: a message may have been hours on its way.
fn heard_at(inbound: &InboundMessage, now: Millis) -> Millis {
    if inbound.opens_window() { inbound.sent_at.min(now) } else { Millis(0) }
}

pub(super) fn agent_of(belt: &Belt, person: &Contact) -> Option<AgentName> {
    person.default_agent.clone().or_else(|| {
        person.roles.iter().find_map(|role| belt.agent_for(*role)).map(|agent| agent.name.clone())
    })
}
