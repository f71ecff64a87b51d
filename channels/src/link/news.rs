//! What a push notification tells: the end of a job, in this house's words. Pure; an event is a hint that may come
//! twice, late or in pieces.

use a2a::{Artifact, TaskState, TaskStatus, message::words, stream::StreamResponse};
use domain::job::{JobNotice, Settlement, SettlementStatus};
use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::wire::Envelope;

/// Characters of a foreign agent's words that are kept as a note.
const NOTE: usize = 2_000;

/// The end of a job, as a push notification tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The same for every telling of it.
    pub key: String,
    pub notice: JobNotice,
}

/// Reads one event; `None` where work goes on, or it concerns no job. A foreign agent tells the end of a task in several ways and orders: a whole task, an artifact, a
/// status; each is understood, and all of them have the same key.
#[must_use]
pub fn read(event: &StreamResponse) -> Option<Ended> {
    let seen = Seen::of(event);
    let envelope = Envelope::of(seen.metadata);
    let settlement = seen.settlement().or_else(|| seen.conclusion());
    let (notice, told) = match (settlement, &envelope) {
        (_, Some(envelope)) if envelope.notice == "refused" && !seen.job().is_empty() => {
            let reason = short(&envelope.reason);
            (JobNotice::Refused { job_id: seen.job().into(), reason }, "refused")
        }
        (Some(settlement), _) if !settlement.job_id.0.is_empty() => {
            let told = match settlement.status {
                SettlementStatus::Completed => "completed",
                SettlementStatus::Rejected => "rejected",
                SettlementStatus::Withdrawn => "withdrawn",
            };
            (JobNotice::Settled(settlement), told)
        }
        _ => return None,
    };
    let key = match envelope {
        Some(envelope) if !envelope.id.is_empty() => envelope.id,
        _ => format!("{told}:{}", notice.job()),
    };
    Some(Ended { key, notice })
}

/// An event's contents, whichever of its forms it has.
#[derive(Default)]
struct Seen<'a> {
    task: &'a str,
    context: Option<&'a str>,
    status: Option<&'a TaskStatus>,
    artifacts: &'a [Artifact],
    metadata: Option<&'a Map<String, Value>>,
}

impl<'a> Seen<'a> {
    fn of(event: &'a StreamResponse) -> Self {
        if let Some(task) = &event.task {
            return Self {
                task: &task.id,
                context: task.context_id.as_deref(),
                status: Some(&task.status),
                artifacts: &task.artifacts,
                metadata: task.metadata.as_ref(),
            };
        }
        if let Some(update) = &event.status_update {
            return Self {
                task: &update.task_id,
                context: update.context_id.as_deref(),
                status: Some(&update.status),
                metadata: update.metadata.as_ref(),
                ..Self::default()
            };
        }
        event.artifact_update.as_ref().map_or_else(Self::default, |update| Self {
            task: &update.task_id,
            context: update.context_id.as_deref(),
            artifacts: std::slice::from_ref(&update.artifact),
            metadata: update.metadata.as_ref(),
            ..Self::default()
        })
    }

    /// We name the context by the job; a task's name is its agent's.
    fn job(&self) -> &'a str {
        self.context.unwrap_or(self.task)
    }

    fn settlement(&self) -> Option<Settlement> {
        let message = self.status.and_then(|status| status.message.as_ref());
        let parts = self.artifacts.iter().flat_map(|artifact| &artifact.parts);
        let mut parts = parts.chain(message.into_iter().flat_map(|message| &message.parts));
        let mut settlement = parts.find_map(|part| Settlement::deserialize(part.data.as_ref()?).ok())?;
        settlement.note = short(&settlement.note);
        Some(settlement)
    }

    /// What a terminal state alone tells.
    fn conclusion(&self) -> Option<Settlement> {
        let status = self.status?;
        let ended = match status.state {
            TaskState::Completed => SettlementStatus::Completed,
            TaskState::Rejected | TaskState::Failed => SettlementStatus::Rejected,
            TaskState::Canceled => SettlementStatus::Withdrawn,
            _ => return None,
        };
        let said =
            status.message.as_ref().map(|message| words(&message.parts)).filter(|text| !text.is_empty());
        let note = said
            .unwrap_or_else(|| self.artifacts.iter().map(|a| words(&a.parts)).collect::<Vec<_>>().join("\n"));
        Some(Settlement { job_id: self.job().into(), status: ended, note: short(&note), invoice_id: None })
    }
}

fn short(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(NOTE).collect()
}

#[cfg(test)]
#[path = "news_tests.rs"]
mod tests;
