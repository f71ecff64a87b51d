//! What was said, with its content parts. Immutable once stored.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    agent::AgentName,
    clock::Millis,
    id::{ContactId, ConversationId, MessageId, TurnId},
    job::JobNotice,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Author {
    Contact(ContactId),
    Agent(AgentName),
    /// Office staff who answered by hand.
    Staff(String),
    /// A sentence of the house's own, from `texts/`.
    House,
    /// The agent on the other end of the link.
    Peer(AgentName),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Part {
    Text {
        text: String,
    },
    Media(Media),
    Location {
        latitude: f64,
        longitude: f64,
        name: Option<String>,
    },
    /// Visiting cards that were passed on.
    Contacts {
        cards: Vec<Card>,
    },
    /// An emoji on the message with the provider's id `to`; `None` takes it away.
    Reaction {
        to: String,
        emoji: Option<String>,
    },
    /// A form that was filled in: `fields` is what the form's maker named them.
    Form {
        name: String,
        fields: Value,
    },
    Order {
        note: Option<String>,
        items: Vec<OrderItem>,
    },
    /// Stands first: the parts after it replace those of the earlier message with the provider's id `of`.
    Edited {
        of: String,
    },
    /// The person took back the message with the provider's id `of`.
    Deleted {
        of: String,
    },
    /// Where the person came from: an advertisement, a post, a product of the catalogue.
    Referral {
        headline: Option<String>,
        raw: Value,
    },
    /// A pressed button or a picked row: `id` is the option's token.
    Choice {
        id: String,
        title: String,
    },
    Job(JobNotice),
    /// What we do not understand is data: kept as it came, shown as "unsupported".
    Unsupported {
        kind: String,
        raw: Value,
    },
}

impl Part {
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub name: Option<String>,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    pub organisation: Option<String>,
    /// The person's own card, given because we asked for it.
    #[serde(default)]
    pub own: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderItem {
    pub product: String,
    /// Quantity and price as the provider wrote them.
    pub quantity: String,
    pub price: Option<String>,
    pub currency: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Image,
    Audio,
    Video,
    Document,
    Sticker,
}

impl MediaKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    pub kind: MediaKind,
    pub mime: String,
    pub name: Option<String>,
    pub caption: Option<String>,
    pub source: MediaSource,
    /// What was heard in an audio part, once transcribed.
    #[serde(default)]
    pub transcript: Option<String>,
    /// Recorded in the chat itself, not a file that was attached.
    #[serde(default)]
    pub voice: bool,
    /// SHA-256 of the file, in hex, where the provider told it.
    #[serde(default)]
    pub sha256: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from", content = "at")]
pub enum MediaSource {
    File(String),
    Url(String),
    /// The provider's media id, to be resolved.
    Provider(String),
    /// It could not be fetched, and why: one sentence.
    Missing(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub author: Author,
    pub parts: Vec<Part>,
    /// The provider's id, once known; what a quoting reply names.
    pub external: Option<String>,
    pub turn: Option<TurnId>,
    pub at: Millis,
}

/// The words of `parts` alone, in order, a line each: what a person typed, titled or captioned.
#[must_use]
pub fn words(parts: &[Part]) -> String {
    let lines: Vec<&str> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Text { text } => Some(text.as_str()),
            Part::Choice { title, .. } => Some(title.as_str()),
            Part::Media(media) => media.transcript.as_deref().or(media.caption.as_deref()),
            Part::Order { note, .. } => note.as_deref(),
            Part::Location { .. }
            | Part::Contacts { .. }
            | Part::Reaction { .. }
            | Part::Form { .. }
            | Part::Edited { .. }
            | Part::Deleted { .. }
            | Part::Referral { .. }
            | Part::Job(_)
            | Part::Unsupported { .. } => None,
        })
        .collect();
    lines.join("\n")
}
