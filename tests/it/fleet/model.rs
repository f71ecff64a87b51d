//! A model behind OpenAI's wire that plays both agents: talk is answered with its mark after two look-ups, a report goes to
//! the office and ends as an invoice. It decides by what it is shown alone, so a call that is made again is answered alike.
//! One call in forty fails.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use bench::webhook;
use serde_json::{Value, json};

use super::{mail::Dice, outside::Hold};

/// What a report begins with; the number of its customer follows.
pub const REPORT: &str = "Done at Kunde ";

pub struct Model {
    dice: Dice,
    pub calls: AtomicU64,
    hold: Mutex<Option<Arc<Hold>>>,
}

impl Model {
    pub fn new(dice: Dice) -> Self {
        Self { dice, calls: AtomicU64::new(0), hold: Mutex::default() }
    }

    /// The first call about the hold's mark waits.
    pub fn holds(&self, hold: &Arc<Hold>) {
        *self.hold.lock().unwrap() = Some(Arc::clone(hold));
    }
}

pub async fn complete(State(model): State<Arc<Model>>, body: Bytes) -> Response {
    model.calls.fetch_add(1, Ordering::SeqCst);
    let body: Value = serde_json::from_slice(&body).unwrap();
    let said = Said::read(&body);
    let hold = model.hold.lock().unwrap().clone();
    if let Some(hold) = hold {
        hold.keeps(&said.user).await;
    }
    tokio::time::sleep(model.dice.ms(2, 40)).await;
    if model.dice.one_in(40) {
        return (StatusCode::INTERNAL_SERVER_ERROR, "upstream died").into_response();
    }
    let message = said.answer();
    let finish = if message["tool_calls"].is_null() { "stop" } else { "tool_calls" };
    Json(json!({
        "id": "chatcmpl-fleet", "object": "chat.completion", "created": 1, "model": "stub",
        "choices": [{ "index": 0, "message": message, "finish_reason": finish }],
        "usage": { "prompt_tokens": 900, "completion_tokens": 20, "total_tokens": 920 },
    }))
    .into_response()
}

/// What this turn is about: the newest words of a person or a peer, each one line, and what the tools have said since. Older
/// words that nobody has answered yet stand before them in one message.
struct Said {
    office: bool,
    user: String,
    results: Vec<String>,
}

impl Said {
    fn read(body: &Value) -> Self {
        let messages = body["messages"].as_array().unwrap();
        let last = messages.iter().rposition(|message| message["role"] == "user").unwrap_or_default();
        let content = |message: &Value| match &message["content"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Self {
            office: body["tools"].to_string().contains("process_billing_rule"),
            user: messages
                .get(last)
                .map(content)
                .unwrap_or_default()
                .lines()
                .last()
                .unwrap_or_default()
                .to_owned(),
            results: messages[last..]
                .iter()
                .filter(|message| message["role"] == "tool")
                .map(content)
                .collect(),
        }
    }

    fn answer(&self) -> Value {
        let last = self.results.last().map(String::as_str);
        if self.office {
            return self.office(last);
        }
        if let Some((_, report)) = self.user.split_once(REPORT) {
            return self.reported(report, last);
        }
        if self.user.contains("[job settled]") {
            return text("The job is settled.");
        }
        self.talk()
    }

    /// As a technician's question goes: two look-ups, and a reply that names the message.
    fn talk(&self) -> Value {
        let Some((sender, message)) = webhook::marked(&self.user) else { return text("Hello.") };
        match self.results.len() {
            0 => call("find_customer", &json!({ "customer_name": "Kunde 1" })),
            1 => call("check_invoice_status", &json!({ "customer_id": "1" })),
            _ => text(&format!("Noted: {}", webhook::mark(sender, message))),
        }
    }

    fn reported(&self, report: &str, last: Option<&str>) -> Value {
        let customer: String = report.chars().take_while(char::is_ascii_digit).collect();
        match last {
            None => call("find_customer", &json!({ "customer_name": format!("Kunde {customer}") })),
            Some(last) if last.contains("accepted") => text("The job is with the office."),
            Some(last) if last.contains("Confirm") => {
                let hours = if report.contains("1.5 h") { 1.5 } else { 1.0 };
                let materials = json!([{ "name": "Gasket 10-B", "quantity": 1 }]);
                call(
                    "send_data_to_office_agent",
                    &json!({ "customer_id": customer, "work_done": "Repaired the sink pipe",
                             "hours_worked": hours, "materials_used": materials }),
                )
            }
            Some(_) if self.results.len() == 1 => {
                let question = format!("Kunde {customer}: is that right?");
                call("ask_technician", &json!({ "question": question, "buttons": ["Confirm", "Correct"] }))
            }
            Some(last) => text(&format!("That went wrong: {last}")),
        }
    }

    fn office(&self, last: Option<&str>) -> Value {
        let Some(job) = job(&self.user) else { return text("Good morning.") };
        let job = json!({ "job_id": job });
        match last {
            None => call("process_billing_rule", &job),
            Some(last) if last.contains("\"invoiced\"") => text("Invoiced."),
            Some(last) if last.contains("\"success\"") => call("create_invoice", &job),
            Some(last) if last.contains("\"conflict\"") => {
                let mut asked = job;
                asked["message"] = json!("More hours than the contract holds.");
                call("escalate_to_office_human", &asked)
            }
            Some(last) if last.contains("\"approved\"") => {
                let mut forced = job;
                forced["force_goodwill"] = json!(true);
                call("process_billing_rule", &forced)
            }
            Some(last) => text(&format!("That went wrong: {last}")),
        }
    }
}

/// The job that news from the other agent is about.
fn job(news: &str) -> Option<&str> {
    let from = news.find("JOB-")?;
    let rest = &news[from..];
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
    Some(&rest[..end])
}

fn text(words: &str) -> Value {
    json!({ "role": "assistant", "content": words })
}

fn call(name: &str, arguments: &Value) -> Value {
    let function = json!({ "name": name, "arguments": arguments.to_string() });
    let call = json!({ "id": format!("call_{name}"), "type": "function", "function": function });
    json!({ "role": "assistant", "content": null, "tool_calls": [call] })
}
