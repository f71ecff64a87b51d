//! What every way out has in common. Sending is one attempt: when to try again is the delivery stage's.

use async_trait::async_trait;
use domain::{
    address::ChannelName,
    clock::Millis,
    current::Current,
    message::Media,
    outbound::{Outbound, SendOutcome},
    pace::Pace,
};

/// Stored facts a channel needs at the moment of sending.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub now: Millis,
    /// When this person last wrote here; zero for never.
    pub last_inbound: Millis,
    /// When it was queued.
    pub queued: Millis,
}

/// What becomes of a send whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostAnswer {
    /// A status that carries our id settles it.
    WaitForStatus,
    /// The receiver knows our id: repeat at once.
    Repeat,
    /// Nobody can tell: never repeat.
    GiveUp,
}

#[async_trait]
pub trait Channel: Send + Sync {
    fn name(&self) -> ChannelName;

    fn lost_answer(&self) -> LostAnswer;

    async fn send(&self, outbound: &Outbound, facts: &Facts) -> SendOutcome;

    /// How fast one may speak here; whoever takes rows to send keeps to it, across processes. `None`: as fast as one can.
    fn pace(&self) -> Option<Pace> {
        None
    }

    /// How many sends can leave at once now. One more would wait inside, taken and not sent; and where its process dies,
    /// nobody could tell that it was not.
    fn room(&self) -> usize {
        usize::MAX
    }

    /// Whether [`Channel::seen`] does anything.
    fn shows_typing(&self) -> bool {
        false
    }

    /// Tells a person that their message, by the provider's id, was read, and with `typing` that an answer is being
    /// written. Progress: it may be lost, and is never tried again.
    async fn seen(&self, _external: &str, _typing: bool) {}
}

/// The channel of this moment: its credentials may be replaced while it is in use.
#[async_trait]
impl<C: Channel> Channel for Current<C> {
    fn name(&self) -> ChannelName {
        self.get().name()
    }

    fn lost_answer(&self) -> LostAnswer {
        self.get().lost_answer()
    }

    async fn send(&self, outbound: &Outbound, facts: &Facts) -> SendOutcome {
        self.get().send(outbound, facts).await
    }

    fn pace(&self) -> Option<Pace> {
        self.get().pace()
    }

    fn shows_typing(&self) -> bool {
        self.get().shows_typing()
    }

    async fn seen(&self, external: &str, typing: bool) {
        self.get().seen(external, typing).await;
    }
}

/// A file that came with a message and is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// In the media folder.
    pub path: String,
    pub mime: String,
    pub bytes: u64,
    /// In hex.
    pub sha256: String,
}

/// Why a file is not there. The variant is the decision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFetched {
    #[error("{0}")]
    Later(String),
    /// The provider has it no more: the person must send it again.
    #[error("{0}")]
    Gone(String),
    /// Too large, or from a place that nobody trusts.
    #[error("{0}")]
    Refused(String),
}

/// A way in on which messages name files that are still with the provider.
#[async_trait]
pub trait Fetch: Send + Sync {
    async fn fetch(&self, media: &Media) -> Result<Fetched, NotFetched>;
}

#[async_trait]
impl<F: Fetch> Fetch for Current<F> {
    async fn fetch(&self, media: &Media) -> Result<Fetched, NotFetched> {
        self.get().fetch(media).await
    }
}
