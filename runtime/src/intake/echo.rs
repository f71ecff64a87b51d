//! What staff typed on the business phone itself: it stands in the conversation, and whoever typed it holds the
//! conversation from then on. Opens no window and begins no turn.

use domain::{
    clock::Millis,
    conversation::{NOBODY, Owner},
    id::MessageId,
    inbound::Echo,
    language,
    message::{self as said, Author, Direction, Message},
};
use serde_json::json;
use store::{Error, Tx, audit, contact, conversation, event, message};

use super::meeting::agent_of;
use crate::belt::Belt;

pub(super) async fn take_in(tx: &mut Tx, belt: &Belt, echo: Echo, now: Millis) -> Result<(), Error> {
    let person = contact::find(tx, &echo.identities).await?;
    let agent = person.as_ref().and_then(|person| agent_of(belt, person)).unwrap_or_else(|| NOBODY.into());
    let language = language::detect(&said::words(&echo.parts))
        .or(person.as_ref().and_then(|person| person.language))
        .unwrap_or_else(|| belt.firm.language());
    let person = person.as_ref().map(|person| &person.id);
    let held = conversation::open(tx, &belt.ids, &agent, &echo.to, person, language, now).await?;
    let typed = Message {
        external: Some(echo.id),
        at: Message::placed(echo.sent_at, now),
        ..Message::new(MessageId::new(&belt.ids), &held.id, Direction::Out, Author::Phone, echo.parts, now)
    };
    message::put(tx, &typed, false).await?;
    event::put(tx, "message", Some(&held.id), &json!({ "message": typed.id }), now).await?;
    if held.held_by() != Owner::Phone {
        conversation::give(tx, &held.id, &Owner::Phone, None).await?;
        event::put(tx, "conversation", Some(&held.id), &json!({ "changed": "owner" }), now).await?;
        let entry = audit::Entry {
            actor: "house".to_owned(),
            action: "taken_over",
            subject: held.id.0.clone(),
            digest: String::new(),
        };
        audit::append(tx, &entry, now).await?;
    }
    Ok(())
}
