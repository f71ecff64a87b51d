//! Templates: submitted, approved, listed in pages, paused, sent with parameters.

use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::Stage;

fn job_done(name: &str) -> Value {
    json!({ "name": name, "language": "de", "category": "UTILITY", "components": [
        { "type": "BODY", "text": "Auftrag {{1}} ist fertig.", "example": { "body_text": [["789"]] } },
        { "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": "Freigeben" }] },
    ] })
}

fn send(parameters: Value) -> Value {
    json!({ "type": "template", "template": { "name": "job_done", "language": { "code": "de" }, "components": parameters } })
}

#[tokio::test]
async fn a_template_is_reviewed_then_sent_then_answered_by_its_button() {
    let stage = Stage::new().await;
    let edge = format!("/{}/message_templates", stage.waba);
    let (status, created) = stage.post(&edge, job_done("job_done")).await;
    assert_eq!((status, created["status"].as_str()), (200, Some("PENDING")));
    let filled = json!([
        { "type": "BODY", "parameters": [{ "type": "text", "text": "789" }] },
        { "type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{ "type": "payload", "payload": "q1:yes" }] },
    ]);
    let (status, refusal) = stage.send(send(filled.clone())).await;
    assert_eq!((status, refusal["error"]["code"].as_i64()), (400, Some(132_001)));
    assert_eq!(refusal["error"]["error_data"]["details"], "template name (job_done) does not exist in de");
    stage.advance(5_000).await;
    let update = &stage.receiver.take()[0].body["entry"][0]["changes"][0];
    assert_eq!(update["field"], "message_template_status_update");
    assert_eq!(update["value"]["event"], "APPROVED");
    assert!(update["value"]["message_template_id"].is_u64());
    let (_, refusal) = stage.send(send(json!([]))).await;
    assert_eq!(refusal["error"]["code"], 132_000);
    assert_eq!(stage.send(send(filled)).await.0, 200);
    stage.advance(1_000).await;
    stage.receiver.take();
    assert_eq!(stage.thread().await[0]["shown"]["body"], "Auftrag 789 ist fertig.");
    stage.frank("press", json!({ "title": "Freigeben" })).await;
    stage.settle().await;
    let press = stage.receiver.messages().remove(0);
    assert_eq!(press["type"], "button");
    assert_eq!(press["button"], json!({ "payload": "q1:yes", "text": "Freigeben" }));
    assert_eq!(press["context"]["from"], "493023125100");
}

#[tokio::test]
async fn states_have_their_codes_and_pages_a_summary() {
    let stage = Stage::new().await;
    let edge = format!("/{}/message_templates", stage.waba);
    for name in ["a", "b", "c"] {
        stage.post(&edge, job_done(name)).await;
    }
    let (_, twice) = stage.post(&edge, job_done("a")).await;
    assert_eq!(twice["error"]["error_subcode"], 2_388_024);
    let query =
        "limit=2&summary=total_count,message_template_count,message_template_limit,are_translations_complete";
    let (_, page) = stage.get(&format!("{edge}?{query}&fields=name,status")).await;
    assert_eq!(page["summary"]["total_count"], 4);
    assert_eq!(page["data"].as_array().unwrap().len(), 2);
    let after = page["paging"]["cursors"]["after"].as_str().unwrap();
    let (_, rest) = stage.get(&format!("{edge}?limit=2&after={after}")).await;
    assert_eq!(rest["data"][1]["name"], "c");
    assert!(rest["paging"].get("next").is_none());
    let (_, approved) = stage.get(&format!("{edge}?status=APPROVED")).await;
    assert_eq!(approved["data"].as_array().unwrap().len(), 1);
    let hello =
        json!({ "type": "template", "template": { "name": "hello_world", "language": { "code": "en_US" } } });
    for (state, code) in [("PAUSED", 132_015), ("DISABLED", 132_016), ("REJECTED", 132_001)] {
        stage.must(Method::POST, "/templates/hello_world/status", json!({ "status": state })).await;
        assert_eq!(stage.send(hello.clone()).await.1["error"]["code"], code);
    }
    let (status, _) = stage.graph(Method::DELETE, &format!("{edge}?name=a"), None).await;
    assert_eq!(status, 200);
    let (status, gone) = stage.graph(Method::DELETE, &format!("{edge}?name=a"), None).await;
    assert_eq!((status, gone["error"]["code"].as_i64()), (404, Some(100)));
}
