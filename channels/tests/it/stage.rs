//! The stage of every test: the emulator on a clock moved by hand, a webhook that stores as the gateway does, the channel,
//! and verbs. Each test has its own.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    routing::get,
};
use domain::{
    address::Address,
    clock::Millis,
    inbound::{Arrival, Inbound, InboundMessage, Status},
    outbound::{Content, Outbound, SendOutcome},
    question::Choice,
};
use plumbline_channels::{
    channel::{Channel as _, Facts},
    transport,
    whatsapp::{Config, Receiver, WhatsApp, plan},
};
use sandbox::{Clock, Sandbox};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// 2026-11-20 09:00 UTC.
pub const START: i64 = 1_795_165_200_000;
pub const FRANK: &str = "491713920017";
pub const DAY_MS: i64 = 86_400_000;

pub struct Stage {
    pub sandbox: Sandbox,
    pub channel: WhatsApp,
    inbox: Arc<Mutex<Inbox>>,
    http: reqwest::Client,
    pub webhook: url::Url,
    _folder: tempfile::TempDir,
}

/// The inbox, as far as the webhook needs it: a repeat of a name stores nothing.
struct Inbox {
    receiver: Receiver,
    names: BTreeMap<String, usize>,
    arrivals: Vec<Arrival>,
    refused: usize,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(|_| {}, |_| {}).await
    }

    pub async fn with(ours: impl FnOnce(&mut Config), metas: impl FnOnce(&mut sandbox::Config)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut meta = sandbox::Config::default();
        let hook = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let webhook =
            url::Url::parse(&format!("http://{}/whatsapp/webhook", hook.local_addr().unwrap())).unwrap();
        meta.webhook_url = Some(webhook.to_string());
        metas(&mut meta);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config {
            access_token: meta.access_token.clone().into(),
            phone_number_id: meta.phone_number_id.clone(),
            business_account_id: meta.waba_id.clone(),
            app_secret: meta.app_secret.clone().into(),
            verify_token: meta.verify_token.clone().into(),
            api_base_url: format!("http://{}", listener.local_addr().unwrap()),
            order_gap_ms: 0,
            ..Config::default()
        };
        config.media.folder = folder.path().to_owned();
        ours(&mut config);
        let sandbox = Sandbox::start(meta, Clock::manual(START), listener, std::future::pending()).unwrap();
        let inbox = Arc::new(Mutex::new(Inbox {
            receiver: Receiver::new(&config).unwrap(),
            names: BTreeMap::new(),
            arrivals: Vec::new(),
            refused: 0,
        }));
        let app =
            Router::new().route("/whatsapp/webhook", get(handshake).post(deliver)).with_state(inbox.clone());
        tokio::spawn(async move { axum::serve(hook, app).await.unwrap() });
        let http = transport::Config { total_seconds: 2, ..transport::Config::default() };
        let client = transport::client(&http).unwrap();
        let channel = WhatsApp::new(config, client.clone(), &http).unwrap();
        Self { sandbox, channel, inbox, http: client, webhook, _folder: folder }
    }

    pub fn now(&self) -> Millis {
        Millis(self.sandbox.clock().now_ms())
    }

    pub async fn advance(&self, ms: i64) {
        self.sandbox.advance(Duration::from_millis(u64::try_from(ms).unwrap())).await;
    }

    /// A call of the control API that must work.
    pub async fn control(&self, method: reqwest::Method, path: &str, body: Value) -> Value {
        let url = format!("{}/sandbox{path}", self.sandbox.base_url());
        let answer = self.http.request(method, url).json(&body).send().await.unwrap();
        let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap_or_default());
        assert!(status.is_success(), "{path}: {status} {body}");
        body
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.control(reqwest::Method::POST, path, body).await
    }

    /// Frank does something, and what follows is carried out.
    pub async fn frank(&self, act: &str, body: Value) -> Value {
        let done = self.post(&format!("/people/technician/{act}"), body).await;
        self.sandbox.settle().await;
        done
    }

    pub async fn fault(&self, rule: Value) {
        self.post("/faults", rule).await;
    }

    /// What the phone of Frank shows that we sent, oldest first.
    pub async fn on_the_phone(&self) -> Vec<Value> {
        let body = self.control(reqwest::Method::GET, "/people/technician/messages", json!({})).await;
        let all = body["messages"].as_array().unwrap().clone();
        all.into_iter().filter(|message| message["direction"] == "out").collect()
    }

    /// Sends within the window.
    pub async fn send(&self, id: &str, content: Content) -> SendOutcome {
        self.send_as(&outbound(id, FRANK, content), self.now()).await
    }

    pub async fn send_as(&self, outbound: &Outbound, last_inbound: Millis) -> SendOutcome {
        let facts = Facts { now: self.now(), last_inbound, queued: self.now() };
        self.channel.send(outbound, &facts).await
    }

    /// Sends each message of the plan, and expects that it is taken. Returns Meta's ids.
    pub async fn said(&self, id: &str, content: Content) -> Vec<String> {
        let mut ids = Vec::new();
        for (n, part) in plan(&content).into_iter().enumerate() {
            loop {
                match self.send(&format!("{id}-{n}"), part.clone()).await {
                    SendOutcome::Sent { external } => break ids.push(external),
                    SendOutcome::Wait { until, .. } => self.advance(until.0 - self.now().0).await,
                    other => panic!("{id}: {other:?}"),
                }
            }
        }
        ids
    }

    pub fn take(&self) -> Vec<Arrival> {
        std::mem::take(&mut self.inbox.lock().unwrap().arrivals)
    }

    /// How often a delivery was refused for its signature.
    pub fn refused(&self) -> usize {
        self.inbox.lock().unwrap().refused
    }

    pub fn messages(&self) -> Vec<InboundMessage> {
        let messages = self.take().into_iter().filter_map(|arrival| match arrival.body {
            Inbound::Message(message) => Some(message),
            _ => None,
        });
        messages.collect()
    }

    pub fn statuses(&self) -> Vec<Status> {
        let statuses = self.take().into_iter().filter_map(|arrival| match arrival.body {
            Inbound::Status(status) => Some(status),
            _ => None,
        });
        statuses.collect()
    }
}

