//! The live stream: what happens, told to staff as it happens, over a WebSocket, an event stream or long polls, all on one
//! numbered log. `hub` reads and tells, `session` is one stream, `act` does what clients ask. Nothing here holds SQL, and
//! no frame says who somebody is.

mod act;
mod ask;
mod batch;
mod cache;
mod config;
mod events;
mod frame;
mod frames;
mod hello;
mod hub;
mod poll;
mod presence;
mod queue;
mod render;
mod rendered;
mod run;
mod schema;
mod session;
mod socket;
mod submit;
mod suggest;
mod transcribe;
mod writer;

use axum::routing::get;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use config::Config;
pub use hub::Live;
pub use schema::SCHEMA;
pub(crate) use submit::recording;

use crate::state::Gateway;

/// What is behind the door, below `/api/live`.
pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new()
        .routes(routes!(events::follow))
        .routes(routes!(poll::poll))
        .routes(routes!(frames::take))
        .routes(routes!(schema::serve))
}

/// What the API has beside it, below `/api/comms`.
pub(crate) fn comms() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new()
        .routes(routes!(suggest::suggest))
        .routes(routes!(transcribe::transcribe))
        .routes(routes!(transcribe::transcription))
}

/// The WebSocket, which has a door of its own: it learns from the first frame who comes.
pub(crate) fn socket() -> axum::Router<Gateway> {
    axum::Router::new().route("/api/live", get(socket::open))
}
