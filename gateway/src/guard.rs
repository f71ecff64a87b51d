//! What every request passes on its way in and out: an id, a time limit, a line in the log, and a net under panics.
//! Looks at no body.

use std::{any::Any, time::Duration};

use axum::{
    extract::{FromRequest, Request, State, rejection::BytesRejection},
    http::{HeaderName, HeaderValue, StatusCode, Uri},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use tracing::Instrument as _;

use crate::{
    error::{FieldProblem, Problem},
    state::Gateway,
};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Characters of a caller's own request id that are believed.
const ID: usize = 64;

/// Gives the request an id (the caller's own, where it has a sane one), the configured time, and a line in the log.
pub(crate) async fn watch(State(gateway): State<Gateway>, mut request: Request, next: Next) -> Response {
    let id = request.headers().get(&REQUEST_ID).filter(|id| is_sane(id)).cloned();
    let id = id.or_else(|| HeaderValue::from_str(&gateway.ids.uuid()).ok());
    let shown = id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let span =
        tracing::info_span!("request", id = shown, method = %request.method(), path = request.uri().path());
    if let Some(id) = &id {
        request.headers_mut().insert(REQUEST_ID, id.clone());
    }
    let limit = Duration::from_secs(gateway.config.request_seconds);
    let started = gateway.now();
    let answered = async {
        let mut response = match tokio::time::timeout(limit, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Problem::unavailable("the request took too long and was given up").into_response(),
        };
        let millis = started.until(gateway.now()).as_millis();
        tracing::debug!(
            status = response.status().as_u16(),
            millis = u64::try_from(millis).unwrap_or(0),
            "answered"
        );
        if let Some(id) = id {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    };
    answered.instrument(span).await
}

fn is_sane(id: &HeaderValue) -> bool {
    let id = id.as_bytes();
    !id.is_empty()
        && id.len() <= ID
        && id.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// The answer to a request whose handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = said.unwrap_or("of no words"), "a handler panicked");
    Problem::internal().into_response()
}

pub(crate) async fn no_such_route(uri: Uri) -> Problem {
    nothing_at(&uri)
}

pub(crate) fn nothing_at(uri: &Uri) -> Problem {
    let detail = format!("there is no {} here", shown(uri.path()));
    Problem::new(StatusCode::NOT_FOUND, "not_found", detail)
}

pub(crate) async fn no_such_method(request: Request) -> Problem {
    let detail = format!("{} takes no {}", shown(request.uri().path()), request.method());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

fn shown(path: &str) -> String {
    path.chars().take(200).collect()
}

/// A body within the limit, whole. Whether it is JSON is the handler's.
pub(crate) struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !says_json(&request) {
            let detail = "send JSON as `Content-Type: application/json`";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
        }
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| too_long(&rejection))
    }
}

/// A JSON body as a `T`; a refusal names the field.
pub(crate) struct Read<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Read<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Body(body) = Body::from_request(request, state).await?;
        // A list would be read as the fields in their order.
        if body.trim_ascii_start().first() == Some(&b'[') {
            return Err(Problem::malformed("the body must be a JSON object, not a list"));
        }
        let mut from = serde_json::Deserializer::from_slice(&body);
        serde_path_to_error::deserialize(&mut from).map(Self).map_err(|error| {
            let (field, detail) = (error.path().to_string(), error.inner().to_string());
            let field = if field == "." { String::new() } else { field };
            Problem::malformed("the body is not what this route takes")
                .with_fields(vec![FieldProblem { field, detail }])
        })
    }
}

fn too_long(rejection: &BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "payload_too_large",
            "the body is over the limit",
        );
    }
    Problem::new(StatusCode::BAD_REQUEST, "broken_body", "the body broke off")
}

/// `application/json`, `application/a2a+json` and their kin, or no type at all.
fn says_json(request: &Request) -> bool {
    let Some(value) = request.headers().get(axum::http::header::CONTENT_TYPE) else { return true };
    let essence =
        value.to_str().unwrap_or("?").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.starts_with("application/") && (essence.ends_with("/json") || essence.ends_with("+json"))
}
