//! The messages a server is given, role by role.

use std::sync::Arc;

use domain::{id::CallId, tool::Arguments};

use super::*;
use crate::model::{Spoken, openai::profile::ProfileName};

fn heard(text: &str) -> Entry {
    Entry::Heard { text: text.to_owned(), images: Vec::new() }
}

fn call(id: &str, name: &str, arguments: Value) -> ToolCall {
    ToolCall { id: CallId(id.to_owned()), name: name.to_owned(), arguments: Arguments::Json(arguments) }
}

fn said(text: &str, calls: &[ToolCall], raw: Option<Value>) -> Entry {
    Entry::Said { text: text.to_owned(), calls: calls.to_vec(), raw }
}

fn returned(id: &str, content: &str) -> Entry {
    Entry::Returned { call: CallId(id.to_owned()), name: "find".to_owned(), content: content.to_owned() }
}

fn request(entries: Vec<Entry>) -> ModelRequest {
    ModelRequest {
        model: None,
        system: "Be brief.".into(),
        history: Arc::default(),
        entries: Arc::new(entries),
        tools: Vec::new(),
        temperature: None,
        max_tokens: 100,
    }
}

fn sent(name: ProfileName, request: &ModelRequest) -> Value {
    told(request, &Profile::named(name), "m", &vec![Vec::new(); request.entries.len()])
}

fn told(request: &ModelRequest, profile: &Profile, model: &str, images: &[Vec<Value>]) -> Value {
    json!(messages(request, profile, model, images))
}

#[test]
fn a_turn_is_told_in_order() {
    let raw = json!({"role": "assistant", "content": null, "annotations": [], "refusal": null, "tool_calls": [
        {"id": "a", "index": 0, "function": {"name": "find", "arguments": "{ \"q\": 1 }"}, "extra_content": {"g": 1}}]});
    let mut request = request(vec![
        heard("Done at Meier"),
        said("", &[call("a", "find", json!({"q": 1}))], Some(raw)),
        returned("a", "found"),
        said("Is that right?", &[], None),
        heard("yes"),
    ]);
    request.history = Arc::new(vec![
        Spoken { by_agent: false, text: "hello".to_owned() },
        Spoken { by_agent: true, text: "hello".to_owned() },
    ]);
    let call =
        json!({"id": "a", "type": "function", "function": {"name": "find", "arguments": "{ \"q\": 1 }"}});
    let mut opaque = call.clone();
    opaque["extra_content"] = json!({"g": 1});
    let told = |system: &str, assistant: Value, result: Value| {
        json!([
            {"role": system, "content": "Be brief."},
            {"role": "user", "content": "hello"},
            {"role": "assistant", "content": "hello"},
            {"role": "user", "content": "Done at Meier"},
            assistant,
            result,
            {"role": "assistant", "content": "Is that right?"},
            {"role": "user", "content": "yes"},
        ])
    };
    let with = json!({"role": "assistant", "content": null, "annotations": [], "tool_calls": [opaque]});
    let result = json!({"role": "tool", "tool_call_id": "a", "name": "find", "content": "found"});
    assert_eq!(sent(ProfileName::Plain, &request), told("system", with, result));
    assert_eq!(
        sent(ProfileName::OpenAi, &request),
        told(
            "developer",
            json!({"role": "assistant", "content": null, "tool_calls": [call]}),
            json!({"role": "tool", "tool_call_id": "a", "content": "found"}),
        )
    );
}

#[test]
fn orphans_are_repaired_in_both_directions() {
    let both = [call("a", "find", json!({})), call("b", "find", json!({}))];
    let entries = vec![
        returned("old", "lost"),
        heard("go"),
        said("", &both, None),
        heard("wait, also this"),
        returned("b", "second"),
        returned("b", "second again"),
    ];
    let told = sent(ProfileName::OpenAi, &request(entries));
    let call =
        |id: &str| json!({"id": id, "type": "function", "function": {"name": "find", "arguments": "{}"}});
    assert_eq!(
        told,
        json!([
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": "[result of an earlier call of find] lost\n\ngo"},
            {"role": "assistant", "content": null, "tool_calls": [call("a"), call("b")]},
            {"role": "tool", "tool_call_id": "a", "content": NO_RESULT},
            {"role": "tool", "tool_call_id": "b", "content": "second"},
            {"role": "user", "content": "wait, also this"},
        ])
    );
}

