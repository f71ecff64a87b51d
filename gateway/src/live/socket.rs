//! `GET /api/live`: the WebSocket. Reads frames and writes what waits, side by side; whoever reads too slowly is ended by
//! its own queue. Who it is comes from the first frame's ticket or token, never from any other frame.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket},
    },
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use futures::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::time::timeout;

use super::{
    act::{self, Actor},
    config::Config,
    frame::{Authenticate, Close, Incoming, PROTOCOL, Trouble, error},
    hello,
    hub::Entry,
    session::Session,
    writer::{self, Writer},
};
use crate::{
    error::Problem,
    staff::{entrance, same_site},
    state::Gateway,
};

/// Beyond this the library stops reading; the protocol's own limit is said with a close code.
const READ_BYTES: usize = 1024 * 1024;
/// Buffers of one connection. Clients send little; what waits for one of them is mostly one write, and only as much is kept.
const READ_BUFFER_BYTES: usize = 4 * 1024;
const WRITE_BUFFER_BYTES: usize = 16 * 1024;
/// How long one write may take, and the farewell.
const WRITE: Duration = Duration::from_secs(20);
const FAREWELL: Duration = Duration::from_secs(2);

type Sink = SplitSink<WebSocket, Message>;

/// # Errors
/// 403 `cross_site`, 400 `subprotocol`.
pub(crate) async fn open(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    same_site::check_stranger(&headers, gateway.staff.desk().public_url.as_ref())?;
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).into_iter();
    let mut offered = offered.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    if !offered.any(|name| name.trim() == PROTOCOL) {
        let detail = format!("ask for the subprotocol {PROTOCOL} (Sec-WebSocket-Protocol)");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "subprotocol", detail));
    }
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(READ_BYTES)
        .max_frame_size(READ_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES);
    Ok(upgrade.on_upgrade(move |socket| serve(gateway, socket)))
}

async fn serve(gateway: Gateway, socket: WebSocket) {
    let (mut sink, mut stream) = socket.split();
    let admitted = match admit(&gateway, &mut stream).await {
        Ok(Some(admitted)) => admitted,
        Ok(None) => return,
        Err((trouble, close)) => {
            let text = error(None, &trouble, gateway.now());
            let _ = timeout(WRITE, sink.send(Message::Text(text))).await;
            return farewell(&mut sink, &mut stream, close).await;
        }
    };
    let session = Arc::clone(&admitted.session);
    let close = tokio::select! {
        () = read(&gateway, &session, &mut stream) => None,
        close = write(&gateway, &mut sink, admitted) => close,
    };
    gateway.live.left(&gateway, &session).await;
    if let Some(close) = close {
        farewell(&mut sink, &mut stream, close).await;
    }
}

/// A client that said who it is.
struct Admitted {
    session: Arc<Session>,
    greeting: Utf8Bytes,
    entry: Entry,
    writer: Writer,
}

/// The first frame, in time, says who it is. `None` where the client went.
async fn admit(
    gateway: &Gateway,
    stream: &mut SplitStream<WebSocket>,
) -> Result<Option<Admitted>, (Trouble, Close)> {
    let live = &gateway.live;
    let patience = Duration::from_secs(live.config.authenticate_seconds);
    let Ok(text) = timeout(patience, next_text(stream)).await else {
        let late = format!("the first frame must be authenticate, within {} s", patience.as_secs());
        return Err((Trouble::fatal("auth_timeout", late), Close::Timeout));
    };
    let Some(text) = text else { return Ok(None) };
    let bad = |why: String| (Trouble::fatal("bad_frame", why), Close::BadFrame);
    if text.len() > live.config.frame_bytes {
        return Err((Trouble::fatal("too_big", "a frame is too long"), Close::TooBig));
    }
    let frame = Incoming::read(&text).ok_or_else(|| bad("the first frame is no frame".to_owned()))?;
    if frame.kind != "authenticate" {
        let why = format!("the first frame must be authenticate, not {:?}", frame.kind);
        return Err((Trouble::fatal("unauthenticated", why), Close::Unauthenticated));
    }
    let proof: Authenticate = frame.data().map_err(bad)?;
    let principal = prove(gateway, &proof).await.map_err(|problem| hello::refused(&problem))?;
    let session = Session::new(gateway.ids.uuid(), principal, false, &live.config);
    for conversation in proof.subscriptions.iter().take(live.config.joined) {
        session.join(&conversation.as_str().into());
    }
    let entered = live.enter(gateway, &session, proof.resume.as_ref()).await;
    let entry = entered.map_err(|error| hello::refused(&Problem::from(error)))?;
    for conversation in session.joined() {
        live.show_viewers(gateway, &conversation).await;
    }
    let last = match (&entry.missed, proof.resume) {
        (Some(_), Some(from)) => from.last_seq,
        _ => entry.head,
    };
    let greeting = hello::authenticated(gateway, &session, &entry, frame.id.as_deref());
    Ok(Some(Admitted { session, greeting, entry, writer: Writer::after(last) }))
}

