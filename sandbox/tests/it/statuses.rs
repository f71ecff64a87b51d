//! Statuses as the phone behaves: sent, delivered, read, played, failed, and what they carry.

use reqwest::Method;
use serde_json::json;

use crate::stage::{FRANK, Stage, words};

#[tokio::test]
async fn a_message_is_sent_delivered_and_read() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let (status, body) = stage
        .send(json!({ "type": "text", "text": { "body": "Hi" }, "biz_opaque_callback_data": "row-7" }))
        .await;
    assert_eq!(status, 200);
    assert_eq!(body["contacts"], json!([{ "input": format!("+{FRANK}"), "wa_id": FRANK }]));
    assert!(body["messages"][0].get("message_status").is_none());
    stage.advance(2_000).await;
    let statuses = stage.receiver.statuses();
    assert_eq!(words(&statuses), ["sent", "delivered"]);
    assert!(statuses.iter().all(|status| status["biz_opaque_callback_data"] == "row-7"));
    assert!(statuses.iter().all(|status| status["recipient_id"] == FRANK && status["timestamp"].is_string()));
    let pricing =
        json!({ "billable": true, "pricing_model": "PMP", "type": "regular", "category": "service" });
    assert!(statuses.iter().all(|status| status["pricing"] == pricing));
    stage.frank("read", json!({})).await;
    stage.settle().await;
    let read = stage.receiver.statuses();
    assert_eq!(words(&read), ["read"]);
    assert!(read[0].get("pricing").is_none(), "pricing is on one of delivered and read");
}

#[tokio::test]
async fn before_october_2026_service_messages_are_free() {
    let stage =
        Stage::with(|config| config.switches.service_pricing = plumbline_sandbox::ServicePricing::Free).await;
    stage.open_window().await;
    stage.sent("Hi").await;
    stage.advance(2_000).await;
    let statuses = stage.receiver.statuses();
    assert_eq!(statuses[0]["pricing"]["type"], "free_customer_service");
    assert_eq!(statuses[0]["pricing"]["billable"], false);
}

#[tokio::test]
async fn an_open_chat_reads_at_once_and_receipts_can_be_off() {
    let stage = Stage::new().await;
    stage.open_window().await;
    stage.must(Method::PATCH, "/people/technician", json!({ "chat_open": true })).await;
    stage.sent("One").await;
    stage.advance(5_000).await;
    assert_eq!(words(&stage.receiver.statuses()), ["sent", "delivered", "read"]);
    stage.switch("skip_delivered_when_open", json!(true)).await;
    stage.sent("Two").await;
    stage.advance(5_000).await;
    let skipped = stage.receiver.statuses();
    assert_eq!(words(&skipped), ["sent", "read"]);
    assert!(skipped[1].get("pricing").is_some());
    stage.must(Method::PATCH, "/people/technician", json!({ "read_receipts": false })).await;
    stage.sent("Three").await;
    stage.advance(5_000).await;
    assert_eq!(words(&stage.receiver.statuses()), ["sent", "delivered"]);
}

#[tokio::test]
async fn a_phone_that_is_off_gets_its_messages_later_but_not_after_a_month() {
    let stage = Stage::new().await;
    stage.open_window().await;
    stage.must(Method::PATCH, "/people/technician", json!({ "online": false })).await;
    stage.sent("Early").await;
    stage.advance(2_000).await;
    assert_eq!(words(&stage.receiver.statuses()), ["sent"]);
    stage.must(Method::PATCH, "/people/technician", json!({ "online": true })).await;
    stage.advance(2_000).await;
    assert_eq!(words(&stage.receiver.statuses()), ["delivered"]);
    stage.must(Method::PATCH, "/people/technician", json!({ "online": false })).await;
    stage.sent("Lost").await;
    stage.advance(31 * 86_400_000).await;
    stage.must(Method::PATCH, "/people/technician", json!({ "online": true })).await;
    stage.advance(2_000).await;
    assert_eq!(words(&stage.receiver.statuses()), ["sent"]);
}

#[tokio::test]
async fn an_unknown_number_fails_later_without_contacts() {
    let stage = Stage::new().await;
    let (status, body) =
        stage.send(json!({ "to": "+49 171 39200 99", "type": "text", "text": { "body": "?" } })).await;
    assert_eq!(status, 200);
    assert_eq!(body["contacts"][0]["wa_id"], "491713920099");
    stage.advance(1_000).await;
    let received = stage.receiver.take();
    let value = &received[0].body["entry"][0]["changes"][0]["value"];
    assert_eq!(value["statuses"][0]["status"], "failed");
    assert_eq!(value["statuses"][0]["errors"][0]["code"], 131_026);
    assert_eq!(value["statuses"][0]["recipient_id"], "491713920099");
    assert!(value.get("contacts").is_none());
    assert!(value["statuses"][0].get("recipient_user_id").is_none());
    stage.switch("contacts_on_failed", json!(true)).await;
    stage.send(json!({ "to": "+491713920099", "type": "text", "text": { "body": "?" } })).await;
    stage.advance(1_000).await;
    let received = stage.receiver.take();
    let value = &received[0].body["entry"][0]["changes"][0]["value"];
    assert_eq!(value["contacts"], json!([{ "wa_id": "491713920099" }]));
}

#[tokio::test]
async fn read_receipts_and_typing_reach_the_phone() {
    let stage = Stage::new().await;
    let first = stage.frank("text", json!({ "body": "One" })).await;
    let second = stage.frank("text", json!({ "body": "Two" })).await;
    stage.settle().await;
    assert!(stage.thread().await.iter().all(|message| message["state"] == "delivered"));
    let receipt = json!({ "status": "read", "message_id": second["message_id"], "typing_indicator": { "type": "text" } });
    let (status, body) = stage.send(receipt).await;
    assert_eq!((status, body), (200, json!({ "success": true })));
    assert!(stage.thread().await.iter().all(|message| message["state"] == "read"), "earlier ones too");
    let typing = async || stage.must(Method::GET, "/people/technician", json!({})).await["typing"] == true;
    assert!(typing().await);
    stage.advance(24_999).await;
    assert!(typing().await);
    stage.advance(1).await;
    assert!(!typing().await);
    let (status, refusal) = stage.send(json!({ "status": "read", "message_id": "wamid.none" })).await;
    assert_eq!((status, refusal["error"]["code"].as_i64()), (400, Some(131_009)));
    assert!(first["message_id"].as_str().unwrap().starts_with("wamid."));
}

#[tokio::test]
async fn a_voice_message_can_be_played() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let (_, body) = stage
        .send(json!({ "type": "audio", "audio": { "link": "https://example.org/a.ogg", "voice": true } }))
        .await;
    stage.advance(2_000).await;
    stage.receiver.take();
    stage.frank("play", json!({ "message_id": body["messages"][0]["id"] })).await;
    stage.settle().await;
    assert_eq!(words(&stage.receiver.statuses()), ["read", "played"]);
}
