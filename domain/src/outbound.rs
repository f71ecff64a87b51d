//! What leaves the house. Nothing is sent that is not in the outbox.

use serde::{Deserialize, Serialize};

use crate::{
    address::Address,
    clock::Millis,
    id::{ConversationId, OutboxId, QuestionId, TurnId},
    job::JobNotice,
    message::{Media, Part},
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
    /// A file: of ours, at an address, or already with the provider.
    Media(Media),
    /// A text that the provider approved beforehand, filled in.
    Template(Template),
    /// An emoji on the message with the provider's id `to`; `None` takes it away.
    Reaction {
        to: String,
        emoji: Option<String>,
    },
    /// Asks where the person is.
    LocationRequest {
        text: String,
    },
    /// Asks for the person's own number.
    ContactRequest {
        text: String,
    },
    /// Said in answer to the message with the provider's id `quotes`.
    Reply {
        quotes: String,
        body: Box<Content>,
    },
    Job(JobNotice),
}

/// One thing to say as the messages that its channel takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// To be sent before, in order.
    pub before: Vec<Content>,
    /// Carries the options, and is the one that an answer quotes.
    pub last: Content,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub name: String,
    /// As the provider writes it: `de`, `en_US`.
    pub language: String,
    /// The values of the body's variables, in order.
    pub body: Vec<String>,
    /// What each quick reply sends back, in order.
    pub payloads: Vec<String>,
}

impl Content {
    /// What a person reads, and the options under it; `None` for news of a job, which is for agents.
    #[must_use]
    pub fn shown(&self) -> Option<(String, &[Choice])> {
        let text: String = match self {
            Self::Text { text } | Self::LocationRequest { text } | Self::ContactRequest { text } => {
                text.clone()
            }
            Self::Question { text, choices, .. } => return Some((text.clone(), choices)),
            Self::Media(media) => {
                let words = media.caption.as_deref().or(media.name.as_deref()).unwrap_or_default();
                format!("[{}] {words}", media.kind.as_str()).trim_end().to_owned()
            }
            Self::Template(template) => template.body.join("\n"),
            Self::Reaction { emoji, .. } => emoji.clone().unwrap_or_default(),
            Self::Reply { body, .. } => return body.shown(),
            Self::Job(_) => return None,
        };
        Some((text, &[]))
    }
}

impl Content {
    /// What stands in the conversation once it is said.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        match self {
            Self::Media(media) => vec![Part::Media(media.clone())],
            Self::Reply { body, .. } => body.parts(),
            Self::Reaction { to, emoji } => vec![Part::Reaction { to: to.clone(), emoji: emoji.clone() }],
            _ => {
                let Some((text, choices)) = self.shown() else { return vec![Part::text("")] };
                let titles: Vec<String> = choices.iter().map(|choice| choice.title.clone()).collect();
                let options = (!titles.is_empty()).then_some(Part::Options { titles });
                std::iter::once(Part::text(text)).chain(options).collect()
            }
        }
    }

    /// The provider's id of the message that it answers.
    #[must_use]
    pub fn quotes(&self) -> Option<&str> {
        match self {
            Self::Reply { quotes, .. } => Some(quotes),
            _ => None,
        }
    }
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
    Sent {
        external: String,
    },
    RetryAt {
        at: Millis,
        reason: String,
    },
    /// Nothing may be said until the person writes; looked at again at `until`. No attempt is counted.
    Wait {
        until: Millis,
        reason: String,
    },
    /// The answer was lost: wait for a status before trying again.
    Unknown {
        reason: String,
    },
    /// Never to be tried again.
    Refused {
        reason: String,
    },
    /// The account is the problem: nothing on this channel can be sent until someone mends it.
    PauseChannel {
        reason: String,
    },
}
