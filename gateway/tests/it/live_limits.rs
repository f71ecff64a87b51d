//! What the live stream does not take, and who it sends away.

use axum::http::HeaderValue;
use domain::staff::ConsoleRole;
use plumbline_gateway::live::Config as LiveConfig;
use serde_json::json;
use store::{event, user};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    app::{self, NOW},
    live::{happens, n},
    live_client::{Client, PROTOCOL},
};

#[tokio::test]
async fn what_is_no_frame_ends_the_stream_and_what_is_unknown_does_not() {
    let (_folder, db) = app::sqlite().await;
    let live = LiveConfig { frame_bytes: 2_000, frames_per_minute: 20, ..LiveConfig::default() };
    let (app, _stop) = app::watched(&db, live).await;
    let ana = app.as_user(ConsoleRole::Staff).await;
    let proof = json!({ "token": ana.token });

    let long = json!({ "type": "ping", "data": { "x": "x".repeat(2_000) } }).to_string();
    for (text, code) in
        [("no json", 4400), ("[]", 4400), (r#"{"type":"ping","data":3}"#, 4400), (&long, 4413)]
    {
        let mut client = Client::open(&app).await;
        client.hello(proof.clone()).await;
        client.text(text).await;
        assert_eq!(client.closed().await.1, code, "{text}");
    }
    let mut client = Client::open(&app).await;
    client.hello(proof.clone()).await;
    client.raw(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(client.closed().await.1, 4400);

    let mut client = Client::open(&app).await;
    client.hello(proof.clone()).await;
    for (text, code) in [
        (r#"{"type":"dance","id":"a"}"#, "unknown_type"),
        (r#"{"type":"typing","id":"a","conversation_id":"c","data":{"state":"maybe"}}"#, "invalid_frame"),
        (r#"{"type":"join_conversation","id":"a"}"#, "invalid_frame"),
        (r#"{"type":"command","id":"a","data":{"kind":"spell"}}"#, "invalid_frame"),
    ] {
        client.text(text).await;
        let frame = client.frame().await;
        assert_eq!((frame["data"]["code"].as_str(), frame["ref"].as_str()), (Some(code), Some("a")));
        assert_eq!(frame["data"]["fatal"], false);
    }
    client.text(r#"{"type":"ping","data":{"n":1,"later":"fields are ignored"}}"#).await;
    assert_eq!(client.frame().await["type"], "pong");
    for _ in 0..30 {
        client.text(r#"{"type":"ping"}"#).await;
    }
    let (frames, code) = client.closed().await;
    assert_eq!((frames.last().unwrap()["data"]["code"].as_str(), code), (Some("rate_limited"), 4429));
}

#[tokio::test]
async fn strangers_and_other_sites_stay_outside() {
    let (_folder, db) = app::sqlite().await;
    let live = LiveConfig { authenticate_seconds: 1, ..LiveConfig::default() };
    let (app, _stop) = app::watched(&db, live).await;
    for (origin, refused) in [("https://evil.example", true), (app.url.as_str(), false)] {
        let opened = Client::from_origin(&app, Some(origin)).await;
        assert_eq!(opened.err(), refused.then_some(403), "{origin}");
    }
    let upgrade = app
        .request("GET", "/api/live")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    let answer = app.answer(upgrade.header("sec-websocket-protocol", HeaderValue::from_static("chat"))).await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some("subprotocol")));
    assert_ne!(PROTOCOL, "chat");

    let mut silent = Client::open(&app).await;
    assert_eq!(silent.closed().await.1, 4408);
    for (data, code) in [(json!({ "token": "x.y.z" }), 4401), (json!({ "ticket": "guessed" }), 4401)] {
        let mut client = Client::open(&app).await;
        client.send("authenticate", None, data).await;
        assert_eq!(client.closed().await.1, code);
    }
    let mut eager = Client::open(&app).await;
    eager.text(r#"{"type":"ping"}"#).await;
    assert_eq!(eager.closed().await.1, 4401);
}

#[tokio::test]
async fn who_leaves_or_logs_out_or_expires_watches_no_more() {
    let (_folder, db) = app::sqlite().await;
    let app = app::house(&db).await;
    let (ana, ben) =
        (app.as_named("Ana", ConsoleRole::Staff).await, app.as_named("Ben", ConsoleRole::Staff).await);
    let (mut hers, mut his) = (Client::open(&app).await, Client::open(&app).await);
    hers.hello(json!({ "token": ana.token })).await;
    his.hello(json!({ "token": ben.token })).await;
    let (id, now) = (ana.id.clone(), app.gateway.clock.now());
    let removed =
        app.gateway.store.write(move |tx| Box::pin(async move { user::remove(tx, &id, now).await }));
    assert!(removed.await.unwrap());
    assert_eq!(hers.closed().await.1, 4401);
    happens(&app, 1).await;
    assert_eq!(n(&his.frame().await), 1, "the others watch on");

    let mut other = Client::open(&app).await;
    other.hello(json!({ "token": ben.token })).await;
    assert_eq!(ben.post("/api/comms/logout", &json!({})).await.status, 204);
    assert_eq!((his.closed().await.1, other.closed().await.1), (4401, 4401));

    let cleo = app.as_named("Cleo", ConsoleRole::Staff).await;
    let mut late = Client::open(&app).await;
    late.hello(json!({ "token": cleo.token })).await;
    db.clock.advance(std::time::Duration::from_secs(13 * 3_600));
    let (frames, code) = late.closed().await;
    assert_eq!((frames.last().unwrap()["data"]["code"].as_str(), code), (Some("token_expired"), 4401));
}

#[tokio::test]
async fn one_stream_more_than_may_be_takes_the_oldest_ones_place() {
    let (_folder, db) = app::sqlite().await;
    let (app, _stop) = app::watched(&db, LiveConfig { streams_per_user: 2, ..LiveConfig::default() }).await;
    let ana = app.as_user(ConsoleRole::Staff).await;
    let mut clients = Vec::new();
    for second in 0..3_u64 {
        db.clock.advance(std::time::Duration::from_secs(second));
        let mut client = Client::open(&app).await;
        client.hello(json!({ "token": ana.token })).await;
        clients.push(client);
    }
    assert_eq!(clients[0].closed().await.1, 4409);
    happens(&app, 1).await;
    assert_eq!((n(&clients[1].frame().await), n(&clients[2].frame().await)), (1, 1));
}

#[tokio::test]
async fn who_reads_too_slowly_is_sent_away_and_loses_nothing() {
    const EVENTS: i64 = 300;
    let (_folder, db) = app::sqlite().await;
    let live = LiveConfig { queue_bytes: 200_000, ..LiveConfig::default() };
    let (app, _stop) = app::watched(&db, live).await;
    let ana = app.as_user(ConsoleRole::Staff).await;
    let mut client = Client::open(&app).await;
    let epoch = client.hello(json!({ "token": ana.token })).await["epoch"].clone();
    // More than all buffers between here and there take.
    for first in (0..EVENTS).step_by(50) {
        let told = app.gateway.store.write(move |tx| {
            Box::pin(async move {
                for n in first..first + 50 {
                    let body = json!({ "n": n, "filling": "x".repeat(60_000) });
                    event::put(tx, "channel", None, &body, NOW).await?;
                }
                Ok(())
            })
        });
        told.await.unwrap();
    }
    let mut seen = Vec::new();
    let code = loop {
        match client.next().await {
            Ok(frame) => seen.push(n(&frame)),
            Err(code) => break code,
        }
    };
    assert!(matches!(code, 4450 | 1006), "{code}");
    assert!(i64::try_from(seen.len()).unwrap() < EVENTS);
    let last = client.last.unwrap();
    let mut client = Client::open(&app).await;
    let resume = json!({ "epoch": epoch, "last_seq": last });
    assert_eq!(client.hello(json!({ "token": ana.token, "resume": resume })).await["resumed"], true);
    while i64::try_from(seen.len()).unwrap() < EVENTS {
        let frame = client.until(|frame| frame["data"]["scope"] == "channel").await;
        seen.push(n(&frame));
    }
    assert_eq!(seen, (0..EVENTS).collect::<Vec<_>>());
}
