//! The `value` objects of the field `messages`: contacts, messages, statuses, errors.
//! Pure functions of the world; they name a number only where Meta would.

use serde_json::{Map, Value, json};

use crate::catalogue;
use crate::world::World;
use crate::world::message::{Message, State};
use crate::world::person::Person;

fn frame(world: &World) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": world.account.digits(),
            "phone_number_id": world.account.phone_number_id,
        },
    })
}

fn contact(world: &World, person: &Person, profile: bool) -> Value {
    let mut contact = Map::new();
    if profile {
        let mut profile = json!({ "name": person.name });
        if let Some(username) = &person.username {
            profile["username"] = json!(username);
        }
        contact.insert("profile".into(), profile);
    }
    if let Some(phone) = person.visible_phone(world.now) {
        contact.insert("wa_id".into(), json!(phone));
    }
    if world.switches.user_ids || person.visible_phone(world.now).is_none() {
        contact.insert("user_id".into(), json!(person.user_id));
        if let Some(parent) = &person.parent_user_id {
            contact.insert("parent_user_id".into(), json!(parent));
        }
    }
    if let Some(hash) = &person.identity_hash {
        contact.insert("identity_key_hash".into(), json!(hash));
    }
    Value::Object(contact)
}

/// A message from a person: `item` holds type and content, this adds who, when and the frame.
pub(crate) fn inbound(world: &World, person: &Person, item: &Value) -> Value {
    let mut message = item.clone();
    if let Some(phone) = person.visible_phone(world.now) {
        message["from"] = json!(phone);
    }
    if world.switches.user_ids || person.visible_phone(world.now).is_none() {
        message["from_user_id"] = json!(person.user_id);
        if let Some(parent) = &person.parent_user_id {
            message["from_parent_user_id"] = json!(parent);
        }
    }
    message["timestamp"] = json!((world.now / 1_000).to_string());
    let mut value = frame(world);
    value["contacts"] = json!([contact(world, person, true)]);
    value["messages"] = json!([message]);
    value
}

/// A system message comes without contacts.
pub(crate) fn system(world: &World, item: &Value) -> Value {
    let mut message = item.clone();
    message["timestamp"] = json!((world.now / 1_000).to_string());
    let mut value = frame(world);
    value["messages"] = json!([message]);
    value
}

/// An error object as webhooks carry it.
pub(crate) fn error(code: i64, details: Option<&str>) -> Value {
    let known = catalogue::lookup(code);
    let details = details.unwrap_or(if known.details.is_empty() { known.title } else { known.details });
    json!({
        "code": code, "title": known.title, "message": known.title,
        "error_data": { "details": details }, "href": catalogue::HREF,
    })
}

/// One status of one message.
pub(crate) fn status(world: &World, message: &Message, state: State) -> Value {
    let person = world.people.get(&message.person);
    let failed = state == State::Failed;
    let mut status = json!({
        "id": message.id, "status": state.word(), "timestamp": (world.now / 1_000).to_string(),
    });
    let visible = person.and_then(|person| person.visible_phone(world.now)).or(message.recipient.as_deref());
    if let Some(phone) = visible {
        status["recipient_id"] = json!(phone);
    }
    if let Some(person) = person
        && (world.switches.user_ids || visible.is_none())
        && !(failed && message.by_phone)
    {
        status["recipient_user_id"] = json!(person.user_id);
        if let Some(parent) = &person.parent_user_id {
            status["recipient_parent_user_id"] = json!(parent);
        }
    }
    if let Some(opaque) = &message.opaque {
        status["biz_opaque_callback_data"] = json!(opaque);
    }
    if let Some(error) = message.error.as_ref().filter(|_| failed) {
        status["errors"] = json!([error]);
    }
    let first_arrival = matches!(state, State::Delivered | State::Read) && !message.priced;
    if let Some(pricing) = message.pricing.as_ref().filter(|_| state == State::Sent || first_arrival) {
        status["pricing"] = pricing.clone();
        if world.switches.conversation || pricing["type"] == "free_entry_point" {
            status["conversation"] = conversation(world, message, pricing, state);
        }
    }
    let mut value = frame(world);
    match person {
        Some(person) if !failed => {
            value["contacts"] = json!([contact(world, person, world.switches.profile_in_status)])
        }
        _ if failed && world.switches.contacts_on_failed => value["contacts"] = json!([{ "wa_id": visible }]),
        _ => {}
    }
    value["statuses"] = json!([status]);
    value
}

fn conversation(world: &World, message: &Message, pricing: &Value, state: State) -> Value {
    // Since pricing is per message, so is the conversation's id.
    let tail = &message.id[message.id.len().saturating_sub(16)..];
    let mut conversation = json!({ "id": tail, "origin": { "type": pricing["category"] } });
    if state == State::Sent {
        conversation["expiration_timestamp"] = json!((world.now / 1_000 + 86_400).to_string());
    }
    conversation
}
