//! A message that may answer a question: matched by the pure rule, decided by one compare-and-set, never by guessing.
//! An approval is decided only by one of its options, from a verified holder of its role.

use domain::{
    clock::Millis,
    contact::Contact,
    conversation::{Conversation, OWNED_BY_AGENT},
    id::{ConversationId, InboxId, MessageId, QuestionId},
    message::{self as said, Message, Part},
    outbound::Content,
    question::{self as pure, Answer, Asked, Choice, Question, QuestionState, Reply, Resolution},
};
use serde_json::{Value, json};
use store::{
    Error, Tx, conversation,
    decision::{self, Decider, Decision, Words},
    message, question,
};

use super::message::for_the_agent;
use crate::{
    belt::Belt,
    speak::{self, Speech},
};

/// Tokens of our own lists: `words:<question>:<message>` gives earlier words to a question, `none:<message>` gives them
/// to the agent.
const WORDS: &str = "words:";
const NONE: &str = "none:";

pub(super) struct Arrival<'a> {
    pub inbox: &'a InboxId,
    pub person: &'a Contact,
    pub conversation: &'a Conversation,
    /// Whether any question was ever put in the conversation.
    pub was_asked: bool,
    pub quotes: Option<&'a str>,
}

impl Arrival<'_> {
    /// The questions that it may answer.
    async fn asked(&self, tx: &mut Tx) -> Result<Vec<Asked>, Error> {
        if self.was_asked { question::seen_by(tx, &self.conversation.id).await } else { Ok(Vec::new()) }
    }
}

/// Answers a question with `heard`, or gives it to the agent.
pub(super) async fn route(
    tx: &mut Tx,
    belt: &Belt,
    arrival: &Arrival<'_>,
    mut heard: Message,
    now: Millis,
) -> Result<(), Error> {
    let words = said::words(&heard.parts);
    let pressed = heard.parts.iter().find_map(|part| match part {
        Part::Choice { id, .. } => Some(id.clone()),
        _ => None,
    });
    if arrival.conversation.owner != OWNED_BY_AGENT {
        return held_by_hand(tx, belt, arrival, heard, pressed.as_deref(), now).await;
    }
    if let Some(token) =
        pressed.as_deref().filter(|token| token.starts_with(WORDS) || token.starts_with(NONE))
    {
        let token = token.to_owned();
        message::put(tx, &heard, false).await?;
        return picked(tx, belt, arrival, &token, now).await;
    }
    if pressed.as_deref().is_some_and(|token| token.starts_with(pure::STAFF_CHOICE)) {
        return for_the_agent(tx, belt, arrival.conversation, heard, now).await;
    }
    let asked = arrival.asked(tx).await?;
    let reply = Reply { choice: pressed.as_deref(), quotes: arrival.quotes, text: &words };
    match pure::resolve(&asked, reply) {
        Resolution::Ordinary | Resolution::Comment(_) => {
            for_the_agent(tx, belt, arrival.conversation, heard, now).await
        }
        Resolution::Answers { question, choice } => {
            heard.turn = owner_turn(tx, &question, arrival.conversation).await?;
            let text = spoken(&heard);
            message::put(tx, &heard, false).await?;
            decide(tx, belt, arrival, &question, choice, text, now).await
        }
        Resolution::Late(question) => {
            message::put(tx, &heard, false).await?;
            late(tx, belt, arrival, &question, now).await
        }
        Resolution::NoSuchOption(question) => {
            message::put(tx, &heard, false).await?;
            let choices = asked.iter().find(|a| a.question == question).map(|a| titles(&a.choices));
            reply_with(tx, belt, arrival, "question.no_such_option", &json!({ "choices": choices }), now)
                .await
        }
        Resolution::UnknownChoice => {
            message::put(tx, &heard, false).await?;
            reply_with(tx, belt, arrival, "choice.unknown", &json!({}), now).await
        }
        Resolution::Which(fits) => {
            let id = heard.id.clone();
            message::put(tx, &heard, false).await?;
            which(tx, belt, arrival, &id, fits, now).await
        }
    }
}

