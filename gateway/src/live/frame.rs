//! The frames of the protocol `plumbline.live.v1`, as they stand in `live.schema.json`: one JSON object a frame, in text.
//! Reads what clients send and writes what they are told; decides nothing.

use axum::extract::ws::Utf8Bytes;
use domain::clock::Millis;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::api::at;

/// The WebSocket subprotocol, and the version of the frames.
pub(crate) const PROTOCOL: &str = "plumbline.live.v1";
/// The longest id a client may give a frame or a message.
pub(crate) const ID_CHARS: usize = 64;

/// What a client sent, before its data is looked at.
#[derive(Debug, Deserialize)]
pub(crate) struct Incoming {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub conversation_id: Option<String>,
    #[serde(default)]
    pub data: Value,
}

impl Incoming {
    /// `None` where the text is no frame at all.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let frame: Self = serde_json::from_str(text).ok()?;
        let short = |text: &str| !text.is_empty() && text.chars().count() <= ID_CHARS;
        let sane =
            frame.id.as_deref().is_none_or(short) && frame.conversation_id.as_deref().is_none_or(short);
        (sane && (frame.data.is_object() || frame.data.is_null())).then_some(frame)
    }

    /// The frame's data as `T`, or what is wrong with it in one sentence.
    pub(crate) fn data<T: DeserializeOwned>(&self) -> Result<T, String> {
        let data = if self.data.is_null() { Value::Object(Map::new()) } else { self.data.clone() };
        serde_path_to_error::deserialize(data).map_err(|error| match error.path().to_string() {
            path if path == "." => format!("data: {}", error.inner()),
            path => format!("data.{path}: {}", error.inner()),
        })
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Authenticate {
    pub ticket: Option<String>,
    pub token: Option<String>,
    pub resume: Option<Position>,
    #[serde(default)]
    pub subscriptions: Vec<String>,
}

/// A place in the log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Position {
    pub epoch: String,
    pub last_seq: i64,
}

impl Position {
    /// `epoch:seq`, as it stands in a URL and in `Last-Event-ID`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (epoch, seq) = text.rsplit_once(':')?;
        Some(Self { epoch: epoch.to_owned(), last_seq: seq.parse().ok().filter(|seq| *seq >= 0)? })
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.epoch, self.last_seq)
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Join {
    pub after_seq: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    Reply,
    Note,
}

impl Mode {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TypingState {
    Start,
    Stop,
}

impl TypingState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Typing {
    pub state: TypingState,
    #[serde(default = "reply")]
    pub mode: Mode,
}

fn reply() -> Mode {
    Mode::Reply
}

#[derive(Debug, Deserialize)]
pub(crate) struct Ping {
    pub n: Option<i64>,
}

/// What a server frame is about, beside its data.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct About<'a> {
    /// The id of the client's frame that it answers.
    pub of: Option<&'a str>,
    pub conversation: Option<&'a str>,
}

/// A frame that has no number: it is never replayed.
pub(crate) fn frame(kind: &str, about: About<'_>, data: &Value, now: Millis) -> Utf8Bytes {
    let mut frame = Map::new();
    frame.insert("type".to_owned(), json!(kind));
    if let Some(of) = about.of {
        frame.insert("ref".to_owned(), json!(of));
    }
    if let Some(conversation) = about.conversation {
        frame.insert("conversation_id".to_owned(), json!(conversation));
    }
    frame.insert("ts".to_owned(), json!(at(now)));
    frame.insert("data".to_owned(), data.clone());
    Value::Object(frame).to_string().into()
}

/// An `error` frame: what went wrong with a frame or with the stream.
pub(crate) fn error(of: Option<&str>, trouble: &Trouble, now: Millis) -> Utf8Bytes {
    let data = json!({
        "code": trouble.code, "message": trouble.message, "fatal": trouble.fatal,
        "retry_after_ms": trouble.retry_after_ms,
    });
    frame("error", About { of, ..About::default() }, &data, now)
}

/// What a client is told went wrong.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub code: &'static str,
    pub message: String,
    /// The stream ends.
    pub fatal: bool,
    pub retry_after_ms: Option<u64>,
}

impl Trouble {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fatal: false, retry_after_ms: None }
    }

    pub(crate) fn fatal(code: &'static str, message: impl Into<String>) -> Self {
        Self { fatal: true, ..Self::new(code, message) }
    }
}

/// Why a stream ends: a WebSocket close code that says what the client is to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// What came is no frame: mend the client.
    BadFrame = 4400,
    /// Not known, or no more: a new ticket once, else log in.
    Unauthenticated = 4401,
    /// Known and not allowed: stop.
    Forbidden = 4403,
    /// Nobody said who it is in time, or anything at all.
    Timeout = 4408,
    /// The same user opened another stream in its place: stop.
    Replaced = 4409,
    TooBig = 4413,
    RateLimited = 4429,
    /// Too slow: reconnect without resuming.
    Resync = 4450,
    /// The database does not answer: reconnect later.
    TryLater = 1013,
    /// The server restarts: reconnect.
    Restart = 1012,
}

impl Close {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::BadFrame => "bad frame",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::Timeout => "timeout",
            Self::Replaced => "replaced",
            Self::TooBig => "frame too big",
            Self::RateLimited => "rate limited",
            Self::Resync => "resync",
            Self::TryLater => "try later",
            Self::Restart => "server restarts",
        }
    }
}
