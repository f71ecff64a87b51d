//! Conversations for a test, as intake and the agents would leave them.

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::Millis,
    contact::{Identity, Role},
    conversation::Conversation,
    id::{ContactId, MessageId},
    language::Language,
    message::{Author, Direction, Media, MediaKind, MediaSource, Message, Part},
    outbound::{Content, Plan},
};
use serde_json::{Value, json};
use store::{contact, conversation, heard, message, speech};

use crate::app::App;

/// A person who talks with an agent.
pub struct Talk {
    pub held: Conversation,
    pub person: Option<ContactId>,
}

impl Talk {
    pub fn path(&self, rest: &str) -> String {
        format!("/api/comms/threads/{}{rest}", self.held.id)
    }
}

impl App {
    /// Somebody on WhatsApp with that number, known by `name` in `role`.
    pub async fn person(&self, name: &str, phone: &str, role: Role) -> Talk {
        let agent = if role == Role::Office { "office" } else { "field" };
        self.talk(agent, Some((name, role)), "whatsapp", phone).await
    }

    /// Somebody of whom only the number is known.
    pub async fn stranger(&self, phone: &str) -> Talk {
        self.talk("nobody", None, "whatsapp", phone).await
    }

    pub async fn talk(
        &self,
        agent: &str,
        person: Option<(&str, Role)>,
        channel: &str,
        external: &str,
    ) -> Talk {
        let (ids, now) = (self.gateway.ids.clone(), self.gateway.clock.now());
        let agent = AgentName::from(agent);
        let person = person.map(|(name, role)| (name.to_owned(), role));
        let address = Address::new(ChannelName::from(channel), external);
        let begun = self.gateway.store.write(move |tx| {
            Box::pin(async move {
                let person = match person {
                    Some((name, role)) => {
                        let identity = [Identity::phone(&address.external)];
                        Some(contact::register(tx, &ids, &name, role, &identity, now).await?)
                    }
                    None => None,
                };
                let held = conversation::open(tx, &ids, &agent, &address, person.as_ref(), Language::De, now)
                    .await?;
                Ok(Talk { held, person })
            })
        });
        begun.await.unwrap()
    }

    /// The person writes `text` now.
    pub async fn writes(&self, talk: &Talk, text: &str) -> MessageId {
        self.hears(talk, vec![Part::text(text)], self.gateway.clock.now()).await
    }

    /// `parts` of the person arrive now, sent at `sent`.
    pub async fn hears(&self, talk: &Talk, parts: Vec<Part>, sent: Millis) -> MessageId {
        let now = self.gateway.clock.now();
        let author = talk.person.clone().map_or(Author::House, Author::Contact);
        let id = MessageId::new(&self.gateway.ids);
        let heard = Message {
            external: Some(format!("wamid.{id}")),
            at: Message::placed(sent, now),
            ..Message::new(id.clone(), &talk.held.id, Direction::In, author, parts, now)
        };
        let known = talk.person.is_some();
        self.write(move |tx| {
            Box::pin(async move {
                heard::note(tx, &heard.conversation, None, sent).await?;
                message::put(tx, &heard, known).await
            })
        })
        .await;
        id
    }

    /// The agent says `text`.
    pub async fn answers(&self, talk: &Talk, text: &str) -> MessageId {
        let (ids, now, held) = (self.gateway.ids.clone(), self.gateway.clock.now(), talk.held.clone());
        let content = Content::Text { text: text.to_owned() };
        let id = MessageId::new(&ids);
        let speech = speech::Speech {
            key: format!("test:{id}"),
            id: id.clone(),
            author: Author::Agent(held.agent.clone()),
            parts: content.parts(),
            quotes: None,
            plan: Plan { before: Vec::new(), last: content },
            turn: None,
            owner_version: Some(held.owner_version),
        };
        self.write(move |tx| {
            Box::pin(async move { speech::say(tx, &ids, &held, speech, now).await.map(|_| ()) })
        })
        .await;
        id
    }

    async fn write<F>(&self, change: F)
    where
        F: for<'t> FnOnce(&'t mut store::Tx) -> futures::future::BoxFuture<'t, Result<(), store::Error>>
            + Send
            + 'static,
    {
        self.gateway.store.write(change).await.unwrap();
    }
}

/// A recording that lies at `path`.
pub fn recording(path: &str) -> Part {
    Part::Media(Media {
        kind: MediaKind::Audio,
        mime: "audio/ogg; codecs=opus".to_owned(),
        name: None,
        caption: None,
        source: MediaSource::File(path.to_owned()),
        transcript: None,
        voice: true,
        sha256: None,
    })
}

/// The ids of a list's items.
pub fn ids(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

pub fn text(words: &str) -> Value {
    json!({ "text": words })
}
