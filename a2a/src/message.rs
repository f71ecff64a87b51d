//! A message and its parts: one unit of talk between a client and an agent. Results of work belong in artifacts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::read::{given, open_enum, or_default};

open_enum! {
    /// Who speaks.
    Role:
    User = 1 "ROLE_USER",
    Agent = 2 "ROLE_AGENT",
}

impl Role {
    const UNSPECIFIED: &str = "ROLE_UNSPECIFIED";
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Message {
    /// Made by the sender. Whether a repeat of it is harmless is the receiver's choice; in this house it is.
    #[serde(alias = "message_id", deserialize_with = "or_default")]
    pub message_id: String,
    #[serde(alias = "context_id", deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub context_id: Option<String>,
    /// An existing task that the message continues.
    #[serde(alias = "task_id", deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    pub role: Role,
    #[serde(deserialize_with = "or_default")]
    pub parts: Vec<Part>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// URIs of the extensions that this message makes use of.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<String>,
    #[serde(
        alias = "reference_task_ids",
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub reference_task_ids: Vec<String>,
}

/// One piece of content: by the protocol exactly one of `text`, `raw` (base64), `url` and `data` is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Part {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    #[serde(alias = "media_type", deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
}

impl Part {
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), media_type: Some("text/plain".to_owned()), ..Self::default() }
    }

    #[must_use]
    pub fn data(data: Value) -> Self {
        Self { data: Some(data), media_type: Some("application/json".to_owned()), ..Self::default() }
    }
}

/// The text parts of `parts`, a line each.
#[must_use]
pub fn words(parts: &[Part]) -> String {
    parts.iter().filter_map(|part| part.text.as_deref()).collect::<Vec<_>>().join("\n")
}
