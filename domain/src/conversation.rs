//! One contact, or one job on the link, with one agent on one address.

use serde::{Deserialize, Serialize};

use crate::{
    address::Address,
    agent::AgentName,
    id::{ContactId, ConversationId},
    language::Language,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    /// `None` on the link: a job's conversation has no person.
    pub contact: Option<ContactId>,
    pub agent: AgentName,
    pub address: Address,
    /// `agent`, or the name of the member of staff who took over.
    pub owner: String,
    /// Raised by each change of owner; a turn that captured an older one may not speak to the person.
    pub owner_version: i64,
    pub language: Language,
}

/// The owner's name while the agent holds the conversation.
pub const OWNED_BY_AGENT: &str = "agent";
