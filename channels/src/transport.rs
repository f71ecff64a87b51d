//! How requests leave the house: one client under one tower stack, for every channel that speaks HTTP. Knows no
//! provider, repeats nothing and follows no redirect: whether to try again is the delivery stage's.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use domain::clock::Millis;
use reqwest::{
    Request, StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};
use serde::Deserialize;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};
use tower::{
    BoxError, Service, ServiceExt as _, limit::ConcurrencyLimit, service_fn, util::BoxCloneSyncService,
};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Until a connection stands.
    pub connect_seconds: u64,
    /// From the call to the answer's last byte, waiting for a place included.
    pub total_seconds: u64,
    /// Requests under way at once.
    pub concurrent: usize,
    /// The longest answer that is read.
    pub answer_kib: usize,
    /// Whether `HTTP_PROXY` and its kin are honoured. Agents reach each other directly.
    pub proxy: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { connect_seconds: 5, total_seconds: 30, concurrent: 16, answer_kib: 1024, proxy: false }
    }
}

/// Builds the one client. The composition calls it once and hands the client to every [`Transport`].
///
/// # Errors
/// Where TLS cannot be set up.
pub fn client(config: &Config) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(config.connect_seconds))
        // A redirect would carry the bearer secret to a place that nobody configured.
        .redirect(reqwest::redirect::Policy::none())
        // The delivery stage counts attempts; hidden ones would not be counted.
        .retry(reqwest::retry::never())
        .user_agent(concat!("plumbline/", env!("CARGO_PKG_VERSION")));
    if config.proxy { builder.build() } else { builder.no_proxy().build() }
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// How long the server asked us to wait: `Retry-After` as seconds or as a date (RFC 9110 section 10.2.3).
    #[must_use]
    pub fn retry_after(&self, now: Millis) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        if let Ok(seconds) = text.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let date = jiff::fmt::rfc2822::parse(text).ok()?;
        Some(now.until(Millis(date.timestamp().as_millisecond())))
    }
}

/// Why there is no answer. The variant says what the other side may know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Nothing was sent.
    #[error("no connection to {0}")]
    NotSent(String),
    /// It was sent, at least in part; the answer did not come.
    #[error("{0}")]
    Lost(String),
    /// It was sent and answered, at greater length than is read.
    #[error("the answer is longer than {kib} KiB")]
    TooLong { kib: usize },
}

/// The stack, cheap to clone; clones share its limits.
#[derive(Clone)]
pub struct Transport {
    stack: BoxCloneSyncService<Request, Answer, BoxError>,
    places: Arc<Semaphore>,
}

impl Transport {
    #[must_use]
    pub fn new(client: reqwest::Client, config: &Config) -> Self {
        let limit = config.answer_kib.saturating_mul(1024);
        let total = Duration::from_secs(config.total_seconds);
        let exchange = service_fn(move |request| exchange(client.clone(), request, limit));
        let places = Arc::new(Semaphore::new(config.concurrent.max(1)));
        // A peer that answers slowly must not collect all our sockets.
        let limited = ConcurrencyLimit::with_semaphore(exchange, Arc::clone(&places));
        // Outermost, so that neither a full house nor a dripping answer outlasts the sender's lease.
        let stack = service_fn(move |request| within(total, limited.clone(), request));
        Self { stack: BoxCloneSyncService::new(stack), places }
    }

    /// How many requests can leave at once now; one more would wait.
    #[must_use]
    pub fn room(&self) -> usize {
        self.places.available_permits()
    }

    /// Fetches `url` once.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn get(&self, url: url::Url) -> Result<Answer, Failure> {
        self.call(Request::new(reqwest::Method::GET, url)).await
    }

    /// Sends `request` once.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn call(&self, request: Request) -> Result<Answer, Failure> {
        let host = authority(request.url());
        match self.stack.clone().oneshot(request).await {
            Ok(answer) => Ok(answer),
            Err(error) => Err(failure(&*error, host)),
        }
    }
}

/// Sends `request` once there is a place, and waits no longer than `total` for the place and the answer together. Whoever
/// had no place by then has sent nothing.
async fn within<S>(total: Duration, limited: S, request: Request) -> Result<Answer, BoxError>
where
    S: Service<Request, Response = Answer, Error = BoxError>,
{
    let (until, host) = (Instant::now() + total, authority(request.url()));
    match timeout_at(until, limited.ready_oneshot()).await {
        Ok(ready) if Instant::now() < until => match timeout_at(until, ready?.call(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(Failure::Lost(format!("{host} did not answer in time")).into()),
        },
        _ => Err(Failure::NotSent(format!("{host}: too many requests are under way")).into()),
    }
}

async fn exchange(client: reqwest::Client, request: Request, limit: usize) -> Result<Answer, BoxError> {
    let mut response = client.execute(request).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Err(Failure::TooLong { kib: limit / 1024 }.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body: body.freeze() })
}

fn failure(error: &(dyn std::error::Error + Send + Sync + 'static), host: String) -> Failure {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return failure.clone();
    }
    match error.downcast_ref::<reqwest::Error>() {
        Some(error) if error.is_connect() => Failure::NotSent(format!("{host} ({})", root(error))),
        // The error's own text may repeat the URL; the chain's end says what happened.
        Some(error) => Failure::Lost(format!("the exchange with {host} broke off: {}", root(error))),
        None => Failure::Lost(format!("{host}: {error}")),
    }
}

fn root(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// `host:port` for people: no path, no credentials.
fn authority(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
#[path = "transport_tests.rs"]
mod tests;
