//! People and what they do: make, change, remove, read a chat, act, and what the office types on its phone.
//! Acts are parsed here and carried out by the world.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::{Body, Hubs, Problem, Reply, body};
use crate::config::PersonConfig;
use crate::world::acts::Act;

pub(super) async fn list(State(hub): Hubs) -> Json<Value> {
    Json(hub.read(|world| {
        let people: Vec<Value> = world.people.values().map(|person| person.view(world.now)).collect();
        json!({ "people": people })
    }))
}

pub(super) async fn add(State(hub): Hubs, given: Body) -> Reply {
    let config: PersonConfig =
        serde_json::from_value(body(given)?).map_err(|error| Problem::bad(error.to_string()))?;
    hub.act(|world| {
        let id = world.add_person(&config).map_err(Problem::bad)?;
        Ok(Json(world.people.get(&id).map_or(Value::Null, |person| person.view(world.now))))
    })
}

pub(super) async fn one(State(hub): Hubs, Path(id): Path<String>) -> Reply {
    hub.read(|world| {
        let person = world.people.get(&id).ok_or_else(|| Problem::missing(format!("no person {id}")))?;
        Ok(Json(person.view(world.now)))
    })
}

pub(super) async fn change(State(hub): Hubs, Path(id): Path<String>, given: Body) -> Reply {
    let changes = body(given)?;
    hub.act(|world| {
        world.change_person(&id, &changes).map_err(Problem::bad)?;
        Ok(Json(world.people.get(&id).map_or(Value::Null, |person| person.view(world.now))))
    })
}

pub(super) async fn remove(State(hub): Hubs, Path(id): Path<String>) -> Reply {
    if hub.act(|world| world.remove_person(&id)) {
        return Ok(Json(json!({})));
    }
    Err(Problem::missing(format!("no person {id}")))
}

/// The chat, oldest first; `on_phone` tells what the person can see.
pub(super) async fn thread(State(hub): Hubs, Path(id): Path<String>) -> Reply {
    hub.read(|world| {
        if !world.people.contains_key(&id) {
            return Err(Problem::missing(format!("no person {id}")));
        }
        let messages: Vec<Value> = world.messages.of(&id).map(crate::world::message::Message::view).collect();
        Ok(Json(json!({ "messages": messages })))
    })
}

/// `POST /sandbox/people/technician/text {"body":"Hello"}`: the last segment is the act.
pub(super) async fn act(State(hub): Hubs, Path((id, act)): Path<(String, String)>, given: Body) -> Reply {
    let mut given = match given {
        // An act that needs nothing may come without a body.
        Err(axum::extract::rejection::JsonRejection::MissingJsonContentType(_)) if act == "read" => json!({}),
        given => body(given)?,
    };
    let object = given.as_object_mut().ok_or_else(|| Problem::bad("a JSON object is expected"))?;
    object.insert("act".into(), json!(act.replace('-', "_")));
    let act: Act = serde_json::from_value(given).map_err(|error| Problem::bad(error.to_string()))?;
    hub.act(|world| {
        if !world.people.contains_key(&id) {
            return Err(Problem::missing(format!("no person {id}")));
        }
        world.act(&id, act).map(Json).map_err(Problem::bad)
    })
}

/// What the office typed on its own phone (coexistence): `{"person":"technician","body":"..."}`.
pub(super) async fn echo(State(hub): Hubs, given: Body) -> Reply {
    let given = body(given)?;
    let text = |name: &str| given[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let (Some(person), Some(body)) = (text("person"), text("body")) else {
        return Err(Problem::bad("person and body are needed"));
    };
    hub.act(|world| world.echo(&person, &body)).map(Json).map_err(Problem::bad)
}
