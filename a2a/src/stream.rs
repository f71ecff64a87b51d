//! One event of a task, as a push notification carries it: exactly one of its fields is there.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    message::Message,
    read::{given, or_default},
    task::{Artifact, Task, TaskStatus},
};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StreamResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    #[serde(alias = "status_update", skip_serializing_if = "Option::is_none")]
    pub status_update: Option<StatusUpdate>,
    #[serde(alias = "artifact_update", skip_serializing_if = "Option::is_none")]
    pub artifact_update: Option<ArtifactUpdate>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StatusUpdate {
    #[serde(alias = "task_id", deserialize_with = "or_default")]
    pub task_id: String,
    #[serde(alias = "context_id", deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub context_id: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub status: TaskStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ArtifactUpdate {
    #[serde(alias = "task_id", deserialize_with = "or_default")]
    pub task_id: String,
    #[serde(alias = "context_id", deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub context_id: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub artifact: Artifact,
    /// The content goes on where an earlier event of the same artifact ended.
    #[serde(deserialize_with = "or_default")]
    pub append: bool,
    #[serde(alias = "last_chunk", deserialize_with = "or_default")]
    pub last_chunk: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
}
