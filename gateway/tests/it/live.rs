//! The live stream by WebSocket: who is let in, what they are told, and that nothing is lost or told twice, however often
//! they come back.

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    id::{ConversationId, MessageId},
    language::Language,
    message::{Author, Direction, Message, Part},
    staff::ConsoleRole,
};
use plumbline_gateway::live::Config as LiveConfig;
use serde_json::{Value, json};
use store::{
    command::{self, Answer},
    conversation, event, message,
};

use crate::{
    app::{self, App, NOW, on_each},
    live_client::Client,
};

/// Something that everybody is told.
pub async fn happens(app: &App, n: i64) {
    let told = app.gateway.store.write(move |tx| {
        Box::pin(async move { event::put(tx, "channel", None, &json!({ "n": n }), NOW).await })
    });
    told.await.unwrap();
}

/// A conversation with a person who wrote nothing yet.
pub async fn talk(app: &App, external: &str) -> ConversationId {
    let (ids, external) = (app.gateway.ids.clone(), external.to_owned());
    let opened = app.gateway.store.write(move |tx| {
        Box::pin(async move {
            let address = Address::new(ChannelName::from("whatsapp"), external);
            conversation::open(tx, &ids, &AgentName::from("field"), &address, None, Language::De, NOW).await
        })
    });
    opened.await.unwrap().id
}

/// The person writes.
pub async fn writes(app: &App, of: &ConversationId, text: &str) -> MessageId {
    let (ids, of, text) = (app.gateway.ids.clone(), of.clone(), text.to_owned());
    let written = app.gateway.store.write(move |tx| {
        Box::pin(async move {
            let (id, parts) = (MessageId::new(&ids), vec![Part::text(text)]);
            let said = Message::new(id, &of, Direction::In, Author::Contact("c".into()), parts, NOW);
            message::put(tx, &said, true).await?;
            event::put(tx, "message", Some(&of), &json!({ "message": said.id }), NOW).await?;
            Ok(said.id)
        })
    });
    written.await.unwrap()
}

pub fn n(frame: &Value) -> i64 {
    frame["data"]["n"].as_i64().unwrap()
}

#[tokio::test]
async fn a_ticket_is_good_once_and_says_who_it_is() {
    on_each("live_ticket", |db| async move {
        let app = app::house(&db).await;
        let ana = app.as_named("Ana", ConsoleRole::Dispatcher).await;
        let issued = ana.post("/api/live/ticket", &json!({})).await;
        assert_eq!(issued.status, 201);
        let ticket = issued.json()["ticket"].as_str().unwrap().to_owned();
        let mut client = Client::open(&app).await;
        let hello = client.hello(json!({ "ticket": ticket })).await;
        assert_eq!(hello["user"], json!({ "id": ana.id, "name": "Ana" }));
        assert_eq!(hello["role"], "dispatcher");
        assert!(hello["permissions"].as_array().unwrap().contains(&json!("thread.reply")));
        assert_eq!((hello["head_seq"].as_i64(), hello["heartbeat_ms"].as_i64()), (Some(0), Some(25_000)));

        let mut again = Client::open(&app).await;
        again.send("authenticate", None, json!({ "ticket": ticket })).await;
        let (frames, code) = again.closed().await;
        assert_eq!((frames[0]["data"]["code"].as_str(), code), (Some("unauthorized"), 4401));

        client.send("ping", None, json!({ "n": 7, "last_seq": 0 })).await;
        assert_eq!(client.frame().await["data"]["n"], 7);
        // Another ticket of the same person goes on, somebody else's does not.
        client.send("authenticate", None, json!({ "token": ana.token })).await;
        assert_eq!(client.frame().await["data"]["renewed"], true);
        let ben = app.as_named("Ben", ConsoleRole::Owner).await;
        client.send("authenticate", None, json!({ "token": ben.token })).await;
        assert_eq!(client.frame().await["data"]["code"], "forbidden");
        happens(&app, 1).await;
        assert_eq!(n(&client.frame().await), 1, "the stream went on");
    })
    .await;
}

#[tokio::test]
async fn what_somebody_unknown_wrote_is_told_once() {
    on_each("live_stranger", |db| async move {
        let app = app::house(&db).await;
        let ana = app.as_user(ConsoleRole::Staff).await;
        let mut client = Client::open(&app).await;
        client.hello(json!({ "token": ana.token })).await;
        let of = talk(&app, "4915155512347").await;
        let said = writes(&app, &of, "Ist da jemand?").await;
        let body = json!({ "message": said, "inbox": "i1" });
        let noted = app.gateway.store.write(move |tx| {
            Box::pin(async move { event::put(tx, "stranger", Some(&of), &body, NOW).await })
        });
        noted.await.unwrap();
        happens(&app, 1).await;
        let first = client.frame().await;
        assert_eq!((&first["type"], &first["data"]["message"]["id"]), (&json!("message"), &json!(said)));
        assert_eq!(n(&client.frame().await), 1, "the next that they hear of");
    })
    .await;
}

