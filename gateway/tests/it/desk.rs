//! What staff see of the machinery: deliveries that failed and are tried again, channels, the audit log.

use std::time::Duration;

use domain::{clock::Millis, contact::Role, outbound::DeliveryState, staff::ConsoleRole};
use plumbline_gateway::House;
use serde_json::{Value, json};
use store::{channel_state, outbox};

use crate::{
    app::{App, house, on_each},
    staff::Console,
    talk::text,
};

/// The only delivery there is fails for good, and the channel is paused for a minute.
async fn all_breaks(app: &App) {
    let now = app.gateway.clock.now();
    let broken = app.gateway.store.write(move |tx| {
        Box::pin(async move {
            let whatsapp = "whatsapp".into();
            let taken = outbox::claim(tx, &whatsapp, now, now.plus(Duration::from_secs(1)), 10).await?;
            let outcome = outbox::Outcome {
                state: DeliveryState::Failed,
                due: now,
                provider_id: None,
                reason: Some("nobody is there"),
            };
            outbox::settle(tx, &taken[0], &outcome, now).await?;
            channel_state::pause(tx, &whatsapp, (Millis(now.0 + 60_000), "the account is locked"), now).await
        })
    });
    assert!(broken.await.unwrap());
}

#[tokio::test]
async fn what_failed_is_seen_and_tried_again_by_who_may() {
    on_each("desk_retry", |db| async move {
        let app = house(&db).await;
        let (staff, boss) =
            (app.as_user(ConsoleRole::Staff).await, app.as_user(ConsoleRole::Dispatcher).await);
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        let sent = staff.post(&frank.path("/messages"), &text("Ich komme um acht")).await.json();
        all_breaks(&app).await;

        let failed = staff.get("/api/comms/deliveries?state=failed&limit=100").await.json();
        let one = &failed["items"][0];
        assert_eq!((failed["items"].as_array().unwrap().len(), &one["message_id"]), (1, &sent["id"]));
        assert_eq!((&one["name"], &one["preview"]), (&json!("Frank"), &json!("Ich komme um acht")));
        assert_eq!(one["reason"], "nobody is there");
        let dead = boss.get("/api/comms/queue/dead").await.json();
        assert_eq!((&dead["items"][0]["queue"], &dead["items"][0]["id"]), (&json!("outbox"), &one["id"]));

        let channels = boss.get("/api/comms/channels/health").await.json();
        let items = channels["items"].as_array().unwrap();
        let channel = items.iter().find(|channel| channel["name"] == "whatsapp").unwrap();
        assert_eq!((&channel["failed_lately"], &channel["trouble"]["code"]), (&json!(1), &json!("paused")));
        assert!(channel["last_inbound_at"].is_string() && channel["last_outbound_at"].is_null(), "{channel}");

        let retry = |queue: &str| format!("/api/comms/queue/{queue}/{}/retry", one["id"].as_str().unwrap());
        assert_eq!(staff.post(&retry("outbox"), &json!({})).await.status, 403);
        for queue in ["inbox", "turn", "letters"] {
            assert_eq!(boss.post(&retry(queue), &json!({})).await.status, 404, "{queue}");
        }
        assert_eq!(boss.post(&retry("outbox"), &json!({})).await.status, 204);
        assert_eq!(boss.post(&retry("outbox"), &json!({})).await.status, 404, "it waits already");
        let failed = staff.get("/api/comms/deliveries").await.json();
        assert_eq!(failed["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_is_read_by_pages_and_found_whole() {
    on_each("desk_audit", |db| async move {
        let app = house(&db).await;
        let (owner, staff) = (app.as_user(ConsoleRole::Owner).await, app.as_user(ConsoleRole::Staff).await);
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        assert_eq!(staff.post(&frank.path("/messages"), &text("ja")).await.status, 201);
        assert_eq!(staff.get("/api/comms/audit").await.status, 403);
        let first = owner.get("/api/comms/audit?limit=1").await.json();
        assert_eq!(
            (&first["items"][0]["seq"], &first["items"][0]["actor"]),
            (&json!(2), &json!(format!("user:{}", staff.id)))
        );
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = owner.get(&format!("/api/comms/audit?cursor={cursor}")).await.json();
        assert_eq!((&rest["items"][0]["seq"], rest["next_cursor"].is_null()), (&json!(1), true));
        let verdict = owner.get("/api/comms/audit/verification").await.json();
        assert_eq!(verdict, json!({"whole": true, "entries": 2, "broken_at": null}));
    })
    .await;
}

#[tokio::test]
async fn a_failure_that_was_sent_again_is_counted_nowhere_any_more() {
    on_each("desk_counts", |db| async move {
        let app = house(&db).await;
        let boss = app.as_user(ConsoleRole::Dispatcher).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        let sent = boss.post(&frank.path("/messages"), &text("Ich komme um acht")).await.json();
        all_breaks(&app).await;
        let first = boss.get("/api/comms/deliveries").await.json()["items"][0]["id"].clone();
        assert_eq!(counts(&app, &boss).await, [1; 5]);

        let retry = format!("/api/comms/messages/{}/retry", sent["id"].as_str().unwrap());
        assert_eq!(boss.post(&retry, &json!({})).await.status, 201);
        assert_eq!(counts(&app, &boss).await, [0; 5], "a later row carries it now");
        let again = format!("/api/comms/queue/outbox/{}/retry", first.as_str().unwrap());
        assert_eq!(boss.post(&again, &json!({})).await.status, 404, "it would come twice");
    })
    .await;
}

/// What failed, as each place that shows it tells.
async fn counts(app: &App, boss: &Console<'_>) -> [i64; 5] {
    let health = boss.get("/api/comms/channels/health").await.json();
    let channel = health["items"].as_array().unwrap().iter().find(|one| one["name"] == "whatsapp").unwrap();
    let listed = |list: &Value| i64::try_from(list["items"].as_array().unwrap().len()).unwrap();
    let queues = app.answer(app.request("GET", "/queue/status")).await.json();
    [
        listed(&boss.get("/api/comms/deliveries").await.json()),
        listed(&boss.get("/api/comms/queue/dead").await.json()),
        health["failed_deliveries"].as_i64().unwrap(),
        channel["failed_lately"].as_i64().unwrap(),
        queues["outbox"]["dead"].as_i64().unwrap(),
    ]
}

#[tokio::test]
async fn a_channel_on_which_nobody_writes_for_long_is_said_to_be_silent() {
    on_each("desk_silent", |db| async move {
        let app = house(&db).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        let (peer, here) = (
            app.talk("office", None, "link:field", "JOB-1").await,
            app.talk("field", None, "cli:technician", "technician").await,
        );
        let troubles = async || {
            // A day is longer than a token of this morning.
            let staff = app.as_user(ConsoleRole::Staff).await;
            let health = staff.get("/api/comms/channels/health").await.json();
            let codes = health["items"].as_array().unwrap().clone().into_iter();
            codes.map(|one| (one["name"].to_string(), one["trouble"]["code"].clone())).collect::<Vec<_>>()
        };
        assert!(troubles().await.iter().all(|(_, code)| code.is_null()), "nobody ever wrote");
        for talk in [&frank, &peer, &here] {
            app.writes(talk, "hallo").await;
        }
        db.clock.advance(Duration::from_secs(24 * 3_600 - 1));
        assert!(troubles().await.iter().all(|(_, code)| code.is_null()));
        db.clock.advance(Duration::from_secs(1));
        let silent: Vec<_> = troubles().await.into_iter().filter(|(_, code)| code == "silent").collect();
        assert_eq!(silent, [("\"whatsapp\"".to_owned(), json!("silent"))], "the house's own ways may rest");
        app.gateway.config.house.set(House { silent_hours: 0, ..House::default() }.into());
        assert!(troubles().await.iter().all(|(_, code)| code.is_null()), "0: never");
        app.gateway.config.house.set(House::default().into());
        app.writes(&frank, "da bin ich").await;
        assert!(troubles().await.iter().all(|(_, code)| code.is_null()));
    })
    .await;
}
