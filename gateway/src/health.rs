//! Whether this process lives and can do its work, and how much waits. Counts only: no ids, no texts.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use store::{
    channel_state::{self, Paused},
    queue::{self, Status},
};

use crate::{error::Problem, state::Gateway};

/// `GET /health`: 200 or 503. A paused channel is named and no fault of the process: a restart would not mend it.
pub(crate) async fn health(State(gateway): State<Gateway>) -> Response {
    let (version, kind) = (env!("CARGO_PKG_VERSION"), gateway.store.kind());
    match within(&gateway, channel_state::paused(&mut gateway.store.reader(), gateway.now())).await {
        Ok(paused) => {
            let shown =
                |one: &Paused| json!({ "channel": one.channel, "until": one.until.timestamp().to_string() });
            let paused: Vec<Value> = paused.iter().map(shown).collect();
            Json(json!({
                "status": "healthy", "database": "connected", "database_kind": kind, "version": version,
                "paused": paused
            }))
            .into_response()
        }
        Err(_) => {
            let body = json!({
                "status": "unhealthy", "database": "unreachable", "database_kind": kind, "version": version
            });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
        }
    }
}

/// `GET /health/live`: the process answers. Never asks the database, whose outage no restart of ours mends.
pub(crate) async fn live() -> Response {
    Json(json!({ "status": "alive" })).into_response()
}

/// `GET /health/ready`: whether requests should be sent here.
pub(crate) async fn ready(State(gateway): State<Gateway>) -> Result<Response, Problem> {
    if gateway.admission.is_leaving() {
        return Err(Problem::unavailable("this process is stopping"));
    }
    counts(&gateway).await?;
    Ok(Json(json!({ "status": "ready" })).into_response())
}

/// `GET /queue/status`.
pub(crate) async fn queue_status(State(gateway): State<Gateway>) -> Result<Json<Status>, Problem> {
    counts(&gateway).await.map(Json)
}

pub(crate) async fn counts(gateway: &Gateway) -> Result<Status, Problem> {
    within(gateway, queue::status(&mut gateway.store.reader(), gateway.now())).await
}

/// What the database is asked, if it answers in time.
async fn within<T>(
    gateway: &Gateway,
    asked: impl Future<Output = Result<T, store::Error>>,
) -> Result<T, Problem> {
    let limit = Duration::from_secs(gateway.config.health_seconds);
    match tokio::time::timeout(limit, asked).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Problem::unavailable("the database did not answer in time")),
    }
}
