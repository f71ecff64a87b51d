//! A stand-in for a server of chat completions: answers what it was told to, in order, and keeps what it was asked.
//! Imports nothing of the house. Never invents: a request without a scripted answer gets a 599.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use futures::stream;
use serde_json::{Value, json};

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub query: String,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Clean,
    /// The connection breaks.
    Cut,
    /// Nothing more ever comes.
    Hang,
}

#[derive(Clone, Debug)]
pub enum Answer {
    /// A well-formed message, streamed if the request asks for it.
    Says { message: Value, finish: &'static str },
    /// Exactly these bytes.
    Raw { status: u16, headers: Vec<(&'static str, String)>, pieces: Vec<Bytes>, pause: Duration, end: End },
    /// Not even headers.
    Silence,
}

impl Answer {
    pub fn text(text: &str) -> Self {
        Self::Says { message: json!({ "role": "assistant", "content": text }), finish: "stop" }
    }

    /// Calls as `(id, name, arguments)`.
    pub fn calls(calls: &[(&str, &str, Value)]) -> Self {
        let call = |(id, name, arguments): &(&str, &str, Value)| json!({ "id": id, "type": "function", "function": { "name": name, "arguments": arguments.to_string() } });
        let calls: Vec<Value> = calls.iter().map(call).collect();
        let message = json!({ "role": "assistant", "content": null, "tool_calls": calls });
        Self::Says { message, finish: "tool_calls" }
    }

    pub fn status(status: u16, body: impl ToString) -> Self {
        Self::Raw {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            pieces: vec![body.to_string().into()],
            pause: Duration::ZERO,
            end: End::Clean,
        }
    }

    pub fn json(body: impl ToString) -> Self {
        Self::status(200, body)
    }

    /// A stream of these bytes, one piece after the other.
    pub fn stream<T: AsRef<[u8]>>(pieces: &[T]) -> Self {
        Self::Raw {
            status: 200,
            headers: vec![("content-type", "text/event-stream; charset=utf-8".to_owned())],
            pieces: pieces.iter().map(|piece| Bytes::copy_from_slice(piece.as_ref())).collect(),
            pause: Duration::ZERO,
            end: End::Clean,
        }
    }

    /// A stream of these events and nothing after them.
    pub fn events(events: &[Value]) -> Self {
        Self::stream(&events.iter().map(|event| format!("data: {event}\n\n")).collect::<Vec<_>>())
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Raw { headers, .. } = &mut self {
            headers.retain(|(known, _)| *known != name);
            headers.push((name, value.to_owned()));
        }
        self
    }

    pub fn ending(mut self, how: End) -> Self {
        if let Self::Raw { end, .. } = &mut self {
            *end = how;
        }
        self
    }

    pub fn pausing(mut self, between: Duration) -> Self {
        if let Self::Raw { pause, .. } = &mut self {
            *pause = between;
        }
        self
    }
}

type Otherwise = Box<dyn Fn(&Asked) -> Answer + Send>;

#[derive(Default)]
struct Book {
    script: VecDeque<Answer>,
    journal: Vec<Asked>,
    otherwise: Option<Otherwise>,
}

pub struct StandIn {
    address: SocketAddr,
    book: Arc<Mutex<Book>>,
    server: tokio::task::JoinHandle<()>,
}

impl StandIn {
    /// Listens on a free port of this machine.
    pub async fn start() -> Self {
        let book = Arc::new(Mutex::new(Book::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(answer).with_state(Arc::clone(&book));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, book, server }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn will(&self, answer: Answer) -> &Self {
        self.book.lock().unwrap().script.push_back(answer);
        self
    }

    /// What is answered once the script is at its end: for askers whose order nobody knows.
    pub fn otherwise(&self, answer: impl Fn(&Asked) -> Answer + Send + 'static) -> &Self {
        self.book.lock().unwrap().otherwise = Some(Box::new(answer));
        self
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.book.lock().unwrap().journal.clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.server.abort();
        let left = self.book.lock().unwrap().script.len();
        assert!(left == 0 || std::thread::panicking(), "{left} scripted answers were never asked for");
    }
}

async fn answer(State(book): State<Arc<Mutex<Book>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, 64 * 1024 * 1024).await.unwrap();
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let asked = Asked {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    };
    let streamed = asked.body["stream"] == true;
    let next = {
        let mut book = book.lock().unwrap();
        let next = book.script.pop_front().or_else(|| book.otherwise.as_ref().map(|answer| answer(&asked)));
        book.journal.push(asked);
        next
    };
    match next.unwrap_or_else(|| Answer::status(599, "nothing was scripted for this request")) {
        Answer::Says { message, finish } if streamed => raw(Answer::stream(&spoken(&message, finish))).await,
        Answer::Says { message, finish } => raw(Answer::json(completion(&message, finish))).await,
        Answer::Silence => std::future::pending().await,
        told => raw(told).await,
    }
}

async fn raw(answer: Answer) -> Response {
    let Answer::Raw { status, headers, pieces, pause, end } = answer else { return Response::default() };
    let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
        response = response.header(*name, value);
    }
    if pieces.len() <= 1 && end == End::Clean && pause.is_zero() {
        return response.body(Body::from(pieces.into_iter().next().unwrap_or_default())).unwrap();
    }
    let body = stream::unfold(pieces.into_iter(), move |mut pieces| async move {
        tokio::time::sleep(pause).await;
        match (pieces.next(), end) {
            (Some(piece), _) => Some((Ok(piece), pieces)),
            (None, End::Clean) => None,
            (None, End::Cut) => Some((Err(std::io::Error::other("cut")), pieces)),
            (None, End::Hang) => std::future::pending().await,
        }
    });
    response.body(Body::from_stream(body)).unwrap()
}

fn usage() -> Value {
    json!({ "prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18 })
}

/// A completion as OpenAI sends it.
pub fn completion(message: &Value, finish: &str) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_767_225_600, "model": "m",
        "choices": [{ "index": 0, "message": message, "finish_reason": finish, "logprobs": null }],
        "usage": usage(), "service_tier": "default"
    })
}

/// The same as a stream: words one by one, each call's arguments in two pieces, usage in a chunk of its own.
fn spoken(message: &Value, finish: &str) -> Vec<String> {
    let mut deltas = vec![json!({ "role": "assistant", "content": "" })];
    let words = message["content"].as_str().unwrap_or_default();
    deltas.extend(words.split_inclusive(' ').map(|word| json!({ "content": word })));
    for (index, call) in message["tool_calls"].as_array().into_iter().flatten().enumerate() {
        let arguments = call["function"]["arguments"].as_str().unwrap_or_default();
        let (head, tail) = arguments.split_at(arguments.len() / 2);
        let mut begun = call.clone();
        begun["index"] = json!(index);
        begun["function"]["arguments"] = json!(head);
        deltas.push(json!({ "tool_calls": [begun] }));
        deltas.push(json!({ "tool_calls": [{ "index": index, "function": { "arguments": tail } }] }));
    }
    let chunk = |choices: Value, usage: Value| {
        let chunk = json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_767_225_600,
            "model": "m", "choices": choices, "usage": usage });
        format!("data: {chunk}\n\n")
    };
    let choice =
        |delta: &Value, finish: Value| json!([{ "index": 0, "delta": delta, "finish_reason": finish }]);
    let mut events: Vec<String> =
        deltas.iter().map(|delta| chunk(choice(delta, Value::Null), Value::Null)).collect();
    events.push(chunk(choice(&json!({}), json!(finish)), Value::Null));
    events.push(chunk(json!([]), usage()));
    events.push("data: [DONE]\n\n".to_owned());
    events
}
