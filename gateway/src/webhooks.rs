//! What Meta sends. The signature is checked over the bytes as they came, all that a delivery holds is stored in one
//! transaction, and 200 is said after the commit; anything else makes Meta come again, for seven days. Nothing is
//! answered, sent or thought about here.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{FromRequest as _, RawQuery, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use channels::whatsapp::{
    Receiver,
    parse::Read,
    signature::{self, Unsigned},
};
use domain::current::Current;
use store::inbox;
use tokio::sync::Semaphore;

use crate::{error::Problem, state::Gateway};

/// How much is taken in at once.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Deliveries under way; one more is told to come again.
    pub deliveries: usize,
    /// Meta sends up to 3 MB.
    pub body_bytes: usize,
    /// How long a body may take to come.
    pub body_wait: Duration,
}

impl Default for Room {
    fn default() -> Self {
        Self { deliveries: 64, body_bytes: 3 * 1024 * 1024, body_wait: Duration::from_secs(10) }
    }
}

#[derive(Clone)]
pub(crate) struct MetaCloud {
    gateway: Gateway,
    receiver: Current<Receiver>,
    places: Arc<Semaphore>,
    body_wait: Duration,
}

impl MetaCloud {
    pub(crate) fn new(gateway: Gateway, receiver: Current<Receiver>, room: Room) -> Self {
        Self {
            gateway,
            receiver,
            places: Arc::new(Semaphore::new(room.deliveries)),
            body_wait: room.body_wait,
        }
    }
}

/// `GET`: Meta asks whether we are who the dashboard says. The challenge is echoed as it came.
pub(crate) async fn handshake(
    State(meta): State<MetaCloud>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let challenge = meta.receiver.get().handshake(&query.unwrap_or_default()).map_err(|why| {
        tracing::warn!(%why, "a handshake was refused");
        Problem::new(StatusCode::FORBIDDEN, "handshake_refused", why.to_string())
    })?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response())
}

/// `POST`: one delivery.
pub(crate) async fn deliver(State(meta): State<MetaCloud>, request: Request) -> Result<StatusCode, Problem> {
    let place = Arc::clone(&meta.places).try_acquire_owned();
    let _place = place.map_err(|_| Problem::unavailable("as many deliveries as fit are being taken in"))?;
    let headers = request.headers().clone();
    let body = tokio::time::timeout(meta.body_wait, Bytes::from_request(request, &())).await;
    let body = body.map_err(|_| Problem::unavailable("the body took too long"))?.map_err(|rejection| {
        let code = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            "payload_too_large"
        } else {
            "broken_body"
        };
        Problem::new(rejection.status(), code, "the body is over the limit, or broke off")
    })?;
    let read = believed(&meta, &headers, &body)?;
    meta.gateway.admission.room(&meta.gateway).await?;
    store(&meta.gateway, read).await?;
    Ok(StatusCode::OK)
}

/// What a delivery holds, once its signature fits.
fn believed(meta: &MetaCloud, headers: &HeaderMap, body: &Bytes) -> Result<Read, Problem> {
    let given = headers.get(signature::HEADER).map(|value| value.as_bytes());
    meta.receiver.get().receive(given, body, meta.gateway.now()).map_err(|why| {
        // Enough to find it again at the sender's, and nothing of what it says.
        tracing::warn!(%why, bytes = body.len(), sha256 = signature::fingerprint(body), "a delivery is not believed");
        let http = match why {
            Unsigned::Missing | Unsigned::Malformed => StatusCode::UNAUTHORIZED,
            Unsigned::Wrong => StatusCode::FORBIDDEN,
        };
        Problem::new(http, "signature_refused", why.to_string())
    })
}

/// All of it or nothing: what fails comes again whole, and repeats insert nothing.
async fn store(gateway: &Gateway, mut read: Read) -> Result<(), Problem> {
    if read.arrivals.is_empty() {
        return Ok(());
    }
    let (kept_raw, count) = (read.kept_raw.join(", "), read.arrivals.len());
    // Two deliveries that share lanes come to them in one order. Within a lane it is the order in which they came.
    read.arrivals.sort_by(|one, other| one.lane.cmp(&other.lane));
    let new = inbox::put_all(&gateway.store, &gateway.ids, read.arrivals, gateway.now()).await?;
    if !kept_raw.is_empty() {
        tracing::info!(kept_raw, "a delivery held kinds that are kept as they came");
    }
    tracing::debug!(count, new, "a delivery is stored");
    gateway.waker.wake();
    Ok(())
}
