//! The life of a sandbox: events while it runs, and an end that does not wait for open streams.

use std::time::Duration;

use plumbline_sandbox::{Clock, Config, Sandbox};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::stage::{START_MS, Stage};

#[tokio::test]
async fn events_tell_every_change_with_a_rising_number() {
    let stage = Stage::new().await;
    let mut stream = stage.http.get(stage.url("/sandbox/events")).send().await.unwrap();
    let mut text = String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(text.contains("hello"));
    stage.frank("text", json!({ "body": "Hi" })).await;
    stage.settle().await;
    while !text.contains(r#""stage":"delivered""#) {
        text.push_str(str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    let events: Vec<serde_json::Value> =
        text.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok()).collect();
    let numbers: Vec<u64> = events.iter().filter_map(|event| event["number"].as_u64()).collect();
    assert!(numbers.len() >= 3 && numbers.is_sorted());
    let state: serde_json::Value =
        stage.http.get(stage.url("/sandbox/state")).send().await.unwrap().json().await.unwrap();
    assert!(state["number"].as_u64().unwrap() >= *numbers.last().unwrap());
}

#[tokio::test]
async fn the_shutdown_signal_ends_streams_and_hanging_calls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async move { drop(stopped.await) };
    let sandbox = Sandbox::start(Config::default(), Clock::manual(START_MS), listener, shutdown).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut stream = http.get(format!("{}/sandbox/events", sandbox.base_url())).send().await.unwrap();
    stream.chunk().await.unwrap();
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(10), sandbox.stopped()).await.unwrap().unwrap();
}
