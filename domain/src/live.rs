//! Progress: what an agent is doing right now. Not messages: it may be lost and is never retried.

use serde::{Deserialize, Serialize};

use crate::{
    address::Address,
    agent::AgentName,
    id::{CallId, ConversationId, TurnId},
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    pub turn: TurnId,
    pub conversation: ConversationId,
    pub agent: AgentName,
    pub to: Address,
    pub step: ProgressStep,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum ProgressStep {
    Started,
    ModelCalled {
        round: u32,
    },
    /// Words as the model streams them.
    Said {
        delta: String,
    },
    ModelReplied {
        round: u32,
        calls: usize,
        tokens: u64,
        millis: u64,
    },
    ToolCalled {
        call: CallId,
        name: String,
        arguments: String,
    },
    ToolReturned {
        call: CallId,
        name: String,
        result: String,
        millis: u64,
    },
    Parked {
        waits: Vec<String>,
    },
    Finished,
    Failed {
        reason: String,
    },
    /// Somebody at the console writes an answer by hand.
    StaffType,
}
