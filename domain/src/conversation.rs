//! One contact, or one job on the link, with one agent on one address.

use serde::{Deserialize, Serialize};

use crate::{
    address::Address,
    agent::AgentName,
    id::{ContactId, ConversationId, UserId},
    language::Language,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    /// `None` on the link: a job's conversation has no person.
    pub contact: Option<ContactId>,
    pub agent: AgentName,
    pub address: Address,
    /// `agent`, `staff:<user id>` or `phone`; see [`Owner`].
    pub owner: String,
    /// Raised by each change of owner; a turn that captured an older one may not speak to the person.
    pub owner_version: i64,
    pub language: Language,
}

/// The owner's name while the agent holds the conversation.
pub const OWNED_BY_AGENT: &str = "agent";
/// Nobody's agent: where strangers' messages wait for staff. It has no tools and no turns.
pub const NOBODY: &str = "nobody";

const STAFF: &str = "staff:";
const PHONE: &str = "phone";

/// Who holds a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    Agent,
    Staff(UserId),
    /// Whoever answered on the business phone itself.
    Phone,
    /// A stranger's, and nobody took it.
    Nobody,
}

impl Owner {
    /// As it is stored.
    #[must_use]
    pub fn stored(&self) -> String {
        match self {
            Self::Agent | Self::Nobody => OWNED_BY_AGENT.to_owned(),
            Self::Staff(user) => format!("{STAFF}{user}"),
            Self::Phone => PHONE.to_owned(),
        }
    }

    /// Reads what is stored: the owner of a conversation with `agent`.
    #[must_use]
    pub fn read(owner: &str, agent: &AgentName) -> Self {
        match owner.strip_prefix(STAFF) {
            Some(user) => Self::Staff(UserId::from(user)),
            None if owner != OWNED_BY_AGENT => Self::Phone,
            None if agent.as_str() == NOBODY => Self::Nobody,
            None => Self::Agent,
        }
    }

    /// `agent`, `staff`, `phone`, `none`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Staff(_) => "staff",
            Self::Phone => PHONE,
            Self::Nobody => "none",
        }
    }
}

impl Conversation {
    #[must_use]
    pub fn held_by(&self) -> Owner {
        Owner::read(&self.owner, &self.agent)
    }
}
