//! What travels on the link, between the house's words and the protocol's: notices as messages, settlements as tasks.
//! Pure: nothing is sent or stored here.

use a2a::{Artifact, Message, Part, Role, Task, TaskState, TaskStatus, error::FieldViolation};
use domain::{
    agent::AgentName,
    clock::Millis,
    id::JobId,
    job::{JobNotice, JobReport, Settlement, SettlementStatus},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::report;

/// The extension by which two agents of this house tell each other what a message is. A peer without it is served all
/// the same.
pub const EXTENSION: &str = "urn:plumbline:link:1";
/// The name of the artifact that holds a job's [`Settlement`].
pub const SETTLEMENT: &str = "settlement";

/// Metadata under [`EXTENSION`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Envelope {
    /// `reported`, `corrected`, `withdrawn`, `settled` or `refused`.
    pub notice: String,
    /// The agent that speaks.
    pub from: String,
    /// The outbox id, the same on every try.
    pub id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl Envelope {
    #[must_use]
    pub fn new(notice: &JobNotice, from: &AgentName, id: &str) -> Self {
        let (notice, reason) = match notice {
            JobNotice::Reported { .. } => ("reported", ""),
            JobNotice::Corrected { .. } => ("corrected", ""),
            JobNotice::Withdrawn { reason, .. } => ("withdrawn", reason.as_str()),
            JobNotice::Settled(_) => ("settled", ""),
            JobNotice::Refused { reason, .. } => ("refused", reason.as_str()),
        };
        Self { notice: notice.to_owned(), from: from.0.clone(), id: id.to_owned(), reason: reason.to_owned() }
    }

    #[must_use]
    pub fn metadata(&self) -> Map<String, Value> {
        Map::from_iter([(EXTENSION.to_owned(), json!(self))])
    }

    /// The envelope in `metadata`, if one of ours is there.
    #[must_use]
    pub fn of(metadata: Option<&Map<String, Value>>) -> Option<Self> {
        Self::deserialize(metadata?.get(EXTENSION)?).ok()
    }
}

/// A report or a correction as a message: the contract's job data in one data part.
#[must_use]
pub fn message(report: &JobReport, envelope: &Envelope) -> Message {
    Message {
        message_id: envelope.id.clone(),
        context_id: Some(report.job_id.0.clone()),
        role: Role::User,
        parts: vec![Part::data(json!(report))],
        metadata: Some(envelope.metadata()),
        extensions: vec![EXTENSION.to_owned()],
        ..Message::default()
    }
}

/// Why a message is no job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoJob {
    /// Nothing in it is meant as one.
    Absent,
    Faulty(Vec<FieldViolation>),
}

/// The job in a message: in a data part, or as JSON in a text part (bare or in a code fence).
///
/// # Errors
/// [`NoJob`].
pub fn read_message(message: &Message) -> Result<JobReport, NoJob> {
    let mut found = message.parts.iter().enumerate().filter_map(|(index, part)| {
        let (value, field) = match (&part.data, &part.text) {
            (Some(data), _) => (data.clone(), "data"),
            (None, Some(text)) => (serde_json::from_str(unfenced(text)).ok()?, "text"),
            (None, None) => return None,
        };
        report::looks_like_a_job(&value).then(|| (value, format!("message.parts[{index}].{field}")))
    });
    let (value, at) = found.next().ok_or(NoJob::Absent)?;
    if let Some((_, second)) = found.next() {
        let description = "is a second job; send one job a message".to_owned();
        return Err(NoJob::Faulty(vec![FieldViolation { field: second, description }]));
    }
    report::read(&value, &at).map_err(NoJob::Faulty)
}

fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    inner.map_or(text, |inner| inner.strip_prefix("json").unwrap_or(inner).trim())
}

#[must_use]
pub fn timestamp(at: Millis) -> String {
    at.timestamp().to_string()
}

/// A job that the office still works on, named by its own id.
#[must_use]
pub fn open_task(job: &JobId, note: &str, at: Millis) -> Task {
    task(job, TaskState::Working, note, "open", at)
}

/// A job that has ended: the state, the words, and the settlement as the one artifact.
#[must_use]
pub fn settled_task(settlement: &Settlement, at: Millis) -> Task {
    let state = match settlement.status {
        SettlementStatus::Completed => TaskState::Completed,
        SettlementStatus::Rejected => TaskState::Rejected,
        SettlementStatus::Withdrawn => TaskState::Canceled,
    };
    let artifact = Artifact {
        artifact_id: SETTLEMENT.to_owned(),
        name: Some("Settlement".to_owned()),
        parts: vec![Part::data(json!(settlement))],
        ..Artifact::default()
    };
    let task = task(&settlement.job_id, state, &settlement.note, SETTLEMENT, at);
    Task { artifacts: vec![artifact], ..task }
}

fn task(job: &JobId, state: TaskState, note: &str, what: &str, at: Millis) -> Task {
    let says = (!note.is_empty()).then(|| Message {
        message_id: format!("{job}-{what}"),
        context_id: Some(job.0.clone()),
        task_id: Some(job.0.clone()),
        role: Role::Agent,
        parts: vec![Part::text(note)],
        ..Message::default()
    });
    Task {
        id: job.0.clone(),
        context_id: Some(job.0.clone()),
        status: TaskStatus { state, message: says, timestamp: Some(timestamp(at)) },
        ..Task::default()
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
