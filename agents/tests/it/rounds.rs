//! Whole rounds: what is sent, what comes back, and what the next round gives the server back.

use std::sync::Arc;

use agents::model::{
    Entry, Image, Model as _, ModelReply, Spoken, Usage,
    openai::{Config, Overrides, ProfileName, Provider},
};
use domain::tool::Arguments;
use serde_json::{Value, json};

use crate::{
    setup::{Ear, KEY, calls, config, heard, hello, model, request},
    standin::{Answer, StandIn},
};

fn said(reply: &ModelReply) -> Entry {
    Entry::Said { text: reply.text.clone(), calls: reply.calls.clone(), raw: reply.raw.clone() }
}

fn returned(reply: &ModelReply, at: usize, content: &str) -> Entry {
    let call = &reply.calls[at];
    Entry::Returned { call: call.id.clone(), name: call.name.clone(), content: content.to_owned() }
}

#[tokio::test]
async fn a_reply_is_the_same_streamed_and_whole() {
    let standin = StandIn::start().await;
    let model = model(&config(&standin));
    let both = [("a1", "find", json!({"q": "Meier", "limit": null})), ("b2", "list", json!({}))];
    for answer in [Answer::text("Grüß Gott, Herr Meier!"), Answer::calls(&both)] {
        standin.otherwise(move |_| answer.clone());
        let ear = Ear::default();
        let whole = model.reply(&hello(), None).await.unwrap();
        let streamed = model.reply(&hello(), Some(&ear)).await.unwrap();
        assert_eq!(whole, streamed);
        assert_eq!(ear.heard().concat(), whole.text);
        assert_eq!(whole.usage, Usage { input: 11, output: 7 });
    }
    let asked = standin.asked();
    assert_eq!(asked[0].path, "/v1/chat/completions");
    assert_eq!(asked[0].headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!((&asked[0].body["stream"], asked[0].body.get("stream_options")), (&json!(false), None));
    assert_eq!(asked[1].body["stream"], true);
    assert_eq!(asked[1].body["stream_options"]["include_usage"], true);
    assert_eq!(asked[1].headers["accept"], "text/event-stream");
}

#[tokio::test]
async fn words_are_streamed_one_by_one_and_only_to_a_listener() {
    let standin = StandIn::start().await;
    standin.will(Answer::text("one two three"));
    let ear = Ear::default();
    model(&config(&standin)).reply(&hello(), Some(&ear)).await.unwrap();
    assert_eq!(ear.heard(), ["one ", "two ", "three"]);
}

#[tokio::test]
async fn the_next_round_gives_the_server_its_own_message_back() {
    let standin = StandIn::start().await;
    let message = json!({"role": "assistant", "content": null, "reasoning_content": "hm", "x": {"opaque": [1, 2.5]},
        "tool_calls": [
            {"id": "a1", "type": "function", "extra_content": {"google": {"thought_signature": "c2ln"}},
                "function": {"name": "find", "arguments": "{ \"q\":\"Meier\" }"}},
            {"id": "b2", "type": "function", "function": {"name": "list", "arguments": "{}"}}]});
    for streamed in [false, true] {
        standin
            .will(Answer::Says { message: message.clone(), finish: "tool_calls" })
            .will(Answer::text("Done."));
        let model = model(&config(&standin));
        let ear = Ear::default();
        let listener = streamed.then_some(&ear as &dyn agents::model::Listener);
        let mut expected = message.clone();
        if streamed {
            // The stand-in streams words and calls only.
            expected
                .as_object_mut()
                .unwrap()
                .retain(|key, _| !matches!(key.as_str(), "reasoning_content" | "x"));
        }
        let reply = model.reply(&hello(), listener).await.unwrap();
        let entries =
            vec![heard("hello"), said(&reply), returned(&reply, 0, "found"), returned(&reply, 1, "[]")];
        assert_eq!(model.reply(&request(entries), None).await.unwrap().text, "Done.");
        let sent = &standin.asked().pop().unwrap().body["messages"];
        assert_eq!(sent[2], expected, "streamed: {streamed}");
        assert_eq!(
            sent[3],
            json!({"role": "tool", "tool_call_id": "a1", "name": "find", "content": "found"})
        );
        assert_eq!(sent[4]["tool_call_id"], "b2");
    }
}

#[tokio::test]
async fn ids_are_never_blank_and_never_twice_in_a_turn() {
    let standin = StandIn::start().await;
    let model = model(&config(&standin));
    standin.will(Answer::calls(&[
        ("", "list", json!({})),
        ("same", "list", json!({})),
        ("same", "list", json!({})),
    ]));
    let first = model.reply(&hello(), None).await.unwrap();
    let mut entries = vec![heard("hello"), said(&first)];
    entries.extend((0..3).map(|at| returned(&first, at, "[]")));
    standin.will(Answer::calls(&[("same", "list", json!({}))]));
    let second = model.reply(&request(entries.clone()), None).await.unwrap();
    let mut ids: Vec<String> = calls(&first).into_iter().chain(calls(&second)).map(|(id, ..)| id).collect();
    assert_eq!(ids[1], "same");
    assert!(
        [0, 2, 3].iter().all(|at| ids[*at].len() == 9 && ids[*at].chars().all(|c| c.is_ascii_alphanumeric()))
    );
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    // The server is told the ids that the results carry.
    entries.extend([said(&second), returned(&second, 0, "[]")]);
    standin.will(Answer::text("Done."));
    model.reply(&request(entries), None).await.unwrap();
    let sent = standin.asked().pop().unwrap().body["messages"].clone();
    let named: Vec<&Value> = sent
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|m| m.get("tool_calls"))
        .flat_map(|c| c.as_array().unwrap())
        .map(|c| &c["id"])
        .collect();
    let answered: Vec<&Value> =
        sent.as_array().unwrap().iter().filter_map(|m| m.get("tool_call_id")).collect();
    assert_eq!(named, answered);
}

