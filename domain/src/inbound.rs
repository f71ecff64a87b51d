//! What a channel hands in. Parsed from a provider's wire form, stored in the inbox before anyone is told "received".

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    address::Address,
    agent::AgentName,
    clock::Millis,
    command::Command,
    contact::{Identity, IdentityKind},
    id::{JobId, OutboxId, PhoneCallId, QuestionId},
    job::JobNotice,
    message::{Media, Part},
    outbound::DeliveryState,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "inbound")]
pub enum Inbound {
    Message(InboundMessage),
    Status(Status),
    /// News of a job from the agent on the other end of the link, or from our own delivery to it.
    Job {
        /// The agent here that it is for.
        to: AgentName,
        /// The agent it came from; empty for a plain caller of `/process_job`.
        peer: AgentName,
        job: JobId,
        notice: JobNotice,
    },
    /// Staff answered a person by hand, on the business phone itself.
    Echo(Echo),
    /// A person is known by another number or id from now on.
    Identity(IdentityChange),
    /// A question was decided at the console: whoever else was asked is to hear of it.
    Decided {
        question: QuestionId,
    },
    /// Staff ask the office's agent for something, at the console.
    Command(Command),
    /// The recording of a call by telephone: to be fetched where it is elsewhere, and heard.
    Recording {
        call: PhoneCallId,
        media: Media,
    },
    /// News of the account, of templates, of a consent, and whatever else concerns no conversation.
    Notice(Notice),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboundMessage {
    /// The provider's id of this message, which quotes and reactions name; `None` where it is the arrival's own.
    #[serde(default)]
    pub id: Option<String>,
    pub from: Address,
    /// Everything the provider told of who it is, verbatim, then other ways to write the same number; the first that
    /// is known wins.
    pub identities: Vec<Identity>,
    pub profile_name: Option<String>,
    pub parts: Vec<Part>,
    /// The provider's id of the message this one quotes.
    pub quotes: Option<String>,
    /// When the person sent it, by the provider's clock.
    pub sent_at: Millis,
}

impl InboundMessage {
    /// Whether it lets us answer freely: changing an earlier message does not.
    #[must_use]
    pub fn opens_window(&self) -> bool {
        !self.parts.iter().any(|part| matches!(part, Part::Edited { .. } | Part::Deleted { .. }))
    }

    /// Whether it is nothing but a reaction, which nobody expects an answer to.
    #[must_use]
    pub fn is_reaction(&self) -> bool {
        !self.parts.is_empty() && self.parts.iter().all(|part| matches!(part, Part::Reaction { .. }))
    }
}

/// What the provider itself told, of identities in the order of [`InboundMessage::identities`]: every id, and of the
/// numbers the first, as the others are spellings of it. A username is nobody's for long: it is kept to be shown and looked
/// for, and nobody is known by it.
pub fn told(identities: &[Identity]) -> impl Iterator<Item = &Identity> + Send {
    let phone = identities.iter().find(|identity| identity.kind == IdentityKind::Phone);
    let others = [IdentityKind::UserId, IdentityKind::Username];
    phone.into_iter().chain(identities.iter().filter(move |identity| others.contains(&identity.kind)))
}

/// What staff said on the business phone. It is free, bound to no window and opens none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Echo {
    pub id: String,
    pub to: Address,
    pub identities: Vec<Identity>,
    pub parts: Vec<Part>,
    pub sent_at: Millis,
}

/// `previous` names somebody else from now on, or nobody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentityChange {
    pub previous: Vec<Identity>,
    pub current: Vec<Identity>,
    pub at: Millis,
}

/// For staff, not for an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// The provider's own word for it: `account_update`, `message_template_status_update`.
    pub kind: String,
    /// Somebody has to do something soon.
    pub urgent: bool,
    /// One sentence.
    pub text: String,
    pub raw: Value,
    pub at: Millis,
}

/// A delivery's fate, told by the provider. Moves a delivery forward, never back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Our own id, where the provider carries it.
    pub outbox: Option<OutboxId>,
    pub external: String,
    pub state: DeliveryState,
    pub reason: Option<String>,
    pub at: Millis,
    /// What a failure calls for.
    #[serde(default)]
    pub mend: Option<Mend>,
    /// What the provider charges for the message; told once or twice a message.
    #[serde(default)]
    pub price: Option<Price>,
}

/// What to do about a message that was accepted and failed all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mend")]
pub enum Mend {
    /// The provider's trouble, or too much at once: send it again after the wait.
    Again { after_ms: u64 },
    /// The 24-hour window is closed, whatever we counted: send it again in the form that needs none.
    WindowClosed,
    /// Nothing of this kind reaches the person; somebody must use another way.
    Unreachable,
    /// The account is the problem.
    Account,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// `utility`, `service`, ...
    pub category: String,
    /// `regular` is charged for.
    pub kind: String,
}

/// One row for the inbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    pub channel: crate::address::ChannelName,
    /// The provider's id: with the channel it is unique, so a repeat inserts nothing.
    pub external: String,
    /// Rows of one lane are taken in order: an address, or a job on the link.
    pub lane: String,
    pub body: Inbound,
}
