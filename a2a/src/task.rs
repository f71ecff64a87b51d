//! A task: one piece of work that an agent took on, where it stands, and what came of it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    message::{Message, Part},
    read::{given, open_enum, or_default},
};

open_enum! {
    TaskState:
    Submitted = 1 "TASK_STATE_SUBMITTED",
    Working = 2 "TASK_STATE_WORKING",
    Completed = 3 "TASK_STATE_COMPLETED",
    Failed = 4 "TASK_STATE_FAILED",
    Canceled = 5 "TASK_STATE_CANCELED",
    InputRequired = 6 "TASK_STATE_INPUT_REQUIRED",
    Rejected = 7 "TASK_STATE_REJECTED",
    AuthRequired = 8 "TASK_STATE_AUTH_REQUIRED",
}

impl TaskState {
    const UNSPECIFIED: &str = "TASK_STATE_UNSPECIFIED";

    /// Whether nothing more will happen to the task.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Canceled | Self::Rejected)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Task {
    /// Given by the agent that took the task.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    #[serde(alias = "context_id", deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub context_id: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub status: TaskStatus,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<Artifact>,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskStatus {
    pub state: TaskState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// RFC 3339, in UTC.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
}

/// A result of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Artifact {
    /// Unique within its task.
    #[serde(alias = "artifact_id", deserialize_with = "or_default")]
    pub artifact_id: String,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub parts: Vec<Part>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<String>,
}