/// Somebody holds the conversation by hand: what is said is for them. Only a press or a quote answers a question that was
/// asked before; it is recorded, and neither the house nor the agent says a word.
async fn held_by_hand(
    tx: &mut Tx,
    belt: &Belt,
    arrival: &Arrival<'_>,
    mut heard: Message,
    pressed: Option<&str>,
    now: Millis,
) -> Result<(), Error> {
    let words = said::words(&heard.parts);
    if pressed.is_some() || arrival.quotes.is_some() {
        let asked = arrival.asked(tx).await?;
        let reply = Reply { choice: pressed, quotes: arrival.quotes, text: &words };
        if let Resolution::Answers { question, choice } = pure::resolve(&asked, reply) {
            heard.turn = owner_turn(tx, &question, arrival.conversation).await?;
            let words = Words { choice, text: spoken(&heard), reason: None };
            message::put(tx, &heard, false).await?;
            let own_jobs = belt.config().questions.approve_own_jobs;
            let decider = decider(arrival.person);
            let decision = decision::decide(tx, &question, &decider, words, own_jobs, now).await?;
            if let Decision::Decided(asked, answer) = decision {
                tell_others(tx, belt, Some(&arrival.conversation.id), &asked, &answer, now).await?;
            }
            return Ok(());
        }
    }
    for_the_agent(tx, belt, arrival.conversation, heard, now).await
}

fn decider(person: &Contact) -> Decider {
    Decider {
        actor: person.id.0.clone(),
        contact: Some(person.id.clone()),
        name: person.name.clone(),
        roles: person.roles.clone(),
    }
}

fn titles(choices: &[Choice]) -> String {
    let listed: Vec<String> =
        choices.iter().enumerate().map(|(n, c)| format!("[{}] {}", n + 1, c.title)).collect();
    listed.join("  ")
}

/// What was said, with what is not words announced.
fn spoken(heard: &Message) -> String {
    agents::turn::transcript::parts(&heard.parts, None)
}

/// The asking turn, where this conversation is its own: the answer stands in its transcript already.
async fn owner_turn(
    tx: &mut Tx,
    id: &QuestionId,
    conversation: &Conversation,
) -> Result<Option<domain::id::TurnId>, Error> {
    let asked = question::get(tx, id).await?;
    let own = asked.filter(|q| q.purpose.role().is_none());
    Ok(own.map(|q| q.turn).filter(|_| conversation.contact.is_some()))
}

async fn decide(
    tx: &mut Tx,
    belt: &Belt,
    arrival: &Arrival<'_>,
    id: &QuestionId,
    choice: Option<Choice>,
    text: String,
    now: Millis,
) -> Result<(), Error> {
    let decider = decider(arrival.person);
    let words = Words { choice, text, reason: None };
    let own_jobs = belt.config().questions.approve_own_jobs;
    match decision::decide(tx, id, &decider, words, own_jobs, now).await? {
        Decision::Decided(asked, answer) => {
            tell_others(tx, belt, Some(&arrival.conversation.id), &asked, &answer, now).await
        }
        Decision::Late(_) => late(tx, belt, arrival, id, now).await,
        Decision::NotTheirRole(_) => {
            reply_with(tx, belt, arrival, "question.not_your_role", &json!({}), now).await
        }
        Decision::OwnJob(_) => reply_with(tx, belt, arrival, "question.own_job", &json!({}), now).await,
        Decision::Unknown => Ok(()),
    }
}

/// Everyone else who was asked hears who decided what.
async fn tell_others(
    tx: &mut Tx,
    belt: &Belt,
    but: Option<&ConversationId>,
    asked: &Question,
    answer: &Answer,
    now: Millis,
) -> Result<(), Error> {
    for put in question::puts(tx, &asked.id).await? {
        if Some(&put.conversation) == but {
            continue;
        }
        let Some(other) = conversation::get(tx, &put.conversation).await? else { continue };
        let facts = json!({ "name": answer.by_name, "decision": answer.text, "text": put.body });
        let sentence = belt.texts.sentence(other.language, "question.decided_by_other", &facts);
        let speech = Speech::house(format!("decided:{}:{}", asked.id, other.id), sentence);
        speak::say(tx, belt, &other, speech, now).await?;
    }
    Ok(())
}

/// Everyone who was asked hears what was decided at the console.
pub(super) async fn decided(tx: &mut Tx, belt: &Belt, id: &QuestionId, now: Millis) -> Result<(), Error> {
    let Some(asked) = question::get(tx, id).await? else { return Ok(()) };
    match &asked.answer {
        Some(answer) => tell_others(tx, belt, None, &asked, answer, now).await,
        None => Ok(()),
    }
}

