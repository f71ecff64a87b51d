//! Meta's webhook: who is believed, what is stored, and when 200 is said.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use channels::whatsapp::signature::sign;
use domain::{clock::Millis, inbound::Inbound};
use plumbline_gateway::{Config, Room};
use serde_json::{Value, json};
use store::{db::faults::Fault, inbox};

use crate::app::{self, APP_SECRET, Answer, App, NOW, on_each};

const ROUTES: [&str; 2] = ["/whatsapp/webhook", "/api/comms/webhooks/meta_cloud"];

fn message(id: &str, text: &str) -> Value {
    json!({ "from": "491713920017", "id": id, "timestamp": "1763640000", "type": "text", "text": { "body": text } })
}

fn body(messages: &[Value]) -> String {
    let value = json!({ "metadata": { "phone_number_id": "106540352242922" }, "messages": messages });
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [
        { "field": "messages", "value": value }] }] })
    .to_string()
}

async fn deliver(app: &App, route: &str, body: impl Into<Vec<u8>>, secret: &str) -> Answer {
    let body = body.into();
    let signature = sign(&secret.into(), &body);
    app.answer(app.request("POST", route).header("x-hub-signature-256", signature).body(body)).await
}

/// The names of what waits, oldest first.
async fn stored(app: &App) -> Vec<String> {
    let taken = app
        .gateway
        .store
        .write(|tx| {
            Box::pin(async move { inbox::claim(tx, NOW, NOW.plus(Duration::from_secs(1)), 5_000).await })
        })
        .await
        .unwrap();
    assert!(taken.iter().all(|row| matches!(row.body, Ok(Inbound::Message(_) | Inbound::Notice(_)))));
    taken.into_iter().map(|row| row.external).collect()
}

#[tokio::test]
async fn the_handshake_echoes_the_challenge() {
    on_each("handshake", |db| async move {
        let app = app::with_meta(&db, Room::default()).await;
        for route in ROUTES {
            let ask = |query: &str| app.answer(app.request("GET", &format!("{route}?{query}")));
            let good = ask("hub.mode=subscribe&hub.challenge=0011%2B58&hub.verify_token=verify-me").await;
            assert_eq!((good.status, good.text.as_str()), (200, "0011+58"));
            assert!(good.header("content-type").starts_with("text/plain"));
            let wrong = ask("hub.mode=subscribe&hub.challenge=1&hub.verify_token=guess").await;
            assert_eq!((wrong.status, wrong.json()["code"].as_str()), (403, Some("handshake_refused")));
            assert_eq!(ask("").await.status, 403);
        }
    })
    .await;
}

#[tokio::test]
async fn a_signed_delivery_is_stored_once_however_often_it_comes() {
    on_each("delivery", |db| async move {
        let app = app::with_meta(&db, Room::default()).await;
        let sent = body(&[message("wamid.1", "für Müller 🔧"), message("wamid.2", "two"), json!(7)]);
        for route in ROUTES {
            for _ in 0..2 {
                let answer = deliver(&app, route, sent.clone(), APP_SECRET).await;
                assert_eq!((answer.status, answer.text.as_str()), (200, ""));
            }
        }
        assert_eq!(app.rung(), 4);
        let names = stored(&app).await;
        assert_eq!(names.len(), 3, "two messages and one item that nobody understands");
        assert_eq!(names[..2], ["106540352242922:wamid.1:text", "106540352242922:wamid.2:text"]);
    })
    .await;
}

