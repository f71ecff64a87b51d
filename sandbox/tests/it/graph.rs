//! Nodes, tokens and errors of the Graph API.

use reqwest::Method;
use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn the_connectivity_test_passes() {
    let stage = Stage::new().await;
    let fields = "verified_name,display_phone_number,platform_type,status,code_verification_status,name_status,\
                  quality_rating,throughput,whatsapp_business_manager_messaging_limit,webhook_configuration,health_status";
    let (status, phone) = stage.get(&format!("/{}?fields={fields}", stage.phone)).await;
    assert_eq!(status, 200);
    assert_eq!(
        (phone["platform_type"].as_str(), phone["status"].as_str()),
        (Some("CLOUD_API"), Some("CONNECTED"))
    );
    assert_eq!(phone["health_status"]["can_send_message"], "AVAILABLE");
    assert_eq!(phone["webhook_configuration"]["application"], stage.receiver.url);
    let (_, apps) = stage.get(&format!("/{}/subscribed_apps", stage.waba)).await;
    assert_eq!(apps["data"][0]["whatsapp_business_api_data"]["id"], stage.app);
    let (_, token) = stage.get("/debug_token?input_token=sandbox-token").await;
    assert_eq!(
        (token["data"]["is_valid"].as_bool(), token["data"]["expires_at"].as_i64()),
        (Some(true), Some(0))
    );
    let (_, numbers) = stage.get(&format!("/{}/phone_numbers", stage.waba)).await;
    assert_eq!(numbers["data"][0]["id"], stage.phone);
    let handshake = stage.must(Method::POST, "/webhook/handshake", json!({})).await;
    assert_eq!(handshake["verified"], stage.receiver.url);
}

#[tokio::test]
async fn tokens_are_checked_and_expire() {
    let stage = Stage::new().await;
    let url = stage.url(&format!("/v19.0/{}", stage.phone));
    let body: serde_json::Value = stage.http.get(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(body["error"]["code"], 190);
    assert_eq!(body["error"]["message"], "Invalid OAuth access token - Cannot parse access token");
    stage.must(Method::PATCH, "/account", json!({ "token_expires_ms": 1_795_165_200_000_i64 })).await;
    let (status, body) = stage.get(&format!("/{}", stage.phone)).await;
    assert_eq!((status, body["error"]["error_subcode"].as_i64()), (401, Some(463)));
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .starts_with("Error validating access token: Session has expired on")
    );
}

#[tokio::test]
async fn unknown_nodes_and_edges_are_named() {
    let stage = Stage::new().await;
    let (status, body) = stage.get("/123456").await;
    assert_eq!(
        (status, body["error"]["code"].as_i64(), body["error"]["error_subcode"].as_i64()),
        (400, Some(100), Some(33))
    );
    let (_, body) = stage.get(&format!("/{}/nonsense", stage.phone)).await;
    assert_eq!(body["error"]["message"], "Unknown path components: /nonsense");
}

#[tokio::test]
async fn registration_profile_and_blocking_work() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let register = |pin: &str| json!({ "messaging_product": "whatsapp", "pin": pin });
    let edge = format!("/{}", stage.phone);
    assert_eq!(stage.post(&format!("{edge}/deregister"), json!({})).await.0, 200);
    assert_eq!(stage.send_text("x").await.1["error"]["code"], 133_010);
    assert_eq!(stage.post(&format!("{edge}/register"), register("123456")).await.0, 200);
    let (_, body) = stage.post(&format!("{edge}/register"), register("654321")).await;
    assert_eq!(body["error"]["code"], 133_005);
    let profile = json!({ "messaging_product": "whatsapp", "about": "We fix pipes", "websites": ["https://example.org"] });
    assert_eq!(stage.post(&format!("{edge}/whatsapp_business_profile"), profile).await.0, 200);
    let (_, body) = stage.get(&format!("{edge}/whatsapp_business_profile?fields=about,websites")).await;
    assert_eq!(body["data"][0]["about"], "We fix pipes");
    let block = json!({ "messaging_product": "whatsapp", "block_users": [{ "user": "+491713920017" }] });
    assert_eq!(stage.post(&format!("{edge}/block_users"), block).await.0, 200);
    stage.sent("x").await;
    stage.advance(1_000).await;
    assert_eq!(stage.receiver.statuses()[0]["errors"][0]["code"], 130_403);
}

#[tokio::test]
async fn state_can_be_exported_imported_and_reset() {
    let stage = Stage::new().await;
    stage.open_window().await;
    stage.sent("Kept").await;
    stage.advance(2_000).await;
    let snapshot = stage.must(Method::GET, "/snapshot", json!({})).await;
    stage.must(Method::POST, "/reset", json!({})).await;
    assert!(stage.thread().await.is_empty());
    stage.must(Method::PUT, "/snapshot", snapshot).await;
    let thread = stage.thread().await;
    assert_eq!(thread.last().unwrap()["content"]["body"], "Kept");
    assert_eq!(thread.last().unwrap()["state"], "delivered");
    let page = stage.http.get(stage.url("/")).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
    let foreign = stage.http.post(stage.url("/sandbox/reset")).header("origin", "https://elsewhere.example");
    assert_eq!(foreign.send().await.unwrap().status().as_u16(), 403);
}