async fn late(
    tx: &mut Tx,
    belt: &Belt,
    arrival: &Arrival<'_>,
    id: &QuestionId,
    now: Millis,
) -> Result<(), Error> {
    let Some(asked) = question::get(tx, id).await? else { return Ok(()) };
    let (key, facts) = match (&asked.state, &asked.answer) {
        (QuestionState::Answered, Some(answer)) => (
            "question.late",
            json!({ "name": answer.by_name, "decision": answer.text, "time": belt.firm.clock_time(answer.at, now) }),
        ),
        _ => ("question.late_nobody", json!({})),
    };
    reply_with(tx, belt, arrival, key, &facts, now).await
}

/// Several questions are open: the person is asked which, each with the option their words match.
async fn which(
    tx: &mut Tx,
    belt: &Belt,
    arrival: &Arrival<'_>,
    message: &MessageId,
    fits: Vec<(QuestionId, Option<Choice>)>,
    now: Millis,
) -> Result<(), Error> {
    let mut choices = Vec::with_capacity(fits.len() + 1);
    for (id, choice) in fits {
        let Some(asked) = question::get(tx, &id).await? else { continue };
        let name = asked.purpose.job().map_or_else(|| first_words(&asked.text), |job| job.0.clone());
        choices.push(match choice {
            Some(choice) => Choice { title: format!("{name}: {}", choice.title), ..choice },
            None => Choice { id: format!("{WORDS}{id}:{message}"), title: name, value: String::new() },
        });
    }
    let language = arrival.conversation.language;
    choices.push(Choice {
        id: format!("{NONE}{message}"),
        title: belt.texts.sentence(language, "question.none_of_these", &Value::Null),
        value: String::new(),
    });
    let text = belt.texts.sentence(language, "question.which", &Value::Null);
    let content = Content::Question { question: QuestionId(format!("which:{message}")), text, choices };
    let speech = Speech { content, ..Speech::house(format!("which:{message}"), String::new()) };
    speak::say(tx, belt, arrival.conversation, speech, now).await?;
    Ok(())
}

fn first_words(text: &str) -> String {
    const CHARS: usize = 40;
    match text.char_indices().nth(CHARS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

/// A row of our own "which?" list. Its parts are checked against what this conversation really saw.
async fn picked(
    tx: &mut Tx,
    belt: &Belt,
    arrival: &Arrival<'_>,
    token: &str,
    now: Millis,
) -> Result<(), Error> {
    let (id, message) = match token.strip_prefix(WORDS).and_then(|rest| rest.split_once(':')) {
        Some((id, message)) => (Some(QuestionId::from(id)), message),
        None => (None, token.trim_start_matches(NONE)),
    };
    let earlier = message::get(tx, &MessageId::from(message)).await?;
    let Some(earlier) = earlier.filter(|m| m.conversation == arrival.conversation.id) else {
        return reply_with(tx, belt, arrival, "choice.unknown", &json!({}), now).await;
    };
    let Some(id) = id else {
        message::unhear(tx, &earlier.id).await?;
        return store::turn::schedule(tx, &belt.ids, arrival.conversation, now, now, now).await;
    };
    let asked = arrival.asked(tx).await?;
    match asked.iter().find(|a| a.question == id) {
        Some(asked) if asked.open && asked.takes_words => {
            decide(tx, belt, arrival, &id, None, spoken(&earlier), now).await
        }
        Some(asked) if asked.open => {
            let facts = json!({ "choices": titles(&asked.choices) });
            reply_with(tx, belt, arrival, "question.no_such_option", &facts, now).await
        }
        Some(_) => late(tx, belt, arrival, &id, now).await,
        None => reply_with(tx, belt, arrival, "choice.unknown", &json!({}), now).await,
    }
}

async fn reply_with(
    tx: &mut Tx,
    belt: &Belt,
    arrival: &Arrival<'_>,
    key: &str,
    facts: &Value,
    now: Millis,
) -> Result<(), Error> {
    let sentence = belt.texts.sentence(arrival.conversation.language, key, facts);
    let speech = Speech::house(format!("reply:{}:{key}", arrival.inbox), sentence);
    speak::say(tx, belt, arrival.conversation, speech, now).await?;
    Ok(())
}
