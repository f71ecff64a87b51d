//! What a model is asked: the agent's prompt with today's facts, older talk within its budget, this turn's transcript,
//! the agent's tools. All but the transcript is read once for as long as nothing has an effect. A draft is asked for with
//! the talk of the conversation that it is for.

use std::sync::{Arc, OnceLock};

use agents::{
    model::{ModelRequest, Spoken},
    turn::{Machine, transcript},
};
use domain::{
    command::{Command, drafted},
    contact::Contact,
    conversation::Conversation,
    id::TurnId,
    language::Language,
    message::{Message, Part},
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use store::{Error, Tx, command, contact, conversation, db::Query, handoff, message, office};

use super::Run;

/// Open jobs named in a prompt.
const OPEN_JOBS: i64 = 20;

/// What stands in the store about a turn's conversation.
pub(super) struct Brief {
    pub person: Option<Contact>,
    /// What the turn answers, at the console.
    pub asked: Option<Command>,
    language: Language,
    history: Arc<Vec<Spoken>>,
    open_jobs: Vec<Value>,
    /// The prompt with these facts, once it was asked for.
    system: OnceLock<Arc<str>>,
}

/// A message that no turn has heard, and the customer of the job that it tells of.
pub(super) type Unheard = (Message, Option<String>);

/// How much of the store a turn looks at.
#[derive(Clone, Copy)]
struct Extent {
    messages: i64,
    tokens: u64,
}

/// The brief of the turn, read now if it is not known.
pub(super) async fn brief(run: &mut Run) -> Result<Arc<Brief>, Error> {
    if let Some(known) = &run.brief {
        return Ok(Arc::clone(known));
    }
    let (conversation, turn, extent) = (run.taken.conversation.clone(), run.taken.id.clone(), extent(run));
    let look = run.belt.store.look(move |tx| {
        Box::pin(async move { read(tx, &conversation, &turn, extent, Query::nothing()).await })
    });
    let (read, ()) = look.await?;
    let read = Arc::new(read);
    run.brief = Some(Arc::clone(&read));
    Ok(read)
}

/// The brief, and up to `limit` messages that no turn has heard: one way to the store for both.
pub(super) async fn unheard(run: &mut Run, limit: i64) -> Result<Vec<Unheard>, Error> {
    let (conversation, turn, extent) = (run.taken.conversation.clone(), run.taken.id.clone(), extent(run));
    let known = run.brief.is_some();
    let look = run.belt.store.look(move |tx| {
        Box::pin(async move {
            let unheard = message::unheard(&conversation.id, limit);
            let (unheard, brief) = if known {
                (tx.query(unheard).await?, None)
            } else {
                let (brief, unheard) = read(tx, &conversation, &turn, extent, unheard).await?;
                (unheard, Some(brief))
            };
            let mut told = Vec::with_capacity(unheard.len());
            for message in unheard {
                let customer = customer_of(tx, &message).await?;
                told.push((message, customer));
            }
            Ok((told, brief))
        })
    });
    let (told, brief) = look.await?;
    if let Some(brief) = brief {
        run.brief = Some(Arc::new(brief));
    }
    Ok(told)
}

fn extent(run: &Run) -> Extent {
    Extent {
        messages: i64::from(run.belt.config().turns.history_messages),
        tokens: run.agent.definition.limits.history_tokens,
    }
}

/// The brief, and what is `beside` it: asked for at once.
async fn read<T: Send + 'static>(
    tx: &mut Tx,
    conversation: &Conversation,
    turn: &TurnId,
    extent: Extent,
    beside: Query<T>,
) -> Result<(Brief, T), Error> {
    let asked = if conversation.address.channel.is_console() {
        command::next(tx, &conversation.id, turn).await?
    } else {
        None
    };
    let of = match drafted(&conversation.address) {
        Some(id) => conversation::get(tx, &id).await?,
        None => None,
    };
    let talk = match &of {
        Some(of) => message::latest(&of.id, extent.messages),
        None => message::history(&conversation.id, turn, extent.messages),
    };
    let conversation = of.as_ref().unwrap_or(conversation);
    let person = conversation.contact.as_ref().map(contact::by_id);
    let open = handoff::open_in(&conversation.id, OPEN_JOBS);
    let asking = Query::maybe(person).and(talk).and(open).and(beside);
    let (((person, talk), open), beside) = tx.query(asking).await?;
    let open_jobs = open.into_iter().map(|handed| {
        json!({
            "job_id": handed.report.job_id,
            "customer_id": handed.report.customer_id,
            "work_done": handed.report.work_done,
            "state": handed.state.as_str(),
        })
    });
    let brief = Brief {
        person: person.flatten(),
        asked,
        language: conversation.language,
        history: Arc::new(transcript::history(&talk, extent.tokens)),
        open_jobs: open_jobs.collect(),
        system: OnceLock::new(),
    };
    Ok((brief, beside))
}

