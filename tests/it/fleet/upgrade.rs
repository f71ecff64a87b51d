//! A rolling upgrade under load: processes of two versions of the saved turns work side by side on one PostgreSQL. The older
//! leave to the newer what those saved, and are replaced one after the other, each told to stop.

use std::time::{Duration, Instant};

use super::{Fleet, Kind, crew, people::PATIENCE};

/// A newer program's processes write another version into what they save. Debug builds alone know it.
const NEWER: [(&str, &str); 1] = [("PLUMBLINE_STATE_VERSION", "2")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_upgrade_loses_and_doubles_nothing() {
    let Some(mut fleet) = Fleet::new(Kind::Postgres, "rolling upgrade on PostgreSQL", &crew::FOUR).await
    else {
        return;
    };
    fleet.crew.all_start(&fleet.site);
    let writing = fleet.people_begin();
    for name in ["second", "agents", "door", "first"] {
        tokio::time::sleep(fleet.outside.dice.ms(2_500, 4_000)).await;
        let post = fleet.crew.post(name);
        post.running().told("TERM");
        let left = post.running().ends_within(PATIENCE).await;
        assert!(left.success(), "{name} left with {left}: {}", post.running().log());
        post.process = None;
        post.set(&NEWER);
        post.starts(&fleet.site);
        if name == "second" {
            an_older_one_meets_a_newer_ones_turn(&fleet).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let store = fleet.store.clone();
    let _fleet = fleet.comes_to_rest(writing, 0).await;
    let saved = |sql: &'static str| {
        let store = store.clone();
        async move {
            let row = store.reader().row(sql, Vec::new()).await.unwrap().unwrap();
            row.get::<i64>("n").unwrap()
        }
    };
    let of_each = [
        "SELECT COUNT(*) AS n FROM turn WHERE machine LIKE '{\"version\":1,%'",
        "SELECT COUNT(*) AS n FROM turn WHERE machine LIKE '{\"version\":2,%'",
    ];
    for sql in of_each {
        assert!(saved(sql).await > 0, "both versions were at work: {sql}");
    }
}

/// And leaves it to the others.
async fn an_older_one_meets_a_newer_ones_turn(fleet: &Fleet) {
    let until = Instant::now() + PATIENCE;
    while !fleet.crew.logs(&fleet.site).contains("saved by a newer version") {
        assert!(Instant::now() < until, "it never did");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
