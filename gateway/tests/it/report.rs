//! The report: what happened by the firm's days, counted, and shown to who may see it.

use std::time::Duration;

use domain::{contact::Role, current::Current, staff::ConsoleRole};
use plumbline_gateway::{Config, House, Price};
use serde_json::{Value, json};

use crate::{
    app::{self, App, Db, house, on_each},
    approvals::{asked, proposal},
    talk::text,
};

const REPORT: &str = "/api/comms/report";
const HOUR: u64 = 3_600;

/// What a model used for a turn of an hour ago, by the clock of the tests.
const USED: &[&str] = &[
    "INSERT INTO turn (id, conversation_id, agent, state, due_ms, flush_ms, owner_version, created_ms)
     SELECT 't1', MIN(id), 'field', 'done', 1, 1, 0, 1 FROM conversation",
    "INSERT INTO journal (turn_id, key, seq, kind, name, effect, request, state, tokens_in, tokens_out, started_ms)
     VALUES ('t1', 'model:1', 1, 'model', 'm', 'pure', '{}', 'done', 2000000, 500000, 1763640000000)",
];

/// Yesterday at noon Frank was answered by the agent after a minute; today by staff after ten, and Lisa waits.
async fn two_days(db: &Db, app: &App) {
    let frank = app.person("Frank", "4915155512345", Role::Technician).await;
    let minutes = |minutes: u64| db.clock.advance(Duration::from_secs(minutes * 60));
    app.writes(&frank, "hallo").await;
    minutes(1);
    app.answers(&frank, "Guten Abend").await;
    db.clock.advance(Duration::from_secs(24 * HOUR));
    app.writes(&frank, "und heute?").await;
    app.writes(&frank, "hallo?").await;
    minutes(10);
    let staff = app.as_user(ConsoleRole::Staff).await;
    assert_eq!(staff.post(&frank.path("/messages"), &text("Ich komme")).await.status, 201);
    let lisa = app.person("Lisa", "4915155512346", Role::Technician).await;
    app.writes(&lisa, "ist jemand da?").await;
    minutes(5);
}

async fn run(app: &App, statements: &'static [&'static str]) {
    let done = app.gateway.store.write(move |tx| {
        Box::pin(async move {
            for statement in statements {
                tx.exec(statement, vec![]).await?;
            }
            Ok::<_, store::Error>(())
        })
    });
    done.await.unwrap();
}

fn figures<'r>(day: &'r Value, names: &[&str]) -> Vec<&'r Value> {
    names.iter().map(|name| &day[*name]).collect()
}

#[tokio::test]
async fn two_days_are_counted_where_the_firm_is() {
    on_each("report", |db| async move {
        let price = Some(Price { input_micros: 2_000_000, output_micros: 8_000_000 });
        let app = app::house_with_limits(
            &db,
            Config { house: Current::new(House { price, ..House::default() }), ..Config::default() },
        )
        .await;
        two_days(&db, &app).await;
        run(&app, USED).await;
        let owner = app.as_user(ConsoleRole::Owner).await;
        let report = owner.get(&format!("{REPORT}?days=2")).await.json();
        assert_eq!((&report["from"], &report["to"]), (&json!("2025-11-20"), &json!("2025-11-21")));
        assert_eq!((&report["time_zone"], &report["currency"]), (&json!("Europe/Berlin"), &json!("EUR")));
        let days = report["days"].as_array().unwrap();
        assert_eq!(days.len(), 2);
        let told = ["inbound", "outbound", "answered_by_agent", "answered_by_staff", "first_response_ms"];
        assert_eq!(json!(figures(&days[0], &told)), json!([1, 1, 1, 0, 60_000]), "{report}");
        assert_eq!(json!(figures(&days[1], &told)), json!([3, 1, 0, 1, 600_000]), "{report}");
        assert_eq!(json!(figures(&report["totals"], &told)), json!([4, 2, 1, 1, 60_000]), "{report}");
        assert_eq!(report["totals"]["first_response_p90_ms"], 600_000);
        assert_eq!(
            report["first_response"]["staff"],
            json!({ "count": 1, "median_ms": 600_000, "p90_ms": 600_000 })
        );
        assert_eq!(
            json!(figures(&days[0], &["tokens_in", "tokens_out", "cost_micros"])),
            json!([2_000_000, 500_000, 8_000_000])
        );
        assert_eq!(days[1]["cost_micros"], 0);
        assert_eq!((&report["waiting"]["count"], &report["undecided"]["count"]), (&json!(1), &json!(0)));
        let waits = owner.get("/api/comms/threads?waiting=true").await.json();
        assert_eq!(report["waiting"]["thread_id"], waits["items"][0]["id"], "{waits}");
        assert_eq!(report["waiting"]["oldest_at"], waits["items"][0]["waiting_since"]);

        let yesterday = owner.get(&format!("{REPORT}?from=2025-11-20&to=2025-11-20")).await.json();
        assert_eq!(yesterday["days"], json!([days[0]]));
        let before = owner.get(&format!("{REPORT}?to=2025-11-19")).await.json();
        assert_eq!((before["days"].as_array().unwrap().len(), &before["totals"]["inbound"]), (30, &json!(0)));
    })
    .await;
}

#[tokio::test]
async fn decisions_jobs_and_invoices_are_counted() {
    on_each("report_trade", |db| async move {
        let app = house(&db).await;
        asked(&app, "q1", proposal()).await;
        asked(&app, "q2", proposal()).await;
        let owner = app.as_user(ConsoleRole::Owner).await;
        db.clock.advance(Duration::from_secs(HOUR));
        let decided = owner.post("/api/comms/approvals/q1/decision", &json!({ "choice": "decline" })).await;
        assert_eq!(decided.status, 200, "{}", decided.text);
        app::invoice(&db, "JOB-789-001").await;
        let report = owner.get(&format!("{REPORT}?days=1")).await.json();
        let told = [
            "asked",
            "approved",
            "declined",
            "decision_ms",
            "jobs",
            "invoices",
            "cancellations",
            "cost_micros",
        ];
        let expected = json!([2, 0, 1, HOUR * 1000, 1, 1, 0, null]);
        assert_eq!(json!(figures(&report["totals"], &told)), expected, "{report}");
        assert_eq!(report["undecided"]["count"], 1);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_see_it_and_what_cannot_be_counted_is_refused() {
    on_each("report_refused", |db| async move {
        let app = house(&db).await;
        assert_eq!(app.answer(app.request("GET", REPORT)).await.status, 401);
        let staff = app.as_user(ConsoleRole::Staff).await;
        assert_eq!(staff.get(REPORT).await.status, 403);
        let auditor = app.as_user(ConsoleRole::Auditor).await;
        let empty = auditor.get(REPORT).await.json();
        assert_eq!(empty["days"].as_array().unwrap().len(), 30);
        for wrong in [
            "days=0",
            "days=93",
            "days=-1",
            "days=x",
            "from=2025-11-20&days=2",
            "from=2025-01-01",
            "to=2025-11-21",
            "from=2025-11-20&to=2025-11-19",
            "from=gestern",
            "to=%00",
            "from=9999-12-31",
            "week=1",
            "to=-009999-01-01",
        ] {
            let refused = auditor.get(&format!("{REPORT}?{wrong}")).await;
            assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("invalid_query")), "{wrong}");
        }
        let clocks = auditor.get(&format!("{REPORT}?from=2025-10-26&to=2025-10-26")).await;
        assert_eq!(clocks.status, 200, "{}", clocks.text);
    })
    .await;
}
