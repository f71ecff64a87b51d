//! What a model is asked: the agent's prompt with today's facts, older talk within its budget, this turn's transcript,
//! the agent's tools. All but the transcript is read once for as long as nothing has an effect.

use std::sync::Arc;

use agents::{
    model::{ModelRequest, Spoken},
    turn::{Machine, transcript},
};
use domain::{
    contact::Contact,
    conversation::Conversation,
    id::TurnId,
    message::{Message, Part},
};
use serde_json::{Value, json};
use store::{Error, Tx, contact, handoff, message, office};

use super::Run;

/// Open jobs named in a prompt.
const OPEN_JOBS: i64 = 20;

/// What stands in the store about a turn's conversation.
pub(super) struct Brief {
    pub person: Option<Contact>,
    history: Vec<Spoken>,
    open_jobs: Vec<Value>,
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
    let look =
        run.belt.store.look(move |tx| Box::pin(async move { read(tx, &conversation, &turn, extent).await }));
    let read = Arc::new(look.await?);
    run.brief = Some(Arc::clone(&read));
    Ok(read)
}

/// The brief, and up to `limit` messages that no turn has heard: one way to the store for both.
pub(super) async fn unheard(run: &mut Run, limit: i64) -> Result<Vec<Unheard>, Error> {
    let (conversation, turn, extent) = (run.taken.conversation.clone(), run.taken.id.clone(), extent(run));
    let known = run.brief.is_some();
    let look = run.belt.store.look(move |tx| {
        Box::pin(async move {
            let mut told = Vec::new();
            for message in message::unheard(tx, &conversation.id, limit).await? {
                let customer = customer_of(tx, &message).await?;
                told.push((message, customer));
            }
            let brief = if known || told.is_empty() {
                None
            } else {
                Some(read(tx, &conversation, &turn, extent).await?)
            };
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
        messages: i64::from(run.belt.config.turns.history_messages),
        tokens: run.agent.definition.limits.history_tokens,
    }
}

async fn read(
    tx: &mut Tx,
    conversation: &Conversation,
    turn: &TurnId,
    extent: Extent,
) -> Result<Brief, Error> {
    let talk = message::history(tx, &conversation.id, turn, extent.messages).await?;
    let person = match &conversation.contact {
        Some(id) => contact::get(tx, id).await?,
        None => None,
    };
    let open = handoff::open_in(tx, &conversation.id, OPEN_JOBS).await?;
    let open_jobs = open.into_iter().map(|handed| {
        json!({
            "job_id": handed.report.job_id,
            "customer_id": handed.report.customer_id,
            "work_done": handed.report.work_done,
            "state": handed.state.as_str(),
        })
    });
    Ok(Brief { person, history: transcript::history(&talk, extent.tokens), open_jobs: open_jobs.collect() })
}

/// The request, or why there can be none: a prompt that does not render.
pub(super) async fn build(run: &mut Run, machine: &Machine) -> Result<Result<ModelRequest, String>, Error> {
    let brief = brief(run).await?;
    let definition = &run.agent.definition;
    let system = match run.belt.prompts.render(&definition.prompt, &facts(run, &brief)) {
        Ok(system) => system,
        Err(error) => return Ok(Err(format!("the prompt {} cannot be used: {error}", definition.prompt))),
    };
    Ok(Ok(ModelRequest {
        model: definition.model.clone(),
        system,
        history: brief.history.clone(),
        entries: machine.entries().to_vec(),
        tools: run.belt.toolbox.specs(&definition.tools),
        temperature: definition.temperature,
        max_tokens: definition.limits.reply_tokens,
    }))
}

fn facts(run: &Run, brief: &Brief) -> Value {
    let conversation = &run.taken.conversation;
    json!({
        "agent": { "name": conversation.agent, "description": run.agent.definition.description },
        "firm": { "name": run.belt.firm.name, "city": run.belt.firm.city },
        "person": brief.person.as_ref().map(|p| json!({ "name": p.name, "roles": p.roles })),
        "language": conversation.language.as_str(),
        "today": run.belt.firm.day(run.belt.now()).to_string(),
        "open_jobs": brief.open_jobs,
        "variables": run.agent.definition.variables,
    })
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
