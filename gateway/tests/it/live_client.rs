//! A client of the live stream for tests: reads frames, holds each to the schema, and notices what it missed as a page does.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use jsonschema::Validator;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

use crate::app::App;

pub const PROTOCOL: &str = "plumbline.live.v1";
/// Nothing here takes long; what does not come in this time does not come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Says which frames fit.
pub struct Schema {
    client: Validator,
    server: Validator,
}

impl Schema {
    pub fn new() -> Self {
        let whole: Value = serde_json::from_str(plumbline_gateway::live::SCHEMA).unwrap();
        let of = |side: &str| {
            let mut schema = json!({ "$ref": format!("#/$defs/{side}") });
            schema["$schema"] = whole["$schema"].clone();
            schema["$defs"] = whole["$defs"].clone();
            jsonschema::draft202012::new(&schema).unwrap()
        };
        Self { client: of("client"), server: of("server") }
    }

    #[track_caller]
    pub fn check_server(&self, frame: &Value) {
        check(&self.server, frame);
    }

    #[track_caller]
    pub fn check_client(&self, frame: &Value) {
        check(&self.client, frame);
    }
}

#[track_caller]
fn check(schema: &Validator, frame: &Value) {
    let faults: Vec<String> = schema.iter_errors(frame).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}\n{frame:#}");
}

pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    schema: Schema,
    /// The last number seen.
    pub last: Option<i64>,
    next_id: u32,
}

impl Client {
    /// Opens a socket and says nothing yet.
    pub async fn open(app: &App) -> Self {
        Self::from_origin(app, None).await.unwrap()
    }

    /// The same as a browser on a page of `origin` would; else the status it was refused with.
    pub async fn from_origin(app: &App, origin: Option<&str>) -> Result<Self, u16> {
        let url = format!("{}/api/live", app.url.replace("http", "ws"));
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", PROTOCOL.parse().unwrap());
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, response)) => {
                assert_eq!(response.headers()["sec-websocket-protocol"], PROTOCOL);
                Ok(Self { socket, schema: Schema::new(), last: None, next_id: 0 })
            }
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Says who it is, and is told so.
    pub async fn hello(&mut self, data: Value) -> Value {
        let resume = data["resume"]["last_seq"].as_i64();
        self.send("authenticate", None, data).await;
        let hello = self.frame().await;
        assert_eq!(hello["type"], "authenticated", "{hello}");
        let resumed = hello["data"]["resumed"] == true && resume.is_some();
        self.last = if resumed { resume } else { hello["data"]["head_seq"].as_i64() };
        hello["data"].clone()
    }

    /// Sends a frame and returns its id.
    pub async fn send(&mut self, kind: &str, conversation: Option<&str>, data: Value) -> String {
        self.next_id += 1;
        let id = format!("f{}", self.next_id);
        let mut frame = json!({ "type": kind, "id": id, "data": data });
        if let Some(conversation) = conversation {
            frame["conversation_id"] = json!(conversation);
        }
        self.schema.check_client(&frame);
        self.text(&frame.to_string()).await;
        id
    }

    pub async fn text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub async fn raw(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// The next frame: it fits the schema, and where it is numbered it names the one before.
    pub async fn frame(&mut self) -> Value {
        self.next().await.unwrap_or_else(|close| panic!("closed with {close}"))
    }

    /// The next frame, or the code that the stream was closed with.
    pub async fn next(&mut self) -> Result<Value, u16> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.socket.next()).await.unwrap();
            match next.unwrap_or(Err(tokio_tungstenite::tungstenite::Error::ConnectionClosed)) {
                Ok(Message::Text(text)) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    self.schema.check_server(&frame);
                    if let (Some(prev), Some(last)) = (frame["prev"].as_i64(), self.last) {
                        assert_eq!(prev, last, "something was missed before {frame}");
                        self.last = frame["seq"].as_i64();
                    }
                    return Ok(frame);
                }
                Ok(Message::Close(Some(close))) => return Err(close.code.into()),
                Ok(Message::Close(None)) => return Err(1005),
                Ok(_) => {}
                // Gone without a word.
                Err(_) => return Err(1006),
            }
        }
    }

    /// Reads on until a frame for which `found`.
    pub async fn until(&mut self, found: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.frame().await;
            if found(&frame) {
                return frame;
            }
        }
    }

    /// Reads on until the stream is closed.
    pub async fn closed(&mut self) -> (Vec<Value>, u16) {
        let mut frames = Vec::new();
        loop {
            match self.next().await {
                Ok(frame) => frames.push(frame),
                Err(code) => return (frames, code),
            }
        }
    }
}
