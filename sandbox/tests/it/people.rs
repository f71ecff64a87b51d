//! What people do, and how it reaches the business.

use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{FRANK, Stage, words};

async fn one(stage: &Stage, act: &str, body: Value) -> Value {
    stage.frank(act, body).await;
    stage.settle().await;
    stage.receiver.messages().remove(0)
}

#[tokio::test]
async fn buttons_are_pressed_and_rows_picked() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let buttons = json!({ "type": "interactive", "interactive": { "type": "button", "body": { "text": "Which?" },
        "action": { "buttons": [{ "type": "reply", "reply": { "id": "yes", "title": "Yes" } }] } } });
    let (_, sent) = stage.send(buttons).await;
    let list = json!({ "type": "interactive", "interactive": { "type": "list", "body": { "text": "Which?" },
        "action": { "button": "Choose", "sections": [{ "rows": [{ "id": "r1", "title": "Row", "description": "More" }] }] } } });
    stage.send(list).await;
    stage.advance(1_000).await;
    stage.receiver.take();
    let press = one(&stage, "press", json!({ "id": "yes" })).await;
    assert_eq!(
        press["interactive"],
        json!({ "type": "button_reply", "button_reply": { "id": "yes", "title": "Yes" } })
    );
    assert_eq!(press["context"], json!({ "from": "493023125100", "id": sent["messages"][0]["id"] }));
    let pick = one(&stage, "pick", json!({ "title": "Row" })).await;
    assert_eq!(
        pick["interactive"]["list_reply"],
        json!({ "id": "r1", "title": "Row", "description": "More" })
    );
    let (status, _) =
        stage.control(Method::POST, "/people/technician/press", json!({ "id": "no such" })).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn replies_reactions_edits_and_revocations() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let sent = stage.sent("Question").await;
    stage.advance(1_000).await;
    stage.receiver.take();
    let reply = one(&stage, "text", json!({ "body": "Anser", "reply_to": sent })).await;
    assert_eq!(reply["context"]["id"], sent);
    let reaction = one(&stage, "reaction", json!({ "message_id": sent, "emoji": "👍" })).await;
    assert_eq!(reaction["reaction"], json!({ "message_id": sent, "emoji": "👍" }));
    let removed = one(&stage, "reaction", json!({ "message_id": sent, "emoji": "" })).await;
    assert!(removed["reaction"].get("emoji").is_none());
    let edit = one(&stage, "edit", json!({ "message_id": reply["id"], "body": "Answer" })).await;
    assert_eq!(edit["edit"]["original_message_id"], reply["id"]);
    assert_eq!(edit["edit"]["message"]["text"]["body"], "Answer");
    let revoke = one(&stage, "revoke", json!({ "message_id": reply["id"] })).await;
    assert_eq!(revoke["revoke"], json!({ "original_message_id": reply["id"] }));
    let (status, body) = stage
        .send(json!({ "type": "reaction", "reaction": { "message_id": revoke["id"], "emoji": "👍" } }))
        .await;
    assert_eq!((status, body["error"]["code"].as_i64()), (400, Some(131_009)));
}

