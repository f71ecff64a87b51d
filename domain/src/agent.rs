//! Who an agent is, as data: prompt, tools, model, limits, peer. Read from `agents/*.toml`; never holds a model or a tool.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::contact::Role;

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AgentName(pub String);

impl AgentName {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for AgentName {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Display for AgentName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentDefinition {
    pub name: AgentName,
    /// One line for people and for the agent card.
    pub description: String,
    /// The file in `prompts/`, without its ending.
    pub prompt: String,
    pub tools: Vec<String>,
    /// People with this role talk to this agent.
    #[serde(default)]
    pub serves: Option<Role>,
    /// The agent that jobs are handed to and completions come from.
    #[serde(default)]
    pub peer: Option<AgentName>,
    /// What staff at the console have of it, where they have anything.
    #[serde(default)]
    pub console: Option<Console>,
    /// A model's name where it differs from the configured one.
    #[serde(default)]
    pub model: Option<String>,
    #[serde(default)]
    pub temperature: Option<f32>,
    #[serde(default)]
    pub limits: Limits,
    /// Free values for the prompt, so that a new agent needs no Rust.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
}

/// What staff at the console have of an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Console {
    /// The file in `prompts/` for what they ask by words, without its ending.
    pub prompt: String,
    /// The one for drafts of a next message; a draft has no tools.
    pub draft: String,
    /// What it can do for them. None of these needs an approval: a command waits for nobody.
    pub tools: Vec<String>,
}

impl AgentDefinition {
    /// Every prompt it is ever given.
    pub fn prompts(&self) -> impl Iterator<Item = &str> {
        let console = self.console.iter().flat_map(|console| [&console.prompt, &console.draft]);
        std::iter::once(&self.prompt).chain(console).map(String::as_str)
    }

    /// Every tool it may ever call.
    pub fn every_tool(&self) -> impl Iterator<Item = &str> {
        let console = self.console.iter().flat_map(|console| &console.tools);
        self.tools.iter().chain(console).map(String::as_str)
    }
}

/// What one turn may use up. When one is reached the person gets an honest sentence and staff see the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    pub model_rounds: u32,
    pub tool_calls: u32,
    /// Tokens in and out over the whole turn, as the provider counts them.
    pub turn_tokens: u64,
    /// Tokens of older talk given to the model, estimated at four bytes a token.
    pub history_tokens: u64,
    pub reply_tokens: u32,
    pub model_call_seconds: u64,
    pub tool_call_seconds: u64,
    /// Replies in a row that could not be used: unknown tools, bad arguments, nothing said.
    pub malformed_replies: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            model_rounds: 24,
            tool_calls: 48,
            turn_tokens: 200_000,
            history_tokens: 6_000,
            reply_tokens: 1_500,
            model_call_seconds: 60,
            tool_call_seconds: 30,
            malformed_replies: 3,
        }
    }
}

impl Limits {
    #[must_use]
    pub fn model_call(&self) -> Duration {
        Duration::from_secs(self.model_call_seconds)
    }

    #[must_use]
    pub fn tool_call(&self) -> Duration {
        Duration::from_secs(self.tool_call_seconds)
    }
}
