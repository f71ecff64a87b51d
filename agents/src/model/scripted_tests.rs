//! Tests of the scripted model.

use std::sync::Arc;

use serde_json::json;

use super::*;

fn request(entries: Vec<Entry>) -> ModelRequest {
    ModelRequest {
        model: None,
        system: "".into(),
        history: Arc::default(),
        entries: Arc::new(entries),
        tools: Vec::new(),
        temperature: None,
        max_tokens: 100,
    }
}

fn heard(text: &str) -> Entry {
    Entry::Heard { text: text.to_owned(), images: Vec::new() }
}

fn asked(id: &str) -> Entry {
    let call =
        ToolCall { id: id.into(), name: "find_customer".to_owned(), arguments: Arguments::Json(json!({})) };
    Entry::Said { text: String::new(), calls: vec![call], raw: None }
}

fn returned(id: &str) -> Entry {
    Entry::Returned { call: id.into(), name: "find_customer".to_owned(), content: "{}".to_owned() }
}

#[tokio::test]
async fn replies_come_in_order_and_requests_are_kept() {
    let model = Scripted::new([calls(&[("find_customer", json!({ "customer_name": "Meier" }))])]);
    model.push(Err(ModelError::Retry { reason: "busy".to_owned(), after: None }));
    assert_eq!(model.reply(&request(vec![heard("x")]), None).await.unwrap().calls[0].name, "find_customer");
    assert_eq!(model.left(), 1);
    let answered = request(vec![heard("x"), asked("a"), returned("a")]);
    assert!(matches!(model.reply(&answered, None).await, Err(ModelError::Retry { .. })));
    assert_eq!((model.left(), model.requests().len()), (0, 2));
    assert!(matches!(model.reply(&request(Vec::new()), None).await, Err(ModelError::Stop { .. })));
}

#[tokio::test]
async fn a_transcript_no_provider_would_take_gets_no_reply() {
    assert_eq!(unpaired(&[heard("x"), asked("a"), returned("a"), heard("y")]), None);
    for (entries, word) in [
        (vec![asked("a")], "no result"),
        (vec![asked("a"), heard("y"), returned("a")], "no result"),
        (vec![returned("a")], "no call"),
        (vec![asked("a"), returned("a"), returned("a")], "no call"),
    ] {
        assert!(unpaired(&entries).is_some_and(|fault| fault.contains(word)), "{entries:?}");
        let model = Scripted::new([says("never said")]);
        assert!(matches!(model.reply(&request(entries), None).await, Err(ModelError::Stop { .. })));
        assert_eq!(model.left(), 1);
    }
}
