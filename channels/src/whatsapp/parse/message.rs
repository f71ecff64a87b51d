//! One item of `messages[]`: who sent it, what it quotes, and what it holds. An item without a sender, or for another
//! number of the account, concerns no conversation and is kept for staff.

use domain::{
    address::Address,
    inbound::{IdentityChange, Inbound, InboundMessage, Notice},
    message::Part,
};
use serde_json::Value;

use super::{Change, Read, identity, parts};
use crate::whatsapp::wire;

pub(super) fn read(read: &mut Read, change: &Change<'_>) {
    let items = wire::list(change.value, "messages");
    for item in items {
        one(read, change, item, items.len());
    }
}

fn one(read: &mut Read, change: &Change<'_>, item: &Value, items: usize) {
    let message: wire::Message = wire::read(item);
    let id = message.id.clone().some();
    let external = match &id {
        Some(id) => change.external(id, message.kind.str()),
        None => format!("{}:{}", change.number(), change.name_of(item)),
    };
    if change.is_for_another_number() {
        return read.keep("other_number", external, item.clone(), change.reading);
    }
    if message.group_id.clone().some().is_some() {
        return read.keep("group_message", external, item.clone(), change.reading);
    }
    match message.kind.str() {
        "system" => return system(read, change, item, &message, external),
        // Somebody opened the chat and said nothing: no window opens, nothing is to be answered.
        "request_welcome" => return read.keep("request_welcome", external, item.clone(), change.reading),
        _ => {}
    }
    let mut told = identity::Told::default();
    told.number(message.from.clone());
    told.user_id(message.from_user_id.clone());
    told.user_id(message.from_parent_user_id.clone());
    told.beside(wire::list(change.value, "contacts"), items);
    let Some(address) = told.address() else {
        return read.keep("message_without_sender", external, item.clone(), change.reading);
    };
    let parts = parts::read(message.kind.str(), item);
    read.kept_raw.extend(parts.iter().filter_map(kept));
    let body = InboundMessage {
        id,
        from: Address::new(change.reading.channel.clone(), &address),
        profile_name: told.profile_name.clone(),
        identities: told.identities(),
        parts,
        quotes: message.context.0.and_then(|context| context.id.some()),
        sent_at: change.at(&message.timestamp),
    };
    read.arrivals.push(change.arrival(external, &address, Inbound::Message(body)));
}

fn kept(part: &Part) -> Option<String> {
    match part {
        Part::Unsupported { kind, .. } => Some(kind.clone()),
        _ => None,
    }
}

fn system(read: &mut Read, change: &Change<'_>, item: &Value, message: &wire::Message, external: String) {
    let system: wire::System = wire::read(item.get("system").unwrap_or(&Value::Null));
    let (kind, words) = (system.kind.str().to_owned(), system.body.clone().some());
    let at = change.at(&message.timestamp);
    if let Some((previous, current)) = identity::of_system(message, system) {
        let lane = previous.first().map_or_else(String::new, |identity| identity.value.clone());
        let told = IdentityChange { previous, current, at };
        read.arrivals.push(change.arrival(external, &lane, Inbound::Identity(told)));
        return;
    }
    let text = words.unwrap_or_else(|| "WhatsApp has news of a person".to_owned());
    let notice = Notice { kind: format!("system {kind}"), urgent: false, text, raw: item.clone(), at };
    read.note(external, notice, change.reading);
}
