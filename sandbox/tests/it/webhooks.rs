//! Signed deliveries, exact bytes, and retries until 200.

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use serde_json::json;
use sha2::Sha256;

use crate::receiver::Received;
use crate::stage::Stage;

const DAY: i64 = 86_400_000;

/// Computed here on its own, not with the sandbox's code.
pub fn signed(received: &Received, secret: &str) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(received.raw.as_bytes());
    received.signature == format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn a_text_arrives_signed_over_escaped_bytes() {
    let stage = Stage::new().await;
    stage.frank("text", json!({ "body": "Rohr für Müller 🔧 a/b <x> @y" })).await;
    stage.settle().await;
    let received = stage.receiver.take();
    assert_eq!(received.len(), 1);
    assert!(received[0].raw.is_ascii());
    assert!(received[0].raw.contains(r"f\u00fcr M\u00fcller \ud83d\udd27 a/b"));
    assert!(signed(&received[0], "sandbox-app-secret"));
    let value = &received[0].body["entry"][0]["changes"][0]["value"];
    assert_eq!(value["metadata"]["display_phone_number"], "493023125100");
    assert_eq!(value["contacts"][0]["profile"]["name"], "Frank");
    assert_eq!(value["messages"][0]["from"], "491713920017");
    assert_eq!(value["messages"][0]["timestamp"], "1795165200");
    assert_eq!(value["messages"][0]["text"]["body"], "Rohr für Müller 🔧 a/b <x> @y");
    assert!(received[0].body["entry"][0].get("time").is_none());
}

#[tokio::test]
async fn escaping_is_a_switch() {
    let stage = Stage::new().await;
    stage.switch("escape_unicode", json!(false)).await;
    stage.switch("escape_slash", json!(true)).await;
    stage.frank("text", json!({ "body": "für a/b" })).await;
    stage.settle().await;
    let received = stage.receiver.take();
    assert!(received[0].raw.contains(r"für a\/b"));
    assert!(signed(&received[0], "sandbox-app-secret"));
}

#[tokio::test]
async fn only_200_stops_the_retries() {
    let stage = Stage::new().await;
    stage.receiver.answer(&[204, 500, 302]);
    stage.frank("text", json!({ "body": "Hello" })).await;
    stage.settle().await;
    assert_eq!(stage.receiver.take().len(), 1);
    stage.advance(999).await;
    assert_eq!(stage.receiver.take().len(), 0);
    stage.advance(1).await;
    assert_eq!(stage.receiver.take().len(), 1);
    stage.advance(3_600_000).await;
    let rest = stage.receiver.take();
    assert_eq!(rest.len(), 2);
    assert_eq!(rest[0].raw, rest[1].raw);
    let log = stage.deliveries().await;
    assert_eq!(log[0]["stage"], "delivered");
    let statuses: Vec<i64> = log[0]["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attempt| attempt["http"].as_i64().unwrap())
        .collect();
    assert_eq!(statuses, [204, 500, 302, 200]);
}

#[tokio::test]
async fn retries_end_after_seven_days() {
    let stage = Stage::new().await;
    stage.receiver.answer(&[503; 100]);
    stage.frank("text", json!({ "body": "Hello" })).await;
    stage.advance(6 * DAY).await;
    assert_eq!(stage.deliveries().await[0]["stage"], "retrying");
    let waits: Vec<i64> = {
        let log = stage.deliveries().await;
        let at: Vec<i64> =
            log[0]["attempts"].as_array().unwrap().iter().map(|a| a["at_ms"].as_i64().unwrap()).collect();
        at.windows(2).map(|pair| pair[1] - pair[0]).collect()
    };
    assert!(waits.is_sorted(), "{waits:?}");
    stage.advance(2 * DAY).await;
    let log = stage.deliveries().await;
    assert_eq!(log[0]["stage"], "given_up");
    let last = log[0]["attempts"].as_array().unwrap().last().unwrap()["at_ms"].as_i64().unwrap();
    assert!(last - crate::stage::START_MS <= 7 * DAY);
    stage.receiver.take();
    stage.advance(30 * DAY).await;
    assert!(stage.receiver.take().is_empty());
}

#[tokio::test]
async fn a_logged_webhook_can_be_redelivered_byte_for_byte() {
    let stage = Stage::new().await;
    stage.frank("text", json!({ "body": "Hello" })).await;
    stage.settle().await;
    let first = stage.receiver.take();
    let id = stage.deliveries().await[0]["id"].as_u64().unwrap();
    stage.must(Method::POST, &format!("/deliveries/{id}/redeliver"), json!({})).await;
    stage.settle().await;
    assert_eq!(stage.receiver.take()[0].raw, first[0].raw);
    let entry = stage.must(Method::GET, &format!("/deliveries/{id}"), json!({})).await;
    assert_eq!(entry["body"].as_str().unwrap(), first[0].raw);
    assert_eq!(entry["attempts"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_redelivery_that_succeeds_ends_the_retries() {
    let stage = Stage::new().await;
    stage.receiver.answer(&[500]);
    stage.frank("text", json!({ "body": "Hello" })).await;
    stage.settle().await;
    let id = stage.deliveries().await[0]["id"].as_u64().unwrap();
    stage.must(Method::POST, &format!("/deliveries/{id}/redeliver"), json!({})).await;
    stage.settle().await;
    assert_eq!(stage.receiver.take().len(), 2);
    stage.advance(DAY).await;
    assert!(stage.receiver.take().is_empty());
}

#[tokio::test]
async fn any_field_can_be_sent_by_hand() {
    let stage = Stage::new().await;
    stage
        .must(Method::POST, "/webhook/raw", json!({ "field": "account_update", "value": { "event": "X" } }))
        .await;
    stage.settle().await;
    let received = stage.receiver.take();
    assert_eq!(received[0].body["entry"][0]["changes"][0]["value"]["event"], "X");
    assert!(signed(&received[0], "sandbox-app-secret"));
}

#[tokio::test]
async fn a_seed_makes_the_same_run_twice() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let stage = Stage::with(|config| config.seed = 42).await;
        stage.open_window().await;
        stage.sent("One").await;
        stage.frank("text", json!({ "body": "Two" })).await;
        stage.advance(10_000).await;
        let raw: Vec<String> = stage.receiver.take().into_iter().map(|received| received.raw).collect();
        runs.push(raw);
    }
    assert!(runs[0].len() >= 3);
    assert_eq!(runs[0], runs[1]);
}
