//! The window, the pair limit, the throughput, and who may be written to at all.

use reqwest::Method;
use serde_json::json;

use crate::stage::{FRANK, Stage, words};

#[tokio::test]
async fn outside_the_window_free_text_fails_with_131047() {
    let stage = Stage::new().await;
    stage.sent("Anybody there?").await;
    stage.advance(1_000).await;
    let statuses = stage.receiver.statuses();
    assert_eq!(words(&statuses), ["failed"]);
    assert_eq!(statuses[0]["errors"][0]["code"], 131_047);
    assert_eq!(statuses[0]["errors"][0]["title"], "Re-engagement message");
    stage.open_window().await;
    stage.advance(86_400_000 - 1).await;
    stage.sent("Just in time").await;
    stage.advance(1_000).await;
    assert_eq!(words(&stage.receiver.statuses()), ["sent", "delivered"]);
    stage.sent("Too late").await;
    stage.advance(1_000).await;
    assert_eq!(words(&stage.receiver.statuses()), ["failed"]);
    stage.switch("window_sync", json!(true)).await;
    let (status, body) = stage.send_text("Refused").await;
    assert_eq!((status, body["error"]["code"].as_i64()), (400, Some(131_047)));
    assert_eq!(body["error"]["message"], "(#131047) Re-engagement message");
    assert_eq!(body["error"]["fbtrace_id"].as_str().unwrap().len(), 22);
}

#[tokio::test]
async fn templates_and_calls_open_what_texts_cannot() {
    let stage = Stage::new().await;
    let template =
        json!({ "type": "template", "template": { "name": "hello_world", "language": { "code": "en_US" } } });
    let (status, body) = stage.send(template).await;
    assert_eq!(status, 200);
    assert_eq!(body["messages"][0]["message_status"], "accepted");
    stage.advance(1_000).await;
    let statuses = stage.receiver.statuses();
    assert_eq!(words(&statuses), ["sent", "delivered"]);
    assert_eq!(statuses[0]["pricing"]["category"], "utility");
    stage.sent("A template opens nothing").await;
    stage.advance(1_000).await;
    assert_eq!(words(&stage.receiver.statuses()), ["failed"]);
    stage.frank("call", json!({})).await;
    stage.settle().await;
    assert_eq!(stage.receiver.take()[0].body["entry"][0]["changes"][0]["field"], "calls");
    stage.sent("A call does").await;
    stage.advance(1_000).await;
    assert_eq!(words(&stage.receiver.statuses()), ["sent", "delivered"]);
}

#[tokio::test]
async fn a_pair_has_a_burst_of_45_and_then_one_in_six_seconds() {
    let stage = Stage::new().await;
    stage.open_window().await;
    for at in 0..45 {
        stage.sent(&format!("{at}")).await;
    }
    let (status, body) = stage.send_text("46").await;
    assert_eq!((status, body["error"]["code"].as_i64()), (400, Some(131_056)));
    assert_eq!(
        body["error"]["message"],
        "(#131056) (Business Account, Consumer Account) pair rate limit hit"
    );
    stage.advance(6_000).await;
    stage.sent("after six seconds").await;
    assert_eq!(stage.send_text("too soon").await.0, 400);
}

#[tokio::test]
async fn a_number_sends_80_a_second() {
    let stage = Stage::with(|config| config.switches.enforce_pair_limit = false).await;
    for at in 0..80 {
        stage.sent(&format!("{at}")).await;
    }
    let url = stage.url(&format!("/v26.0/{}/messages", stage.phone));
    let body =
        json!({ "messaging_product": "whatsapp", "to": FRANK, "type": "text", "text": { "body": "81" } });
    let response = stage.http.post(url).bearer_auth("sandbox-token").json(&body).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 429);
    assert_eq!(response.headers()["retry-after"], "1");
    assert!(response.headers().contains_key("x-business-use-case-usage"));
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body["error"]["code"], 130_429);
    stage.advance(1_000).await;
    stage.sent("next second").await;
    stage.switch("rate_limit_http", json!(400)).await;
}

#[tokio::test]
async fn quality_blocks_and_consent_have_their_codes() {
    let stage = Stage::new().await;
    let template = || json!({ "type": "template", "template": { "name": "hello_world", "language": { "code": "en_US" } } });
    stage.must(Method::PATCH, "/account", json!({ "quality_rating": "RED" })).await;
    stage.settle().await;
    assert_eq!(stage.receiver.take()[0].body["entry"][0]["changes"][0]["value"]["event"], "FLAGGED");
    stage.send(template()).await;
    stage.advance(1_000).await;
    assert_eq!(stage.receiver.statuses()[0]["errors"][0]["code"], 131_048);
    stage
        .must(Method::PATCH, "/account", json!({ "quality_rating": "GREEN", "blocked_code": 131_031 }))
        .await;
    let (status, body) = stage.send_text("x").await;
    assert_eq!((status, body["error"]["code"].as_i64()), (403, Some(131_031)));
    let (_, health) = stage.get(&format!("/{}?fields=health_status", stage.phone)).await;
    assert_eq!(health["health_status"]["can_send_message"], "BLOCKED");
    stage.must(Method::PATCH, "/account", json!({ "blocked_code": null, "business_verified": false })).await;
    stage.advance(1_000).await;
    stage.receiver.take();
    stage.send(template()).await;
    stage.advance(60_000).await;
    assert!(stage.receiver.take().is_empty(), "141010: accepted and silently dropped");
}

#[tokio::test]
async fn the_sender_the_allow_list_and_nonsense_are_refused() {
    let stage = Stage::with(|config| config.allow_list = vec![FRANK.into()]).await;
    let to = |to: &str| json!({ "to": to, "type": "text", "text": { "body": "x" } });
    let code = async |body| stage.send(body).await.1["error"]["code"].as_i64();
    assert_eq!(code(to("+49 30 23125100")).await, Some(131_021));
    assert_eq!(code(to("+491713920042")).await, Some(131_030));
    assert_eq!(code(to("Frank")).await, Some(131_009));
    assert_eq!(code(to("+49 (171) 392-0017")).await, None);
    assert_eq!(
        code(json!({ "recipient": "DE.0000", "type": "text", "text": { "body": "x" } })).await,
        Some(131_009)
    );
}
