//! State as a whole: health, everything for the page, switches, delays, snapshot, reset.
//! A snapshot holds tokens and messages: it is for tests, not for safekeeping.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::{Body, Hubs, Problem, Reply, body};
use crate::world::World;

/// Log entries and journal entries the page gets at once.
const RECENT: usize = 200;

pub(super) async fn health(State(hub): Hubs) -> Json<Value> {
    Json(hub.read(|world| {
        json!({ "status": "ok", "phone_number_id": world.account.phone_number_id, "now_ms": world.now,
                "idle": world.idle() })
    }))
}

pub(super) async fn everything(State(hub): Hubs) -> Json<Value> {
    Json(hub.read(|world| {
        json!({
            "now_ms": world.now,
            // Events up to this number are in here already.
            "number": hub.told(),
            "account": super::account::view(world),
            "people": world.people.values().map(|person| person.view(world.now)).collect::<Vec<_>>(),
            "messages": world.messages.iter().map(crate::world::message::Message::view).collect::<Vec<_>>(),
            "deliveries": world.deliveries.log.values().rev().take(RECENT).map(|d| d.summary()).collect::<Vec<_>>(),
            "journal": world.journal.iter().rev().take(RECENT).collect::<Vec<_>>(),
            "faults": world.faults.rules,
            "templates": world.templates.all.iter().map(|t| t.view()).collect::<Vec<_>>(),
        })
    }))
}

pub(super) async fn reset(State(hub): Hubs) -> Json<Value> {
    hub.reset();
    Json(json!({}))
}

pub(super) async fn export(State(hub): Hubs) -> Reply {
    hub.read(|world| serde_json::to_value(world)).map(Json).map_err(|error| Problem::bad(error.to_string()))
}

/// Puts a snapshot in place of everything; the clock goes forward to it, never back.
pub(super) async fn import(State(hub): Hubs, given: Body) -> Reply {
    let next: World =
        serde_json::from_value(body(given)?).map_err(|error| Problem::bad(error.to_string()))?;
    hub.clock.advance_to(next.now);
    hub.act(|world| {
        let (now, base_url, numbered) = (world.now, world.base_url.clone(), world.deliveries.next);
        *world = next;
        world.deliveries.next = world.deliveries.next.max(numbered);
        world.now = world.now.max(now);
        world.base_url = base_url;
        world.tell(json!({ "type": "reset" }));
    });
    Ok(Json(json!({})))
}

pub(super) async fn switches(State(hub): Hubs) -> Json<Value> {
    Json(hub.read(|world| json!(world.switches)))
}

pub(super) async fn set_switches(State(hub): Hubs, given: Body) -> Reply {
    let changes = body(given)?;
    hub.act(|world| {
        world.switches = merged(&world.switches, &changes)?;
        Ok(Json(json!(world.switches)))
    })
}

pub(super) async fn delays(State(hub): Hubs) -> Json<Value> {
    Json(hub.read(|world| json!(world.delays)))
}

pub(super) async fn set_delays(State(hub): Hubs, given: Body) -> Reply {
    let changes = body(given)?;
    hub.act(|world| {
        world.delays = merged(&world.delays, &changes)?;
        Ok(Json(json!(world.delays)))
    })
}

/// A settings object with some values replaced; unknown names are refused by its own reader.
fn merged<T: serde::Serialize + serde::de::DeserializeOwned>(
    settings: &T,
    changes: &Value,
) -> Result<T, Problem> {
    let mut value = serde_json::to_value(settings).map_err(|error| Problem::bad(error.to_string()))?;
    for (name, change) in changes.as_object().ok_or_else(|| Problem::bad("a JSON object is expected"))? {
        value[name] = change.clone();
    }
    serde_json::from_value(value).map_err(|error| Problem::bad(error.to_string()))
}