#[tokio::test]
async fn whoever_comes_back_is_told_what_they_missed_and_nothing_twice() {
    on_each("live_resume", |db| async move {
        let app = app::house(&db).await;
        let ana = app.as_user(ConsoleRole::Staff).await;
        let mut client = Client::open(&app).await;
        let hello = client.hello(json!({ "token": ana.token })).await;
        let (epoch, mut seen) = (hello["epoch"].clone(), Vec::new());
        for round in 0..5 {
            happens(&app, round * 10).await;
            seen.push(n(&client.frame().await));
            let last = client.last.unwrap();
            drop(client);
            for missed in 1..4 {
                happens(&app, round * 10 + missed).await;
            }
            client = Client::open(&app).await;
            let resume = json!({ "epoch": epoch, "last_seq": last });
            let hello = client.hello(json!({ "token": ana.token, "resume": resume })).await;
            assert_eq!((hello["resumed"].as_bool(), &hello["epoch"]), (Some(true), &epoch));
            loop {
                let frame = client.frame().await;
                if frame["data"]["scope"] == "stream" {
                    assert_eq!(frame["data"]["state"], "live");
                    break;
                }
                seen.push(n(&frame));
            }
            // Those that were too young to be replayed come live.
            while seen.last() != Some(&(round * 10 + 3)) {
                seen.push(n(&client.frame().await));
            }
        }
        let expected: Vec<i64> = (0..5).flat_map(|round| (0..4).map(move |n| round * 10 + n)).collect();
        assert_eq!(seen, expected);

        for (resume, why) in [
            (json!({ "epoch": "another", "last_seq": 1 }), "another log"),
            (json!({ "epoch": epoch, "last_seq": 1_000 }), "a number that was not given yet"),
        ] {
            let mut client = Client::open(&app).await;
            let hello = client.hello(json!({ "token": ana.token, "resume": resume })).await;
            assert_eq!(hello["resumed"], false, "{why}");
            assert_eq!(hello["head_seq"], 20);
        }
        let later = NOW.plus(event::KEPT + std::time::Duration::from_secs(1));
        assert!(!event::trim(&app.gateway.store, event::KEPT, later).await.unwrap());
        let mut client = Client::open(&app).await;
        let resume = json!({ "epoch": epoch, "last_seq": 19 });
        let hello = client.hello(json!({ "token": ana.token, "resume": resume })).await;
        assert_eq!(hello["resumed"], false, "what is forgotten cannot be replayed");
        let mut client = Client::open(&app).await;
        let resume = json!({ "epoch": epoch, "last_seq": 20 });
        let hello = client.hello(json!({ "token": ana.token, "resume": resume })).await;
        assert_eq!((hello["resumed"].as_bool(), hello["replayed"].as_i64()), (Some(true), Some(0)));
    })
    .await;
}

#[tokio::test]
async fn who_joined_reads_messages_and_all_others_that_there_are_some() {
    let (_folder, db) = app::sqlite().await;
    let app = app::house(&db).await;
    let (ana, ben) =
        (app.as_named("Ana", ConsoleRole::Staff).await, app.as_named("Ben", ConsoleRole::Auditor).await);
    let frank = talk(&app, "491511").await;
    let (mut at_it, mut elsewhere) = (Client::open(&app).await, Client::open(&app).await);
    let since = at_it.hello(json!({ "token": ana.token })).await["head_seq"].clone();
    elsewhere.hello(json!({ "token": ben.token })).await;

    let first = writes(&app, &frank, "the first").await;
    let brief = at_it.frame().await;
    assert_eq!(
        (&brief["data"]["detail"], &brief["data"]["message"]["parts"]),
        (&json!("summary"), &Value::Null)
    );
    let id = at_it.send("join_conversation", Some(frank.as_str()), json!({ "after_seq": since })).await;
    let joined = at_it.until(|frame| frame["type"] == "response").await;
    assert_eq!((joined["ref"].as_str(), &joined["data"]["status"]), (Some(&*id), &json!("success")));
    assert_eq!(joined["data"]["viewers"], json!([{ "user_id": ana.id, "name": "Ana" }]));
    let again = at_it.until(|frame| frame["type"] == "message").await;
    assert_eq!((&again["data"]["message"]["id"], &again["prev"]), (&json!(first), &Value::Null));
    assert_eq!(again["data"]["message"]["parts"][0]["text"], "the first");

    writes(&app, &frank, "the second").await;
    let whole = at_it.until(|frame| frame["type"] == "message").await;
    assert_eq!(whole["data"]["message"]["parts"][0]["text"], "the second");
    assert_eq!(whole["conversation_id"], json!(frank));
    for _ in 0..2 {
        let brief = elsewhere.until(|frame| frame["type"] == "message").await;
        assert!(!brief["data"]["message"].to_string().contains("second"), "{brief}");
    }
    at_it.send("join_conversation", Some("nobody"), json!({})).await;
    assert_eq!(at_it.until(|frame| frame["type"] == "error").await["data"]["code"], "not_found");
}

