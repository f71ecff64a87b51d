//! The GET handshake and where webhooks go after it.

use reqwest::Method;
use serde_json::json;

use crate::receiver::Receiver;
use crate::stage::Stage;

#[tokio::test]
async fn an_app_subscription_performs_the_handshake_within_the_call() {
    let stage = Stage::with(|config| config.webhook_url = None).await;
    let token = stage
        .http
        .get(stage.url("/v26.0/oauth/access_token?grant_type=client_credentials&client_id=670843887433847&client_secret=sandbox-app-secret"))
        .send()
        .await
        .unwrap()
        .json::<serde_json::Value>()
        .await
        .unwrap();
    let path = format!(
        "/{}/subscriptions?object=whatsapp_business_account&callback_url={}&verify_token=mine&fields=messages&access_token={}|{}",
        stage.app,
        stage.receiver.url,
        stage.app,
        token["access_token"].as_str().unwrap()
    );
    let (status, body) = stage.graph(Method::POST, &path, None).await;
    assert_eq!((status, body), (200, json!({ "success": true })));
    assert_eq!(stage.receiver.handshakes(), [("subscribe".to_owned(), "mine".to_owned())]);
    stage.frank("text", json!({ "body": "Hi" })).await;
    stage.settle().await;
    assert_eq!(stage.receiver.messages().len(), 1);
}

#[tokio::test]
async fn a_refused_handshake_changes_nothing() {
    let stage = Stage::with(|config| config.webhook_url = None).await;
    stage.receiver.refuse_handshakes();
    let body = json!({ "object": "whatsapp_business_account", "callback_url": stage.receiver.url, "verify_token": "x" });
    let (status, answer) = stage.post(&format!("/{}/subscriptions", stage.app), body).await;
    assert_eq!((status, answer["error"]["code"].as_i64()), (400, Some(2_200)));
    assert!(answer["error"]["message"].as_str().unwrap().contains("HTTP Status Code = 403"));
    let (_, left) = stage.get(&format!("/{}/subscriptions", stage.app)).await;
    assert_eq!(left["data"], json!([]));
}

#[tokio::test]
async fn overrides_go_phone_then_account_then_app() {
    let stage = Stage::new().await;
    let (phone, waba) = (Receiver::start().await, Receiver::start().await);
    let over = |url: &str| json!({ "override_callback_uri": url, "verify_token": "v" });
    let (status, _) = stage.post(&format!("/{}/subscribed_apps", stage.waba), over(&waba.url)).await;
    assert_eq!(status, 200);
    stage.frank("text", json!({ "body": "1" })).await;
    stage.settle().await;
    // A trailing slash, as one client writes it.
    let body = json!({ "webhook_configuration": over(&phone.url) });
    assert_eq!(stage.post(&format!("/{}/", stage.phone), body).await.0, 200);
    stage.frank("text", json!({ "body": "2" })).await;
    stage.settle().await;
    assert_eq!((stage.receiver.take().len(), waba.take().len(), phone.take().len()), (0, 1, 1));
    let (_, node) = stage.get(&format!("/{}?fields=webhook_configuration", stage.phone)).await;
    assert_eq!(node["webhook_configuration"]["phone_number"], phone.url);
    stage.must(Method::POST, "/templates/hello_world/status", json!({ "status": "PAUSED" })).await;
    stage.settle().await;
    let account = stage.receiver.take();
    assert_eq!(account[0].body["entry"][0]["changes"][0]["field"], "message_template_status_update");
    assert!(account[0].body["entry"][0]["time"].is_i64());
}

#[tokio::test]
async fn an_app_that_is_not_subscribed_hears_nothing_and_the_log_says_why() {
    let stage = Stage::new().await;
    let (status, _) = stage.graph(Method::DELETE, &format!("/{}/subscribed_apps", stage.waba), None).await;
    assert_eq!(status, 200);
    stage.frank("text", json!({ "body": "Anyone?" })).await;
    stage.settle().await;
    assert!(stage.receiver.take().is_empty());
    let log = stage.deliveries().await;
    assert_eq!(log[0]["stage"], "no_receiver");
    assert_eq!(log[0]["note"], "the app is not subscribed to messages");
    let over = json!({ "override_callback_uri": stage.receiver.url, "verify_token": "v" });
    let (status, refusal) = stage.post(&format!("/{}/subscribed_apps", stage.waba), over).await;
    assert_eq!(status, 400);
    assert!(
        refusal["error"]["message"].as_str().unwrap().contains("Before override the current callback uri")
    );
    let (_, phone) = stage.get(&format!("/{}?fields=health_status", stage.phone)).await;
    assert_eq!(phone["health_status"]["can_send_message"], "LIMITED");
}
