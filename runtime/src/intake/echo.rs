//! What staff typed on the business phone itself: it stands in the conversation, and whoever typed it holds the
//! conversation from then on. Opens no window and begins no turn.

use domain::{
    clock::Millis,
    id::MessageId,
    inbound::Echo,
    language,
    message::{self as said, Author, Message},
};
use serde_json::json;
use store::{Error, Tx, audit, contact, conversation, event, message};

use super::message::{NOBODY, agent_of};
use crate::belt::Belt;

/// The owner of a conversation that was answered on the business phone: WhatsApp does not tell who held it.
const ON_THE_PHONE: &str = "staff on the business phone";

pub(super) async fn take_in(tx: &mut Tx, belt: &Belt, echo: Echo, now: Millis) -> Result<(), Error> {
    let person = contact::find(tx, &echo.identities).await?;
    let agent = person.as_ref().and_then(|person| agent_of(belt, person)).unwrap_or_else(|| NOBODY.into());
    let language = language::detect(&said::words(&echo.parts))
        .or(person.as_ref().and_then(|person| person.language))
        .unwrap_or_else(|| belt.firm.language());
    let person = person.as_ref().map(|person| &person.id);
    let held = conversation::open(tx, &belt.ids, &agent, &echo.to, person, language, now).await?;
    let typed = Message {
        id: MessageId::new(&belt.ids),
        conversation: held.id.clone(),
        author: Author::Staff(ON_THE_PHONE.to_owned()),
        parts: echo.parts,
        external: Some(echo.id),
        turn: None,
        at: echo.sent_at,
    };
    message::put(tx, &typed, false).await?;
    event::put(tx, "message", Some(&held.id), &json!({ "message": typed.id }), now).await?;
    if held.owner != ON_THE_PHONE {
        conversation::take_over(tx, &held.id, ON_THE_PHONE).await?;
        event::put(tx, "owner", Some(&held.id), &json!({ "owner": ON_THE_PHONE }), now).await?;
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
