//! A turn's place in its life, and what a parked one waits for. The machine itself is `agents::turn`.

use serde::{Deserialize, Serialize};

use crate::id::{JobId, QuestionId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnState {
    /// Waits for its time or for a free worker.
    Due,
    Running,
    /// A row and nothing else: no task, no memory.
    Parked,
    Done,
    /// Gave up; staff see why.
    Failed,
}

impl TurnState {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Running => "running",
            Self::Parked => "parked",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// What one call of a parked turn waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "wake", content = "of")]
pub enum Wake {
    /// A person's answer or decision.
    Question(QuestionId),
    /// The peer's first word on a job that was handed to it, or the end of our patience.
    Handoff(JobId),
}

impl Wake {
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Question(_) => "question",
            Self::Handoff(_) => "handoff",
        }
    }

    #[must_use]
    pub fn of(&self) -> &str {
        match self {
            Self::Question(id) => id.as_str(),
            Self::Handoff(id) => id.as_str(),
        }
    }
}
