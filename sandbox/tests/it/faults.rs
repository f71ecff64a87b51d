//! Each fault on demand, once.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::receiver::items;
use crate::stage::{Stage, words};
use crate::webhooks::signed;

fn texts(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["text"]["body"].as_str().unwrap()).collect()
}

async fn say(stage: &Stage, texts: &[&str]) {
    for text in texts {
        stage.frank("text", json!({ "body": text })).await;
        stage.settle().await;
    }
}

#[tokio::test]
async fn duplicates_are_the_same_bytes_again() {
    let stage = Stage::new().await;
    stage.fault(json!({ "target": "inbound", "trigger": { "next": 1 }, "fault": { "kind": "duplicate", "copies": 2 } })).await;
    say(&stage, &["Once", "Twice"]).await;
    stage.advance(10).await;
    let received = stage.receiver.take();
    assert_eq!(received.len(), 4);
    let first = received.iter().filter(|one| one.raw == received[0].raw).count();
    assert_eq!(first, 3);
}

#[tokio::test]
async fn batches_come_in_every_shape() {
    for (shape, entries, changes, messages) in
        [("items", 1, 1, 3), ("changes", 1, 3, 1), ("entries", 3, 1, 1)]
    {
        let stage = Stage::new().await;
        stage
            .fault(json!({ "target": "inbound", "fault": { "kind": "batch", "size": 3, "shape": shape } }))
            .await;
        say(&stage, &["1", "2"]).await;
        assert!(stage.receiver.take().is_empty());
        say(&stage, &["3"]).await;
        let received = stage.receiver.take();
        assert_eq!(received.len(), 1, "{shape}");
        let entry = received[0].body["entry"].as_array().unwrap();
        let change = entry[0]["changes"].as_array().unwrap();
        let list = change[0]["value"]["messages"].as_array().unwrap();
        assert_eq!((entry.len(), change.len(), list.len()), (entries, changes, messages));
        assert_eq!(texts(&items(&received, "messages")), ["1", "2", "3"]);
        say(&stage, &["4"]).await;
        stage.advance(2_000).await;
        assert_eq!(stage.receiver.messages().len(), 1, "a batch does not wait for ever");
    }
}

#[tokio::test]
async fn reordering_swaps_and_delay_is_late() {
    let stage = Stage::new().await;
    stage
        .fault(json!({ "target": "inbound", "trigger": { "next": 1 }, "fault": { "kind": "reorder" } }))
        .await;
    say(&stage, &["first", "second"]).await;
    assert_eq!(texts(&stage.receiver.messages()), ["second", "first"]);
    stage.must(Method::DELETE, "/faults", json!({})).await;
    stage.fault(json!({ "target": "webhook", "trigger": { "next": 1 }, "fault": { "kind": "delay", "ms": 7_200_000 } })).await;
    say(&stage, &["late", "prompt"]).await;
    assert_eq!(texts(&stage.receiver.messages()), ["prompt"]);
    stage.advance(7_200_000).await;
    assert_eq!(texts(&stage.receiver.messages()), ["late"]);
}

#[tokio::test]
async fn lost_webhooks_are_retried_and_dropped_ones_are_not() {
    let stage = Stage::new().await;
    stage
        .fault(
            json!({ "target": "inbound", "trigger": { "next": 1 }, "fault": { "kind": "lose", "times": 2 } }),
        )
        .await;
    say(&stage, &["lost"]).await;
    assert!(stage.receiver.take().is_empty());
    stage.advance(6_000).await;
    assert_eq!(texts(&stage.receiver.messages()), ["lost"]);
    assert_eq!(stage.deliveries().await[0]["attempts"].as_array().unwrap().len(), 3);
    stage.fault(json!({ "target": "inbound", "trigger": { "next": 1 }, "fault": { "kind": "drop" } })).await;
    say(&stage, &["gone"]).await;
    stage.advance(86_400_000).await;
    assert!(stage.receiver.take().is_empty());
}

#[tokio::test]
async fn a_wrong_signature_comes_first_and_a_right_one_after() {
    let stage = Stage::new().await;
    stage.receiver.answer(&[401]);
    stage
        .fault(
            json!({ "target": "webhook", "trigger": { "next": 1 }, "fault": { "kind": "wrong_signature" } }),
        )
        .await;
    say(&stage, &["signed?"]).await;
    stage.advance(1_000).await;
    let received = stage.receiver.take();
    assert_eq!(received.len(), 2);
    assert!(!signed(&received[0], "sandbox-app-secret"));
    assert!(signed(&received[1], "sandbox-app-secret"));
}

