//! Tasks, read from the jobs that they are: one, a page of them, and the withdrawal of one.

use a2a::{
    ErrorKind, ProtocolError, Task, TaskState,
    request::{CancelTask, GetTask, ListTasks, ListTasksResponse},
};
use channels::link::{
    Subscribers,
    wire::{self, Envelope},
};
use domain::{
    agent::AgentName,
    clock::Millis,
    id::JobId,
    job::{JobState, Settlement, SettlementStatus},
};
use serde_json::{Value, json};
use store::office::{
    job::{self, Job},
    task::{self, Filter, Place},
};

use super::{AgentState, is_storable, store_failed, task_not_found, unstorable};
use crate::{
    reception::{self, Withdrawal},
    state::Duty,
};

const PAGE: i64 = 50;
const LONGEST_PAGE: i64 = 100;
/// Characters of a caller's reason that are kept.
const REASON: usize = 2_000;

pub(super) async fn get(state: &AgentState, request: GetTask) -> Result<Task, ProtocolError> {
    check_history(request.history_length)?;
    if request.id.is_empty() {
        return Err(ProtocolError::field("id", "is missing"));
    }
    let job = find(state, &request.id).await?;
    of_job(state, &job, true).await
}

pub(super) async fn find(state: &AgentState, id: &str) -> Result<Job, ProtocolError> {
    if !state.agent.takes_jobs() || !is_storable(id) {
        return Err(task_not_found(id));
    }
    let found = job::get(&mut state.gateway.store.reader(), &JobId::from(id)).await;
    found.map_err(|error| store_failed(&error))?.ok_or_else(|| task_not_found(id))
}

/// A job as the protocol sees it. Nothing of its talk is kept in a history.
pub(super) async fn of_job(
    state: &AgentState,
    job: &Job,
    with_artifacts: bool,
) -> Result<Task, ProtocolError> {
    let ended = match job.state {
        JobState::Received | JobState::Deferred => None,
        JobState::Invoiced => Some(SettlementStatus::Completed),
        JobState::Rejected => Some(SettlementStatus::Rejected),
        JobState::Withdrawn => Some(SettlementStatus::Withdrawn),
    };
    let mut task = match ended {
        Some(status) => {
            let (job_id, note, invoice_id) = (job.id.clone(), job.note.clone(), job.invoice.clone());
            wire::settled_task(&Settlement { job_id, status, note, invoice_id }, job.updated)
        }
        None => wire::open_task(&job.id, &job.note, job.updated),
    };
    if !with_artifacts {
        task.artifacts.clear();
    }
    let context = context(state, &job.id).await?;
    if let Some(message) = &mut task.status.message {
        message.context_id = Some(context.clone());
    }
    task.context_id = Some(context);
    Ok(task)
}

/// What the job's caller calls its context, or the job's id.
pub(super) async fn context(state: &AgentState, job: &JobId) -> Result<String, ProtocolError> {
    let given = task::context(&mut state.gateway.store.reader(), job).await;
    Ok(given.map_err(|error| store_failed(&error))?.unwrap_or_else(|| job.0.clone()))
}

fn check_history(length: Option<i64>) -> Result<(), ProtocolError> {
    match length {
        Some(length) if length < 0 => Err(ProtocolError::field("historyLength", "must not be negative")),
        _ => Ok(()),
    }
}

pub(super) async fn list(state: &AgentState, request: ListTasks) -> Result<Value, ProtocolError> {
    check_history(request.history_length)?;
    let size = match request.page_size {
        None => PAGE,
        Some(size @ 1..=LONGEST_PAGE) => size,
        Some(size) => {
            let what = format!("is {size}; must be 1 to {LONGEST_PAGE}");
            return Err(ProtocolError::field("pageSize", what));
        }
    };
    if request.context_id.as_ref().is_some_and(|context| !is_storable(context)) {
        return Err(unstorable("contextId"));
    }
    let after = request.page_token.as_deref().map(read_token).transpose()?;
    let changed_since = request.status_timestamp_after.as_deref().map(read_timestamp).transpose()?;
    let with_artifacts = request.include_artifacts.unwrap_or(false);
    let states = match request.status.unwrap_or_default() {
        TaskState::Unspecified => JobState::ALL.to_vec(),
        TaskState::Working => vec![JobState::Received, JobState::Deferred],
        TaskState::Completed => vec![JobState::Invoiced],
        TaskState::Rejected => vec![JobState::Rejected],
        TaskState::Canceled => vec![JobState::Withdrawn],
        TaskState::Unknown(text) => {
            return Err(ProtocolError::field("status", format!("{text:?} is no task state")));
        }
        _ => Vec::new(),
    };
    let mut listed = ListTasksResponse { page_size: size, ..ListTasksResponse::default() };
    if state.agent.takes_jobs() && !states.is_empty() {
        let filter = Filter { context: request.context_id, states, changed_since };
        fill(state, &filter, after.as_ref(), with_artifacts, &mut listed).await?;
    }
    Ok(json!(listed))
}

