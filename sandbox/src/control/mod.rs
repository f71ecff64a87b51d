//! The control API under `/sandbox`: everything Meta has no endpoint for, for tests and for the page.
//! It takes JSON only, so a foreign web page cannot drive it with a plain form.

mod account;
mod clock;
mod events;
mod faults;
mod log;
mod people;
mod state;
mod upload;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::hub::Hub;

type Hubs = axum::extract::State<Arc<Hub>>;
type Body = Result<Json<Value>, JsonRejection>;

/// A control call that makes no sense, with one sentence about why.
pub(crate) struct Problem(StatusCode, String);

type Reply = Result<Json<Value>, Problem>;

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl Problem {
    fn bad(reason: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, reason.into())
    }

    fn missing(reason: impl Into<String>) -> Self {
        Self(StatusCode::NOT_FOUND, reason.into())
    }
}

/// The JSON of a body; none at all counts as an empty object.
fn body(given: Body) -> Result<Value, Problem> {
    match given {
        Ok(Json(value)) => Ok(value),
        Err(JsonRejection::MissingJsonContentType(_)) => Err(Problem(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "send JSON with content-type: application/json".into(),
        )),
        Err(error) => Err(Problem::bad(error.body_text())),
    }
}

/// Every route of the control API.
pub(crate) fn router() -> Router<Arc<Hub>> {
    let json = Router::new()
        .route("/health", get(state::health))
        .route("/state", get(state::everything))
        .route("/events", get(events::stream))
        .route("/reset", post(state::reset))
        .route("/snapshot", get(state::export).put(state::import))
        .route("/switches", get(state::switches).patch(state::set_switches))
        .route("/delays", get(state::delays).patch(state::set_delays))
        .route("/clock", get(clock::show))
        .route("/clock/advance", post(clock::advance))
        .route("/settle", post(clock::settle))
        .route("/people", get(people::list).post(people::add))
        .route("/people/{id}", get(people::one).patch(people::change).delete(people::remove))
        .route("/people/{id}/messages", get(people::thread))
        .route("/people/{id}/{act}", post(people::act))
        .route("/echoes", post(people::echo))
        .route("/journal", get(log::journal).delete(log::clear_journal))
        .route("/deliveries", get(log::deliveries))
        .route("/deliveries/{id}", get(log::delivery))
        .route("/deliveries/{id}/redeliver", post(log::redeliver))
        .route("/faults", get(faults::list).post(faults::add).delete(faults::clear))
        .route("/faults/{id}", axum::routing::delete(faults::remove))
        .route("/account", get(account::show).patch(account::change))
        .route("/templates/{id}/status", post(account::template_status))
        .route("/templates/{id}/quality", post(account::template_quality))
        .route("/webhook", get(account::webhook).post(account::set_webhook))
        .route("/webhook/handshake", post(account::handshake))
        .route("/webhook/raw", post(account::raw))
        .layer(DefaultBodyLimit::max(64 * 1024 * 1024));
    let files = Router::new()
        .route("/media", post(upload::media))
        .route("/media/{id}", get(upload::content))
        .route("/people/{id}/upload", post(upload::send))
        .layer(DefaultBodyLimit::max(crate::graph::UPLOAD_MOST));
    json.merge(files).layer(axum::middleware::from_fn(same_origin))
}

/// Web pages of other origins have no business here, not even with a plain upload.
async fn same_origin(request: Request, next: Next) -> Response {
    if is_foreign(request.headers()) {
        return Problem(StatusCode::FORBIDDEN, "this API is not for other web pages".into()).into_response();
    }
    next.run(request).await
}

fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    text(header::ORIGIN).is_some_and(|origin| {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        text(header::HOST).is_none_or(|own| own != host)
    })
}
