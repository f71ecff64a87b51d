//! The body around the messages: limits, sampling, streaming, tools.

use domain::tool::ToolSpec;

use super::*;
use crate::model::{Entry, openai::profile::ProfileName};

fn request(tools: Vec<ToolSpec>) -> ModelRequest {
    ModelRequest {
        model: None,
        system: "".into(),
        history: Arc::default(),
        entries: Arc::new(vec![Entry::Heard { text: "hi".to_owned(), images: Vec::new() }]),
        tools: tools.into_iter().map(Arc::new).collect(),
        temperature: Some(0.2),
        max_tokens: 100,
    }
}

fn tool(name: &str, parameters: Value) -> ToolSpec {
    ToolSpec { name: name.to_owned(), description: "d".to_owned(), parameters }
}

fn body(name: ProfileName, model: &str, stream: bool, request: &ModelRequest) -> Result<Value, ModelError> {
    let profile = Profile::named(name);
    let draft =
        Draft { request, profile: &profile, model, reasoning_effort: None, images: &[Vec::new()], stream };
    let written = Written::default();
    // What is remembered is what was written.
    let first = serde_json::to_value(draft.body(&written)?).unwrap();
    assert_eq!(serde_json::to_value(draft.body(&written)?).unwrap(), first);
    Ok(first)
}

#[test]
fn each_profile_has_its_own_words() {
    let request = request(Vec::new());
    let messages = json!([{"role": "user", "content": "hi"}]);
    assert_eq!(
        body(ProfileName::Plain, "m", false, &request).unwrap(),
        json!({"model": "m", "messages": messages, "max_tokens": 100, "temperature": 0.2, "stream": false})
    );
    assert_eq!(
        body(ProfileName::OpenAi, "gpt-5-mini", true, &request).unwrap(),
        json!({"model": "gpt-5-mini", "messages": messages, "max_completion_tokens": 4_196, "stream": true,
            "stream_options": {"include_usage": true}})
    );
    let mistral = body(ProfileName::Mistral, "m", true, &request).unwrap();
    assert!(mistral.get("stream_options").is_none());
    let profile = Profile::named(ProfileName::Plain);
    let draft = Draft {
        request: &request,
        profile: &profile,
        model: "m",
        reasoning_effort: Some("low"),
        images: &[],
        stream: false,
    };
    assert_eq!(draft.head()["reasoning_effort"], "low");
}

#[test]
fn tools_are_written_in_the_profiles_dialect() {
    let schema = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}});
    let tools = request(vec![tool("look", schema), tool("list", json!({"type": "object"}))]);
    let strict = body(ProfileName::OpenAi, "m", false, &tools).unwrap();
    assert_eq!(
        strict["tools"],
        json!([
            {"type": "function", "function": {"name": "look", "description": "d", "strict": true, "parameters": {
                "type": "object", "additionalProperties": false, "required": ["a", "b"],
                "properties": {"a": {"type": "string"}, "b": {"type": ["integer", "null"]}}}}},
            {"type": "function", "function": {"name": "list", "description": "d", "strict": true, "parameters": {
                "type": "object", "additionalProperties": false, "required": [], "properties": {}}}},
        ])
    );
    let gemini = body(ProfileName::Gemini, "m", false, &tools).unwrap();
    assert_eq!(
        gemini["tools"][1],
        json!({"type": "function", "function": {"name": "list", "description": "d"}})
    );
    let plain = body(ProfileName::Plain, "m", false, &tools).unwrap();
    assert_eq!(plain["tools"][1]["function"]["parameters"], json!({"type": "object", "properties": {}}));
    assert!(plain["tools"][0]["function"].get("strict").is_none());
}

#[test]
fn tools_no_server_would_take_stop_the_request() {
    for name in ["", "has space", "ä", "9lives", "-x", &"x".repeat(65)] {
        let stopped = body(ProfileName::Plain, "m", false, &request(vec![tool(name, json!({}))]));
        assert!(matches!(stopped, Err(ModelError::Stop { .. })), "{name:?}");
    }
    let twice = request(vec![tool("a", json!({})), tool("b", json!({})), tool("a", json!({}))]);
    let reason = body(ProfileName::Plain, "m", false, &twice).unwrap_err().to_string();
    assert_eq!(reason, "the tool \"a\" is given twice: rename one");
    let many = request((0..=TOOLS).map(|n| tool(&format!("t{n}"), json!({}))).collect());
    assert!(matches!(body(ProfileName::Plain, "m", false, &many), Err(ModelError::Stop { .. })));
}