#[test]
fn sides_take_turns_a_person_begins_and_has_the_last_word() {
    let mut talk =
        request(vec![said("One.", &[], None), said("Two.", &[call("a", "find", json!({}))], None)]);
    talk.history = Arc::new(vec![Spoken { by_agent: true, text: "Zero.".to_owned() }]);
    let told = sent(ProfileName::Plain, &talk);
    assert_eq!(told[1], json!({"role": "user", "content": "[the conversation began earlier]"}));
    assert_eq!(told[2]["content"], "Zero.\n\nOne.\n\nTwo.");
    assert_eq!(told[3]["role"], "tool");
    let told = sent(ProfileName::Plain, &request(vec![heard("hi"), said("Hello.", &[], None)]));
    assert_eq!(told[3], json!({"role": "user", "content": "[go on]"}));
    let told =
        sent(ProfileName::Plain, &request(vec![heard(" "), said("", &[], None), heard("a"), heard("b")]));
    assert_eq!(
        told,
        json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "a\n\nb"}])
    );
}

#[test]
fn images_stand_beside_their_words() {
    let image = json!({"type": "image_url", "image_url": {"url": "http://h/x"}});
    let request = request(vec![heard("look"), heard("and this")]);
    let profile = Profile::named(ProfileName::Plain);
    let told = told(&request, &profile, "m", &[vec![image.clone()], Vec::new()]);
    let text = |text: &str| json!({"type": "text", "text": text});
    assert_eq!(told[1]["content"], json!([text("look"), image, text("and this")]));
}

#[test]
fn gemini_gets_its_signatures_back_and_a_stand_in_for_foreign_calls() {
    let calls = [call("a", "find", json!({})), call("b", "find", json!({}))];
    let signed = json!({"role": "assistant", "tool_calls": [
        {"id": "a", "type": "function", "function": {"name": "find", "arguments": "{}"},
            "extra_content": {"google": {"thought_signature": "sig=="}}},
        {"id": "b", "type": "function", "function": {"name": "find", "arguments": "{}"}}]});
    let told = |raw: Option<Value>, model: &str| {
        let request = request(vec![heard("go"), said("", &calls, raw)]);
        let all = told(&request, &Profile::named(ProfileName::Gemini), model, &[]);
        all[2].clone()
    };
    assert_eq!(told(Some(signed.clone()), "gemini-flash-latest"), signed);
    let foreign = told(None, "gemini-flash-latest");
    let signature = "/tool_calls/0/extra_content/google/thought_signature";
    assert_eq!(foreign.pointer(signature), Some(&json!("skip_thought_signature_validator")));
    assert_eq!(foreign.pointer("/tool_calls/1/extra_content"), None);
    assert_eq!(told(None, "models/gemini-2.5-flash").pointer(signature), None);
}

#[test]
fn nothing_a_server_would_choke_on_goes_back() {
    let broken = ToolCall {
        id: CallId("a".to_owned()),
        name: "find it! now".to_owned(),
        arguments: Arguments::Malformed { text: "{\"q\":".to_owned(), error: "EOF".to_owned() },
    };
    let raw = json!({"role": "model", "content": "", "tool_calls": [
        {"id": "", "type": "", "function": {"name": "find it! now", "arguments": "{\"q\":"}}]});
    let told = sent(ProfileName::Plain, &request(vec![heard("go"), said("", &[broken], Some(raw))]));
    assert_eq!(
        told[2],
        json!({"role": "assistant", "content": "", "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "find_it__now", "arguments": "{}"}}]})
    );
    assert_eq!(told[3]["name"], "find_it__now");
    // A raw message that does not match the calls that were kept is not echoed.
    let raw = json!({"role": "assistant", "content": "x", "tool_calls": [{"id": "gone"}]});
    let told =
        sent(ProfileName::Plain, &request(vec![heard("go"), said("Cut.", &[], Some(raw)), heard("on")]));
    assert_eq!(told[2], json!({"role": "assistant", "content": "Cut."}));
}

#[test]
fn mistral_gets_nine_letters_and_no_person_after_a_tool() {
    let calls = [call("call_0123456789", "find", json!({})), call("abcDEF123", "find", json!({}))];
    let entries = vec![
        heard("go"),
        said("", &calls, None),
        returned("call_0123456789", "x"),
        returned("abcDEF123", "y"),
        heard("and?"),
    ];
    let told = sent(ProfileName::Mistral, &request(entries));
    let id = told[2]["tool_calls"][0]["id"].as_str().unwrap();
    assert!(id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    assert_eq!(told[3]["tool_call_id"], id);
    assert_eq!(told[2]["tool_calls"][1]["id"], "abcDEF123");
    assert_eq!(told[5], json!({"role": "assistant", "content": "[noted]"}));
    assert_eq!(told[6]["content"], "and?");
}
