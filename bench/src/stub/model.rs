//! A model behind OpenAI's wire: it looks a customer up, looks at their invoices, and replies with the mark of the
//! message it was asked about. Three rounds with two tool calls, the same each time.

use std::{borrow::Cow, time::Instant};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::World;
use crate::webhook;

#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(borrow)]
    messages: Vec<Said<'a>>,
}

#[derive(Deserialize)]
struct Said<'a> {
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow, default)]
    content: Option<Cow<'a, str>>,
}

pub(super) async fn complete(State(world): State<World>, body: Bytes) -> Response {
    let began = Instant::now();
    let Ok(asked) = serde_json::from_slice::<Asked<'_>>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let answer = Json(reply(&asked.messages)).into_response();
    world.note(|journal| {
        journal.model_calls += 1;
        journal.inside += began.elapsed();
    });
    answer
}

fn reply(said: &[Said<'_>]) -> Value {
    let results = said.iter().filter(|said| said.role == "tool").count();
    let message = match results {
        0 => call(
            "find_customer",
            &json!({ "customer_name": "Meier", "customer_address": "Schillerstrasse 12" }),
        ),
        1 => call("check_invoice_status", &json!({ "customer_id": "789" })),
        _ => {
            let heard = said.iter().rev().find(|said| said.role == "user");
            let mark = heard.and_then(|said| webhook::marked(said.content.as_deref()?));
            let mark = mark.map_or_else(String::new, |(sender, message)| webhook::mark(sender, message));
            json!({ "role": "assistant", "content": format!("Noted: {mark}") })
        }
    };
    let finish = if results < 2 { "tool_calls" } else { "stop" };
    json!({
        "id": "chatcmpl-bench", "object": "chat.completion", "created": 1, "model": "stub",
        "choices": [{ "index": 0, "message": message, "finish_reason": finish }],
        "usage": { "prompt_tokens": 900, "completion_tokens": 20, "total_tokens": 920 },
    })
}

fn call(name: &str, arguments: &Value) -> Value {
    let function = json!({ "name": name, "arguments": arguments.to_string() });
    let call = json!({ "id": format!("call_{name}"), "type": "function", "function": function });
    json!({ "role": "assistant", "content": null, "tool_calls": [call] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(roles: &[(&'static str, &'static str)]) -> Vec<Said<'static>> {
        roles
            .iter()
            .map(|(role, text)| Said { role: (*role).into(), content: Some((*text).into()) })
            .collect()
    }

    #[test]
    fn three_rounds_and_the_reply_names_the_message() {
        let (user, tool) = (("user", "done #4-2#"), ("tool", "{}"));
        let name =
            |value: &Value| value["choices"][0]["message"]["tool_calls"][0]["function"]["name"].clone();
        assert_eq!(name(&reply(&said(&[user]))), "find_customer");
        assert_eq!(name(&reply(&said(&[user, tool]))), "check_invoice_status");
        let last = reply(&said(&[("user", "#1-1#"), ("assistant", "ok"), user, tool, tool]));
        assert_eq!(last["choices"][0]["message"]["content"], "Noted: #4-2#");
    }
}
