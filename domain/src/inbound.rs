//! What a channel hands in. Parsed from a provider's wire form, stored in the inbox before anyone is told "received".

use serde::{Deserialize, Serialize};

use crate::{
    address::Address,
    agent::AgentName,
    clock::Millis,
    contact::Identity,
    id::{JobId, OutboxId},
    job::JobNotice,
    message::Part,
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
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboundMessage {
    pub from: Address,
    /// Everything the provider told of who it is; the first that is known wins.
    pub identities: Vec<Identity>,
    pub profile_name: Option<String>,
    pub parts: Vec<Part>,
    /// The provider's id of the message this one quotes.
    pub quotes: Option<String>,
    /// When the person sent it, by the provider's clock.
    pub sent_at: Millis,
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
