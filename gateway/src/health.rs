//! Whether this process lives and can do its work, and how much waits. Counts only: no ids, no texts.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;
use store::queue::{self, Status};

use crate::{error::Problem, state::Gateway};

/// `GET /health`: 200 or 503.
pub(crate) async fn health(State(gateway): State<Gateway>) -> Response {
    let (version, kind) = (env!("CARGO_PKG_VERSION"), gateway.store.kind());
    match counts(&gateway).await {
        Ok(_) => Json(json!({
            "status": "healthy", "database": "connected", "database_kind": kind, "version": version
        }))
        .into_response(),
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
    counts(&gateway).await?;
    Ok(Json(json!({ "status": "ready" })).into_response())
}

/// `GET /queue/status`.
pub(crate) async fn queue_status(State(gateway): State<Gateway>) -> Result<Json<Status>, Problem> {
    counts(&gateway).await.map(Json)
}

pub(crate) async fn counts(gateway: &Gateway) -> Result<Status, Problem> {
    let mut reader = gateway.store.reader();
    let asked = queue::status(&mut reader, gateway.now());
    let limit = Duration::from_secs(gateway.config.health_seconds);
    match tokio::time::timeout(limit, asked).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Problem::unavailable("the database did not answer in time")),
    }
}
