//! A person, with a set of identities and trade roles. Never keyed by phone alone: people change numbers and hide them.

use serde::{Deserialize, Serialize};

use crate::{agent::AgentName, id::ContactId, language::Language};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Technician,
    Office,
    Customer,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Technician, Self::Office, Self::Customer];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Technician => "technician",
            Self::Office => "office",
            Self::Customer => "customer",
        }
    }

    /// The role with that name, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// Digits with country code, verbatim as the provider gave them.
    Phone,
    /// WhatsApp's business-scoped user id.
    UserId,
    Lid,
    Username,
    /// The role that a person plays in the terminal.
    Terminal,
}

impl IdentityKind {
    pub const ALL: [Self; 5] = [Self::Phone, Self::UserId, Self::Lid, Self::Username, Self::Terminal];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::UserId => "user_id",
            Self::Lid => "lid",
            Self::Username => "username",
            Self::Terminal => "terminal",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    pub kind: IdentityKind,
    pub value: String,
}

impl Identity {
    #[must_use]
    pub fn phone(digits: impl Into<String>) -> Self {
        Self { kind: IdentityKind::Phone, value: digits.into() }
    }

    #[must_use]
    pub fn terminal(role: Role) -> Self {
        Self { kind: IdentityKind::Terminal, value: role.as_str().to_owned() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub id: ContactId,
    pub name: String,
    pub roles: Vec<Role>,
    /// What the person last wrote in; `None` until a message told.
    pub language: Option<Language>,
    /// Who answers a person with two roles; `None` takes the first role's agent.
    pub default_agent: Option<AgentName>,
}

impl Contact {
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
