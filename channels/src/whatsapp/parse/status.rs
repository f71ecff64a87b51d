//! One item of `statuses[]`: what became of a message of ours.

use domain::{
    clock::Millis,
    id::OutboxId,
    inbound::{Inbound, Price, Status},
    outbound::DeliveryState,
};
use serde_json::Value;

use super::{Change, Read};
use crate::whatsapp::{errors, wire};

pub(super) fn read(read: &mut Read, change: &Change<'_>) {
    for item in wire::list(change.value, "statuses") {
        one(read, change, item);
    }
}

fn one(read: &mut Read, change: &Change<'_>, item: &Value) {
    let status: wire::Status = wire::read(item);
    let recipient = recipient(&status);
    let (Some(id), Some(state)) = (status.id.clone().some(), state(status.status.str())) else {
        let kind = if status.kind.str() == "call" { "call_status" } else { "status" };
        return read.keep(kind, change.name_of(item), item.clone(), change.reading);
    };
    let external = format!("{}:{id}:{}:{recipient}", change.number(), state.as_str());
    if change.is_for_another_number() {
        return read.keep("other_number", external, item.clone(), change.reading);
    }
    let at: Millis = change.at(&status.timestamp);
    let told = told(status, id.clone(), state, at);
    // A lane of its own, so that a status that cannot be settled holds up nobody's words.
    read.arrivals.push(change.arrival(external, &format!("status:{id}"), Inbound::Status(told)));
}

fn told(status: wire::Status, external: String, state: DeliveryState, at: Millis) -> Status {
    let error = status.errors.0.first().filter(|_| state == DeliveryState::Failed);
    let failed = state == DeliveryState::Failed;
    Status {
        outbox: status.biz_opaque_callback_data.some().map(OutboxId),
        external,
        state,
        reason: failed.then(|| error.map_or_else(|| "WhatsApp gives no reason".to_owned(), errors::sentence)),
        mend: error.and_then(errors::mend),
        price: status.pricing.0.and_then(|pricing| {
            let kind = pricing.kind.some().unwrap_or_default();
            Some(Price { category: pricing.category.some()?, kind })
        }),
        at,
    }
}

/// In a group each participant has a status of their own.
fn recipient(status: &wire::Status) -> String {
    let named = [&status.recipient_participant_id, &status.recipient_id, &status.recipient_user_id];
    named.into_iter().find_map(|text| text.clone().some()).unwrap_or_default()
}

fn state(word: &str) -> Option<DeliveryState> {
    match word {
        "sent" => Some(DeliveryState::Sent),
        "delivered" => Some(DeliveryState::Delivered),
        "read" => Some(DeliveryState::Read),
        "played" => Some(DeliveryState::Played),
        "failed" => Some(DeliveryState::Failed),
        _ => None,
    }
}