#[tokio::test]
async fn sends_meet_429_5xx_and_expired_tokens() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let next = |fault: Value| json!({ "target": "send", "trigger": { "next": 1 }, "fault": fault });
    let cases = [
        (json!({ "kind": "error", "code": 130429, "retry_after_s": 7 }), 429, 130_429),
        (json!({ "kind": "error", "code": 131_056 }), 400, 131_056),
        (json!({ "kind": "error", "code": 131_016 }), 503, 131_016),
        (json!({ "kind": "error", "code": 2, "http": 500 }), 500, 2),
        (json!({ "kind": "expired_token" }), 401, 190),
    ];
    for (fault, http, code) in cases {
        stage.fault(next(fault)).await;
        let (status, body) = stage.send_text("x").await;
        assert_eq!((status, body["error"]["code"].as_i64()), (http, Some(code)));
        assert_eq!(stage.send_text("y").await.0, 200);
        stage.advance(10_000).await;
    }
    stage.fault(next(json!({ "kind": "http", "status": 502 }))).await;
    assert_eq!(stage.send_text("x").await.0, 502);
}

#[tokio::test]
async fn every_third_send_is_accepted_and_its_answer_lost() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let rule = json!({ "target": "send", "trigger": { "every": 3 }, "fault": { "kind": "answer_lost", "ms": 60_000 } });
    stage.fault(rule).await;
    stage.sent("1").await;
    stage.sent("2").await;
    let url = stage.url(&format!("/v26.0/{}/messages", stage.phone));
    let body = json!({ "messaging_product": "whatsapp", "to": "+491713920017", "type": "text",
                       "text": { "body": "3" }, "biz_opaque_callback_data": "third" });
    let request =
        stage.http.post(url).bearer_auth("sandbox-token").json(&body).timeout(Duration::from_millis(300));
    assert!(request.send().await.unwrap_err().is_timeout());
    stage.advance(2_000).await;
    let statuses = stage.receiver.statuses();
    let third: Vec<Value> =
        statuses.iter().filter(|status| status["biz_opaque_callback_data"] == "third").cloned().collect();
    assert_eq!(words(&third), ["sent", "delivered"]);
    let journal = stage.must(Method::GET, "/journal", json!({})).await;
    assert_eq!(journal["journal"][2]["fault"], "answer_lost");
    assert_eq!(journal["journal"][2]["http"], 504);
}

#[tokio::test]
async fn a_hanging_call_does_nothing() {
    let stage = Stage::new().await;
    stage.open_window().await;
    stage
        .fault(json!({ "target": "send", "trigger": { "next": 1 }, "fault": { "kind": "hang", "ms": 20 } }))
        .await;
    assert_eq!(stage.send_text("x").await.0, 504);
    stage.advance(5_000).await;
    assert!(stage.receiver.take().is_empty());
}

#[tokio::test]
async fn accepted_is_not_delivered() {
    let stage = Stage::new().await;
    stage.open_window().await;
    stage
        .fault(json!({ "target": "send", "trigger": { "next": 1 }, "fault": { "kind": "never_delivered" } }))
        .await;
    stage.sent("into the void").await;
    stage.advance(86_000_000).await;
    assert!(stage.receiver.take().is_empty());
    stage.fault(json!({ "target": "send", "trigger": { "next": 1 }, "fault": { "kind": "fail_later", "code": 131_049 } })).await;
    stage.sent("capped").await;
    stage.advance(1_000).await;
    assert_eq!(stage.receiver.statuses()[0]["errors"][0]["code"], 131_049);
}

#[tokio::test]
async fn rules_that_cannot_strike_are_refused() {
    let stage = Stage::new().await;
    let (status, body) = stage
        .control(Method::POST, "/faults", json!({ "target": "send", "fault": { "kind": "reorder" } }))
        .await;
    assert_eq!((status, body["error"].as_str()), (400, Some("this fault cannot happen to this target")));
    let (status, _) =
        stage.control(Method::POST, "/faults", json!({ "target": "send", "fault": { "kind": "x" } })).await;
    assert_eq!(status, 400);
}