#[tokio::test]
async fn a_cut_reply_loses_its_calls_and_says_so() {
    let standin = StandIn::start().await;
    let model = model(&config(&standin));
    let message = json!({"role": "assistant", "content": "Let me", "tool_calls": [
        {"id": "a1", "type": "function", "function": {"name": "list", "arguments": "{}"}}]});
    for listener in [None, Some(&Ear::default() as &dyn agents::model::Listener)] {
        standin.will(Answer::Says { message: message.clone(), finish: "length" });
        let reply = model.reply(&hello(), listener).await.unwrap();
        assert!(reply.truncated && reply.calls.is_empty());
        assert_eq!(reply.text, "Let me");
        assert_eq!(reply.raw.unwrap().get("tool_calls"), None);
    }
    // A model that spent everything on thinking said nothing, and that is worth knowing too.
    standin.will(Answer::Says { message: json!({"role": "assistant", "content": ""}), finish: "length" });
    assert!(model.reply(&hello(), None).await.unwrap().truncated);
}

#[tokio::test]
async fn arguments_come_back_as_json_or_with_what_is_wrong() {
    let standin = StandIn::start().await;
    let raw = |arguments: Value| {
        let call =
            json!({"id": "a1", "type": "function", "function": {"name": "find", "arguments": arguments}});
        Answer::Says { message: json!({"role": "assistant", "tool_calls": [call]}), finish: "stop" }
    };
    let model = model(&config(&standin));
    standin.will(raw(json!("{\"q\":\"x\",\"limit\":null}")));
    let reply = model.reply(&hello(), None).await.unwrap();
    // A null where the schema lets the property be left out.
    assert_eq!(reply.calls[0].arguments, Arguments::Json(json!({"q": "x"})));
    standin.will(raw(json!("{\"q\":\"x\"")));
    let reply = model.reply(&hello(), None).await.unwrap();
    assert!(matches!(&reply.calls[0].arguments, Arguments::Malformed { text, error }
        if text == "{\"q\":\"x\"" && error.starts_with("EOF")));
    // The next round must not carry what servers would refuse to parse.
    standin.will(Answer::text("Sorry."));
    let entries = vec![heard("hello"), said(&reply), returned(&reply, 0, "not JSON")];
    model.reply(&request(entries), None).await.unwrap();
    let sent = standin.asked().pop().unwrap().body;
    assert_eq!(sent["messages"][2]["tool_calls"][0]["function"]["arguments"], "{}");
}

