//! Puts a question to people: to the person of the turn, or to everyone who holds a role and can be reached. The first
//! valid answer decides. Never waits: the wake row does.

use domain::{
    address::{Address, ChannelName},
    clock::Millis,
    contact::{Contact, Identity, IdentityKind, Role},
    conversation::{Conversation, OWNED_BY_AGENT},
    id::{CallId, QuestionId, TurnId},
    language::Language,
    message::Author,
    outbound::Content,
    question::{Choice, Proposal, Purpose, Question, QuestionState},
};
use serde_json::{Value, json};
use store::{Error, Tx, contact, conversation, question};
use tools::tool::Ask;

use crate::{
    belt::Belt,
    config::ms,
    speak::{self, Speech},
};

/// The sentence that asks whether an interrupted call was done.
const OUTCOME: &str = "outcome.unsure";

/// Where a question comes from.
pub struct Asker<'a> {
    pub conversation: &'a Conversation,
    pub turn: &'a TurnId,
    pub call: &'a CallId,
}

/// Opens the question and queues it to everyone who may answer.
///
/// # Errors
/// [`Error::Database`].
pub async fn ask(
    tx: &mut Tx,
    belt: &Belt,
    asker: &Asker<'_>,
    ask: Ask,
    now: Millis,
) -> Result<QuestionId, Error> {
    let config = belt.config();
    let questions = &config.questions;
    let asked = Question {
        id: QuestionId::new(&belt.ids),
        purpose: ask.purpose,
        text: ask.text,
        turn: asker.turn.clone(),
        call: asker.call.clone(),
        state: QuestionState::Open,
        asked_at: now,
        expires_at: now.plus(ms(questions.expire_after_ms)),
        answer: None,
    };
    question::open(tx, &asked, asker.conversation.agent.as_str()).await?;
    for (person, conversation) in recipients(tx, belt, asker.conversation, &asked.purpose, now).await? {
        let language = person.as_ref().and_then(|p| p.language).unwrap_or(asker.conversation.language);
        let (text, choices) = words(belt, &asked, &ask.options, language);
        let key = format!("question:{}:{}", asked.id, conversation.id);
        put(tx, belt, &asked, (person.as_ref(), &conversation), (key, text, choices), now).await?;
    }
    let remind = (questions.remind_after_ms > 0).then(|| now.plus(ms(questions.remind_after_ms)));
    question::set_timers(tx, &belt.ids, &asked.id, remind, asked.expires_at).await?;
    Ok(asked.id)
}

/// Puts an open question once more to everyone who was asked, and for the first time to whoever has the role since.
///
/// # Errors
/// [`Error::Database`].
pub async fn remind(tx: &mut Tx, belt: &Belt, asked: &Question, now: Millis) -> Result<(), Error> {
    let puts = question::puts(tx, &asked.id).await?;
    for earlier in &puts {
        let Some(conversation) = conversation::get(tx, &earlier.conversation).await? else { continue };
        if conversation.owner != OWNED_BY_AGENT && asked.purpose.role().is_none() {
            continue;
        }
        let reminder =
            belt.texts.sentence(conversation.language, "question.reminder", &json!({ "text": earlier.body }));
        let person = match &earlier.contact {
            Some(id) => contact::get(tx, id).await?,
            None => None,
        };
        let key = format!("remind:{}:{}:{}", asked.id, conversation.id, now.0);
        let words = (key, reminder, earlier.choices.clone());
        put(tx, belt, asked, (person.as_ref(), &conversation), words, now).await?;
    }
    Ok(())
}

async fn put(
    tx: &mut Tx,
    belt: &Belt,
    asked: &Question,
    (person, conversation): (Option<&Contact>, &Conversation),
    (key, text, choices): (String, String, Vec<Choice>),
    now: Millis,
) -> Result<(), Error> {
    let speech = Speech {
        key,
        author: Author::Agent(conversation.agent.clone()),
        content: Content::Question {
            question: asked.id.clone(),
            text: text.clone(),
            choices: choices.clone(),
        },
        turn: Some(asked.turn.clone()),
        // Staff who took the conversation over are not talked into; what the office decides is nobody's conversation.
        owner_version: asked.purpose.role().is_none().then_some(conversation.owner_version),
    };
    let outbox = speak::say(tx, belt, conversation, speech, now).await?;
    let put = question::Put {
        conversation: conversation.id.clone(),
        contact: person.map(|person| person.id.clone()),
        outbox,
        body: text,
        choices,
    };
    question::put(tx, &asked.id, &put).await
}

