//! Bodies as servers really send them, whole: each row one habit, and what the house reads in it.

use std::sync::Arc;

use agents::model::{Model as _, ModelReply, Usage};
use serde_json::{Value, json};

use crate::{
    setup::{calls, config, hello, model},
    standin::{Answer, StandIn},
};

/// What a reply must say: text, calls as `(id, name, arguments)` with `*` for an id of our own, tokens.
struct Expected {
    text: &'static str,
    calls: Vec<(&'static str, &'static str, Value)>,
    usage: (u64, u64),
}

fn text(text: &'static str) -> Expected {
    Expected { text, calls: Vec::new(), usage: (0, 0) }
}

fn call(id: &'static str, arguments: Value) -> Expected {
    Expected { text: "", calls: vec![(id, "find", arguments)], usage: (0, 0) }
}

fn usage(input: u64, output: u64) -> Expected {
    Expected { usage: (input, output), ..text("hi") }
}

fn of_message(message: Value) -> Value {
    json!({ "choices": [{ "message": message }] })
}

fn of_call(call: Value) -> Value {
    of_message(json!({ "role": "assistant", "tool_calls": [call] }))
}

fn with_usage(usage: Value) -> Value {
    json!({ "choices": [{ "message": { "content": "hi" } }], "usage": usage })
}

fn check(what: &str, reply: &ModelReply, expected: &Expected) {
    assert_eq!(reply.text, expected.text, "{what}");
    let read = calls(reply);
    assert_eq!(read.len(), expected.calls.len(), "{what}");
    for ((id, name, arguments), wanted) in read.iter().zip(&expected.calls) {
        let id_fits = if wanted.0 == "*" { id.len() == 9 } else { id == wanted.0 };
        assert!(id_fits, "{what}: id {id:?}");
        assert_eq!((name.as_str(), arguments), (wanted.1, &wanted.2), "{what}");
    }
    let (input, output) = expected.usage;
    assert_eq!(reply.usage, Usage { input, output }, "{what}");
    assert!(reply.raw.is_some() && !reply.truncated, "{what}");
}

