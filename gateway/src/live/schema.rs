//! `GET /api/live/schema.json`: the frames of the protocol, frozen as a JSON Schema. Tests hold every frame to it.

use axum::{http::header, response::IntoResponse};

use crate::staff::Principal;

/// JSON Schema (2020-12) of `plumbline.live.v1`: `#/$defs/client` for what clients send, `#/$defs/server` for what they
/// are told.
pub const SCHEMA: &str = include_str!("../../live.schema.json");

/// The frames of the live stream
///
/// JSON Schema 2020-12: `#/$defs/client` and `#/$defs/server`.
#[utoipa::path(
    get,
    path = "/schema.json",
    tag = "live",
    responses(
        (status = 200, description = "The schema.", content_type = "application/schema+json"),
    )
)]
pub(crate) async fn serve(_: Principal) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/schema+json")], SCHEMA)
}
