//! Calls: an incoming one opens the window as a message does, and is answered in writing. Nothing is picked up here.

use domain::{
    address::Address,
    inbound::{Inbound, InboundMessage},
    message::Part,
};
use serde_json::Value;

use super::{Change, Read, identity};
use crate::whatsapp::wire;

pub(super) fn read(read: &mut Read, change: &Change<'_>) {
    for item in wire::list(change.value, "calls") {
        one(read, change, item);
    }
    super::status::read(read, change);
}

fn one(read: &mut Read, change: &Change<'_>, item: &Value) {
    let call: wire::Call = wire::read(item);
    let event = call.event.str().to_owned();
    let name = match call.id.clone().some() {
        Some(id) => format!("{}:{id}:{event}", change.number()),
        None => change.name_of(item),
    };
    let mut told = identity::Told::default();
    told.number(call.from);
    told.user_id(call.from_user_id);
    told.beside(wire::list(change.value, "contacts"), 1);
    let ours = call.direction.str() == "BUSINESS_INITIATED" || change.is_for_another_number();
    let Some(address) = told.address().filter(|_| event == "connect" && !ours) else {
        return read.keep("call", name, item.clone(), change.reading);
    };
    let body = InboundMessage {
        id: call.id.some(),
        from: Address::new(change.reading.channel.clone(), &address),
        profile_name: told.profile_name.clone(),
        identities: told.identities(),
        parts: vec![Part::Unsupported { kind: "call".to_owned(), raw: item.clone() }],
        quotes: None,
        sent_at: change.at(&call.timestamp),
    };
    read.arrivals.push(change.arrival(name, &address, Inbound::Message(body)));
}
