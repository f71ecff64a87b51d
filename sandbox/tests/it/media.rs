//! Media: upload, resolve, download, delete, lifetimes, and files from people.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::stage::{Stage, words};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n not really";
const DAY: i64 = 86_400_000;

async fn upload(stage: &Stage, mime: &str, bytes: &'static [u8]) -> (u16, serde_json::Value) {
    let part = Part::bytes(bytes).file_name("a.png").mime_str(mime).unwrap();
    let form =
        Form::new().part("file", part).text("messaging_product", "whatsapp").text("type", mime.to_owned());
    let url = stage.url(&format!("/v26.0/{}/media", stage.phone));
    let response = stage.http.post(url).bearer_auth("sandbox-token").multipart(form).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn an_upload_can_be_resolved_fetched_sent_and_deleted() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let (status, body) = upload(&stage, "image/png", PNG).await;
    assert_eq!(status, 200);
    let id = body["id"].as_str().unwrap();
    let (_, resolved) = stage.get(&format!("/{id}?phone_number_id={}", stage.phone)).await;
    assert_eq!(resolved["mime_type"], "image/png");
    assert_eq!(resolved["file_size"], PNG.len());
    let url = resolved["url"].as_str().unwrap();
    assert_eq!(stage.http.get(url).send().await.unwrap().status().as_u16(), 401, "the token is needed");
    let file = stage.http.get(url).bearer_auth("sandbox-token").send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "image/png");
    assert_eq!(file.bytes().await.unwrap(), PNG);
    let (status, _) = stage.send(json!({ "type": "image", "image": { "id": id, "caption": "look" } })).await;
    assert_eq!(status, 200);
    stage.advance(5 * 60_000).await;
    let late = stage.http.get(url).bearer_auth("sandbox-token").send().await.unwrap();
    assert_eq!(late.status().as_u16(), 404, "the URL lives five minutes");
    assert_eq!(stage.get(&format!("/{id}")).await.0, 200);
    assert_eq!(stage.graph(Method::DELETE, &format!("/{id}"), None).await.1, json!({ "success": true }));
    let (status, gone) = stage.get(&format!("/{id}")).await;
    assert_eq!((status, gone["error"]["error_subcode"].as_i64()), (400, Some(33)));
    let (_, refusal) = stage.send(json!({ "type": "image", "image": { "id": id } })).await;
    assert_eq!(
        refusal["error"]["message"],
        "(#100) Param image['id'] is not a valid whatsapp business account media attachment ID"
    );
}

#[tokio::test]
async fn lifetimes_are_30_and_7_days() {
    let stage = Stage::new().await;
    let (_, body) = upload(&stage, "image/png", PNG).await;
    let uploaded = body["id"].as_str().unwrap().to_owned();
    let inbound = post_file(&stage, "image/jpeg", "caption=Leak", b"jpeg").await;
    stage.advance(7 * DAY).await;
    assert_eq!(stage.get(&format!("/{inbound}")).await.0, 400);
    assert_eq!(stage.get(&format!("/{uploaded}")).await.0, 200);
    stage.advance(23 * DAY).await;
    assert_eq!(stage.get(&format!("/{uploaded}")).await.0, 400);
}

async fn post_file(stage: &Stage, mime: &str, query: &str, bytes: &'static [u8]) -> String {
    let url = stage.url(&format!("/sandbox/people/technician/upload?{query}"));
    let response = stage.http.post(url).header("content-type", mime).body(bytes).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    let body: serde_json::Value = response.json().await.unwrap();
    stage.settle().await;
    body["media_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_voice_note_arrives_with_id_hash_and_url() {
    let stage = Stage::new().await;
    let id = post_file(&stage, "audio/ogg", "voice=true", b"OggS").await;
    let message = stage.receiver.messages().remove(0);
    assert_eq!(message["type"], "audio");
    assert_eq!(message["audio"]["voice"], true);
    assert_eq!(message["audio"]["mime_type"], "audio/ogg; codecs=opus");
    assert_eq!(message["audio"]["sha256"].as_str().unwrap().len(), 44);
    let url = message["audio"]["url"].as_str().unwrap();
    let file = stage.http.get(url).bearer_auth("sandbox-token").send().await.unwrap();
    assert_eq!(file.bytes().await.unwrap().as_ref(), b"OggS");
    stage.fault(json!({ "target": "media", "fault": { "kind": "gone" } })).await;
    assert_eq!(stage.get(&format!("/{id}")).await.0, 400);
    assert_eq!(stage.http.get(url).bearer_auth("sandbox-token").send().await.unwrap().status().as_u16(), 404);
}

#[tokio::test]
async fn links_are_fetched_when_the_switch_says_so() {
    let stage = Stage::with(|config| config.switches.fetch_links = true).await;
    stage.open_window().await;
    let base = stage.receiver.url.trim_end_matches("/webhook").to_owned();
    let image = |link: String| json!({ "type": "image", "image": { "link": link } });
    assert_eq!(stage.send(image(format!("{base}/pipe.png"))).await.0, 200);
    stage.advance(1_000).await;
    assert_eq!(words(&stage.receiver.statuses()), ["sent", "delivered"]);
    assert!(stage.thread().await.last().unwrap()["content"]["id"].is_string());
    assert_eq!(stage.send(image(format!("{base}/none.png"))).await.0, 200);
    stage.advance(1_000).await;
    let failed = stage.receiver.statuses().remove(0);
    assert_eq!(failed["errors"][0]["code"], 131_053);
    assert_eq!(failed["errors"][0]["error_data"]["details"], "Media download error: HTTP code 404");
}

#[tokio::test]
async fn wrong_types_are_refused_or_fail_later() {
    let stage = Stage::new().await;
    stage.open_window().await;
    let (status, body) = upload(&stage, "text/html", b"<b>").await;
    assert_eq!(status, 400);
    assert!(body["error"]["message"].as_str().unwrap().ends_with("Received file of type 'text/html'."));
    let (_, body) = upload(&stage, "audio/opus", b"opus").await;
    let (status, _) =
        stage.send(json!({ "type": "audio", "audio": { "id": body["id"], "voice": true } })).await;
    assert_eq!(status, 200);
    stage.advance(1_000).await;
    let failed = stage.receiver.statuses().remove(0);
    assert_eq!(failed["errors"][0]["code"], 131_053);
    assert!(
        failed["errors"][0]["error_data"]["details"]
            .as_str()
            .unwrap()
            .starts_with("Unsupported Voice mime type audio/opus.")
    );
}
