//! Plays the field agent against tools that answer as the house's own do, for tests: a person's lines and answers come
//! from the test, customers and handed-over jobs are kept here.

use std::{collections::VecDeque, sync::Arc};

use domain::tool::{Arguments, ToolSpec};
use serde_json::{Value, json};

use super::{answer, words::fold};
use crate::model::{Entry, ModelRequest, Spoken};

/// Rounds of one turn; a dialogue that needs more is going round in circles.
const MOST_ROUNDS: usize = 40;

pub struct Play {
    pub history: Vec<Spoken>,
    /// The calls of all turns, in order.
    pub calls: Vec<(String, Value)>,
    /// Questions that were put, in order.
    pub questions: Vec<(String, Vec<String>)>,
    pub handed: Vec<Value>,
    pub office_reachable: bool,
    pub open_invoice: bool,
    tools: &'static [&'static str],
}

pub const FIELD_TOOLS: &[&str] = &[
    "find_customer",
    "check_invoice_status",
    "ask_technician",
    "send_data_to_office_agent",
    "correct_job",
    "withdraw_job",
    "get_job_status",
    "list_open_jobs",
];

const CUSTOMERS: &[(&str, &str, &str)] = &[
    ("789", "Klaus Meier", "Schillerstrasse 12, 10117 Berlin"),
    ("790", "Eva Schmidt", "Goethestraße 5, 10115 Berlin"),
    ("791", "Anna Mayer", "Gartenweg 3, 10117 Berlin"),
    ("792", "Hotel Adler", "Am Markt 5, 10178 Berlin"),
    ("793", "Jan Weber", "Ringstr. 2, 10999 Berlin"),
    ("794", "Ute Weber", "Lindenallee 4, 10555 Berlin"),
];

/// The tools as an agent is offered them.
#[must_use]
pub fn specs(names: &[&str]) -> Vec<Arc<ToolSpec>> {
    let spec = |name: &&str| {
        Arc::new(ToolSpec { name: (*name).to_owned(), description: String::new(), parameters: json!({}) })
    };
    names.iter().map(spec).collect()
}

impl Play {
    pub fn new() -> Self {
        Self {
            history: Vec::new(),
            calls: Vec::new(),
            questions: Vec::new(),
            handed: Vec::new(),
            office_reachable: true,
            open_invoice: false,
            tools: FIELD_TOOLS,
        }
    }

    /// One turn: what is heard at its start, then an answer a question. `"!expired"` lets one expire, a line that
    /// begins with `"+"` is heard in between, before the next answer.
    pub fn turn(&mut self, heard: &[&str], answers: &[&str]) -> String {
        let mut entries: Vec<Entry> = heard.iter().map(|text| words(text)).collect();
        let mut answers: VecDeque<&str> = answers.iter().copied().collect();
        for _ in 0..MOST_ROUNDS {
            let reply = answer(&self.request(&entries));
            entries.push(Entry::Said { text: reply.text.clone(), calls: reply.calls.clone(), raw: None });
            let Some(call) = reply.calls.first() else {
                assert!(answers.is_empty(), "unused answers {answers:?}; said {:?}", reply.text);
                self.remember(heard, &reply.text);
                return reply.text;
            };
            let Arguments::Json(arguments) = &call.arguments else { panic!("malformed") };
            self.calls.push((call.name.clone(), arguments.clone()));
            let mut between = Vec::new();
            while answers.front().is_some_and(|a| a.starts_with('+')) {
                between.extend(answers.pop_front().map(|a| words(&a[1..])));
            }
            let result = self.run(&call.name, arguments, &mut answers);
            entries.push(Entry::Returned {
                call: call.id.clone(),
                name: call.name.clone(),
                content: result.to_string(),
            });
            entries.extend(between);
        }
        panic!("no end after {MOST_ROUNDS} rounds: {:?}", self.calls)
    }

    fn remember(&mut self, heard: &[&str], said: &str) {
        self.history.extend(heard.iter().map(|text| Spoken { by_agent: false, text: (*text).to_owned() }));
        self.history.push(Spoken { by_agent: true, text: said.to_owned() });
    }

    fn request(&self, entries: &[Entry]) -> ModelRequest {
        ModelRequest {
            model: None,
            system: "".into(),
            history: Arc::new(self.history.clone()),
            entries: Arc::new(entries.to_vec()),
            tools: specs(self.tools),
            temperature: None,
            max_tokens: 1_000,
        }
    }

    fn run(&mut self, name: &str, arguments: &Value, answers: &mut VecDeque<&str>) -> Value {
        let text = |field: &str| arguments[field].as_str().unwrap_or_default().to_owned();
        match name {
            "find_customer" => find(&text("customer_name"), &text("customer_address")),
            "check_invoice_status" if self.open_invoice => {
                json!({ "status": "invoice_open", "existing_invoice_id": "RE-2026-0007" })
            }
            "check_invoice_status" => json!({ "status": "no_open_invoice" }),
            "ask_technician" => self.ask(arguments, answers),
            "send_data_to_office_agent" => self.send(arguments),
            "list_open_jobs" => json!({ "status": "ok", "jobs": self.open(), "more": 0 }),
            "get_job_status" => self.status(arguments["job_id"].as_str()),
            "correct_job" | "withdraw_job" => self.change(name, arguments),
            other => json!({ "error": format!("there is no tool {other}") }),
        }
    }