#[tokio::test]
async fn images_and_history_travel() {
    let standin = StandIn::start().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tap.png"), b"\x89PNG\r\n\x1a\n...").unwrap();
    let config = Config { media_folder: folder.path().to_owned(), ..config(&standin) };
    let image = |source: &str| Image { mime: "image/png".to_owned(), source: source.to_owned() };
    let images = vec![image("tap.png"), image("https://example.test/a.jpg"), image("../../etc/passwd")];
    let mut request = request(vec![Entry::Heard { text: "see".to_owned(), images }]);
    request.history = Arc::new(vec![
        Spoken { by_agent: false, text: "hi".into() },
        Spoken { by_agent: true, text: "yes?".into() },
    ]);
    standin.will(Answer::text("A tap."));
    model(&config).reply(&request, None).await.unwrap();
    let sent = standin.asked().pop().unwrap().body["messages"].clone();
    assert_eq!(sent[2], json!({"role": "assistant", "content": "yes?"}));
    let parts = sent[3]["content"].as_array().unwrap();
    assert_eq!(parts[0], json!({"type": "text", "text": "see"}));
    assert!(parts[1]["image_url"]["url"].as_str().unwrap().starts_with("data:image/png;base64,iVBOR"));
    assert_eq!(parts[2]["image_url"]["url"], "https://example.test/a.jpg");
    assert_eq!(parts[3]["text"], "[image passwd is not shown: the file is not in the media folder]");
}

#[tokio::test]
async fn profiles_and_habits_reach_the_wire() {
    let standin = StandIn::start().await;
    let ask = async |config: Config| {
        standin.will(Answer::text("ok"));
        let mut request = hello();
        request.temperature = Some(0.3);
        model(&config).reply(&request, None).await.unwrap();
        standin.asked().pop().unwrap()
    };
    let plain = ask(config(&standin)).await.body;
    assert_eq!((&plain["max_tokens"], &plain["messages"][0]["role"]), (&json!(200), &json!("system")));
    assert_eq!((&plain["temperature"], &plain["model"]), (&json!(0.3), &json!("m1")));
    let openai = ask(Config { profile: Some(ProfileName::OpenAi), ..config(&standin) }).await.body;
    assert_eq!(openai["max_completion_tokens"], 4_296);
    assert_eq!(openai["messages"][0]["role"], "developer");
    assert_eq!(openai["tools"][0]["function"]["strict"], true);
    let gemini = Config { provider: Provider::Gemini, ..config(&standin) };
    let gemini = ask(gemini).await.body;
    assert!(gemini["tools"][1]["function"].get("parameters").is_none());
    assert_eq!(gemini["tools"][0]["function"]["parameters"]["properties"]["limit"]["nullable"], true);
    let habits = Overrides { thinking_tokens: Some(1), ..Overrides::default() };
    let effort = Some("low".to_owned());
    let odd = ask(Config { habits, reasoning_effort: effort, ..config(&standin) }).await.body;
    assert_eq!((&odd["max_tokens"], &odd["reasoning_effort"]), (&json!(201), &json!("low")));
}

#[tokio::test]
async fn a_server_of_ones_own_needs_no_key_and_may_have_a_query() {
    let standin = StandIn::start().await;
    standin.will(Answer::text("ok"));
    let base_url = Some(format!("{}/chat/completions?api-version=1", standin.base_url()));
    let model = model(&Config { api_key: None, base_url, ..config(&standin) });
    model.reply(&hello(), None).await.unwrap();
    let asked = standin.asked().pop().unwrap();
    assert_eq!((asked.path.as_str(), asked.query.as_str()), ("/v1/chat/completions", "api-version=1"));
    assert!(!asked.headers.contains_key("authorization"));
    assert!(asked.headers.keys().all(|name| !name.starts_with("openai-")));
    assert_eq!(model.name(), format!("openai m1 at {}", standin.host()));
}

#[tokio::test]
async fn an_agents_own_model_is_asked_for() {
    let standin = StandIn::start().await;
    standin.will(Answer::text("ok"));
    let mut request = hello();
    request.model = Some("m2".to_owned());
    model(&config(&standin)).reply(&request, None).await.unwrap();
    assert_eq!(standin.asked()[0].body["model"], "m2");
}