/// The words and options of a question in one language. A proposal is rendered from the code's figures alone.
fn words(belt: &Belt, asked: &Question, options: &[String], language: Language) -> (String, Vec<Choice>) {
    let choice = |title: String, value: String| Choice { id: belt.ids.token(), title, value };
    match &asked.purpose {
        Purpose::Approval(Proposal { text, facts, .. }) => {
            let sentence = belt.texts.sentence(language, text, facts);
            let options = belt.texts.options(language, text);
            (sentence, options.into_iter().map(|option| choice(option.title, option.value)).collect())
        }
        Purpose::Outcome { tool, arguments, .. } => {
            let facts = json!({ "tool": tool, "arguments": named(arguments) });
            let options = belt.texts.options(language, OUTCOME);
            let choices = options.into_iter().map(|option| choice(option.title, option.value)).collect();
            (belt.texts.sentence(language, OUTCOME, &facts), choices)
        }
        Purpose::Ask | Purpose::Escalation { .. } => {
            (asked.text.clone(), options.iter().map(|title| choice(title.clone(), title.clone())).collect())
        }
    }
}

/// `address: Hauptstr. 5, parcels: 2`.
fn named(arguments: &Value) -> String {
    let Value::Object(fields) = arguments else { return arguments.to_string() };
    let shown = fields.iter().map(|(name, value)| match value {
        Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// Everyone who was asked hears the sentence `key`.
///
/// # Errors
/// [`Error::Database`].
pub async fn tell_asked(
    tx: &mut Tx,
    belt: &Belt,
    id: &QuestionId,
    key: &str,
    facts: &Value,
    now: Millis,
) -> Result<(), Error> {
    for put in question::puts(tx, id).await? {
        let Some(asked) = conversation::get(tx, &put.conversation).await? else { continue };
        let sentence = belt.texts.sentence(asked.language, key, facts);
        speak::say(tx, belt, &asked, Speech::house(format!("{key}:{id}:{}", asked.id), sentence), now)
            .await?;
    }
    Ok(())
}

type Recipient = (Option<Contact>, Conversation);

async fn recipients(
    tx: &mut Tx,
    belt: &Belt,
    own: &Conversation,
    purpose: &Purpose,
    now: Millis,
) -> Result<Vec<Recipient>, Error> {
    match purpose.role() {
        Some(role) => holders(tx, belt, role, own.language, now).await,
        None => {
            let person = match &own.contact {
                Some(id) => contact::get(tx, id).await?,
                None => None,
            };
            Ok(vec![(person, own.clone())])
        }
    }
}

/// Everyone who holds `role` and can be reached, each with their conversation with that role's agent. Who never wrote
/// anything is written to in `language`.
///
/// # Errors
/// [`Error::Database`].
pub async fn holders(
    tx: &mut Tx,
    belt: &Belt,
    role: Role,
    language: Language,
    now: Millis,
) -> Result<Vec<Recipient>, Error> {
    let Some(agent) = belt.agent_for(role) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for person in contact::holders(tx, role).await? {
        let identities = contact::identities_of(tx, &person.id).await?;
        let Some(reached) = belt.people.iter().find_map(|channel| reach(channel, &identities)) else {
            continue;
        };
        // Where they write from, if they did: one person may be known by several spellings of one number.
        let known = conversation::known_address(tx, &agent.name, &reached.channel, &person.id).await?;
        let address = known.unwrap_or(reached);
        let language = person.language.unwrap_or(language);
        let conversation =
            conversation::open(tx, &belt.ids, &agent.name, &address, Some(&person.id), language, now).await?;
        found.push((Some(person), conversation));
    }
    if found.is_empty() {
        tracing::warn!(%role, "nobody who holds the role can be reached: register someone with `plumbline users add`");
    }
    Ok(found)
}

/// The address on `channel` that one of `identities` gives.
fn reach(channel: &ChannelName, identities: &[Identity]) -> Option<Address> {
    identities.iter().find_map(|identity| {
        let fits = match identity.kind {
            IdentityKind::Terminal => *channel == ChannelName::terminal(&identity.value),
            IdentityKind::Phone | IdentityKind::UserId => channel.as_str() == "whatsapp",
            IdentityKind::Lid | IdentityKind::Username => false,
        };
        fits.then(|| Address::new(channel.clone(), identity.value.clone()))
    })
}
