//! A person is known by another number or id: the person, the conversations and what is queued go with it. The old one
//! names nobody from then on: a number that was given up is soon a stranger's.

use domain::{
    address::{Address, ChannelName},
    clock::Millis,
    contact::IdentityKind,
    inbound::{IdentityChange, told},
};
use serde_json::json;
use store::{Error, Tx, audit, contact, conversation, event};

pub(super) async fn take_in(
    tx: &mut Tx,
    channel: &ChannelName,
    change: &IdentityChange,
    now: Millis,
) -> Result<(), Error> {
    let Some(person) = contact::find(tx, &change.previous).await? else {
        tracing::info!("somebody unknown changed their number");
        return Ok(());
    };
    contact::learn(tx, &person.id, told(&change.current)).await?;
    for previous in &change.previous {
        let Some(current) = change.current.iter().find(|current| current.kind == previous.kind) else {
            continue;
        };
        if change.current.contains(previous) {
            continue;
        }
        contact::forget(tx, &person.id, previous).await?;
        if matches!(previous.kind, IdentityKind::Phone | IdentityKind::UserId) {
            let from = Address::new(channel.clone(), &previous.value);
            conversation::readdress(tx, &person.id, &from, &current.value).await?;
        }
    }
    event::put(tx, "contact", None, &json!({ "contact": person.id }), now).await?;
    let entry = audit::Entry {
        actor: "house".to_owned(),
        action: "identity_changed",
        subject: person.id.0.clone(),
        digest: String::new(),
    };
    audit::append(tx, &entry, now).await
}
