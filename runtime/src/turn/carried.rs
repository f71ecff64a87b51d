//! What a turn did since its last commit and what needs none of its own: messages heard, calls without an effect that
//! returned. A crash loses it and the turn does it again, which changes nothing; the next commit carries it.

use domain::{
    id::{MessageId, TurnId},
    message::Message,
};
use store::{Error, Tx, journal, message};

#[derive(Debug, Default)]
pub(super) struct Carried {
    entries: Vec<journal::Entry>,
    heard: Vec<MessageId>,
}

impl Carried {
    pub(super) fn note(&mut self, entry: journal::Entry) {
        self.entries.push(entry);
    }

    pub(super) fn hear(&mut self, message: &Message) {
        self.heard.push(message.id.clone());
    }

    /// Whether the message is heard already, though the store does not know yet.
    pub(super) fn has_heard(&self, message: &Message) -> bool {
        self.heard.contains(&message.id)
    }

    /// Writes it all. The caller has re-asserted the epoch in this transaction.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(super) async fn settle(&self, tx: &mut Tx, turn: &TurnId) -> Result<(), Error> {
        message::heard(tx, &self.heard, turn).await?;
        journal::put(tx, turn, &self.entries).await
    }
}
