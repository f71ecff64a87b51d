//! Files: fetched with the token and checked, uploaded once, and gone where Meta has them no more.

use domain::{
    message::{Media, MediaKind, MediaSource, Part},
    outbound::{Content, SendOutcome},
};
use plumbline_channels::channel::{Fetch as _, NotFetched};
use serde_json::json;

use crate::stage::{DAY_MS, Stage};

/// The smallest bytes that pass for a picture.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n picture";

async fn picture(stage: &Stage) -> Media {
    let url = format!(
        "{}/sandbox/people/technician/upload?filename=leak.png&caption=here",
        stage.sandbox.base_url()
    );
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let sent = client.post(url).header("content-type", "image/png").body(PNG).send().await.unwrap();
    sent.error_for_status().unwrap();
    stage.sandbox.settle().await;
    match stage.messages().remove(0).parts.remove(0) {
        Part::Media(media) => media,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_picture_is_fetched_checked_and_kept() {
    let stage = Stage::new().await;
    let media = picture(&stage).await;
    let fetched = stage.channel.fetch(&media).await.unwrap();
    assert_eq!(std::fs::read(&fetched.path).unwrap(), PNG);
    assert!(fetched.path.ends_with(".png"), "{}", fetched.path);
    assert_eq!((fetched.mime.as_str(), fetched.bytes), ("image/png", PNG.len() as u64));
    assert_eq!(Some(&fetched.sha256), media.sha256.as_ref());
    assert_eq!(stage.channel.fetch(&media).await.unwrap(), fetched, "again is the same file");
}

#[tokio::test]
async fn an_address_that_is_used_up_is_asked_for_again() {
    let stage = Stage::new().await;
    let media = picture(&stage).await;
    // The first strikes the resolving call, the second the download.
    stage.fault(json!({ "target": "media", "trigger": { "every": 2 }, "fault": { "kind": "gone" } })).await;
    let outcome = stage.channel.fetch(&media).await;
    assert!(matches!(outcome, Err(NotFetched::Later(_))), "{outcome:?}");
    stage.control(reqwest::Method::DELETE, "/faults", json!({})).await;
    assert!(stage.channel.fetch(&media).await.is_ok());
}

#[tokio::test]
async fn a_file_of_last_week_is_gone() {
    let stage = Stage::new().await;
    let media = picture(&stage).await;
    stage.advance(8 * DAY_MS).await;
    assert!(matches!(stage.channel.fetch(&media).await, Err(NotFetched::Gone(_))));
}

#[tokio::test]
async fn a_file_that_is_too_large_or_damaged_is_not_kept() {
    let stage = Stage::with(|ours| ours.media.largest_mib = 0, |_| {}).await;
    let media = picture(&stage).await;
    assert!(matches!(stage.channel.fetch(&media).await, Err(NotFetched::Refused(_))));
    let stage = Stage::new().await;
    let media = Media { sha256: Some("00".repeat(32)), ..picture(&stage).await };
    let outcome = stage.channel.fetch(&media).await;
    assert!(matches!(&outcome, Err(NotFetched::Later(why)) if why.contains("damaged")), "{outcome:?}");
}

fn of_ours(kind: MediaKind, mime: &str, path: &std::path::Path) -> Content {
    Content::Media(Media {
        kind,
        mime: mime.into(),
        name: None,
        caption: Some("the offer".into()),
        source: MediaSource::File(path.to_string_lossy().into_owned()),
        transcript: None,
        voice: false,
        sha256: None,
    })
}

#[tokio::test]
async fn a_file_of_ours_is_uploaded_once_and_sent_as_often_as_needed() {
    let stage = Stage::new().await;
    stage.frank("text", json!({ "body": "Hello" })).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Angebot.png");
    std::fs::write(&path, PNG).unwrap();
    stage.fault(json!({ "target": "upload", "trigger": { "next": 1 }, "fault": { "kind": "http", "status": 502 } })).await;
    let outcome = stage.send("o1", of_ours(MediaKind::Image, "image/png", &path)).await;
    assert!(matches!(outcome, SendOutcome::RetryAt { .. }), "a second upload harms nobody: {outcome:?}");
    stage.said("o1", of_ours(MediaKind::Image, "image/png", &path)).await;
    stage.said("o2", of_ours(MediaKind::Image, "image/png", &path)).await;
    let phone = stage.on_the_phone().await;
    assert_eq!(phone[0]["content"]["id"], phone[1]["content"]["id"]);
    assert_eq!(phone[0]["content"]["caption"], "the offer");
    stage.said("o3", of_ours(MediaKind::Document, "application/pdf", &path)).await;
    assert_eq!(stage.on_the_phone().await[2]["content"]["filename"], "Angebot.png");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_refused() {
    let stage = Stage::new().await;
    let outcome = stage.send("o1", of_ours(MediaKind::Image, "image/png", "/no/such/file".as_ref())).await;
    assert!(
        matches!(&outcome, SendOutcome::Refused { reason } if reason.contains("cannot be read")),
        "{outcome:?}"
    );
}