#[tokio::test]
async fn the_bytes_are_what_is_signed() {
    on_each("bytes", |db| async move {
        let app = app::with_meta(&db, Room::default()).await;
        let escaped = body(&[message("wamid.1", "PLACE")]).replace("PLACE", r"caf\u00e9 \/ \ud83d\udd27");
        assert_eq!(deliver(&app, ROUTES[0], escaped, APP_SECRET).await.status, 200);
        let old = body(&[message("wamid.2", "two")]);
        assert_eq!(deliver(&app, ROUTES[0], old, "the-secret-before").await.status, 200, "during a rotation");
        assert_eq!(stored(&app).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_signed_by_meta_is_refused_and_not_stored() {
    on_each("unsigned", |db| async move {
        let app = app::with_meta(&db, Room::default()).await;
        let sent = body(&[message("wamid.1", "forged")]);
        assert_eq!(deliver(&app, ROUTES[0], sent.clone(), "guess").await.status, 403);
        assert_eq!(deliver(&app, ROUTES[0], sent.clone(), "").await.status, 403);
        let bare = app.answer(app.request("POST", ROUTES[0]).body(sent.clone())).await;
        assert_eq!((bare.status, bare.json()["code"].as_str()), (401, Some("signature_refused")));
        let odd = app.request("POST", ROUTES[0]).header("x-hub-signature-256", "sha1=00").body(sent.clone());
        assert_eq!(app.answer(odd).await.status, 401);
        let signature = sign(&APP_SECRET.into(), sent.as_bytes());
        let changed =
            app.request("POST", ROUTES[0]).header("x-hub-signature-256", signature).body(format!("{sent} "));
        assert_eq!(app.answer(changed).await.status, 403);
        assert_eq!((stored(&app).await.len(), app.rung()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_body_of_metas_size_fits_and_a_larger_one_does_not() {
    on_each("size", |db| async move {
        let app = app::with_meta(&db, Room::default()).await;
        let wide = |bytes: usize| body(&[message("wamid.1", &"x".repeat(bytes))]);
        let most = 3 * 1024 * 1024;
        assert_eq!(deliver(&app, ROUTES[0], wide(most - 1_000), APP_SECRET).await.status, 200);
        assert_eq!(deliver(&app, ROUTES[0], wide(most), APP_SECRET).await.status, 413);
        let thousand: Vec<Value> = (0..1_000).map(|n| message(&format!("wamid.n{n}"), "x")).collect();
        assert_eq!(deliver(&app, ROUTES[0], body(&thousand), APP_SECRET).await.status, 200);
        assert_eq!(stored(&app).await.len(), 1_001);
    })
    .await;
}

#[tokio::test]
async fn a_full_house_and_a_slow_body_are_told_to_come_again() {
    on_each("overload", |db| async move {
        let full = app::with_meta(&db, Room { deliveries: 0, ..Room::default() }).await;
        let answer = deliver(&full, ROUTES[0], body(&[message("wamid.1", "x")]), APP_SECRET).await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, "5"));
        let hasty =
            app::with_meta(&db, Room { body_wait: Duration::from_millis(50), ..Room::default() }).await;
        let drip = futures::stream::pending::<Result<Vec<u8>, std::io::Error>>();
        let slow = hasty.request("POST", ROUTES[0]).body(reqwest::Body::wrap_stream(drip));
        assert_eq!(hasty.answer(slow).await.status, 503);
        assert_eq!(stored(&full).await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn without_its_provider_there_is_no_webhook() {
    on_each("no_webhook", |db| async move {
        let app = app::house(&db).await;
        assert_eq!(deliver(&app, ROUTES[0], body(&[]), APP_SECRET).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn who_is_not_believed_is_held_back_and_meta_is_not() {
    on_each("strangers", |db| async move {
        let app = app::with_meta(&db, Room::default()).await;
        let sent = body(&[message("wamid.1", "one")]);
        let mut held_back = false;
        for _ in 0..1_000 {
            let answer = deliver(&app, ROUTES[0], sent.clone(), "guessed").await;
            assert!([403, 429].contains(&answer.status), "{}", answer.text);
            held_back |= answer.status == 429;
        }
        assert!(held_back);
        assert_eq!(deliver(&app, ROUTES[0], sent, APP_SECRET).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_full_inbox_tells_the_provider_to_come_again_and_takes_on_when_there_is_room() {
    on_each("full", |db| async move {
        let limits = Config { inbox_pending: 3, ..Config::default() };
        let app = app::with_meta_on(&db, db.store.clone(), limits).await;
        let one = |n: usize| body(&[message(&format!("wamid.{n}"), "hello")]);
        for n in 0..3 {
            // A count is good for a second.
            db.clock.advance(Duration::from_secs(1));
            assert_eq!(deliver(&app, ROUTES[0], one(n), APP_SECRET).await.status, 200);
        }
        db.clock.advance(Duration::from_secs(1));
        let refused = deliver(&app, ROUTES[0], one(3), APP_SECRET).await;
        assert_eq!((refused.status, refused.header("retry-after")), (503, "5"));
        let settled = app.gateway.store.write(|tx| {
            Box::pin(async move {
                for row in inbox::claim(tx, Millis(i64::MAX / 2), Millis(i64::MAX), 10).await? {
                    inbox::done(tx, &row.id, row.fence).await?;
                }
                Ok(())
            })
        });
        settled.await.unwrap();
        db.clock.advance(Duration::from_secs(1));
        assert_eq!(deliver(&app, ROUTES[0], one(3), APP_SECRET).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_delivery_that_cannot_be_stored_is_told_to_come_again_and_is_not_lost() {
    for (name, fault) in [("unstored", Fault::Before), ("unsaid", Fault::After)] {
        on_each(name, |db| async move {
            let fails = Arc::new(AtomicBool::new(true));
            let asked = fails.clone();
            let faulty = db.store.clone().with_faults(Arc::new(move || {
                if asked.load(Ordering::SeqCst) { fault } else { Fault::None }
            }));
            let app = app::with_meta_on(&db, faulty, Config::default()).await;
            let sent = body(&[message("wamid.1", "hello")]);
            let refused = deliver(&app, ROUTES[0], sent.clone(), APP_SECRET).await;
            assert_eq!((refused.status, refused.header("retry-after")), (503, "5"), "{fault:?}");
            fails.store(false, Ordering::SeqCst);
            assert_eq!(deliver(&app, ROUTES[0], sent, APP_SECRET).await.status, 200);
            assert_eq!(stored(&app).await, ["106540352242922:wamid.1:text"], "stored once");
        })
        .await;
    }
}
