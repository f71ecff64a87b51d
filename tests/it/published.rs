//! Every kind of webhook that Meta's pages describe, through the running house's own door: signed, one by one, all in one
//! body, and once more. Everything is stored, everything is taken in, nothing twice and nothing dead.

use std::path::Path;

use channels::whatsapp::{
    parse::{self, Reading},
    signature::sign,
};
use domain::clock::Millis;
use serde_json::{Value, json};
use store::{inbox, queue};

use crate::phones::{Demo, demo};

const OURS: &str = "106540352242922";

/// The bodies of the fixtures, by name.
fn bodies() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("channels/tests/fixtures/whatsapp");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut all: Vec<(String, Vec<u8>)> = files
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

/// The names under which `body` is stored.
fn names(body: &[u8]) -> Vec<String> {
    let reading = Reading { channel: &"whatsapp".into(), phone_number_id: OURS, received: Millis(0) };
    parse::read(body, &reading).arrivals.into_iter().map(|arrival| arrival.external).collect()
}

async fn delivers(demo: &Demo, what: &str, body: &[u8]) {
    let request = demo
        .phones
        .http
        .post(format!("http://127.0.0.1:{}/whatsapp/webhook", demo.gateway))
        .header("content-type", "application/json")
        .header("x-hub-signature-256", sign(&"sandbox-app-secret".into(), body))
        .body(body.to_vec());
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200, "{what}: {}", answer.text().await.unwrap());
}

#[tokio::test]
async fn every_kind_of_webhook_is_stored_and_taken_in_once() {
    let demo = demo();
    let bodies = bodies();
    assert!(bodies.len() >= 90, "{}", bodies.len());
    for (name, body) in &bodies {
        delivers(&demo, name, body).await;
    }
    let entries = bodies.iter().filter_map(|(_, body)| serde_json::from_slice::<Value>(body).ok());
    let entries: Vec<Value> =
        entries.filter_map(|body| body["entry"].as_array().cloned()).flatten().collect();
    let together = json!({ "object": "whatsapp_business_account", "entry": entries }).to_string();
    delivers(&demo, "all together", together.as_bytes()).await;
    let before = demo.at_rest().await;
    assert_eq!(before["inbox"]["dead"], 0, "{before}");
    let store = demo.store().await;
    for (name, body) in &bodies {
        for external in names(body) {
            let stored = inbox::known(&mut store.reader(), &"whatsapp".into(), &external).await.unwrap();
            assert!(stored, "{name}: {external}");
        }
    }
    let said = demo.phones.screen("technician").await;
    for (name, body) in &bodies {
        delivers(&demo, name, body).await;
    }
    delivers(&demo, "all together", together.as_bytes()).await;
    let after = demo.at_rest().await;
    assert_eq!(after["inbox"]["dead"], 0, "{after}");
    let out = |screen: &str| screen.matches("\"direction\":\"out\"").count();
    assert_eq!(out(&demo.phones.screen("technician").await), out(&said), "a repeat is answered by nobody");
    let dead = queue::dead(&mut store.reader(), 100).await.unwrap();
    assert!(dead.iter().all(|row| row.queue == "outbox"), "{dead:?}");
}

/// What may not be taken for something new that was said to us, and what must not be lost under the id of another.
#[tokio::test]
async fn old_talk_and_talk_of_others_is_answered_by_nobody() {
    let demo = demo();
    for (name, body) in bodies() {
        if ["history", "history_chunk", "history_media", "standby", "handover"].contains(&name.as_str()) {
            delivers(&demo, &name, &body).await;
        }
    }
    let counts = demo.at_rest().await;
    assert_eq!(counts["turns"], json!({ "due": 0, "running": 0, "parked": 0 }), "{counts}");
    assert!(!demo.phones.screen("technician").await.contains("\"direction\":\"out\""));
}
