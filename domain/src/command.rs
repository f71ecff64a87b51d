//! What staff ask of the office's agent at the console: in words, in a recording, or for a draft of an answer. Who asks was
//! proved by the gateway and stands here; what they said decides nothing about who they are.

use serde::{Deserialize, Serialize};

use crate::{
    address::{Address, ChannelName},
    clock::Millis,
    id::{ContactId, ConversationId, MessageId, PhoneCallId, UploadId, UserId},
    language::Language,
    message::{Media, Part},
    staff::ConsoleRole,
};

/// The channel of the console: what is said there stays in the house, and nothing is sent.
pub const CONSOLE: &str = "console";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// The client's own, unique for the user.
    pub id: String,
    pub by: Operator,
    pub request: Request,
    /// The conversation that was on the screen, where one was.
    #[serde(default)]
    pub about: Option<ConversationId>,
    pub at: Millis,
}

/// Somebody of the console, as the gateway proved them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    pub user: UserId,
    pub name: String,
    pub role: ConsoleRole,
    pub contact: Option<ContactId>,
    /// Their IANA time zone; the firm's where none is named.
    pub zone: Option<String>,
    pub language: Option<Language>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "request")]
pub enum Request {
    Words {
        text: String,
    },
    Recording {
        upload: UploadId,
        media: Media,
    },
    /// The words of a recording that somebody sent, for its message; no agent hears of it.
    Transcription {
        message: MessageId,
        part: usize,
        media: Media,
    },
    /// The words of a call's recording, for the call.
    CallTranscription {
        call: PhoneCallId,
        media: Media,
    },
    /// The next message of a conversation, to be looked at and sent by whoever asks.
    Draft {
        conversation: ConversationId,
    },
}

impl Request {
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Words { .. } => "text_command",
            Self::Recording { .. } => "voice_command",
            Self::Transcription { .. } | Self::CallTranscription { .. } => "transcription",
            Self::Draft { .. } => "suggest",
        }
    }

    /// The file that it took.
    #[must_use]
    pub fn upload(&self) -> Option<&UploadId> {
        match self {
            Self::Recording { upload, .. } => Some(upload),
            Self::Words { .. }
            | Self::Transcription { .. }
            | Self::CallTranscription { .. }
            | Self::Draft { .. } => None,
        }
    }
}

impl Command {
    /// Where the agent hears it: everybody has a conversation of their own with it, and drafts have theirs.
    #[must_use]
    pub fn address(&self) -> Address {
        let external = match &self.request {
            Request::Words { .. }
            | Request::Recording { .. }
            | Request::Transcription { .. }
            | Request::CallTranscription { .. } => self.by.user.0.clone(),
            Request::Draft { conversation } => format!("{DRAFT}{conversation}:{}", self.by.user),
        };
        Address::new(ChannelName::from(CONSOLE), external)
    }

    /// What the agent hears.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        match &self.request {
            Request::Words { text } => vec![Part::text(text.clone())],
            Request::Recording { media, .. }
            | Request::Transcription { media, .. }
            | Request::CallTranscription { media, .. } => vec![Part::Media(media.clone())],
            Request::Draft { .. } => vec![Part::text("[draft]")],
        }
    }
}

const DRAFT: &str = "draft:";

/// The conversation that a draft is written for at `address`; `None` where no draft is.
#[must_use]
pub fn drafted(address: &Address) -> Option<ConversationId> {
    if address.channel.as_str() != CONSOLE {
        return None;
    }
    let (conversation, _user) = address.external.strip_prefix(DRAFT)?.split_once(':')?;
    Some(ConversationId::from(conversation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_known_by_its_address() {
        let command = |request| Command {
            id: "1".into(),
            by: Operator {
                user: "u".into(),
                name: "Ana".into(),
                role: ConsoleRole::Staff,
                contact: None,
                zone: None,
                language: None,
            },
            request,
            about: None,
            at: Millis(0),
        };
        let draft = command(Request::Draft { conversation: "c".into() });
        assert_eq!(drafted(&draft.address()), Some("c".into()));
        let words = command(Request::Words { text: "draft:c:u".into() });
        assert_eq!(drafted(&words.address()), None);
        let elsewhere = Address::new(ChannelName::from("whatsapp"), "draft:c:u");
        assert_eq!(drafted(&elsewhere), None);
    }
}
