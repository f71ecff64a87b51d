//! What every way out has in common. Sending is one attempt: when to try again is the delivery stage's.

use async_trait::async_trait;
use domain::{
    address::ChannelName,
    clock::Millis,
    outbound::{Outbound, SendOutcome},
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
}
