//! Where an agent shall push the news of a task, and how it proves itself there. Flat since 1.0.

use serde::{Deserialize, Serialize};

use crate::read::{given, or_default};

/// `TaskPushNotificationConfig`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PushConfig {
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Empty where the config comes with the message that starts the task.
    #[serde(alias = "task_id", deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub url: String,
    /// Sent back as it is; the specification names no header, the SDKs use [`TOKEN_HEADER`].
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication: Option<Authentication>,
}

/// What the Python and JavaScript SDKs send a config's token in.
pub const TOKEN_HEADER: &str = "x-a2a-notification-token";

/// Sent as `Authorization: {scheme} {credentials}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Authentication {
    #[serde(deserialize_with = "or_default")]
    pub scheme: String,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
}

/// Names one config: for getting and deleting it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PushConfigName {
    #[serde(alias = "task_id", deserialize_with = "or_default")]
    pub task_id: String,
    #[serde(deserialize_with = "or_default")]
    pub id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListPushConfigs {
    #[serde(alias = "task_id", deserialize_with = "or_default")]
    pub task_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PushConfigs {
    #[serde(deserialize_with = "or_default")]
    pub configs: Vec<PushConfig>,
    #[serde(deserialize_with = "or_default")]
    pub next_page_token: String,
}
