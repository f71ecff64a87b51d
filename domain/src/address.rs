//! Where a person or a peer is reached: a channel and an id that means something only there.

use serde::{Deserialize, Serialize};

use crate::agent::AgentName;

const LINK: &str = "link:";
const TERMINAL: &str = "cli:";

/// The name of one way in and out: `cli:technician`, `link:office`, `whatsapp`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelName(pub String);

impl ChannelName {
    /// The channel of the agent link that leads to `peer`.
    #[must_use]
    pub fn link(peer: &str) -> Self {
        Self(format!("{LINK}{peer}"))
    }

    /// The channel of the person who plays `role` in a terminal.
    #[must_use]
    pub fn terminal(role: &str) -> Self {
        Self(format!("{TERMINAL}{role}"))
    }

    #[must_use]
    pub fn is_link(&self) -> bool {
        self.0.starts_with(LINK)
    }

    /// Whether what is said on it stays in the house.
    #[must_use]
    pub fn is_console(&self) -> bool {
        self.0 == crate::command::CONSOLE
    }

    /// Whether those who write on it are people out of the house, whose words a provider brings.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        !self.is_link() && !self.is_console() && !self.0.starts_with(TERMINAL)
    }

    /// The agent at the other end of a link; the whole name elsewhere.
    #[must_use]
    pub fn peer(&self) -> AgentName {
        AgentName::from(self.0.strip_prefix(LINK).unwrap_or(&self.0))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ChannelName {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Display for ChannelName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    pub channel: ChannelName,
    /// The id within the channel: a phone's digits, a job's id on the link, a role in the terminal.
    pub external: String,
}

impl Address {
    #[must_use]
    pub fn new(channel: ChannelName, external: impl Into<String>) -> Self {
        Self { channel, external: external.into() }
    }
}
