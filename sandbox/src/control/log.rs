//! What went out and what came in: the delivery log with redeliver, and the journal of sends.
//! Bodies are shown as the exact text that was signed.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Hubs, Problem, Reply};

#[derive(Deserialize)]
pub(super) struct Filter {
    person: Option<String>,
    limit: Option<usize>,
}

impl Filter {
    fn limit(&self) -> usize {
        self.limit.unwrap_or(500).min(5_000)
    }

    fn fits(&self, person: Option<&str>) -> bool {
        self.person.is_none() || self.person.as_deref() == person
    }
}

/// Newest first.
pub(super) async fn deliveries(State(hub): Hubs, Query(filter): Query<Filter>) -> Json<Value> {
    Json(hub.read(|world| {
        let log =
            world.deliveries.log.values().rev().filter(|delivery| filter.fits(delivery.person.as_deref()));
        let all: Vec<Value> =
            log.take(filter.limit()).map(crate::world::delivery::Delivery::summary).collect();
        json!({ "deliveries": all })
    }))
}

pub(super) async fn delivery(State(hub): Hubs, Path(id): Path<u64>) -> Reply {
    hub.read(|world| {
        let delivery =
            world.deliveries.log.get(&id).ok_or_else(|| Problem::missing(format!("no delivery {id}")))?;
        Ok(Json(json!(delivery)))
    })
}

pub(super) async fn redeliver(State(hub): Hubs, Path(id): Path<u64>) -> Reply {
    if hub.act(|world| world.redeliver(id)) {
        return Ok(Json(json!({})));
    }
    Err(Problem::bad(format!("delivery {id} does not exist, is on its way, or has no callback")))
}

/// Oldest first, as a test reads it.
pub(super) async fn journal(State(hub): Hubs, Query(filter): Query<Filter>) -> Json<Value> {
    Json(hub.read(|world| {
        let fitting = world.journal.iter().filter(|entry| filter.fits(entry.person.as_deref()));
        let all: Vec<Value> = fitting.map(|entry| json!(entry)).collect();
        let skip = all.len().saturating_sub(filter.limit());
        json!({ "journal": all[skip..] })
    }))
}

pub(super) async fn clear_journal(State(hub): Hubs) -> Json<Value> {
    hub.act(|world| world.journal.clear());
    Json(json!({}))
}
