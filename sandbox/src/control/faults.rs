//! Fault rules: list, add, remove.
//! A rule that fits no target is refused here, so that no test waits for a fault that cannot come.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::{Body, Hubs, Problem, Reply, body};
use crate::world::faults::Rule;

pub(super) async fn list(State(hub): Hubs) -> Json<Value> {
    Json(hub.read(|world| json!({ "faults": world.faults.rules })))
}

pub(super) async fn add(State(hub): Hubs, given: Body) -> Reply {
    let rule: Rule = serde_json::from_value(body(given)?).map_err(|error| Problem::bad(error.to_string()))?;
    if let Some(objection) = rule.objection() {
        return Err(Problem::bad(objection));
    }
    hub.act(|world| {
        if world.faults.rules.len() >= world.limits.faults {
            return Err(Problem::bad(format!("at most {} rules", world.limits.faults)));
        }
        let rule = json!(world.faults.add(rule));
        world.tell(json!({ "type": "faults", "faults": world.faults.rules }));
        Ok(Json(rule))
    })
}

pub(super) async fn remove(State(hub): Hubs, Path(id): Path<u64>) -> Reply {
    hub.act(|world| {
        let before = world.faults.rules.len();
        world.faults.rules.retain(|rule| rule.id != id);
        if world.faults.rules.len() == before {
            return Err(Problem::missing(format!("no rule {id}")));
        }
        world.tell(json!({ "type": "faults", "faults": world.faults.rules }));
        Ok(Json(json!({})))
    })
}

pub(super) async fn clear(State(hub): Hubs) -> Json<Value> {
    hub.act(|world| {
        world.faults.rules.clear();
        world.tell(json!({ "type": "faults", "faults": [] }));
    });
    Json(json!({}))
}
