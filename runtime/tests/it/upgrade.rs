//! Programs of two versions over one database: what a newer one saved is left to it, undamaged and uncounted.

use std::time::Duration;

use store::db::Val;

use crate::world::{FRANK, Worker, World};

async fn change(world: &World, sql: &'static str) {
    let done = world
        .store
        .write(move |tx| Box::pin(async move { tx.exec(sql, Vec::<Val>::new()).await.map(|_| ()) }));
    done.await.unwrap();
}

async fn text(world: &World, sql: &'static str) -> String {
    let row = world.store.reader().row(sql, Vec::<Val>::new()).await.unwrap().unwrap();
    row.get("text").unwrap()
}

/// Comes back again and again, as often as would make any turn fail.
async fn tries(world: &World, worker: &Worker) {
    for _ in 0..20 {
        worker.rests().await;
        world.clock.advance(Duration::from_secs(200));
    }
}

const REPORT: &str = "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B";

#[tokio::test]
async fn a_turn_saved_by_a_newer_version_is_left_to_it() {
    let mut world = World::new().await;
    world.config.turns.attempts = 3;
    world.writes(FRANK, REPORT, "w1").await;
    let worker = world.worker();
    worker.rests().await;
    assert_eq!(world.heard(FRANK).len(), 1);
    change(
        &world,
        "UPDATE turn SET machine = REPLACE(machine, '{\"version\":1,', '{\"version\":2,\"more\":[],')",
    )
    .await;
    let saved = text(&world, "SELECT machine AS text FROM turn").await;
    assert!(saved.contains("\"version\":2"), "{saved}");
    world.presses(FRANK, "Confirm").await;
    tries(&world, &worker).await;
    assert_eq!(text(&world, "SELECT state AS text FROM turn").await, "due");
    assert_eq!(text(&world, "SELECT machine AS text FROM turn").await, saved);
    // The newer one goes on, and finds all its tries.
    change(&world, "UPDATE turn SET machine = REPLACE(machine, '\"version\":2', '\"version\":1')").await;
    tries(&world, &worker).await;
    assert!(world.heard(FRANK).len() > 1, "{:?}", world.heard(FRANK));
}

#[tokio::test]
async fn bodies_with_more_fields_are_read_and_others_wait_for_a_newer_version() {
    let world = World::new().await;
    world.writes(FRANK, "Which jobs are open?", "w1").await;
    change(
        &world,
        "UPDATE inbox SET body = REPLACE(body, '{\"inbound\":', '{\"newer\":{\"a\":1},\"inbound\":')",
    )
    .await;
    let worker = world.worker();
    worker.gates.open();
    for stage in [0, 1] {
        worker.tick(stage).await.unwrap();
    }
    change(
        &world,
        "UPDATE outbox SET content = REPLACE(content, '{\"content\":\"text\"', '{\"content\":\"hologram\"')",
    )
    .await;
    tries(&world, &worker).await;
    assert!(world.heard(FRANK).is_empty());
    assert_eq!(text(&world, "SELECT state AS text FROM outbox").await, "queued", "left, not failed");
    change(&world, "UPDATE outbox SET content = REPLACE(content, '\"hologram\"', '\"text\",\"newer\":1')")
        .await;
    tries(&world, &worker).await;
    assert_eq!(world.heard(FRANK).len(), 1);
    world.sound("upgrade").await;
}
