//! Events as frames: reads what events name, many at once, and shows it by the functions that the REST routes show it by,
//! so that a page knows one form. What is not there any more is told to nobody.

use domain::{
    id::{JobId, NoteId, PhoneCallId, QuestionId, TodoId, UserId},
    message::Direction,
    staff::Permission,
};
use serde_json::{Value, json};
use store::{Error, Tx, call, command, delivered::rank, event::Event, user};

use super::{
    ask::shown,
    batch::{Batch, text},
    rendered::{Rendered, Shown},
};
use crate::{
    api::{approvals, calls, jobs, notes, tasks},
    error::Problem,
    state::Gateway,
};

/// `events` as frames, in order.
///
/// # Errors
/// [`Error::Database`].
pub(crate) async fn all(gateway: &Gateway, events: Vec<Event>) -> Result<Vec<Rendered>, Error> {
    let mut tx = gateway.store.reader();
    let batch = Batch::read(&mut tx, &events, gateway.now()).await?;
    let mut rendered = Vec::with_capacity(events.len());
    for event in events {
        rendered.push(one(&mut tx, &batch, event).await?);
    }
    Ok(rendered)
}

async fn one(tx: &mut Tx, batch: &Batch, event: Event) -> Result<Rendered, Error> {
    if event.kind == user::EVENT {
        let user = text(&event.body, "user_id").map(UserId::from);
        return Ok(Rendered::silent(event.seq, user));
    }
    Ok(match show(tx, batch, &event).await? {
        Some(shown) => Rendered::new(event.seq, event.conversation, shown, event.at),
        None => Rendered::silent(event.seq, None),
    })
}

async fn show(tx: &mut Tx, batch: &Batch, event: &Event) -> Result<Option<Shown>, Error> {
    let body = |name: &str| event.body.get(name).cloned().unwrap_or_default();
    Ok(match event.kind.as_str() {
        "message" => message(batch, event),
        // Somebody unknown wrote: the message itself is told by its own event, which stands before this one.
        "stranger" => None,
        "status" => delivery(batch, event),
        "conversation" => batch.thread(event).map(|thread| {
            status("conversation", json!({ "changed": body("changed"), "conversation": thread }))
        }),
        "approval" => approval(tx, event).await?,
        "job" => job(tx, event).await?,
        "task" => task(tx, batch, event).await?,
        "note" => note(tx, event).await?,
        call::EVENT => phone_call(tx, batch, event).await?,
        "contact" => Some(status("contact", json!({ "contact_id": body("contact") }))),
        "channel" => Some(status("channel", event.body.clone())),
        "setting" => Some(Shown { needs: Permission::SettingsView, ..status("setting", event.body.clone()) }),
        command::EVENT => answer(tx, event).await?,
        // Of a later version: a page reads anew what it shows.
        other => Some(status("other", json!({ "kind": other }))),
    })
}

/// A `status` frame for everybody: something is in another state.
fn status(scope: &str, mut data: Value) -> Shown {
    data["scope"] = json!(scope);
    Shown {
        kind: "status",
        summary: Some(data.clone()),
        full: data,
        needs: Permission::ThreadView,
        only: None,
        of: None,
    }
}

fn message(batch: &Batch, event: &Event) -> Option<Shown> {
    let (message, thread) = (batch.message(event)?, batch.thread(event)?);
    let op = text(&event.body, "op").unwrap_or("created");
    let full = json!({ "op": op, "detail": "full", "message": message.view, "conversation": thread });
    let brief = json!({
        "id": message.view["id"],
        "thread_id": message.view["thread_id"],
        "direction": message.view["direction"],
        "author": message.view["author"],
        "at": message.view["at"],
    });
    // What a person wrote is told to all; what agents note among themselves to those who look on.
    let summary = (message.direction != Direction::Internal)
        .then(|| json!({ "op": op, "detail": "summary", "message": brief, "conversation": thread }));
    Some(Shown { kind: "message", full, summary, needs: Permission::ThreadView, only: None, of: None })
}

/// How far a message is on its way, and how far that is along the way: a tick only ever rises.
fn delivery(batch: &Batch, event: &Event) -> Option<Shown> {
    let message = batch.message(event)?;
    let delivery = message.delivery.as_ref()?;
    let told = &message.view["status"];
    let error = told["reason"]
        .as_str()
        .map(|reason| json!({ "code": "not_delivered", "message": reason, "retryable": told["retryable"] }));
    let data = json!({
        "message_id": message.view["id"],
        "status": told["state"],
        "rank": rank(delivery.state),
        "at": told["at"],
        "error": error,
    });
    Some(status("message", data))
}

async fn approval(tx: &mut Tx, event: &Event) -> Result<Option<Shown>, Error> {
    let Some(id) = text(&event.body, "question") else { return Ok(None) };
    let found = approvals::shown(tx, &QuestionId::from(id)).await;
    let Some(view) = there(found)? else { return Ok(None) };
    let view = json!(view);
    let data = json!({ "approval_id": id, "state": view["state"], "approval": view });
    Ok(Some(status("approval", data)))
}

async fn job(tx: &mut Tx, event: &Event) -> Result<Option<Shown>, Error> {
    let Some(id) = text(&event.body, "job") else { return Ok(None) };
    let found = jobs::shown(tx, &JobId::from(id)).await;
    Ok(there(found)?.map(|view| status("job", json!({ "job_id": id, "job": view }))))
}

async fn task(tx: &mut Tx, batch: &Batch, event: &Event) -> Result<Option<Shown>, Error> {
    let Some(id) = text(&event.body, "task") else { return Ok(None) };
    let view = tasks::shown(tx, &TodoId::from(id)).await?;
    let data = json!({ "task_id": id, "task": view, "conversation": batch.thread(event) });
    Ok(Some(status("task", data)))
}

/// A note is told to those who look on; one that was taken away is `null`.
async fn note(tx: &mut Tx, event: &Event) -> Result<Option<Shown>, Error> {
    let Some(id) = text(&event.body, "note") else { return Ok(None) };
    let view = notes::shown(tx, &NoteId::from(id)).await?;
    Ok(Some(Shown { summary: None, ..status("note", json!({ "note_id": id, "note": view })) }))
}

/// A call: whole to who looks on, to the others that something of it changed.
async fn phone_call(tx: &mut Tx, batch: &Batch, event: &Event) -> Result<Option<Shown>, Error> {
    let Some(id) = text(&event.body, "call") else { return Ok(None) };
    let Some(view) = calls::view::shown(tx, &PhoneCallId::from(id)).await? else { return Ok(None) };
    let data = json!({ "call_id": id, "call": view, "conversation": batch.thread(event) });
    let summary =
        json!({ "scope": "call", "call_id": id, "call": null, "conversation": batch.thread(event) });
    Ok(Some(Shown { summary: Some(summary), ..status("call", data) }))
}

/// What is there. One that cannot be shown must not stop the others: it is in the log, and told to nobody.
fn there<T>(found: Result<Option<T>, Problem>) -> Result<Option<T>, Error> {
    match found {
        Ok(found) => Ok(found),
        Err(problem) if problem.http.as_u16() == 503 => Err(Error::Closed),
        Err(_) => Ok(None),
    }
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