type Row = (&'static str, Value, Expected);

fn envelopes() -> Vec<Row> {
    vec![
        ("nothing but the words", of_message(json!({"content": "hi"})), text("hi")),
        (
            "unknown fields everywhere",
            json!({"x": 1, "choices": [{"y": 2, "message": {"z": [3], "content": "hi"}}]}),
            text("hi"),
        ),
        (
            "created as a float",
            json!({"created": 1.5e9, "choices": [{"message": {"content": "hi"}}]}),
            text("hi"),
        ),
        (
            "created in milliseconds",
            json!({"created": 1_767_225_600_000_u64, "choices": [{"message": {"content": "hi"}}]}),
            text("hi"),
        ),
        (
            "id a number, object missing, model null",
            json!({"id": 7, "model": null, "choices": [{"message": {"content": "hi"}}]}),
            text("hi"),
        ),
        (
            "index missing or text",
            json!({"choices": [{"index": "0", "message": {"content": "hi"}}]}),
            text("hi"),
        ),
        ("role missing", of_message(json!({"content": "hi"})), text("hi")),
        ("role model", of_message(json!({"role": "model", "content": "hi"})), text("hi")),
        ("role blank", of_message(json!({"role": "", "content": "hi"})), text("hi")),
        (
            "finish_reason STOP",
            json!({"choices": [{"message": {"content": "hi"}, "finish_reason": "STOP"}]}),
            text("hi"),
        ),
        (
            "finish_reason blank",
            json!({"choices": [{"message": {"content": "hi"}, "finish_reason": ""}]}),
            text("hi"),
        ),
        (
            "finish_reason of its own",
            json!({"choices": [{"message": {"content": "hi"}, "finish_reason": "eos_token"}]}),
            text("hi"),
        ),
        (
            "finish_reason a number",
            json!({"choices": [{"message": {"content": "hi"}, "finish_reason": 1}]}),
            text("hi"),
        ),
        (
            "unknown service_tier",
            json!({"service_tier": "turbo", "choices": [{"message": {"content": "hi"}}]}),
            text("hi"),
        ),
    ]
}

fn contents() -> Vec<Row> {
    vec![
        (
            "content as parts",
            of_message(json!({"content": [{"type": "text", "text": "h"}, {"type": "text", "text": "i"}]})),
            text("hi"),
        ),
        (
            "content as parts with thinking",
            of_message(
                json!({"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "hi"}]}),
            ),
            text("hi"),
        ),
        (
            "thinking in fields of its own",
            of_message(json!({"content": "hi", "reasoning": "hm", "reasoning_content": "hm"})),
            text("hi"),
        ),
        ("thinking in the words", of_message(json!({"content": "<think>\nhm\n</think>\n\nhi"})), text("hi")),
        ("thinking without its opening tag", of_message(json!({"content": "hm</think>hi"})), text("hi")),
        ("a refusal", of_message(json!({"content": null, "refusal": "I can't."})), text("I can't.")),
        ("tool_calls null", of_message(json!({"content": "hi", "tool_calls": null})), text("hi")),
        ("tool_calls empty", of_message(json!({"content": "hi", "tool_calls": []})), text("hi")),
        ("tool_calls an object", of_message(json!({"content": "hi", "tool_calls": {}})), text("hi")),
        ("error null", json!({"error": null, "choices": [{"message": {"content": "hi"}}]}), text("hi")),
        ("a delta instead of a message", json!({"choices": [{"delta": {"content": "hi"}}]}), text("hi")),
    ]
}

fn usages() -> Vec<Row> {
    vec![
        ("usage null", with_usage(Value::Null), text("hi")),
        ("usage partial", with_usage(json!({"prompt_tokens": 4})), usage(4, 0)),
        (
            "usage as floats and text",
            with_usage(json!({"prompt_tokens": 4.0, "completion_tokens": "5"})),
            usage(4, 5),
        ),
        (
            "usage that hides thinking in the total",
            with_usage(json!({"prompt_tokens": 4, "completion_tokens": 5, "total_tokens": 30})),
            usage(4, 26),
        ),
        ("usage in other words", with_usage(json!({"input_tokens": 4, "output_tokens": 5})), usage(4, 5)),
    ]
}

fn q() -> Value {
    json!({ "q": "x" })
}

fn function(arguments: Value) -> Value {
    json!({ "name": "find", "arguments": arguments })
}

/// As [`calls`] shows malformed arguments.
fn malformed(text: &str, error: &str) -> Value {
    json!(format!("malformed: {text} ({error})"))
}

fn call_envelopes() -> Vec<Row> {
    vec![
        (
            "id missing",
            of_call(json!({"type": "function", "function": function(json!("{\"q\":\"x\"}"))})),
            call("*", q()),
        ),
        (
            "id blank",
            of_call(json!({"id": "", "function": function(json!("{\"q\":\"x\"}"))})),
            call("*", q()),
        ),
        (
            "id null",
            of_call(json!({"id": null, "function": function(json!("{\"q\":\"x\"}"))})),
            call("*", q()),
        ),
        (
            "type missing",
            of_call(json!({"id": "a", "function": function(json!("{\"q\":\"x\"}"))})),
            call("a", q()),
        ),
        (
            "index in a whole reply",
            of_call(json!({"id": "a", "index": 0, "function": function(json!("{\"q\":\"x\"}"))})),
            call("a", q()),
        ),
    ]
}

fn call_arguments() -> Vec<Row> {
    vec![
        ("arguments an object", of_call(json!({"id": "a", "function": function(q())})), call("a", q())),
        (
            "arguments null",
            of_call(json!({"id": "a", "function": function(Value::Null)})),
            call("a", json!({})),
        ),
        (
            "arguments missing",
            of_call(json!({"id": "a", "function": {"name": "find"}})),
            call("a", json!({})),
        ),
        (
            "arguments blank",
            of_call(json!({"id": "a", "function": function(json!(""))})),
            call("a", json!({})),
        ),
        (
            "arguments encoded twice",
            of_call(json!({"id": "a", "function": function(json!("\"{\\\"q\\\":\\\"x\\\"}\""))})),
            call("a", q()),
        ),
        (
            "arguments cut short",
            of_call(json!({"id": "a", "function": function(json!("{\"q\":"))})),
            call("a", malformed("{\"q\":", "EOF while parsing a value at line 1 column 5")),
        ),
        (
            "two objects run together",
            of_call(json!({"id": "a", "function": function(json!("{}{}"))})),
            call("a", malformed("{}{}", "trailing characters at line 1 column 3")),
        ),
        (
            "arguments an array",
            of_call(json!({"id": "a", "function": function(json!([1]))})),
            call("a", malformed("[1]", "arguments must be a JSON object, not an array")),
        ),
        (
            "null for what may be left out",
            of_call(json!({"id": "a", "function": function(json!({"q": "x", "limit": null}))})),
            call("a", q()),
        ),
    ]
}

fn call_company() -> Vec<Row> {
    vec![
        (
            "a namespace before the name",
            of_call(json!({"id": "a", "function": {"name": "functions.find", "arguments": "{}"}})),
            call("a", json!({})),
        ),
        (
            "finish_reason stop beside calls",
            json!({"choices": [{"finish_reason": "stop", "message": {"tool_calls": [{"id": "a", "function": function(q())}]}}]}),
            call("a", q()),
        ),
        (
            "a signature beside the call",
            of_call(
                json!({"id": "a", "extra_content": {"google": {"thought_signature": "s"}}, "function": function(q())}),
            ),
            call("a", q()),
        ),
        (
            "an unknown tool",
            of_call(json!({"id": "a", "function": {"name": "fly", "arguments": "{}"}})),
            Expected { calls: vec![("a", "fly", json!({}))], ..text("") },
        ),
        (
            "the same call twice without ids",
            of_message(json!({"tool_calls": [{"function": function(q())}, {"function": function(q())}]})),
            Expected { calls: vec![("*", "find", q()), ("*", "find", q())], ..text("") },
        ),
        (
            "rubbish among the calls",
            of_message(json!({"tool_calls": [null, "x", {"function": function(q())}]})),
            call("*", q()),
        ),
        (
            "words and a call",
            of_message(
                json!({"content": "Looking.", "tool_calls": [{"id": "a", "function": function(q())}]}),
            ),
            Expected { text: "Looking.", ..call("a", q()) },
        ),
    ]
}

fn rows() -> Vec<Row> {
    let messages = [envelopes(), contents(), usages()];
    messages.into_iter().chain([call_envelopes(), call_arguments(), call_company()]).flatten().collect()
}

#[tokio::test]
async fn every_habit_is_read() {
    let standin = StandIn::start().await;
    let model = model(&config(&standin));
    for (what, body, expected) in rows() {
        standin.will(Answer::json(&body));
        let reply = model.reply(&hello(), None).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        check(what, &reply, &expected);
    }
}

#[tokio::test]
async fn whatever_was_read_can_be_sent_back() {
    let standin = StandIn::start().await;
    let model = model(&config(&standin));
    for (what, body, _) in rows() {
        standin.will(Answer::json(&body)).will(Answer::text("ok"));
        let reply = model.reply(&hello(), None).await.unwrap();
        let mut request = hello();
        Arc::make_mut(&mut request.entries).push(agents::model::Entry::Said {
            text: reply.text.clone(),
            calls: reply.calls.clone(),
            raw: reply.raw.clone(),
        });
        model.reply(&request, None).await.unwrap();
        let sent = standin.asked().pop().unwrap().body["messages"].clone();
        well_formed(what, sent.as_array().unwrap());
    }
}

/// What OpenAI's reference demands of messages.
fn well_formed(what: &str, messages: &[Value]) {
    let mut open: Vec<&Value> = Vec::new();
    for message in messages {
        let role = message["role"].as_str().unwrap();
        assert!(["system", "user", "assistant", "tool"].contains(&role), "{what}: {message}");
        if role == "tool" {
            assert_eq!(&message["tool_call_id"], open.remove(0), "{what}");
            continue;
        }
        assert!(open.is_empty(), "{what}: a call without its result");
        let calls =
            message.get("tool_calls").map(|calls| calls.as_array().unwrap().as_slice()).unwrap_or_default();
        assert!(message.get("tool_calls").is_none() || !calls.is_empty(), "{what}");
        assert!(!calls.is_empty() || !message["content"].is_null(), "{what}: {message}");
        for call in calls {
            assert_eq!(call["type"], "function", "{what}");
            assert!(!call["id"].as_str().unwrap().is_empty() && call.get("index").is_none(), "{what}");
            assert!(!call["function"]["name"].as_str().unwrap().is_empty(), "{what}");
            let arguments = call["function"]["arguments"].as_str().unwrap();
            assert!(serde_json::from_str::<Value>(arguments).unwrap().is_object(), "{what}");
            open.push(&call["id"]);
        }
    }
    assert!(open.is_empty(), "{what}");
}
