//! What a model is asked: the agent's prompt with today's facts, older talk within its budget, this turn's transcript,
//! the agent's tools.

use agents::{
    model::ModelRequest,
    turn::{Machine, transcript},
};
use domain::contact::Contact;
use serde_json::{Value, json};
use store::{Error, contact, handoff, message};

use super::Run;

/// Open jobs named in a prompt.
const OPEN_JOBS: i64 = 20;

/// The request, or why there can be none: a prompt that does not render.
pub(super) async fn build(run: &Run, machine: &Machine) -> Result<Result<ModelRequest, String>, Error> {
    let definition = &run.agent.definition;
    let mut tx = run.belt.store.reader();
    let talk = message::history(
        &mut tx,
        &run.taken.conversation.id,
        &run.taken.id,
        i64::from(run.belt.config.turns.history_messages),
    )
    .await?;
    let facts = facts(run).await?;
    let system = match run.belt.prompts.render(&definition.prompt, &facts) {
        Ok(system) => system,
        Err(error) => return Ok(Err(format!("the prompt {} cannot be used: {error}", definition.prompt))),
    };
    Ok(Ok(ModelRequest {
        model: definition.model.clone(),
        system,
        history: transcript::history(&talk, definition.limits.history_tokens),
        entries: machine.entries().to_vec(),
        tools: run.belt.toolbox.specs(&definition.tools),
        temperature: definition.temperature,
        max_tokens: definition.limits.reply_tokens,
    }))
}

/// The person of the conversation, if it has one.
pub(super) async fn person(run: &Run) -> Result<Option<Contact>, Error> {
    match &run.taken.conversation.contact {
        Some(id) => contact::get(&mut run.belt.store.reader(), id).await,
        None => Ok(None),
    }
}

async fn facts(run: &Run) -> Result<Value, Error> {
    let conversation = &run.taken.conversation;
    let person = person(run).await?;
    let mut tx = run.belt.store.reader();
    let open: Vec<Value> = handoff::open_in(&mut tx, &conversation.id, OPEN_JOBS)
        .await?
        .into_iter()
        .map(|handed| {
            json!({
                "job_id": handed.report.job_id,
                "customer_id": handed.report.customer_id,
                "work_done": handed.report.work_done,
                "state": handed.state.as_str(),
            })
        })
        .collect();
    Ok(json!({
        "agent": { "name": conversation.agent, "description": run.agent.definition.description },
        "firm": { "name": run.belt.firm.name, "city": run.belt.firm.city },
        "person": person.map(|p| json!({ "name": p.name, "roles": p.roles })),
        "language": conversation.language.as_str(),
        "today": run.belt.firm.day(run.belt.now()).to_string(),
        "open_jobs": open,
        "variables": run.agent.definition.variables,
    }))
}