/// Who the frame proves its sender to be.
pub(crate) async fn prove(
    gateway: &Gateway,
    proof: &Authenticate,
) -> Result<crate::staff::Principal, Problem> {
    match (&proof.ticket, &proof.token) {
        (Some(ticket), None) => entrance::by_ticket(gateway, ticket).await,
        (None, Some(token)) => entrance::by_bearer(gateway, token).await,
        _ => {
            let detail = "authenticate needs a ticket (from POST /api/live/ticket) or a token, one of them";
            Err(Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail))
        }
    }
}

/// The next frame of text; `None` where the client went or sent what is no text.
async fn next_text(stream: &mut SplitStream<WebSocket>) -> Option<Utf8Bytes> {
    loop {
        match stream.next().await? {
            Ok(Message::Text(text)) => return Some(text),
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            Ok(Message::Binary(_)) => return Some("binary".into()),
            Ok(Message::Close(_)) | Err(_) => return None,
        }
    }
}

/// Takes frames until the client goes. One that is silent, or sends what no client sends, is ended by the writer.
async fn read(gateway: &Gateway, session: &Arc<Session>, stream: &mut SplitStream<WebSocket>) {
    let config = &gateway.live.config;
    let silence = Duration::from_millis(config.heartbeat_ms.saturating_mul(5) / 2);
    let frames = limiter(Quota::per_minute, config.frames_per_minute);
    let actor = Actor { principal: session.principal(), session: Some(Arc::clone(session)) };
    loop {
        let taken = match timeout(silence, stream.next()).await {
            Ok(None | Some(Ok(Message::Close(_)))) => return,
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => continue,
            Ok(Some(Ok(Message::Text(text)))) => taken(&text, config, &frames),
            Ok(Some(Ok(Message::Binary(_)) | Err(_))) => {
                Err(("bad_frame", "frames are text", Close::BadFrame))
            }
            Err(_) => Err(("silence", "nothing came, not even a ping", Close::Timeout)),
        };
        match taken {
            Ok(frame) => {
                let answers = act::act(gateway, &actor, frame).await;
                session.queue.push(answers);
            }
            Err((code, why, close)) => {
                session.end(&Trouble::fatal(code, why), close, gateway.now());
                std::future::pending::<()>().await;
            }
        }
    }
}

/// A frame that may be looked at.
fn taken(
    text: &str,
    config: &Config,
    frames: &DefaultDirectRateLimiter,
) -> Result<Incoming, (&'static str, &'static str, Close)> {
    if text.len() > config.frame_bytes {
        return Err(("too_big", "a frame is too long", Close::TooBig));
    }
    if frames.check().is_err() {
        return Err(("rate_limited", "too many frames a minute", Close::RateLimited));
    }
    Incoming::read(text).ok_or(("bad_frame", "that is no frame", Close::BadFrame))
}

pub(crate) fn limiter(quota: fn(NonZeroU32) -> Quota, burst: u32) -> DefaultDirectRateLimiter {
    RateLimiter::direct(quota(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN)))
}

/// Writes the greeting, what was missed, and then what happens, until the stream is to end.
async fn write(gateway: &Gateway, sink: &mut Sink, admitted: Admitted) -> Option<Close> {
    let Admitted { session, greeting, mut entry, mut writer } = admitted;
    let mut first = vec![greeting];
    if let Some(missed) = entry.missed.take() {
        first.extend(missed.iter().map(|out| writer.write(out).0));
        first.push(writer::live_from(gateway, &entry));
    }
    if let Err(close) = flush(sink, &session, first).await {
        return close;
    }
    loop {
        let (waiting, close) = session.queue.take().await;
        if let Err(broken) = flush(sink, &session, writer.all(&waiting)).await {
            return broken;
        }
        if close.is_some() {
            return close;
        }
    }
}

/// Writes `texts` in one go. A client that does not take them is given up once its queue is over, or after a while; what
/// waits is lost then, and it reads anew.
async fn flush(sink: &mut Sink, session: &Session, texts: Vec<Utf8Bytes>) -> Result<(), Option<Close>> {
    let writing = async {
        for text in texts {
            sink.feed(Message::Text(text)).await?;
        }
        sink.flush().await
    };
    tokio::select! {
        biased;
        done = timeout(WRITE, writing) => match done {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(None),
            Err(_) => Err(Some(Close::Resync)),
        },
        () = session.queue.overflowed() => Err(Some(Close::Resync)),
    }
}

/// Says why, and lets the client say goodbye.
async fn farewell(sink: &mut Sink, stream: &mut SplitStream<WebSocket>, close: Close) {
    let frame = CloseFrame { code: close as u16, reason: Utf8Bytes::from_static(close.reason()) };
    let goodbye = async {
        if sink.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = stream.next().await {}
        }
    };
    let _ = timeout(FAREWELL, goodbye).await;
}