pub fn outbound(id: &str, to: &str, content: Content) -> Outbound {
    Outbound {
        id: id.into(),
        to: Address::new("whatsapp".into(), to),
        conversation: "c1".into(),
        content,
        turn: None,
        speaker: "field".into(),
        attempts: 0,
    }
}

pub fn text(words: &str) -> Content {
    Content::Text { text: words.into() }
}

pub fn question(words: &str, titles: &[&str]) -> Content {
    let choice = |(n, title): (usize, &&str)| Choice {
        id: format!("token-{n}"),
        title: (*title).to_owned(),
        value: String::new(),
    };
    let choices = titles.iter().enumerate().map(choice).collect();
    Content::Question { question: "q1".into(), text: words.into(), choices }
}

async fn handshake(
    State(inbox): State<Arc<Mutex<Inbox>>>,
    RawQuery(query): RawQuery,
) -> (StatusCode, Vec<u8>) {
    match inbox.lock().unwrap().receiver.handshake(&query.unwrap_or_default()) {
        Ok(challenge) => (StatusCode::OK, challenge),
        Err(_) => (StatusCode::FORBIDDEN, Vec::new()),
    }
}

async fn deliver(State(inbox): State<Arc<Mutex<Inbox>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut inbox = inbox.lock().unwrap();
    let signature = headers.get("x-hub-signature-256").map(|value| value.as_bytes());
    let Ok(read) = inbox.receiver.receive(signature, &body, Millis(START)) else {
        inbox.refused += 1;
        return StatusCode::UNAUTHORIZED;
    };
    for arrival in read.arrivals {
        let count = inbox.names.entry(arrival.external.clone()).or_default();
        *count += 1;
        if *count == 1 {
            inbox.arrivals.push(arrival);
        }
    }
    StatusCode::OK
}
