//! The clock: reading it, moving it forward, and waiting until nothing is left to do.
//! Moving it runs everything in between, in order, webhooks and their retries included.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::{Body, Hubs, Problem, Reply, body};

pub(super) async fn show(State(hub): Hubs) -> Json<Value> {
    Json(hub.read(|world| json!({ "now_ms": world.now })))
}

/// `{"ms": 500}`, or seconds, minutes, hours, days; they add up.
pub(super) async fn advance(State(hub): Hubs, given: Body) -> Reply {
    let given = body(given)?;
    let object = given.as_object().ok_or_else(|| Problem::bad("a JSON object is expected"))?;
    let mut total = 0.0;
    for (name, value) in object {
        let factor = match name.as_str() {
            "ms" => 1.0,
            "seconds" => 1e3,
            "minutes" => 6e4,
            "hours" => 3.6e6,
            "days" => 8.64e7,
            other => return Err(Problem::bad(format!("{other}: use ms, seconds, minutes, hours or days"))),
        };
        total += value.as_f64().ok_or_else(|| Problem::bad(format!("{name} must be a number")))? * factor;
    }
    if !(0.0..=3.2e10).contains(&total) {
        return Err(Problem::bad("the clock moves forward, by a year at most"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked just above")]
    let ms = total as i64;
    hub.advance(ms).await;
    Ok(Json(json!({ "now_ms": hub.clock.now_ms() })))
}

pub(super) async fn settle(State(hub): Hubs) -> Json<Value> {
    hub.settle().await;
    Json(json!({ "now_ms": hub.clock.now_ms() }))
}
