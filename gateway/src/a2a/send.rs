//! `SendMessage`: a job comes in as a message and becomes a task named by the job. Answers at once whatever the caller
//! prefers, because billing takes as long as people take; what is no job is answered with a task that is rejected and
//! says what was expected.

use a2a::{
    ErrorKind, Message, Part, ProtocolError, Role, Task, TaskState, TaskStatus,
    push::PushConfig,
    request::{SendMessage, SendMessageResponse},
};
use channels::link::{
    Subscribers,
    wire::{self, Envelope, NoJob},
};
use domain::{agent::AgentName, id::JobId};
use store::office::job;

use super::{AgentState, card, is_storable, push_configs, store_failed, task_not_found, tasks, unstorable};
use crate::{
    reception::{self, Kind, Order, Verdict},
    state::Duty,
};

pub(super) async fn send(
    state: &AgentState,
    request: SendMessage,
) -> Result<SendMessageResponse, ProtocolError> {
    let message = request.message.ok_or_else(|| ProtocolError::field("message", "is missing"))?;
    check(&message)?;
    let Duty::TakesJobs { from } = &state.agent.duty else {
        return Ok(refused(state, &message, &not_our_work(state)));
    };
    let continued = continued(state, &message).await?;
    let report = match wire::read_message(&message) {
        Ok(report) => report,
        Err(_) if continued.is_some() => {
            let what = "a message that continues a task corrects its job: send the whole job data";
            return Err(ProtocolError::field("message.parts", what));
        }
        Err(NoJob::Absent) => return Ok(refused(state, &message, &expected())),
        Err(NoJob::Faulty(faults)) => {
            let faults: Vec<String> =
                faults.iter().map(|f| format!("{} {}", f.field, f.description)).collect();
            return Ok(refused(
                state,
                &message,
                &format!("This job cannot be taken: {}.", faults.join("; ")),
            ));
        }
    };
    if continued.as_ref().is_some_and(|job| *job != report.job_id) {
        return Err(ProtocolError::field(
            "message.taskId",
            format!("is another job's task than {}", report.job_id),
        ));
    }
    let envelope = Envelope::of(message.metadata.as_ref()).filter(|envelope| envelope.from == from.0);
    let corrects =
        continued.is_some() || envelope.as_ref().is_some_and(|envelope| envelope.notice == "corrected");
    let job = report.job_id.clone();
    let order = Order {
        // A stranger's message ids are good within one job; our peer's are good everywhere.
        message: Some(match &envelope {
            Some(_) => message.message_id.clone(),
            None => format!("{job}/{}", message.message_id),
        }),
        push: target(
            state,
            envelope.as_ref(),
            request.configuration.and_then(|c| c.task_push_notification_config),
        )?,
        peer: envelope.map_or_else(|| AgentName::from(Subscribers::PEER), |_| from.clone()),
        kind: if corrects { Kind::Corrected } else { Kind::Reported },
        context: message.context_id.clone().filter(|context| *context != job.0),
        report,
    };
    match reception::receive(state, order).await.map_err(|error| store_failed(&error))? {
        Verdict::Taken(job) => {
            let task = tasks::of_job(state, &job, true).await?;
            Ok(SendMessageResponse { task: Some(task), message: None })
        }
        Verdict::Differs => {
            let why = format!("{job} is here already with other data; to correct it, continue its task");
            Err(ProtocolError::new(ErrorKind::Conflict, why))
        }
        Verdict::Over(job) => Err(closed(&job)),
        Verdict::TooManyTargets => Err(push_configs::too_many()),
    }
}

fn check(message: &Message) -> Result<(), ProtocolError> {
    if message.message_id.is_empty() {
        return Err(ProtocolError::field("message.messageId", "is missing"));
    }
    let ids = [
        ("message.messageId", Some(&message.message_id)),
        ("message.contextId", message.context_id.as_ref()),
        ("message.taskId", message.task_id.as_ref()),
    ];
    for (field, id) in ids {
        if id.is_some_and(|id| !is_storable(id)) {
            return Err(unstorable(field));
        }
    }
    match message.role {
        Role::User | Role::Unspecified => {}
        _ => return Err(ProtocolError::field("message.role", "must be ROLE_USER")),
    }
    if message.parts.is_empty() {
        return Err(ProtocolError::field("message.parts", "must hold at least one part"));
    }
    for (index, part) in message.parts.iter().enumerate() {
        let contents = [part.text.is_some(), part.raw.is_some(), part.url.is_some(), part.data.is_some()];
        if contents.into_iter().filter(|there| *there).count() != 1 {
            let what = "must have exactly one of text, raw, url and data";
            return Err(ProtocolError::field(format!("message.parts[{index}]"), what));
        }
    }
    Ok(())
}

/// The open task that a message continues. It must exist, be open, and be of the context that the message names.
async fn continued(state: &AgentState, message: &Message) -> Result<Option<JobId>, ProtocolError> {
    let Some(id) = &message.task_id else { return Ok(None) };
    let mut reader = state.gateway.store.reader();
    let job = job::get(&mut reader, &JobId::from(id.as_str())).await.map_err(|error| store_failed(&error))?;
    let job = job.ok_or_else(|| task_not_found(id))?;
    if let Some(context) = &message.context_id {
        let own = tasks::context(state, &job.id).await?;
        if *context != own {
            return Err(ProtocolError::field("message.contextId", "is not the task's context"));
        }
    }
    if job.state.is_open() { Ok(Some(job.id)) } else { Err(closed(&job)) }
}

fn closed(job: &job::Job) -> ProtocolError {
    let message = format!("{} is {} and takes no more messages", job.id, job.state.as_str());
    ProtocolError::new(ErrorKind::UnsupportedOperation, message)
}

/// Our own peer is told by the link's configuration, whatever it names here: its secret is not kept in the database.
fn target(
    state: &AgentState,
    envelope: Option<&Envelope>,
    config: Option<PushConfig>,
) -> Result<Option<store::office::push_config::PushTarget>, ProtocolError> {
    match (envelope, config) {
        (None, Some(config)) => push_configs::target(state, config).map(Some),
        _ => Ok(None),
    }
}

/// A task that was never begun. It is not kept: asking for it later finds nothing.
fn refused(state: &AgentState, message: &Message, why: &str) -> SendMessageResponse {
    let id = state.gateway.ids.uuid();
    let context = message.context_id.clone().unwrap_or_else(|| state.gateway.ids.uuid());
    let says = Message {
        message_id: state.gateway.ids.uuid(),
        context_id: Some(context.clone()),
        task_id: Some(id.clone()),
        role: Role::Agent,
        parts: vec![Part::text(why)],
        ..Message::default()
    };
    let status = TaskStatus {
        state: TaskState::Rejected,
        message: Some(says),
        timestamp: Some(wire::timestamp(state.gateway.now())),
    };
    let task = Task { id, context_id: Some(context), status, ..Task::default() };
    SendMessageResponse { task: Some(task), message: None }
}

fn expected() -> String {
    format!(
        "This agent bills finished plumbing jobs and found none in the message. Send the job's data as one JSON object, \
         in a data part or as text, like this: {}",
        card::EXAMPLE
    )
}

fn not_our_work(state: &AgentState) -> String {
    let name = &state.agent.name;
    match &state.agent.duty {
        Duty::HandsOver { to } => format!(
            "The {name} agent takes no tasks from other agents: it works with technicians and hands their jobs to the \
             {to} agent. Send a finished job there."
        ),
        _ => format!("The {name} agent talks with people and takes no tasks from other agents."),
    }
}
