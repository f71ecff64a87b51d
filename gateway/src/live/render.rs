//! Events as frames: reads what an event names and shows it as the REST routes do, so that a page needs to know one form.
//! What is not there any more is told to nobody.

use domain::{
    clock::Millis,
    id::{MessageId, QuestionId, UserId},
    staff::Permission,
};
use serde_json::{Value, json};
use store::{Error, Tx, command, event::Event, user};

use super::{
    ask::shown,
    rendered::{Rendered, Shown},
};
use crate::{api::at, state::Gateway};

/// `events` as frames, in order.
///
/// # Errors
/// [`Error::Database`].
pub(crate) async fn all(gateway: &Gateway, events: Vec<Event>) -> Result<Vec<Rendered>, Error> {
    let mut tx = gateway.store.reader();
    let mut rendered = Vec::with_capacity(events.len());
    for event in events {
        rendered.push(one(&mut tx, event).await?);
    }
    Ok(rendered)
}

async fn one(tx: &mut Tx, event: Event) -> Result<Rendered, Error> {
    if event.kind == user::EVENT {
        let user = text(&event.body, "user_id").map(UserId::from);
        return Ok(Rendered::silent(event.seq, user));
    }
    Ok(match show(tx, &event).await? {
        Some(shown) => Rendered::new(event.seq, event.conversation, shown, event.at),
        None => Rendered::silent(event.seq, None),
    })
}

async fn show(tx: &mut Tx, event: &Event) -> Result<Option<Shown>, Error> {
    match event.kind.as_str() {
        "message" => message(tx, event).await,
        "approval" => approval(tx, event).await,
        command::EVENT => answer(tx, event).await,
        "conversation" => Ok(Some(status("conversation", json!({}), true))),
        "channel" => Ok(Some(status("channel", event.body.clone(), true))),
        _ => Ok(None),
    }
}

/// A `status` frame: something is in another state.
fn status(scope: &str, mut data: Value, for_all: bool) -> Shown {
    data["scope"] = json!(scope);
    Shown {
        kind: "status",
        summary: for_all.then(|| data.clone()),
        full: data,
        needs: Permission::ThreadView,
        only: None,
        of: None,
    }
}

async fn message(tx: &mut Tx, event: &Event) -> Result<Option<Shown>, Error> {
    let Some(id) = text(&event.body, "message") else { return Ok(None) };
    let Some(said) = store::message::get(tx, &MessageId::from(id)).await? else { return Ok(None) };
    let op = text(&event.body, "op").unwrap_or("created");
    let brief = json!({ "id": said.id, "thread_id": said.conversation, "at": at(said.at) });
    Ok(Some(Shown {
        kind: "message",
        full: json!({ "op": op, "detail": "full", "message": brief }),
        summary: Some(json!({ "op": op, "detail": "summary", "message": brief })),
        needs: Permission::ThreadView,
        only: None,
        of: None,
    }))
}

async fn approval(tx: &mut Tx, event: &Event) -> Result<Option<Shown>, Error> {
    let Some(id) = text(&event.body, "question") else { return Ok(None) };
    let Some(asked) = store::question::get(tx, &QuestionId::from(id)).await? else { return Ok(None) };
    let (by, when) = match &asked.answer {
        Some(answer) => (Some(&answer.by_name), Some(answer.at)),
        None => (None, None),
    };
    let data = json!({
        "approval_id": asked.id,
        "state": asked.state.as_str(),
        "job_id": asked.purpose.job(),
        "by": by,
        "at": when.map(|when: Millis| at(when)),
    });
    Ok(Some(status("approval", data, true)))
}

/// The one answer to a command: to whoever asked, in all their windows.
async fn answer(tx: &mut Tx, event: &Event) -> Result<Option<Shown>, Error> {
    let (Some(user), Some(id)) = (text(&event.body, "user_id"), text(&event.body, "id")) else {
        return Ok(None);
    };
    let user = UserId::from(user);
    let stored = command::get(tx, &user, id).await?;
    Ok(stored.and_then(|stored| stored.answer).map(|answer| Shown {
        kind: "response",
        full: shown(&answer),
        summary: None,
        needs: Permission::ThreadView,
        only: Some(user),
        of: Some(id.to_owned()),
    }))
}

fn text<'a>(body: &'a Value, field: &str) -> Option<&'a str> {
    body.get(field).and_then(Value::as_str)
}