    fn ask(&mut self, arguments: &Value, answers: &mut VecDeque<&str>) -> Value {
        let buttons: Vec<String> = serde_json::from_value(arguments["buttons"].clone()).unwrap_or_default();
        let question = arguments["question"].as_str().unwrap_or_default().to_owned();
        self.questions.push((question.clone(), buttons.clone()));
        let said =
            answers.pop_front().unwrap_or_else(|| panic!("asked and nobody answers: {question} {buttons:?}"));
        if said == "!expired" {
            return json!({ "status": "expired" });
        }
        let choice = buttons.iter().find(|title| title.as_str() == said);
        json!({ "answer": said, "choice": choice, "by": "Frank" })
    }

    fn send(&mut self, arguments: &Value) -> Value {
        let same = |job: &&Value| {
            job["customer_id"] == arguments["customer_id"] && job["hours_worked"] == arguments["hours_worked"]
        };
        if arguments["another_job"] != json!(true)
            && let Some(earlier) = self.handed.iter().find(same)
        {
            let id = earlier["job_id"].as_str().unwrap_or_default();
            return json!({ "error": format!("this looks like {id}, reported before: only if it is another call again with another_job true") });
        }
        let customer = arguments["customer_id"].as_str().unwrap_or_default();
        let id = format!("JOB-{customer}-{:03}", self.handed.len() + 1);
        let mut job = arguments.clone();
        job["job_id"] = json!(id);
        job["state"] = json!(if self.office_reachable { "accepted" } else { "queued" });
        job["customer"] = json!(CUSTOMERS.iter().find(|c| c.0 == customer).map(|c| c.1));
        self.handed.push(job);
        json!({ "status": "accepted", "job_id": id, "delivered": self.office_reachable })
    }

    fn open(&self) -> Vec<Value> {
        self.handed
            .iter()
            .filter(|job| job["state"] == "accepted" || job["state"] == "queued")
            .cloned()
            .collect()
    }

    fn status(&self, id: Option<&str>) -> Value {
        match id {
            None => json!({ "status": "ok", "jobs": self.handed.iter().rev().collect::<Vec<_>>() }),
            Some(id) => match self.handed.iter().find(|job| job["job_id"] == id) {
                Some(job) => json!({ "status": "found", "job": job }),
                None => json!({ "status": "not_found", "job_id": id }),
            },
        }
    }

    fn change(&mut self, name: &str, arguments: &Value) -> Value {
        let Some(job) = self.handed.iter_mut().find(|job| job["job_id"] == arguments["job_id"]) else {
            return json!({ "error": "there is no such job" });
        };
        if name == "withdraw_job" {
            job["state"] = json!("withdrawn");
        } else if let Some(changes) = arguments.as_object() {
            changes.iter().for_each(|(field, value)| job[field] = value.clone());
        }
        json!({ "status": "accepted", "job_id": arguments["job_id"], "delivered": self.office_reachable })
    }

    /// The arguments of the only call of that name.
    pub fn only(&self, name: &str) -> &Value {
        let made: Vec<&Value> = self.calls.iter().filter(|c| c.0 == name).map(|c| &c.1).collect();
        assert_eq!(made.len(), 1, "{name}: {made:?}");
        made[0]
    }

    pub fn count(&self, name: &str) -> usize {
        self.calls.iter().filter(|c| c.0 == name).count()
    }

    pub fn last_question(&self) -> &str {
        self.questions.last().map(|q| q.0.as_str()).unwrap_or_default()
    }
}

fn words(text: &str) -> Entry {
    Entry::Heard { text: text.to_owned(), images: Vec::new() }
}

/// Every customer whose name and street fit what was said.
fn find(name: &str, address: &str) -> Value {
    let plain = |text: &str| fold(text).replace("strasse", "str").replace(['.', ' '], "");
    let surname = fold(name.rsplit(' ').next().unwrap_or_default());
    let fits = |c: &&(&str, &str, &str)| {
        let by_name =
            name.is_empty() || fold(c.1).split(' ').any(|w| w == surname) || fold(c.1) == fold(name);
        let by_street = address.is_empty()
            || plain(c.2).starts_with(&plain(address.split(',').next().unwrap_or_default()));
        by_name && by_street
    };
    let shown = |c: &(&str, &str, &str)| json!({ "customer_id": c.0, "full_name": c.1, "full_address": c.2 });
    let found: Vec<Value> = CUSTOMERS.iter().filter(fits).map(shown).collect();
    match found.as_slice() {
        [] => json!({ "status": "not_found" }),
        [one] => {
            let mut one = one.clone();
            one["status"] = json!("found");
            one
        }
        _ => json!({ "status": "ambiguous", "candidates": found }),
    }
}
