//! The stage of every test: a sandbox on port 0 with a manual clock, a receiver, and verbs.
//! Each test has its own; nothing is shared.

use plumbline_sandbox::{Clock, Config, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::receiver::Receiver;

/// 2026-11-20 09:00 UTC.
pub const START_MS: i64 = 1_795_165_200_000;
pub const FRANK: &str = "491713920017";

pub struct Stage {
    pub sandbox: Sandbox,
    pub receiver: Receiver,
    pub http: reqwest::Client,
    pub phone: String,
    pub waba: String,
    pub app: String,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let receiver = Receiver::start().await;
        let mut config = Config { webhook_url: Some(receiver.url.clone()), ..Config::default() };
        change(&mut config);
        let (phone, waba, app) =
            (config.phone_number_id.clone(), config.waba_id.clone(), config.app_id.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sandbox =
            Sandbox::start(config, Clock::manual(START_MS), listener, std::future::pending()).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { sandbox, receiver, http, phone, waba, app }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url())
    }

    /// A Graph API call with the token.
    pub async fn graph(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request =
            self.http.request(method, self.url(&format!("/v26.0{path}"))).bearer_auth("sandbox-token");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.graph(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.graph(Method::POST, path, Some(body)).await
    }

    /// Sends `body` to Frank, unless it names somebody else.
    pub async fn send(&self, mut body: Value) -> (u16, Value) {
        body["messaging_product"] = json!("whatsapp");
        if body.get("to").is_none() && body.get("recipient").is_none() {
            body["to"] = json!(format!("+{FRANK}"));
        }
        self.post(&format!("/{}/messages", self.phone), body).await
    }

    pub async fn send_text(&self, text: &str) -> (u16, Value) {
        self.send(json!({ "type": "text", "text": { "body": text } })).await
    }

    /// Sends a text and gives its wamid.
    pub async fn sent(&self, text: &str) -> String {
        let (status, body) = self.send_text(text).await;
        assert_eq!(status, 200, "{body}");
        wamid(&body)
    }

    pub async fn control(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.http.request(method, self.url(&format!("/sandbox{path}"))).json(&body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    /// A control call that must work.
    pub async fn must(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.control(method, path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Frank does something.
    pub async fn frank(&self, act: &str, body: Value) -> Value {
        self.must(Method::POST, &format!("/people/technician/{act}"), body).await
    }

    /// Frank writes, the webhook arrives, the window is open.
    pub async fn open_window(&self) {
        self.frank("text", json!({ "body": "Hello" })).await;
        self.settle().await;
        self.receiver.take();
    }

    pub async fn fault(&self, rule: Value) {
        self.must(Method::POST, "/faults", rule).await;
    }

    pub async fn switch(&self, name: &str, value: Value) {
        self.must(Method::PATCH, "/switches", json!({ name: value })).await;
    }

    pub async fn settle(&self) {
        self.sandbox.settle().await;
    }

    pub async fn advance(&self, ms: i64) {
        self.must(Method::POST, "/clock/advance", json!({ "ms": ms })).await;
    }

    pub async fn thread(&self) -> Vec<Value> {
        let answer = self.must(Method::GET, "/people/technician/messages", json!({})).await;
        answer["messages"].as_array().unwrap().clone()
    }

    pub async fn deliveries(&self) -> Vec<Value> {
        let answer = self.must(Method::GET, "/deliveries", json!({})).await;
        answer["deliveries"].as_array().unwrap().clone()
    }
}

pub fn wamid(body: &Value) -> String {
    body["messages"][0]["id"].as_str().unwrap().to_owned()
}

pub fn words(statuses: &[Value]) -> Vec<&str> {
    statuses.iter().map(|status| status["status"].as_str().unwrap()).collect()
}