#[tokio::test]
async fn the_other_kinds_arrive_as_documented() {
    let stage = Stage::new().await;
    let place = one(&stage, "location", json!({ "latitude": 52.5, "longitude": 13.4, "name": "Yard" })).await;
    assert_eq!(place["location"], json!({ "latitude": 52.5, "longitude": 13.4, "name": "Yard" }));
    let card = json!({ "contacts": [{ "name": { "formatted_name": "Ida", "first_name": "Ida" } }] });
    assert_eq!(one(&stage, "contacts", card).await["contacts"][0]["name"]["formatted_name"], "Ida");
    let odd = one(&stage, "unsupported", json!({ "kind": "poll_creation" })).await;
    assert_eq!(
        (odd["errors"][0]["code"].as_i64(), odd["unsupported"]["type"].as_str()),
        (Some(131_051), Some("poll_creation"))
    );
    assert_eq!(one(&stage, "welcome", json!({})).await["type"], "request_welcome");
    let ad = json!({ "body": "Saw your ad", "referral": { "source_type": "ad", "source_id": "1" } });
    assert_eq!(one(&stage, "text", ad).await["referral"]["source_type"], "ad");
    stage.sent("Hi").await;
    stage.advance(1_000).await;
    assert_eq!(stage.receiver.statuses()[0]["pricing"]["type"], "free_entry_point");
    let flow = one(&stage, "flow", json!({ "response": { "flow_token": "t" } })).await;
    assert_eq!(flow["interactive"]["nfm_reply"]["response_json"], r#"{"flow_token":"t"}"#);
}

#[tokio::test]
async fn a_new_number_is_a_system_message_and_a_new_scoped_id() {
    let stage = Stage::new().await;
    let before = stage.must(Method::GET, "/people/technician", json!({})).await;
    stage.frank("change-number", json!({ "phone": "+49 171 39200 77" })).await;
    stage.settle().await;
    let received = stage.receiver.take();
    let value = &received[0].body["entry"][0]["changes"][0]["value"];
    assert!(value.get("contacts").is_none());
    assert_eq!(value["messages"][0]["system"]["type"], "user_changed_number");
    assert_eq!(value["messages"][0]["system"]["wa_id"], "491713920077");
    assert_eq!(value["messages"][0]["from"], FRANK);
    let update =
        received.iter().find(|one| one.body["entry"][0]["changes"][0]["field"] == "user_id_update").unwrap();
    let ids = &update.body["entry"][0]["changes"][0]["value"]["user_id_update"][0]["user_id"];
    assert_eq!(ids["previous"], before["user_id"]);
    assert_ne!(ids["current"], before["user_id"]);
}

#[tokio::test]
async fn someone_without_a_number_is_known_by_scoped_id_only() {
    let stage = Stage::new().await;
    let person =
        stage.must(Method::POST, "/people", json!({ "id": "ida", "name": "Ida", "username": "ida.x" })).await;
    let user_id = person["user_id"].as_str().unwrap().to_owned();
    stage.must(Method::POST, "/people/ida/text", json!({ "body": "Hi" })).await;
    stage.settle().await;
    let received = stage.receiver.take();
    let value = &received[0].body["entry"][0]["changes"][0]["value"];
    assert!(value["messages"][0].get("from").is_none());
    assert_eq!(value["messages"][0]["from_user_id"], user_id);
    assert_eq!(value["contacts"][0]["profile"]["username"], "ida.x");
    assert!(value["contacts"][0].get("wa_id").is_none());
    let (status, body) =
        stage.send(json!({ "recipient": user_id, "type": "text", "text": { "body": "Hi Ida" } })).await;
    assert_eq!(status, 200);
    assert_eq!(body["contacts"], json!([{ "input": user_id, "user_id": user_id }]));
    stage.advance(1_000).await;
    let statuses = stage.receiver.statuses();
    assert_eq!(words(&statuses), ["sent", "delivered"]);
    assert!(statuses[0].get("recipient_id").is_none());
    assert_eq!(statuses[0]["recipient_user_id"], user_id);
    let (status, _) = stage.send(json!({ "to": user_id, "type": "text", "text": { "body": "lost" } })).await;
    assert_eq!(status, 200);
    stage.advance(60_000).await;
    assert!(stage.receiver.take().is_empty(), "a scoped id in `to` goes nowhere");
}

#[tokio::test]
async fn a_number_written_the_other_way_reaches_its_owner() {
    let stage = Stage::new().await;
    stage
        .must(Method::POST, "/people", json!({ "id": "ana", "name": "Ana", "phone": "5215512345678" }))
        .await;
    let (_, body) =
        stage.send(json!({ "to": "+52 55 1234 5678", "type": "text", "text": { "body": "Hola" } })).await;
    assert_eq!(body["contacts"][0], json!({ "input": "+52 55 1234 5678", "wa_id": "5215512345678" }));
}

#[tokio::test]
async fn a_username_hides_the_number_until_the_business_uses_it() {
    let stage = Stage::new().await;
    stage.must(Method::PATCH, "/people/technician", json!({ "username": "frank" })).await;
    assert!(one(&stage, "text", json!({ "body": "a" })).await.get("from").is_none());
    stage.sent("Hello number").await;
    stage.advance(1_000).await;
    stage.receiver.take();
    assert_eq!(one(&stage, "text", json!({ "body": "b" })).await["from"], FRANK);
}

#[tokio::test]
async fn echoes_preferences_and_the_consent_they_carry() {
    let stage = Stage::new().await;
    stage
        .must(Method::POST, "/echoes", json!({ "person": "technician", "body": "From the office phone" }))
        .await;
    stage.settle().await;
    let change = stage.receiver.take()[0].body["entry"][0]["changes"][0].clone();
    assert_eq!(change["field"], "smb_message_echoes");
    assert_eq!(change["value"]["message_echoes"][0]["to"], FRANK);
    stage.frank("marketing", json!({ "value": "stop" })).await;
    stage.settle().await;
    let change = stage.receiver.take()[0].body["entry"][0]["changes"][0].clone();
    assert_eq!(change["value"]["user_preferences"][0]["value"], "stop");
    assert!(stage.must(Method::GET, "/people/technician", json!({})).await["marketing_opt_out"] == true);
}
