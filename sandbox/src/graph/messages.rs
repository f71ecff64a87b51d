//! `POST /{phone}/messages`: faults, token, shape, world, journal, answer.
//! Read receipts and typing indicators come the same way and are no messages.

use std::sync::Arc;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::call::Call;
use super::refusal::Refusal;
use super::{Answer, Outcome, auth, fetch, strike};
use crate::check;
use crate::hub::Hub;
use crate::world::World;
use crate::world::faults::{Fault, Target};
use crate::world::person::digits_of;
use crate::world::sending::Fate;

pub(super) async fn send(hub: &Arc<Hub>, call: &Call) -> Outcome {
    let receipt = call.params.get("status").is_some();
    let target = if receipt { Target::Receipt } else { Target::Send };
    let fault = hub.act(|world| {
        let person = addressee(world, call);
        world.faults.strike(&[target, Target::Graph], person.as_deref())
    });
    let kind = fault.as_ref().map(kind_of);
    let mut request = Value::Object(call.params.clone());
    if let Some(object) = request.as_object_mut() {
        object.remove("access_token");
    }
    let outcome = carry_out(hub, call, receipt, fault, &request, kind.as_deref()).await;
    if let Err(refusal) = &outcome {
        hub.act(|world| {
            let trace = world.chance.trace_id();
            world.note_send(&request, refusal.http, &refusal.body(&trace), kind.as_deref());
        });
    }
    outcome
}

async fn carry_out(
    hub: &Arc<Hub>,
    call: &Call,
    receipt: bool,
    fault: Option<Fault>,
    request: &Value,
    kind: Option<&str>,
) -> Outcome {
    if let Some(fault) = fault.clone()
        && let Some(response) = strike::inflict(hub, fault, call).await?
    {
        let status = response.status().as_u16();
        hub.act(|world| world.note_send(request, status, &Value::Null, kind));
        return Ok(Answer::Ready(response));
    }
    auth::check(hub, call)?;
    let body = if receipt {
        hub.act(|world| world.receipt(&call.params))?;
        json!({ "success": true })
    } else {
        message(hub, call, fault.as_ref()).await?
    };
    let lost = match fault {
        Some(Fault::AnswerLost { ms }) => Some(ms),
        _ => None,
    };
    let status = if lost.is_some() { 504 } else { 200 };
    hub.act(|world| world.note_send(request, status, &body, kind));
    if fault == Some(Fault::AnswerCut) {
        return Ok(Answer::Ready(strike::cut(&body)));
    }
    match lost {
        Some(ms) => Ok(Answer::Ready(strike::hang(hub, ms).await)),
        None => Ok(Answer::Ready(ok(body))),
    }
}

fn ok(body: Value) -> Response {
    (StatusCode::OK, Json(body)).into_response()
}

async fn message(hub: &Arc<Hub>, call: &Call, fault: Option<&Fault>) -> Result<Value, Refusal> {
    let switches = hub.read(|world| world.switches.clone());
    let mut checked = check::message(&call.params, &switches)?;
    let mut forced = match fault {
        Some(Fault::NeverDelivered) => Some(Fate::Silent),
        Some(Fault::FailLater { code, details }) => Some(Fate::Fail(*code, details.clone())),
        _ => None,
    };
    if switches.fetch_links
        && let Err(reason) = fetch::link(hub, &mut checked).await
    {
        forced.get_or_insert(Fate::Fail(131_053, Some(reason)));
    }
    hub.act(|world| world.send(&checked, forced))
}

/// Whom a call concerns, for rules about one person; found loosely, since nothing is checked yet.
fn addressee(world: &World, call: &Call) -> Option<String> {
    if let Some(wamid) = call.text("message_id") {
        return world.messages.get(wamid).map(|message| message.person.clone());
    }
    let digits = call.text("to").map(digits_of);
    let user_id = call.text("recipient");
    let found = world.people.values().find(|person| {
        (digits.is_some() && person.phone == digits)
            || user_id.is_some_and(|user_id| user_id == person.user_id)
    });
    found.map(|person| person.id.clone())
}

fn kind_of(fault: &Fault) -> String {
    let value = serde_json::to_value(fault).unwrap_or_default();
    value["kind"].as_str().unwrap_or_default().to_owned()
}
