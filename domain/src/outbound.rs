//! What leaves the house. Nothing is sent that is not in the outbox.

use serde::{Deserialize, Serialize};

use crate::{
    address::Address,
    clock::Millis,
    id::{ConversationId, OutboxId, QuestionId, TurnId},
    job::JobNotice,
    question::Choice,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outbound {
    /// Travels with the message, so that a status can settle a send whose answer was lost.
    pub id: OutboxId,
    pub to: Address,
    pub conversation: ConversationId,
    pub content: Content,
    /// The turn that said it, where one did.
    pub turn: Option<TurnId>,
    /// The agent or house that speaks, for channels that print a name.
    pub speaker: String,
    /// Tries made before this one.
    pub attempts: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "content")]
pub enum Content {
    Text {
        text: String,
    },
    Question {
        question: QuestionId,
        text: String,
        choices: Vec<Choice>,
    },
    Job(JobNotice),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    Queued,
    Sending,
    /// The send's answer was lost: it may or may not have happened.
    Unknown,
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
}

impl DeliveryState {
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sending,
        Self::Unknown,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Played,
        Self::Failed,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What one attempt at delivery came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The provider took it, under its own id.
    Sent { external: String },
    RetryAt { at: Millis, reason: String },
    /// The answer was lost: wait for a status before trying again.
    Unknown { reason: String },
    /// Never to be tried again.
    Refused { reason: String },
    /// The account is the problem: nothing on this channel can be sent until someone mends it.
    PauseChannel { reason: String },
}
