//! Who holds a thread: taken over and handed back, put off, read.

use std::time::Duration;

use domain::{contact::Role, id::MessageId, outbound::DeliveryState, staff::ConsoleRole};
use serde_json::json;
use store::{failed::TAKEN_OVER, outbox, turn};

use crate::{
    app::{App, NOW, house, on_each},
    live_client::Schema,
    replies::queued,
};

#[tokio::test]
async fn the_agent_is_quiet_until_the_thread_is_given_back() {
    on_each("reply_hand_back", |db| async move {
        let app = house(&db).await;
        let staff = app.as_named("Ana", ConsoleRole::Staff).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        let (ids_, held) = (app.gateway.ids.clone(), frank.held.clone());
        app.gateway
            .store
            .write(move |tx| Box::pin(async move { turn::schedule(tx, &ids_, &held, NOW, NOW, NOW).await }))
            .await
            .unwrap();
        let claim = async || {
            let lease = NOW.plus(Duration::from_secs(1));
            app.gateway
                .store
                .write(move |tx| {
                    Box::pin(async move { turn::claim(tx, &"field".into(), NOW, lease, 10).await })
                })
                .await
                .unwrap()
        };
        // What the agent had queued before is dropped, and its turn not begun.
        app.answers(&frank, "Ich helfe gleich").await;
        let stale = json!({"expect_owner_version": 7});
        let refused = staff.post(&frank.path("/take-over"), &stale).await;
        assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("owner_changed")));
        let taken = staff.post(&frank.path("/take-over"), &json!({"expect_owner_version": 0})).await;
        assert_eq!(taken.status, 200, "{}", taken.text);
        let taken = taken.json();
        assert_eq!((&taken["owner"]["name"], &taken["assignee"]["name"]), (&json!("Ana"), &json!("Ana")));
        assert_eq!(
            staff.post(&frank.path("/take-over"), &json!({})).await.json()["owner_version"],
            1,
            "hers already"
        );
        assert!(queued(&app).await[0].1, "the agent's words are dropped");
        assert!(claim().await.is_empty());
        let send = json!({"text": "x", "expect_owner_version": 0});
        assert_eq!(staff.post(&frank.path("/messages"), &send).await.json()["code"], "owner_changed");

        let back = staff.post(&frank.path("/hand-back"), &json!({"note": "Termin Montag"})).await;
        assert_eq!(back.status, 200, "{}", back.text);
        assert_eq!(back.json()["owner"]["kind"], "agent");
        let due = claim().await;
        assert_eq!((due.len(), due[0].owner_version), (1, 2), "and may speak again");
        let page = staff.get(&frank.path("/messages")).await.json();
        let note = &page["items"][2];
        assert_eq!(note["parts"][0], json!({"type": "handed_back", "by": "Ana", "note": "Termin Montag"}));
        assert_eq!((&note["direction"], &note["author"]["type"]), (&json!("internal"), &json!("house")));
        let again = staff.post(&frank.path("/hand-back"), &json!({})).await.json();
        assert_eq!(again["owner_version"], 2, "nothing to give back");
        let mut tx = app.gateway.store.reader();
        let history = tx.query(store::message::history(&frank.held.id, &"other".into(), 10)).await.unwrap();
        assert!(history.iter().any(|message| message.id == MessageId::from(note["id"].as_str().unwrap())));
    })
    .await;
}

/// The delivery stage comes to the only row there is and finds that its conversation changed hands.
async fn drops(app: &App) {
    let dropped = app.gateway.store.write(move |tx| {
        Box::pin(async move {
            let taken =
                outbox::claim(tx, &"whatsapp".into(), NOW, NOW.plus(Duration::from_secs(1)), 10).await?;
            let state = DeliveryState::Failed;
            let outcome = outbox::Outcome { state, due: NOW, provider_id: None, reason: Some(TAKEN_OVER) };
            outbox::settle(tx, &taken[0], &outcome, NOW).await
        })
    });
    dropped.await.unwrap();
}

