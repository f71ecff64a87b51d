//! A model behind one trait: what it is asked, what it answers, and whether asking again makes sense.
//! Tools are never run here, and nothing is retried: the turn's driver decides with what an error carries.

pub mod offline;
pub mod openai;
pub mod scripted;
pub mod transcribe;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    current::Current,
    id::CallId,
    tool::{ToolCall, ToolSpec},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One model round. `history` is talk before this turn, oldest first; `entries` is this turn's own transcript.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelRequest {
    /// The agent's own choice of model, where it differs from the configured one.
    pub model: Option<String>,
    pub system: Arc<str>,
    pub history: Arc<Vec<Spoken>>,
    pub entries: Arc<Vec<Entry>>,
    pub tools: Vec<Arc<ToolSpec>>,
    pub temperature: Option<f32>,
    pub max_tokens: u32,
}

/// A finished message of the conversation before this turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    pub by_agent: bool,
    pub text: String,
}

/// One entry of a turn's transcript. Each call of a `Said` has exactly one `Returned` after it before the model is
/// asked again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "entry")]
pub enum Entry {
    /// What a person or a peer said: words, and lines in square brackets for what is not words
    /// (`[job settled] {json}`, `[image] caption`, `[location] ...`).
    Heard {
        text: String,
        images: Vec<Image>,
    },
    Said {
        text: String,
        calls: Vec<ToolCall>,
        raw: Option<Value>,
    },
    Returned {
        call: CallId,
        name: String,
        content: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    pub mime: String,
    /// A file in the media folder, or an http(s) address.
    pub source: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelReply {
    pub text: String,
    pub calls: Vec<ToolCall>,
    pub usage: Usage,
    /// The provider's message as it came, echoed back verbatim in the next round: thought signatures live there.
    pub raw: Option<Value>,
    /// The reply was cut by the output limit: its calls were dropped unread.
    pub truncated: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub input: u64,
    pub output: u64,
}

/// Hears words as they are streamed. They are progress: the reply alone counts.
pub trait Listener: Send + Sync {
    fn delta(&self, text: &str);
}

/// Hears nothing: the model need not stream.
pub struct Deaf;

impl Listener for Deaf {
    fn delta(&self, _text: &str) {}
}

#[async_trait]
pub trait Model: Send + Sync {
    /// For the banner, `doctor` and the journal: `offline`, `openai gpt-5-mini at HOST`.
    fn name(&self) -> String;

    /// Whether words should be streamed to `listener` is the caller's wish; a model may ignore it.
    async fn reply(
        &self,
        request: &ModelRequest,
        listener: Option<&dyn Listener>,
    ) -> Result<ModelReply, ModelError>;
}

/// The model of this moment: another may be chosen while turns run.
#[async_trait]
impl Model for Current<dyn Model> {
    fn name(&self) -> String {
        self.get().name()
    }

    async fn reply(
        &self,
        request: &ModelRequest,
        listener: Option<&dyn Listener>,
    ) -> Result<ModelReply, ModelError> {
        self.get().reply(request, listener).await
    }
}

/// Why there is no reply. The variant is the decision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Overload, 5xx, a broken connection, an empty reply: ask again, not before `after` where the provider named it.
    #[error("{reason}")]
    Retry { reason: String, after: Option<Duration> },
    /// A key the provider refuses, an unknown model, a request it will never take: a person must mend something.
    #[error("{reason}")]
    Stop { reason: String },
}
