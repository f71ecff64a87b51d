//! What a person can do with their phone: the acts of the control API and the page.
//! Each act changes the chat and, where Meta would tell the business, emits one webhook.

use serde::Deserialize;
use serde_json::{Value, json};

use super::World;
use super::act_content as content;
use super::chance::Direction;
use super::delivery::Update;
use super::message::{Message, State};
use crate::webhook::payload;

/// An ad or post opened the chat: its free entry point lasts 72 hours.
const FREE_ENTRY_MS: i64 = 72 * 3_600_000;

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Act {
    Text(content::Text),
    /// Presses a reply button or a template's quick reply.
    Press(content::Choice),
    /// Picks a row of a list.
    Pick(content::Choice),
    Media(content::Media),
    Location(content::Location),
    Contacts(content::Contacts),
    Reaction {
        message_id: Option<String>,
        emoji: String,
    },
    Edit {
        message_id: String,
        body: String,
    },
    Revoke {
        message_id: String,
    },
    Order(content::Order),
    Flow(content::Flow),
    Unsupported(content::Unsupported),
    Welcome {},
    /// Any message type with any content, for kinds that have no act.
    Raw {
        kind: String,
        content: Value,
    },
    Typing {
        on: bool,
    },
    Read {},
    Play {
        message_id: String,
    },
    Call {
        event: Option<String>,
    },
    ChangeNumber {
        phone: String,
    },
    ChangeUserId {
        user_id: Option<String>,
    },
    ChangeIdentity {},
    Marketing {
        value: String,
    },
}

/// A message about to enter the chat.
pub(crate) struct Draft {
    pub kind: String,
    pub content: Value,
    pub reply_to: Option<String>,
    /// Everything that stands beside the content: `context`, `referral`, `errors`.
    pub riders: Value,
    pub opens_window: bool,
    pub from_ad: bool,
}

impl Draft {
    pub(crate) fn new(kind: &str, content: Value) -> Self {
        Self {
            kind: kind.into(),
            content,
            reply_to: None,
            riders: json!({}),
            opens_window: true,
            from_ad: false,
        }
    }
}

impl World {
    /// Carries out an act; the answer is for the caller of the control API.
    pub(crate) fn act(&mut self, person: &str, act: Act) -> Result<Value, String> {
        if !self.people.contains_key(person) {
            return Err(format!("no person {person}"));
        }
        let draft = match act {
            Act::Text(text) => content::text(self, text)?,
            Act::Press(choice) => content::press(self, person, &choice)?,
            Act::Pick(choice) => content::pick(self, person, &choice)?,
            Act::Media(media) => content::media(self, media)?,
            Act::Location(location) => content::location(&location),
            Act::Contacts(contacts) => content::contacts(self, contacts)?,
            Act::Order(order) => content::order(order),
            Act::Flow(flow) => content::flow(self, person, flow)?,
            Act::Unsupported(kind) => content::unsupported(self, &kind),
            Act::Welcome {} => Draft { opens_window: false, ..Draft::new("request_welcome", json!({})) },
            Act::Raw { kind, content } => Draft::new(&kind, content),
            Act::Reaction { message_id, emoji } => return self.reaction_act(person, message_id, &emoji),
            Act::Edit { message_id, body } => return self.edit_act(person, &message_id, &body),
            Act::Revoke { message_id } => return self.revoke_act(person, &message_id),
            Act::Typing { on } => {
                self.tell(json!({ "type": "person_typing", "person": person, "on": on }));
                return Ok(json!({}));
            }
            Act::Read {} => return Ok(json!({ "read": self.read_all(person) })),
            Act::Play { message_id } => return self.play_act(person, &message_id),
            Act::Call { event } => return Ok(self.call_act(person, event.as_deref().unwrap_or("connect"))),
            Act::ChangeNumber { phone } => return self.change_number(person, &phone),
            Act::ChangeUserId { user_id } => return Ok(self.change_user_id(person, user_id)),
            Act::ChangeIdentity {} => return Ok(self.change_identity(person)),
            Act::Marketing { value } => return self.marketing_act(person, &value),
        };
        Ok(self.receive(person, draft))
    }

    /// A message of a person enters the chat and leaves for the app.
    fn receive(&mut self, id: &str, draft: Draft) -> Value {
        self.buckets.throughput(self.now, self.limits.throughput_per_s);
        let Some(person) = self.people.get_mut(id) else { return Value::Null };
        if draft.opens_window {
            person.last_inbound_ms = Some(self.now);
        }
        if draft.from_ad {
            person.free_entry_until_ms = Some(self.now + FREE_ENTRY_MS);
        }
        let wire = person.wire_name().to_owned();
        let wamid = self.chance.wamid(&wire, Direction::In);
        let mut message =
            Message::new(wamid.clone(), id, Direction::In, &draft.kind, draft.content.clone(), self.now);
        message.reply_to.clone_from(&draft.reply_to);
        message.rise(State::Sent, self.now);
        self.messages.add(message, self.limits.messages);
        let mut item = json!({ "id": wamid, "type": draft.kind });
        if let Some(riders) = draft.riders.as_object() {
            for (name, value) in riders {
                item[name] = value.clone();
            }
        }
        if !draft.content.is_null() && draft.content != json!({}) {
            item[draft.kind.as_str()] = content::wire(self, &draft);
        }
        self.tell_message(&wamid);
        self.tell_person(id);
        self.emit_item(id, &item, &draft.kind, vec![wamid.clone()]);
        json!({ "message_id": wamid })
    }

    /// Emits one `messages[]` item as this person's.
    pub(super) fn emit_item(&mut self, id: &str, item: &Value, summary: &str, messages: Vec<String>) {
        // Somebody the business has blocked reaches nobody.
        let Some(person) = self.people.get(id).filter(|person| !person.blocked_by_business) else { return };
        let value = if summary.starts_with("system") {
            payload::system(self, item)
        } else {
            payload::inbound(self, person, item)
        };
        self.emit(Update {
            field: "messages".into(),
            value,
            person: Some(id.to_owned()),
            summary: summary.to_owned(),
            messages,
            at_s: self.now / 1_000,
        });
    }
}
