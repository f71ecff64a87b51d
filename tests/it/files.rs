//! Files from a phone to a model: sent on WhatsApp, fetched, kept, and shown to an OpenAI-compatible server as it takes them.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{
    phones::{Demo, demo_with},
    standin::{Answer, StandIn},
};

/// One transparent pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// A house whose agents think with `server` and keep files in a folder of another name.
async fn house(server: &StandIn) -> Demo {
    server.otherwise(|_| Answer::text("I have seen it."));
    demo_with(&[
        ("OPENAI_BASE_URL", &server.base_url()),
        ("OPENAI_API_KEY", "sk-test"),
        ("COMMS_MEDIA_STORAGE_DIR", "kept/files"),
    ])
}

async fn sends(demo: &Demo, query: &str, mime: &str, file: Vec<u8>) {
    let url = format!("{}/sandbox/people/technician/upload?{query}", demo.phones.base);
    let answer = demo.phones.http.post(url).header("content-type", mime).body(file).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

/// The newest thing that the model was told by a person, once it was asked.
async fn told(server: &StandIn) -> Value {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(asked) = server.asked().into_iter().rfind(|asked| asked.body["messages"].is_array()) {
            let messages = asked.body["messages"].as_array().unwrap();
            return messages.iter().rfind(|message| message["role"] == "user").unwrap()["content"].clone();
        }
        assert!(Instant::now() < until, "the model was never asked");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Files below `folder`, whatever they are called.
fn kept(folder: &std::path::Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(kept(&path)) } else { found.push(std::fs::read(&path).unwrap()) }
    }
    found
}

#[tokio::test]
async fn a_picture_with_its_caption_is_shown_to_the_model() {
    let server = StandIn::start().await;
    let demo = house(&server).await;
    let picture = STANDARD.decode(PNG).unwrap();
    sends(&demo, "filename=leak.png&caption=The%20leak%20under%20the%20sink", "image/png", picture.clone())
        .await;
    let content = told(&server).await;
    let parts = content.as_array().unwrap_or_else(|| panic!("no parts: {content}"));
    let url = parts.iter().find_map(|part| part["image_url"]["url"].as_str()).unwrap();
    let data = url.strip_prefix("data:image/png;base64,").unwrap();
    assert_eq!(STANDARD.decode(data).unwrap(), picture, "the very bytes");
    let words: Vec<&str> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
    assert!(words.join("\n").contains("The leak under the sink"), "{words:?}");
    assert_eq!(kept(&demo.folder.path().join("kept/files")), [picture]);
    assert!(!demo.folder.path().join("data/media").exists(), "nowhere else");
    demo.phones.shows("technician", "I have seen it.").await;
}

#[tokio::test]
async fn a_document_is_kept_and_named_to_the_model() {
    let server = StandIn::start().await;
    let demo = house(&server).await;
    sends(&demo, "filename=offer.pdf&caption=The%20offer", "application/pdf", PDF.to_vec()).await;
    let content = told(&server).await.to_string();
    assert!(content.contains("[document]") && content.contains("The offer"), "{content}");
    assert!(!content.contains("image_url"), "{content}");
    assert_eq!(kept(&demo.folder.path().join("kept/files")), [PDF.to_vec()]);
}