/// The request, or why there can be none: a prompt that does not render.
pub(super) async fn build(run: &mut Run, machine: &Machine) -> Result<Result<ModelRequest, String>, Error> {
    let brief = brief(run).await?;
    let system = match system(run, &brief) {
        Ok(system) => system,
        Err(why) => return Ok(Err(why)),
    };
    let definition = &run.agent.definition;
    Ok(Ok(ModelRequest {
        model: definition.model.clone(),
        system,
        history: Arc::clone(&brief.history),
        entries: Arc::clone(machine.entries()),
        tools: run.belt.toolbox.specs(run.tools()),
        temperature: definition.temperature,
        max_tokens: definition.limits.reply_tokens,
    }))
}

/// The prompt, rendered once for as long as the brief holds.
fn system(run: &Run, brief: &Brief) -> Result<Arc<str>, String> {
    if let Some(known) = brief.system.get() {
        return Ok(Arc::clone(known));
    }
    let prompt = prompt(run);
    let rendered = run.belt.prompts.render(prompt, &facts(run, brief));
    let rendered = rendered.map_err(|error| format!("the prompt {prompt} cannot be used: {error}"))?;
    Ok(Arc::clone(brief.system.get_or_init(|| rendered.into())))
}

/// The agent's own prompt, or what staff at the console have of it.
fn prompt(run: &Run) -> &str {
    let (definition, address) = (&run.agent.definition, &run.taken.conversation.address);
    match definition.console.as_ref().filter(|_| address.channel.is_console()) {
        Some(console) if drafted(address).is_some() => &console.draft,
        Some(console) => &console.prompt,
        None => &definition.prompt,
    }
}

fn facts(run: &Run, brief: &Brief) -> Value {
    let conversation = &run.taken.conversation;
    let mut facts = json!({
        "agent": { "name": conversation.agent, "description": run.agent.definition.description },
        "firm": { "name": run.belt.firm.name, "city": run.belt.firm.city },
        "person": brief.person.as_ref().map(|p| json!({ "name": p.name, "roles": p.roles })),
        "language": brief.language.as_str(),
        "today": run.belt.firm.day(run.belt.now()).to_string(),
        "open_jobs": brief.open_jobs,
        "variables": run.agent.definition.variables,
    });
    if let Some(asked) = &brief.asked {
        let zone = asked.by.zone.as_deref().and_then(|zone| TimeZone::get(zone).ok());
        let now = run.belt.now().timestamp().to_zoned(zone.unwrap_or(run.belt.firm.time_zone.clone()));
        facts["operator"] = json!({ "name": asked.by.name, "role": asked.by.role });
        facts["now"] = json!(now.strftime("%A, %Y-%m-%d %H:%M").to_string());
        facts["zone"] = json!(now.time_zone().iana_name());
    }
    facts
}

/// The customer's name for news of a job, so that the agent need not look it up.
pub(super) async fn customer_of(tx: &mut Tx, message: &Message) -> Result<Option<String>, Error> {
    let notice = message.parts.iter().find_map(|part| match part {
        Part::Job(notice) => Some(notice),
        _ => None,
    });
    let Some(notice) = notice else { return Ok(None) };
    let customer = match notice {
        domain::job::JobNotice::Reported { report } | domain::job::JobNotice::Corrected { report } => {
            Some(report.customer_id.clone())
        }
        other => handoff::customer_of(tx, other.job()).await?,
    };
    match customer {
        Some(id) => Ok(office::customer::get(tx, &id).await?.map(|customer| customer.name)),
        None => Ok(None),
    }
}
