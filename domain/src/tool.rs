//! A tool as an agent sees it: its name, its schema, a call and what came of it. Running one is the `tools` crate's.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::CallId;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolSpec {
    pub name: String,
    pub description: String,
    /// JSON Schema (2020-12, subschemas inlined) of the arguments; a model's own dialect is made from it.
    pub parameters: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    pub id: CallId,
    pub name: String,
    pub arguments: Arguments,
}

/// What a model gave as arguments: JSON, or text that is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arguments {
    Json(Value),
    Malformed { text: String, error: String },
}

/// What repeating a call after a crash may do to the outside world. Effects in our own database commit with the
/// journal's settlement and need no class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Repeat freely.
    Pure,
    /// Repeat with the same key.
    Keyed,
    /// Find out whether it happened, then repeat or adopt.
    Lookup,
    /// Ask a person.
    Unsafe,
}

impl Effect {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pure => "pure",
            Self::Keyed => "keyed",
            Self::Lookup => "lookup",
            Self::Unsafe => "unsafe",
        }
    }
}
