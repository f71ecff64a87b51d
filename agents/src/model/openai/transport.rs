//! One exchange with a model's server: sent once, watched, bounded. The one tower service under the client, in place of
//! the client's own hidden retries: an attempt belongs to the turn's journal. Never retries, never logs a body.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use async_openai::{error::OpenAIError, middleware::HttpRequestFactory};
use bytes::Bytes;
use domain::clock::Clock;
use futures::{Stream, StreamExt as _, stream};
use reqwest::{
    Body, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION},
};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};

use super::{
    complaint::Complaint,
    config::Timeouts,
    failure::Failure,
    pause,
    sse::{Decoder, encode},
    wire::{BROKEN, DONE},
};

/// What `Accept` says when the reply is to be streamed.
pub(super) const EVENT_STREAM: &str = "text/event-stream";
/// Bytes of an error's body that are read.
const ERROR_BYTES: usize = 64 * 1024;

/// The client for models: a limit on connecting, and no redirects, which would turn the request into another one.
///
/// # Errors
/// Where the machine's TLS set-up cannot be used.
pub fn http_client(timeouts: &Timeouts) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(timeouts.connect())
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("plumbline/", env!("CARGO_PKG_VERSION")))
        .build()
}

#[derive(Clone)]
pub(super) struct Transport {
    pub http: reqwest::Client,
    pub clock: Arc<dyn Clock>,
    pub timeouts: Timeouts,
    pub reply_bytes: usize,
}

impl tower::Service<HttpRequestFactory> for Transport {
    type Response = Response;
    type Error = OpenAIError;
    type Future = Pin<Box<dyn Future<Output = Result<Response, OpenAIError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), OpenAIError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, factory: HttpRequestFactory) -> Self::Future {
        let transport = self.clone();
        Box::pin(async move {
            let request = factory.build().await?;
            Ok(transport.exchange(request).await?)
        })
    }
}

impl Transport {
    async fn exchange(self, request: reqwest::Request) -> Result<Response, Failure> {
        let streamed = request.headers().get(ACCEPT).is_some_and(|accept| accept == EVENT_STREAM);
        let (sent, idle) = (self.http.execute(request), self.timeouts.idle());
        // Without a stream the first byte comes when the model is done: only the total limit applies.
        let response = if streamed {
            tokio::time::timeout(idle, sent).await.map_err(|_| Failure::Silent(idle))??
        } else {
            sent.await?
        };
        let (status, kind) = (response.status(), content_type(response.headers()));
        let request_id = request_id(response.headers());
        tracing::debug!(status = status.as_u16(), request_id, kind, "model answered");
        if !status.is_success() {
            return Err(self.refusal(response, request_id).await);
        }
        if kind.contains("html") {
            return Err(Failure::WebPage);
        }
        if streamed && !kind.starts_with("application/json") {
            return Ok(reply(EVENT_STREAM, Body::wrap_stream(self.watched(response))));
        }
        let (body, end) = body(response, self.reply_bytes, self.timeouts.total()).await;
        end?;
        if !streamed {
            read::<IgnoredAny>(&body)?;
            return Ok(reply("application/json", Body::from(body)));
        }
        // Asked for a stream, answered whole: the reader gets a stream of one.
        let whole: Value = read(&body)?;
        Ok(reply(EVENT_STREAM, Body::from(encode(&whole) + &encode(&json!({ DONE: true })))))
    }

    async fn refusal(&self, response: Response, request: Option<String>) -> Failure {
        let status = response.status().as_u16();
        let after = pause::asked_for(response.headers(), self.clock.now());
        let location = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned);
        // A broken body still leaves the status.
        let (body, _) = body(response, ERROR_BYTES, self.timeouts.idle()).await;
        let complaint = match location {
            Some(to) => {
                Complaint::from_body(format!("to {}", to.split('?').next().unwrap_or_default()).as_bytes())
            }
            None => Complaint::from_body(&body),
        };
        Failure::Status { status, after, request, complaint }
    }

    /// The stream's events, re-encoded one by one; trouble on the way becomes a last event that names it.
    fn watched(
        self,
        response: Response,
    ) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
        let pieces = Box::pin(response.bytes_stream());
        let state = Some((pieces, Decoder::default(), 0_usize));
        stream::unfold(state, move |state| async move {
            let (mut pieces, mut decoder, read) = state?;
            let idle = self.timeouts.idle();
            let failure = match tokio::time::timeout(idle, pieces.next()).await {
                Ok(None) => None,
                Err(_) => Some(Failure::Silent(idle)),
                Ok(Some(Err(error))) => Some(error.into()),
                Ok(Some(Ok(piece))) if read + piece.len() > self.reply_bytes => {
                    Some(Failure::TooLarge(self.reply_bytes))
                }
                Ok(Some(Ok(piece))) => {
                    let bytes = bytes_of(&decoder.push(&piece));
                    return Some((Ok(bytes), Some((pieces, decoder, read + piece.len()))));
                }
            };
            let mut last = decoder.finish();
            last.extend(failure.map(|failure| json!({ BROKEN: failure.to_string() })));
            Some((Ok(bytes_of(&last)), None))
        })
    }
}

/// At most `limit` bytes of a body, and how it ended.
async fn body(response: Response, limit: usize, wait: Duration) -> (Vec<u8>, Result<(), Failure>) {
    let mut body = Vec::new();
    let mut pieces = response.bytes_stream();
    loop {
        match tokio::time::timeout(wait, pieces.next()).await {
            Err(_) => return (body, Err(Failure::Silent(wait))),
            Ok(None) => return (body, Ok(())),
            Ok(Some(Err(error))) => return (body, Err(error.into())),
            Ok(Some(Ok(piece))) => {
                let room = limit - body.len();
                body.extend_from_slice(&piece[..piece.len().min(room)]);
                if piece.len() > room {
                    return (body, Err(Failure::TooLarge(limit)));
                }
            }
        }
    }
}

/// A body that came whole.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| match body.trim_ascii_start() {
        [] => Failure::Empty { finish: None },
        [b'<', ..] => Failure::WebPage,
        _ => Failure::Broken(format!("it is no JSON ({error})")),
    })
}

fn bytes_of(events: &[Value]) -> Bytes {
    events.iter().map(encode).collect::<String>().into()
}

fn reply(kind: &'static str, body: Body) -> Response {
    let mut answer = http::Response::new(body);
    *answer.status_mut() = StatusCode::OK;
    answer.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static(kind));
    answer.into()
}

fn content_type(headers: &HeaderMap) -> String {
    headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_ascii_lowercase()
}

/// The server's own name for the exchange, for a talk with its support.
fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = ["x-request-id", "request-id", "apim-request-id"]
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())?;
    let safe: String =
        id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).take(64).collect();
    (!safe.is_empty()).then_some(safe)
}
