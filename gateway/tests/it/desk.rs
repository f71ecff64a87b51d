//! What staff see of the machinery: deliveries that failed and are tried again, channels, the audit log.

use std::time::Duration;

use domain::{clock::Millis, contact::Role, outbound::DeliveryState, staff::ConsoleRole};
use serde_json::json;
use store::{channel_state, outbox};

use crate::{
    app::{App, house, on_each},
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