/// What the agent had yet to say and never did is told as that, on every way, and nobody can have it sent after all.
#[tokio::test]
async fn what_a_take_over_dropped_is_no_failure_and_is_never_sent() {
    on_each("reply_dropped", |db| async move {
        let app = house(&db).await;
        let staff = app.as_named("Ana", ConsoleRole::Owner).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        app.answers(&frank, "Ich helfe gleich").await;
        assert_eq!(staff.post(&frank.path("/take-over"), &json!({})).await.status, 200);
        let before = staff.get("/api/live/poll?wait=5").await.json()["next"].as_str().unwrap().to_owned();
        drops(&app).await;

        let told =
            json!({"state": "dropped", "at": "2025-11-20T12:00:00.000Z", "reason": null, "retryable": false});
        let page = staff.get(&frank.path("/messages")).await.json();
        let message = &page["items"][1];
        assert_eq!(message["status"], told);
        assert_eq!(staff.get(&frank.path("")).await.json()["last"]["status"], told);
        let live = staff.get(&format!("/api/live/poll?wait=20&after={before}")).await.json();
        let frame =
            live["frames"].as_array().unwrap().iter().find(|frame| frame["data"]["scope"] == "message");
        let frame = frame.unwrap();
        Schema::new().check_server(frame);
        assert_eq!(
            (&frame["data"]["message_id"], &frame["data"]["status"], &frame["data"]["error"]),
            (&message["id"], &json!("dropped"), &json!(null))
        );
        assert_eq!(staff.get("/api/comms/deliveries").await.json()["items"], json!([]));

        let retry = format!("/api/comms/messages/{}/retry", message["id"].as_str().unwrap());
        let again = staff.post(&retry, &json!({})).await;
        assert_eq!((again.status, &again.json()["code"]), (409, &json!("not_failed")));
        assert!(queued(&app).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn threads_are_put_off_and_read() {
    on_each("reply_snooze", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        let first = app.writes(&frank, "eins").await;
        let second = app.writes(&frank, "zwei").await;
        let read = staff.post(&frank.path("/read"), &json!({"up_to": first.0})).await.json();
        assert_eq!(read["unread"], 1);
        assert_eq!(staff.post(&frank.path("/read"), &json!({"up_to": second.0})).await.json()["unread"], 0);
        let older = staff.post(&frank.path("/read"), &json!({"up_to": first.0})).await.json();
        assert_eq!(older["unread"], 0, "what was read stays read");
        assert_eq!(staff.post(&frank.path("/unread"), &json!({})).await.json()["unread"], 1);
        let foreign = app.person("Gerd", "4915155512346", Role::Technician).await;
        let foreign = app.writes(&foreign, "x").await;
        assert_eq!(staff.post(&frank.path("/read"), &json!({"up_to": foreign.0})).await.status, 422);

        let snooze = json!({"status": "snoozed", "snoozed_until": "2025-11-21T08:00:00+01:00"});
        let snoozed = staff.patch(&frank.path(""), &snooze).await.json();
        assert_eq!(
            (&snoozed["status"], &snoozed["snoozed_until"]),
            (&json!("snoozed"), &json!("2025-11-21T07:00:00.000Z"))
        );
        app.writes(&frank, "doch noch").await;
        let thread = staff.get(&frank.path("")).await.json();
        assert_eq!((&thread["status"], &thread["snoozed_until"]), (&json!("open"), &json!(null)));
        for body in [
            json!({"status": "snoozed"}),
            json!({"status": "snoozed", "snoozed_until": "2020-01-01T00:00:00Z"}),
            json!({"status": "snoozed", "snoozed_until": "morgen"}),
            json!({"snoozed_until": "2030-01-01T00:00:00Z"}),
            json!({"status": "gone"}),
            json!({"assignee": "nobody-of-that-id"}),
            json!({"priority": "very"}),
            json!({"labels": ["a\nb"]}),
            json!({"labels": ["nul\u{0}"]}),
            json!({"labels": (0..21).map(|n| n.to_string()).collect::<Vec<_>>()}),
            json!({"unknown": 1}),
        ] {
            assert_eq!(staff.patch(&frank.path(""), &body).await.status, 422, "{body}");
        }
    })
    .await;
}
