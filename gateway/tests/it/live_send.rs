//! What staff say by the stream: the same words as by REST, once whichever way they came, and ticks that follow.

use domain::{
    contact::{Identity, Role},
    id::ConversationId,
    staff::ConsoleRole,
};
use plumbline_gateway::live::Config as LiveConfig;
use serde_json::json;
use store::{contact, heard, outbox};

use crate::{
    app::{self, App},
    live::{talk, writes},
    live_client::Client,
};

/// A conversation with Frank, who wrote just now.
async fn frank(app: &App) -> ConversationId {
    let (of, ids, now) = (talk(app, "4915112345678").await, app.gateway.ids.clone(), app.gateway.clock.now());
    let id = of.clone();
    let known = app.gateway.store.write(move |tx| {
        Box::pin(async move {
            let phone = [Identity::phone("4915112345678")];
            contact::register(tx, &ids, "Frank", Role::Technician, &phone, now).await?;
            heard::note(tx, &id, None, now).await
        })
    });
    known.await.unwrap();
    writes(app, &of, "When do you come?").await;
    of
}

#[tokio::test]
async fn words_are_sent_once_whichever_way_they_come() {
    let (_folder, db) = app::sqlite().await;
    let app = app::house(&db).await;
    let ana = app.as_named("Ana", ConsoleRole::Staff).await;
    let of = frank(&app).await;
    let mut client = Client::open(&app).await;
    client.hello(json!({ "token": ana.token, "subscriptions": [of] })).await;
    let words = json!({ "client_msg_id": "m-1", "mode": "reply", "text": "On our way" });
    let mut told = Vec::new();
    for _ in 0..2 {
        client.send("send_message", Some(of.as_str()), words.clone()).await;
        let processing = client.until(|frame| frame["type"] == "response").await;
        assert_eq!(processing["data"]["status"], "processing");
        let done = client.until(|frame| frame["type"] == "response").await;
        assert_eq!(done["data"]["status"], "success", "{done}");
        told.push((done["data"]["message_id"].clone(), done["data"]["repeat"].clone()));
    }
    assert_eq!((&told[0].1, &told[1].1), (&json!(false), &json!(true)));
    let path = format!("/api/comms/threads/{of}/messages");
    let by_rest = ana.post(&path, &json!({ "client_msg_id": "m-1", "text": "On our way" })).await;
    assert_eq!((by_rest.status, &by_rest.json()["id"]), (201, &told[0].0));
    assert_eq!(told[0].0, told[1].0);
    let queued = app.gateway.store.reader().query(outbox::anything_due(&"whatsapp".into(), app::NOW)).await;
    assert!(queued.unwrap());

    client.send("send_message", Some(of.as_str()), json!({ "client_msg_id": "m-1", "text": "Else" })).await;
    let refused = client.until(|frame| frame["data"]["status"] == "error").await;
    assert_eq!(refused["data"]["error"]["code"], "key_reused");
    let auditor = app.as_named("Olga", ConsoleRole::Auditor).await;
    let mut hers = Client::open(&app).await;
    hers.hello(json!({ "token": auditor.token })).await;
    hers.send("send_message", Some(of.as_str()), json!({ "text": "hello" })).await;
    let refused = hers.until(|frame| frame["type"] == "response").await;
    assert_eq!(refused["data"]["error"]["code"], "forbidden");
}

#[tokio::test]
async fn those_who_look_on_see_the_message_the_owner_and_the_note() {
    let (_folder, db) = app::sqlite().await;
    let app = app::house(&db).await;
    let (ana, ben) =
        (app.as_named("Ana", ConsoleRole::Staff).await, app.as_named("Ben", ConsoleRole::Staff).await);
    let of = frank(&app).await;
    let (mut hers, mut his) = (Client::open(&app).await, Client::open(&app).await);
    hers.hello(json!({ "token": ana.token })).await;
    his.hello(json!({ "token": ben.token, "subscriptions": [of] })).await;
    hers.send("send_message", Some(of.as_str()), json!({ "text": "On our way" })).await;
    let message = his.until(|frame| frame["type"] == "message").await;
    assert_eq!(message["data"]["message"]["author"]["name"], "Ana");
    assert_eq!(message["data"]["message"]["status"]["state"], "queued");
    assert_eq!(message["data"]["message"]["parts"][0]["text"], "On our way");
    let owner = his.until(|frame| frame["data"]["scope"] == "conversation").await;
    assert_eq!(owner["data"]["conversation"]["owner"]["name"], "Ana");
    hers.send("send_message", Some(of.as_str()), json!({ "mode": "note", "text": "He is upset" })).await;
    let note = his.until(|frame| frame["data"]["scope"] == "note").await;
    assert_eq!(note["data"]["note"]["text"], "He is upset");
}

#[tokio::test]
async fn too_many_messages_at_once_are_refused_and_the_stream_goes_on() {
    let (_folder, db) = app::sqlite().await;
    let (app, _stop) = app::watched(&db, LiveConfig { sends_burst: 2, ..LiveConfig::default() }).await;
    let ana = app.as_named("Ana", ConsoleRole::Staff).await;
    let of = frank(&app).await;
    let mut client = Client::open(&app).await;
    client.hello(json!({ "token": ana.token })).await;
    for n in 0..8 {
        client.send("send_message", Some(of.as_str()), json!({ "text": format!("{n}") })).await;
    }
    let refused = client.until(|frame| frame["data"]["status"] == "error").await;
    assert_eq!(refused["data"]["error"]["code"], "rate_limited");
    assert!(refused["data"]["error"]["retry_after_ms"].as_u64().unwrap() <= 1_000);
    client.send("ping", None, json!({})).await;
    client.until(|frame| frame["type"] == "pong").await;
}
