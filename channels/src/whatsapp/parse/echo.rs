//! What staff typed on the business phone itself (coexistence): fields `smb_message_echoes` and `message_echoes`.

use domain::{
    address::Address,
    inbound::{Echo, Inbound},
};
use serde_json::Value;

use super::{Change, Read, identity, parts};
use crate::whatsapp::wire;

pub(super) fn read(read: &mut Read, change: &Change<'_>) {
    for item in wire::list(change.value, "message_echoes") {
        one(read, change, item);
    }
}

fn one(read: &mut Read, change: &Change<'_>, item: &Value) {
    let message: wire::Message = wire::read(item);
    let mut told = identity::Told::default();
    told.number(message.to);
    told.user_id(message.to_user_id);
    told.user_id(message.to_parent_user_id);
    let (Some(id), Some(address)) = (message.id.some(), told.address()) else {
        return read.keep(change.field, change.name_of(item), item.clone(), change.reading);
    };
    let external = change.external(&id, message.kind.str());
    if change.is_for_another_number() {
        return read.keep("other_number", external, item.clone(), change.reading);
    }
    let echo = Echo {
        id,
        to: Address::new(change.reading.channel.clone(), &address),
        identities: told.identities(),
        parts: parts::read(message.kind.str(), item),
        sent_at: change.at(&message.timestamp),
    };
    read.arrivals.push(change.arrival(external, &address, Inbound::Echo(echo)));
}
