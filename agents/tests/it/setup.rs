//! A model that talks to the stand-in, and requests to ask it.

use std::sync::{Arc, Mutex};

use agents::model::{
    Entry, Listener, ModelReply, ModelRequest,
    openai::{Config, OpenAi, Timeouts, http_client},
};
use domain::{
    clock::{ManualClock, Millis},
    id::Ids,
    tool::{Arguments, ToolSpec},
};
use serde_json::{Value, json};

use crate::standin::StandIn;

pub const KEY: &str = "sk-standin-1234567890";

pub fn config(standin: &StandIn) -> Config {
    let timeouts = Timeouts { connect_seconds: 2, idle_seconds: 1, total_seconds: 20 };
    let (base_url, model) = (Some(standin.base_url()), Some("m1".to_owned()));
    Config { base_url, model, api_key: Some(KEY.into()), timeouts, ..Config::default() }
}

pub fn model(config: &Config) -> OpenAi {
    // A second test finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock = Arc::new(ManualClock::at(Millis(1_767_225_600_000)));
    let ids = Arc::new(Ids::new(clock.clone(), [7; 32]));
    OpenAi::new(config, http_client(&config.timeouts).unwrap(), ids, clock).unwrap()
}

pub fn heard(text: &str) -> Entry {
    Entry::Heard { text: text.to_owned(), images: Vec::new() }
}

pub fn request(entries: Vec<Entry>) -> ModelRequest {
    let tool = |name: &str, parameters: Value| {
        Arc::new(ToolSpec { name: name.to_owned(), description: "d".to_owned(), parameters })
    };
    let find = json!({"type": "object", "required": ["q"], "properties": {
        "q": {"type": "string"}, "limit": {"type": ["integer", "null"]}}});
    ModelRequest {
        model: None,
        system: "Be brief.".into(),
        history: Arc::default(),
        entries: Arc::new(entries),
        tools: vec![tool("find", find), tool("list", json!({"type": "object", "properties": {}}))],
        temperature: None,
        max_tokens: 200,
    }
}

pub fn hello() -> ModelRequest {
    request(vec![heard("hello")])
}

/// A reply's calls as `(id, name, arguments)`; malformed ones as text.
pub fn calls(reply: &ModelReply) -> Vec<(String, String, Value)> {
    let arguments = |arguments: &Arguments| match arguments {
        Arguments::Json(value) => value.clone(),
        Arguments::Malformed { text, error } => json!(format!("malformed: {text} ({error})")),
    };
    reply
        .calls
        .iter()
        .map(|call| (call.id.0.clone(), call.name.clone(), arguments(&call.arguments)))
        .collect()
}

/// Remembers what was streamed.
#[derive(Default)]
pub struct Ear(Mutex<Vec<String>>);

impl Ear {
    pub fn heard(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Listener for Ear {
    fn delta(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}
