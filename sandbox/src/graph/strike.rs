//! Faults on Graph calls: what a struck rule does to the answer.
//! It never decides whether a rule fires; `world::faults` does.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::auth;
use super::call::{Call, Node};
use super::refusal::Refusal;
use crate::hub::Hub;
use crate::world::faults::{Fault, Target};

/// Which faults a plain call can meet.
pub(crate) fn target(call: &Call, node: Node) -> Target {
    match node {
        Node::Media if call.method == Method::GET => Target::Media,
        _ => Target::Graph,
    }
}

/// Strikes before the call does anything. `Some` is a bare answer; a refusal speaks as Meta does.
pub(crate) async fn before(hub: &Arc<Hub>, call: &Call, target: Target) -> Result<Option<Response>, Refusal> {
    let fault = hub.act(|world| world.faults.strike(&[target, Target::Graph], None));
    match fault {
        Some(fault) => inflict(hub, fault, call).await,
        None => Ok(None),
    }
}

/// What a fault does to a call that has not been carried out.
pub(crate) async fn inflict(hub: &Arc<Hub>, fault: Fault, call: &Call) -> Result<Option<Response>, Refusal> {
    match fault {
        Fault::Error { code, http, retry_after_s, details } => {
            Err(error(hub, code, http, retry_after_s, details))
        }
        Fault::Http { status } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            Ok(Some((status, status.canonical_reason().unwrap_or("error")).into_response()))
        }
        Fault::Hang { ms } => Ok(Some(hang(hub, ms).await)),
        Fault::ExpiredToken => {
            Err(auth::expired(hub.read(|world| world.now - 3_600_000), hub.read(|world| world.now)))
        }
        Fault::Gone => {
            Err(Refusal::no_object(call.path.first().map_or("", String::as_str), call.method.as_str()))
        }
        _ => Ok(None),
    }
}

fn error(
    hub: &Hub,
    code: i64,
    http: Option<u16>,
    retry_after_s: Option<u64>,
    details: Option<String>,
) -> Refusal {
    let mut refusal = Refusal::code(code);
    if matches!(code, 4 | 130_429) {
        refusal = refusal
            .http(hub.read(|world| world.switches.rate_limit_http))
            .retry_after(retry_after_s.unwrap_or(1));
    } else if let Some(seconds) = retry_after_s {
        refusal = refusal.retry_after(seconds);
    }
    if let Some(http) = http {
        refusal = refusal.http(http);
    }
    match details {
        Some(details) => refusal.details(details),
        None => refusal,
    }
}

/// Keeps the caller waiting, then gives up as a gateway would.
pub(crate) async fn hang(hub: &Hub, ms: Option<u64>) -> Response {
    let wait = ms.unwrap_or_else(|| hub.read(|world| world.delays.hang_ms));
    tokio::select! {
        () = hub.stop.cancelled() => {}
        () = tokio::time::sleep(Duration::from_millis(wait)) => {}
    }
    StatusCode::GATEWAY_TIMEOUT.into_response()
}

/// Half of `body`; then the connection breaks.
pub(crate) fn cut(body: &serde_json::Value) -> Response {
    let mut half = body.to_string().into_bytes();
    half.truncate(half.len() / 2);
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let pieces = futures::stream::iter([Ok(half), Err(broken)]);
    (StatusCode::OK, axum::body::Body::from_stream(pieces)).into_response()
}
