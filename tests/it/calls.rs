//! A call by telephone, from the telephone system's webhook to its words at the console.

use axum::{
    http::{StatusCode, header},
    routing::get,
};
use channels::whatsapp::signature::sign;
use serde_json::{Value, json};

use crate::{
    console::Desk,
    phones::{Demo, OGG, demo, demo_with, transcriber},
};

const SECRET: &str = "the-telephone-systems-secret";

/// A telephone system that keeps recordings: one, one that leads elsewhere, and a page in place of one.
async fn keeps_recordings() -> String {
    let sound = || async { ([(header::CONTENT_TYPE, "audio/ogg")], OGG) };
    let elsewhere = || async { (StatusCode::FOUND, [(header::LOCATION, "/1.ogg")]) };
    let page = || async { ([(header::CONTENT_TYPE, "text/html")], "<h1>log in</h1>") };
    let routes = axum::Router::new()
        .route("/1.ogg", get(sound))
        .route("/elsewhere.ogg", get(elsewhere))
        .route("/page.ogg", get(page));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    host
}

async fn tells(demo: &Demo, id: &str, recording: &str) {
    let body = json!({
        "call_id": id, "state": "ended", "direction": "in", "from": "+49 170 9998877", "to": "030 1234567",
        "at": "2026-01-05T09:00:00Z", "recording": { "url": recording }
    })
    .to_string();
    assert_eq!(posts(demo, SECRET, body).await, 200);
}

async fn posts(demo: &Demo, secret: &str, body: String) -> u16 {
    let url = format!("http://127.0.0.1:{}/api/comms/webhooks/telephony", demo.gateway);
    let signature = sign(&secret.into(), body.as_bytes());
    let told =
        demo.phones.http.post(url).header("x-hub-signature-256", signature).body(body).send().await.unwrap();
    told.status().as_u16()
}

#[tokio::test]
async fn the_secret_of_the_telephone_system_is_set_at_the_console_and_counts_at_once() {
    let demo = demo();
    let owner = Desk::of(&demo, "Olga", "owner");
    let call = |state: &str| {
        json!({
            "call_id": "c-1", "state": state, "direction": "in", "from": "+49 170 9998877", "to": "030 1234567",
            "at": "2026-01-05T09:00:00Z"
        })
        .to_string()
    };
    assert_eq!(posts(&demo, SECRET, call("ringing")).await, 404, "there is no such webhook yet");
    for (secret, says) in [(SECRET, 200), ("a-secret-that-came-after-it", 403)] {
        let (status, changed) =
            owner.ask("PATCH", "/settings", Some(json!({ "telephony.secret": SECRET }))).await;
        assert_eq!(status, 200, "{changed}");
        assert!(!changed.to_string().contains(SECRET), "it is never shown");
        let item = changed["items"].as_array().unwrap().iter().find(|one| one["key"] == "telephony.secret");
        let shown = item.unwrap();
        assert_eq!(
            (&shown["value"], &shown["ends_in"], &shown["effective"]),
            (&Value::Null, &json!("cret"), &json!("now"))
        );
        until(&demo, secret, call("ended"), says).await;
    }
    let short = owner.ask("PATCH", "/settings", Some(json!({ "telephony.secret": "short" }))).await;
    assert_eq!(short.0, 422, "{}", short.1);
    let (status, _) = owner.ask("PATCH", "/settings", Some(json!({ "telephony.secret": null }))).await;
    assert_eq!(status, 200);
    until(&demo, SECRET, call("ended"), 404).await;
}

/// What is set counts within a moment.
async fn until(demo: &Demo, secret: &str, body: String, wanted: u16) {
    for _ in 0..200 {
        if posts(demo, secret, body.clone()).await == wanted {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it was never answered {wanted}");
}

/// The calls, once none of their recordings is awaited.
async fn settled(desk: &Desk<'_>, calls: usize) -> Vec<Value> {
    for _ in 0..400 {
        let (_, list) = desk.ask("GET", "/calls", None).await;
        let items = list["items"].as_array().unwrap().clone();
        if items.len() == calls && items.iter().all(|call| call["recording"]["state"] != "awaited") {
            return items;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("a recording is awaited still");
}

#[tokio::test]
async fn a_recorded_call_is_fetched_and_its_words_stand_at_it() {
    let (host, listens) =
        (keeps_recordings().await, transcriber("Guten Tag, mein Abfluss ist verstopft").await);
    let demo = demo_with(&[
        ("TELEPHONY_WEBHOOK_SECRET", SECRET),
        ("PLUMBLINE__TELEPHONY__RECORDING_HOSTS", &host),
        ("COMMS_TRANSCRIPTION_PROVIDER", "local"),
        ("PLUMBLINE__COMMS__TRANSCRIPTION_BASE_URL", &listens),
    ]);
    let anna = Desk::of(&demo, "Anna", "dispatcher");
    for (id, file) in [("c-1", "1.ogg"), ("c-2", "elsewhere.ogg"), ("c-3", "page.ogg")] {
        tells(&demo, id, &format!("http://{host}/{file}")).await;
    }
    tells(&demo, "c-4", "http://127.0.0.1:9/1.ogg").await;
    let calls = settled(&anna, 4).await;
    let found =
        |state: &str| calls.iter().filter(|call| call["recording"]["state"] == state).collect::<Vec<_>>();
    let [kept] = found("kept")[..] else { panic!("{calls:?}") };
    assert_eq!(kept["recording"]["transcript"], "Guten Tag, mein Abfluss ist verstopft");
    let whys: String = found("missing").iter().map(|call| call["recording"]["missing"].to_string()).collect();
    for why in ["leads elsewhere", "text/html", "telephony.recording_hosts"] {
        assert!(whys.contains(why), "{whys}");
    }

    let asked = json!({ "call_id": kept["id"] });
    let (status, asked) = anna.ask("POST", "/recordings/transcribe", Some(asked)).await;
    assert_eq!(status, 202, "{asked}");
    let path = format!("/recordings/transcribe/{}", asked["request_id"].as_str().unwrap());
    for _ in 0..200 {
        let (_, now) = anna.ask("GET", &path, None).await;
        if now["status"] != "processing" {
            assert_eq!((&now["status"], &now["text"]), (&json!("success"), &kept["recording"]["transcript"]));
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nobody answered");
}
