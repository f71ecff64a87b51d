//! What was said, with its content parts. Immutable once stored.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    agent::AgentName,
    clock::Millis,
    id::{ContactId, ConversationId, MessageId, TurnId, UserId},
    job::JobNotice,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Author {
    Contact(ContactId),
    Agent(AgentName),
    /// Office staff who answered at the console.
    Staff(UserId),
    /// Somebody who answered on the business phone itself: WhatsApp does not tell who held it.
    Phone,
    /// A sentence of the house's own, from `texts/`.
    House,
    /// The agent on the other end of the link.
    Peer(AgentName),
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    In,
    Out,
    /// Kept in the conversation and sent to nobody.
    Internal,
}

impl Direction {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Internal => "internal",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::In, Self::Out, Self::Internal].into_iter().find(|known| known.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Part {
    Text {
        text: String,
    },
    /// What a person may choose, under the words before it.
    Options {
        titles: Vec<String>,
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
    /// Staff gave the conversation back to its agent.
    HandedBack {
        /// Who.
        by: String,
        note: Option<String>,
    },
    /// What stood here was erased, or forgotten by age.
    Erased,
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

impl Media {
    /// A file of which nothing else is known.
    #[must_use]
    pub fn new(kind: MediaKind, mime: impl Into<String>, source: MediaSource) -> Self {
        Self {
            kind,
            mime: mime.into(),
            name: None,
            caption: None,
            source,
            transcript: None,
            voice: false,
            sha256: None,
        }
    }
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
    pub direction: Direction,
    pub author: Author,
    pub parts: Vec<Part>,
    /// The provider's id of what was received, which a quote of it names. Of what was sent the delivery knows it.
    pub external: Option<String>,
    /// The provider's id of the message that this one quotes.
    pub quotes: Option<String>,
    pub turn: Option<TurnId>,
    /// Where it stands in the conversation: see [`Message::placed`].
    pub at: Millis,
    /// When it reached us, or was said.
    pub received: Millis,
}

/// A message that was on its way for longer is shown where it was written, not where it arrived.
const LATE: Duration = Duration::from_secs(2 * 60);
/// A sender's clock is not believed beyond this.
const BELIEVED: Duration = Duration::from_secs(7 * 24 * 3600);

impl Message {
    /// What is said at `now`, or was just heard.
    #[must_use]
    pub fn new(
        id: MessageId,
        conversation: &ConversationId,
        direction: Direction,
        author: Author,
        parts: Vec<Part>,
        now: Millis,
    ) -> Self {
        Self {
            id,
            conversation: conversation.clone(),
            direction,
            author,
            parts,
            external: None,
            quotes: None,
            turn: None,
            at: now,
            received: now,
        }
    }

    /// Where a message that was `sent`, by the provider's clock, and `received`, by ours, stands in its conversation. Whole
    /// seconds and clocks that differ a little must not put an answer before its question: only one that was long on its
    /// way stands where it was written.
    #[must_use]
    pub fn placed(sent: Millis, received: Millis) -> Millis {
        let under_way = sent.until(received);
        if under_way > LATE && under_way <= BELIEVED { sent } else { received }
    }

    /// Whether it arrived long after it was written.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.at.until(self.received) > LATE
    }
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
            Part::Options { .. }
            | Part::Location { .. }
            | Part::Contacts { .. }
            | Part::Reaction { .. }
            | Part::Form { .. }
            | Part::Edited { .. }
            | Part::Deleted { .. }
            | Part::Referral { .. }
            | Part::Job(_)
            | Part::HandedBack { .. }
            | Part::Erased
            | Part::Unsupported { .. } => None,
        })
        .collect();
    lines.join("\n")
}