#[tokio::test]
async fn typing_and_looking_on_are_seen_by_those_who_joined() {
    let (_folder, db) = app::sqlite().await;
    let app = app::house(&db).await;
    let (ana, ben) =
        (app.as_named("Ana", ConsoleRole::Staff).await, app.as_named("Ben", ConsoleRole::Staff).await);
    let frank = talk(&app, "491511").await;
    let (mut hers, mut his) = (Client::open(&app).await, Client::open(&app).await);
    hers.hello(json!({ "token": ana.token, "subscriptions": [frank] })).await;
    his.hello(json!({ "token": ben.token, "subscriptions": [frank] })).await;
    let both =
        hers.until(|frame| frame["data"]["viewers"].as_array().is_some_and(|all| all.len() == 2)).await;
    let names: Vec<&str> =
        both["data"]["viewers"].as_array().unwrap().iter().map(|v| v["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"Ana") && names.contains(&"Ben"), "{names:?}");

    for _ in 0..3 {
        his.send("typing", Some(frank.as_str()), json!({ "state": "start", "mode": "reply" })).await;
    }
    his.send("typing", Some(frank.as_str()), json!({ "state": "stop", "mode": "reply" })).await;
    let begins = hers.until(|frame| frame["type"] == "typing").await;
    assert_eq!(begins["data"]["actor"], json!({ "type": "staff", "id": ben.id, "name": "Ben" }));
    assert_eq!(
        (&begins["data"]["state"], &begins["data"]["expires_in_ms"]),
        (&json!("start"), &json!(6_000))
    );
    assert_eq!(hers.frame().await["data"]["state"], "stop", "what is said too often is told once");
    drop(his);
    let alone = hers.until(|frame| frame["data"]["scope"] == "presence").await;
    assert_eq!(alone["data"]["viewers"], json!([{ "user_id": ana.id, "name": "Ana" }]));
}

#[tokio::test]
async fn a_command_is_stored_answered_once_and_told_to_nobody_else() {
    on_each("live_command", |db| async move {
        let app = app::house(&db).await;
        let (ana, ben) =
            (app.as_named("Ana", ConsoleRole::Staff).await, app.as_named("Ben", ConsoleRole::Owner).await);
        let (mut hers, mut his) = (Client::open(&app).await, Client::open(&app).await);
        hers.hello(json!({ "token": ana.token })).await;
        his.hello(json!({ "token": ben.token })).await;
        let wish = json!({ "kind": "text_command", "text": "what is open?", "zone": "Europe/Berlin" });
        let frame = json!({ "type": "command", "id": "c1", "data": wish });
        for _ in 0..2 {
            hers.text(&frame.to_string()).await;
            assert_eq!(hers.frame().await["data"], json!({ "status": "processing" }));
        }
        let other =
            json!({ "type": "command", "id": "c1", "data": { "kind": "text_command", "text": "else" } });
        hers.text(&other.to_string()).await;
        assert_eq!(hers.frame().await["data"]["error"]["code"], "id_used");

        let stored = command::get(&mut app.gateway.store.reader(), &ana.id, "c1").await.unwrap().unwrap();
        assert_eq!((stored.command.by.zone.as_deref(), stored.answer), (Some("Europe/Berlin"), None));
        let by = stored.command.by;
        for text in ["Two jobs.", "Something else."] {
            let (by, answer) = (by.clone(), Answer::Success { text: text.into() });
            let answered = app
                .gateway
                .store
                .write(move |tx| Box::pin(async move { command::answer(tx, &by, "c1", &answer, NOW).await }));
            assert_eq!(answered.await.unwrap(), text == "Two jobs.");
        }
        let told = hers.frame().await;
        assert_eq!((&told["ref"], &told["data"]["status"]), (&json!("c1"), &json!("success")));
        assert_eq!(told["data"]["message"], "Two jobs.");
        hers.text(&frame.to_string()).await;
        assert_eq!(hers.frame().await["data"]["message"], "Two jobs.", "a repeat is answered alike");
        happens(&app, 1).await;
        assert_eq!(n(&his.frame().await), 1, "nobody else heard of it");
    })
    .await;
}

#[tokio::test]
async fn a_stopping_server_sends_everybody_away_politely() {
    let (_folder, db) = app::sqlite().await;
    let (app, stop) = app::watched(&db, LiveConfig::default()).await;
    let ana = app.as_user(ConsoleRole::Staff).await;
    let mut client = Client::open(&app).await;
    client.hello(json!({ "token": ana.token })).await;
    stop.cancel();
    let (frames, code) = client.closed().await;
    let going = &frames.last().unwrap()["data"];
    assert_eq!(
        (going["code"].as_str(), going["fatal"].as_bool(), code),
        (Some("going_away"), Some(true), 1012)
    );
    assert!(going["retry_after_ms"].as_i64().unwrap() <= 5_000);
}
