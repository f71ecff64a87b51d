//! Liveness, readiness and the counts, with the database there and gone.

use serde_json::json;

use crate::app::{self, from_field, job, on_each};

#[tokio::test]
async fn the_gateway_says_how_it_is() {
    on_each("health", |db| async move {
        let app = app::house(&db).await;
        let health = app.get("/health").await;
        assert_eq!((health.status, &health.json()["status"]), (200, &json!("healthy")));
        assert_eq!(health.json()["database"], "connected");
        assert_eq!(health.json()["database_kind"], db.store.kind());
        assert_eq!(app.get("/health/live").await.json(), json!({"status": "alive"}));
        assert_eq!(app.get("/health/ready").await.json(), json!({"status": "ready"}));
        assert_eq!(app.request("HEAD", "/health").send().await.unwrap().status(), 200);
    })
    .await;
}

#[tokio::test]
async fn a_paused_channel_is_named_until_the_pause_is_over() {
    on_each("paused", |db| async move {
        let app = app::house(&db).await;
        assert_eq!(app.get("/health").await.json()["paused"], json!([]));
        let until = app::NOW.plus(std::time::Duration::from_secs(60));
        let told = (until, "the token is dead");
        db.store
            .write(move |tx| {
                Box::pin(
                    async move { store::channel_state::pause(tx, &"whatsapp".into(), told, app::NOW).await },
                )
            })
            .await
            .unwrap();
        let health = app.get("/health").await;
        assert_eq!((health.status, &health.json()["status"]), (200, &json!("healthy")));
        let shown = json!([{ "channel": "whatsapp", "until": "2025-11-20T12:01:00Z" }]);
        assert_eq!(health.json()["paused"], shown, "the reason is for staff");
        db.clock.advance(std::time::Duration::from_secs(61));
        assert_eq!(app.get("/health").await.json()["paused"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn the_counts_have_the_contracts_shape() {
    on_each("counts", |db| async move {
        let (house, office) = (app::house(&db).await, app::office(&db).await);
        let empty = json!({"pending": 0, "leased": 0, "dead": 0, "oldest_age_ms": 0});
        assert_eq!(
            house.get("/queue/status").await.json(),
            json!({"inbox": empty, "outbox": empty, "turns": {"due": 0, "running": 0, "parked": 0}})
        );
        office.call("SendMessage", from_field("m-1", "reported", &job("JOB-789-001"))).await;
        db.clock.advance(std::time::Duration::from_millis(1_500));
        let waiting = json!({"pending": 1, "leased": 0, "dead": 0, "oldest_age_ms": 1500});
        assert_eq!(house.get("/queue/status").await.json()["inbox"], waiting);
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_gone_is_503_and_the_process_still_lives() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("deep");
    let url = format!("sqlite://{}/gone.db", place.display());
    let store = store::Store::open(&store::Config { url, wait_seconds: 1, ..store::Config::default() })
        .await
        .unwrap();
    let db = app::Db::over(store);
    let app = app::house(&db).await;
    // The readers open their file when they first read.
    std::fs::rename(&place, folder.path().join("elsewhere")).unwrap();
    let health = app.get("/health").await;
    assert_eq!((health.status, &health.json()["database"]), (503, &json!("unreachable")), "{}", health.text);
    for path in ["/health/ready", "/queue/status"] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 503, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["code"], "unavailable");
        assert!(!answer.header("retry-after").is_empty());
    }
    assert_eq!(app.get("/health/live").await.status, 200);
}

#[tokio::test]
async fn one_source_is_told_to_come_again_and_the_scrape_shows_the_queues() {
    on_each("source", |db| async move {
        let app = app::house(&db).await;
        let scrape = app.get("/metrics").await;
        assert_eq!(scrape.status, 200);
        assert!(scrape.text.contains("plumbline_turns{state=\"due\"} 0"), "{}", scrape.text);
        let mut refused = None;
        for _ in 0..5_000 {
            let answer = app.get("/health/live").await;
            if answer.status == 429 {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.expect("a flood from one address is held back");
        assert_eq!(refused.json()["code"], "too_many_requests");
        assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
    })
    .await;
}
