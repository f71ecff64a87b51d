//! The messages and threads that a batch of events names, read in a handful of statements however many there are.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    clock::Millis,
    id::{ConversationId, MessageId},
    message::Direction,
};
use serde_json::{Value, json};
use store::{
    Error, Tx,
    delivered::Delivery,
    event::Event,
    thread::{self, messages},
};

use crate::api::threads::view;

/// A message as it is shown, and what else decides who is told.
pub(crate) struct Told {
    pub view: Value,
    pub direction: Direction,
    pub delivery: Option<Delivery>,
}

pub(crate) struct Batch {
    messages: BTreeMap<MessageId, Told>,
    threads: BTreeMap<ConversationId, Value>,
}

impl Batch {
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn read(tx: &mut Tx, events: &[Event], now: Millis) -> Result<Self, Error> {
        let named: BTreeSet<MessageId> =
            events.iter().filter_map(|event| text(&event.body, "message")).map(MessageId::from).collect();
        let said = messages::by_ids(tx, &named.iter().collect::<Vec<_>>()).await?;
        let views = view::messages(tx, &said).await?;
        let told = |(said, view): (&messages::Said, view::MessageView)| {
            let (direction, delivery) = (said.message.direction, said.delivery.clone());
            (said.message.id.clone(), Told { view: json!(view), direction, delivery })
        };
        let of: BTreeSet<&ConversationId> =
            events.iter().filter_map(|event| event.conversation.as_ref()).collect();
        let threads = thread::by_ids(tx, &of.into_iter().collect::<Vec<_>>()).await?;
        let shown = view::threads(tx, &threads, now).await?;
        Ok(Self {
            messages: said.iter().zip(views).map(told).collect(),
            threads: threads
                .iter()
                .map(|thread| thread.id().clone())
                .zip(shown.iter().map(|it| json!(it)))
                .collect(),
        })
    }

    pub(crate) fn message(&self, event: &Event) -> Option<&Told> {
        self.messages.get(&MessageId::from(text(&event.body, "message")?))
    }

    pub(crate) fn thread(&self, event: &Event) -> Option<&Value> {
        self.threads.get(event.conversation.as_ref()?)
    }
}

/// A text of an event's body.
pub(crate) fn text<'a>(body: &'a Value, field: &str) -> Option<&'a str> {
    body.get(field).and_then(Value::as_str)
}