async fn fill(
    state: &AgentState,
    filter: &Filter,
    after: Option<&Place>,
    with_artifacts: bool,
    listed: &mut ListTasksResponse,
) -> Result<(), ProtocolError> {
    let mut reader = state.gateway.store.reader();
    let failed = |error| store_failed(&error);
    listed.total_size = task::count(&mut reader, filter).await.map_err(failed)?;
    // One more than asked for tells whether there is a next page.
    let mut places = task::page(&mut reader, filter, after, listed.page_size + 1).await.map_err(failed)?;
    let more = i64::try_from(places.len()).unwrap_or(i64::MAX) > listed.page_size;
    if more {
        places.pop();
    }
    for place in &places {
        if let Some(job) = job::get(&mut reader, &place.job).await.map_err(failed)? {
            listed.tasks.push(of_job(state, &job, with_artifacts).await?);
        }
    }
    if let (true, Some(last)) = (more, places.last()) {
        listed.next_page_token = format!("{}~{}", last.changed.0, last.job);
    }
    Ok(())
}

fn read_token(token: &str) -> Result<Place, ProtocolError> {
    let place = token.split_once('~').and_then(|(changed, job)| {
        Some(Place {
            changed: Millis(changed.parse().ok()?),
            job: JobId::from(Some(job).filter(|id| is_storable(id))?),
        })
    });
    place.ok_or_else(|| ProtocolError::field("pageToken", "is none that ListTasks gave"))
}

fn read_timestamp(text: &str) -> Result<Millis, ProtocolError> {
    let at = text.parse::<jiff::Timestamp>();
    at.map(|at| Millis(at.as_millisecond()))
        .map_err(|_| ProtocolError::field("statusTimestampAfter", "must be a time like 2026-10-27T10:00:00Z"))
}

pub(super) async fn cancel(state: &AgentState, request: CancelTask) -> Result<Task, ProtocolError> {
    if request.id.is_empty() {
        return Err(ProtocolError::field("id", "is missing"));
    }
    let from = match &state.agent.duty {
        Duty::TakesJobs { from } if is_storable(&request.id) => from,
        _ => return Err(task_not_found(&request.id)),
    };
    let envelope = Envelope::of(request.metadata.as_ref()).filter(|envelope| envelope.from == from.0);
    let said = envelope.as_ref().map(|envelope| envelope.reason.as_str()).filter(|reason| !reason.is_empty());
    let reason: String =
        said.unwrap_or("withdrawn by the caller").chars().filter(|c| *c != '\0').take(REASON).collect();
    let (peer, message) = match envelope {
        Some(envelope) => (from.clone(), Some(envelope.id).filter(|id| !id.is_empty() && is_storable(id))),
        None => (AgentName::from(Subscribers::PEER), None),
    };
    let id = JobId::from(request.id.as_str());
    match reception::withdraw(state, peer, id, message, reason).await.map_err(|error| store_failed(&error))? {
        Withdrawal::Done(job) => of_job(state, &job, true).await,
        Withdrawal::Closed(job) => {
            let what = match job.state {
                JobState::Invoiced => "is invoiced: the office has to cancel the invoice",
                JobState::Withdrawn => "is withdrawn already",
                _ => "is closed",
            };
            Err(ProtocolError::new(ErrorKind::TaskNotCancelable, format!("{} {what}", job.id)))
        }
        Withdrawal::Unknown => Err(task_not_found(&request.id)),
    }
}
