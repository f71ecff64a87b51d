//! A tiny app that receives webhooks: it keeps every request and answers as it is told.
//! It never checks anything itself; tests do.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use serde_json::Value;
use tokio::net::TcpListener;

#[derive(Clone, Debug)]
pub struct Received {
    pub signature: String,
    pub raw: String,
    pub body: Value,
}

#[derive(Default)]
struct Inner {
    received: Vec<Received>,
    answers: VecDeque<u16>,
    handshakes: Vec<(String, String)>,
    refuse_handshake: bool,
}

#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhook", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/webhook", get(handshake).post(receive))
            .route("/pipe.png", get(|| async { ([("content-type", "image/png")], "png") }))
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, inner }
    }

    /// The next answers, in order; after them 200.
    pub fn answer(&self, statuses: &[u16]) {
        self.inner.lock().unwrap().answers.extend(statuses);
    }

    pub fn refuse_handshakes(&self) {
        self.inner.lock().unwrap().refuse_handshake = true;
    }

    pub fn handshakes(&self) -> Vec<(String, String)> {
        self.inner.lock().unwrap().handshakes.clone()
    }

    /// What has come since the last call.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.inner.lock().unwrap().received)
    }

    /// All messages of what has come, over every entry and change.
    pub fn messages(&self) -> Vec<Value> {
        items(&self.take(), "messages")
    }

    /// `status` words of what has come, in order.
    pub fn statuses(&self) -> Vec<Value> {
        items(&self.take(), "statuses")
    }
}

pub fn items(received: &[Received], list: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for one in received {
        for entry in one.body["entry"].as_array().unwrap() {
            for change in entry["changes"].as_array().unwrap() {
                all.extend(change["value"][list].as_array().cloned().unwrap_or_default());
            }
        }
    }
    all
}

async fn handshake(
    State(inner): State<Arc<Mutex<Inner>>>,
    Query(query): Query<Vec<(String, String)>>,
) -> (StatusCode, String) {
    let value = |name: &str| {
        query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let mut inner = inner.lock().unwrap();
    inner.handshakes.push((value("hub.mode"), value("hub.verify_token")));
    if inner.refuse_handshake {
        return (StatusCode::FORBIDDEN, String::new());
    }
    (StatusCode::OK, value("hub.challenge"))
}

async fn receive(State(inner): State<Arc<Mutex<Inner>>>, headers: HeaderMap, raw: Bytes) -> StatusCode {
    let mut inner = inner.lock().unwrap();
    let status = inner.answers.pop_front().unwrap_or(200);
    inner.received.push(Received {
        signature: headers["x-hub-signature-256"].to_str().unwrap().to_owned(),
        raw: String::from_utf8(raw.to_vec()).unwrap(),
        body: serde_json::from_slice(&raw).unwrap(),
    });
    StatusCode::from_u16(status).unwrap()
}
