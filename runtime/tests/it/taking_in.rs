//! What needs nothing from outside is taken in at once. What waits for a file, or cannot be read, holds up its own lane alone.

use std::time::Duration;

use store::{
    Store, args,
    db::{Row, Val},
};

use crate::world::{FRANK, PAUL, SABINE, World, picture};

/// The state of an arrival, and how often it was taken.
async fn arrival(store: &Store, external: &'static str) -> (String, i64) {
    let sql = "SELECT state, attempts FROM inbox WHERE external = $1";
    let row: Row = store.reader().row(sql, args![external]).await.unwrap().unwrap();
    (row.get("state").unwrap(), row.get("attempts").unwrap())
}

/// The arrivals that became messages, in the order in which they were taken in.
async fn taken_in(store: &Store) -> Vec<String> {
    let sql = "SELECT external FROM message WHERE direction = 'in' ORDER BY seq";
    let rows = store.reader().rows(sql, Vec::<Val>::new()).await.unwrap();
    rows.iter().map(|row| row.get("external").unwrap()).collect()
}

async fn three_lanes() -> World {
    let world = World::new().await;
    world.sends(PAUL, vec![picture(None)], "picture").await;
    world.writes(PAUL, "that is the sink", "about the picture").await;
    world.writes(SABINE, "hello", "unreadable").await;
    world.writes(SABINE, "hello again", "after it").await;
    world.writes(FRANK, "hello", "plain").await;
    let spoiled = "UPDATE inbox SET body = '{\"inbound\":\"of tomorrow\"}' WHERE external = 'unreadable'";
    world.store.write(move |tx| Box::pin(async move { tx.run(spoiled, args![]).await })).await.unwrap();
    world
}

#[tokio::test]
async fn what_is_ready_passes_what_waits_in_other_lanes() {
    let world = three_lanes().await;
    let worker = world.worker();
    worker.tick(0).await.unwrap();
    assert_eq!(taken_in(&world.store).await, ["plain"], "the file is still on its way");
    assert_eq!(arrival(&world.store, "plain").await, ("done".to_owned(), 0), "nobody held it");
    assert_eq!(arrival(&world.store, "picture").await, ("pending".to_owned(), 1));
    assert_eq!(arrival(&world.store, "unreadable").await, ("pending".to_owned(), 1), "it comes again");

    worker.rests().await;
    assert_eq!(
        taken_in(&world.store).await,
        ["plain", "picture", "about the picture"],
        "a lane keeps its order"
    );
    assert_eq!(arrival(&world.store, "after it").await.0, "pending");
}

#[tokio::test]
async fn what_cannot_be_read_is_given_up_in_the_end_and_its_lane_goes_on() {
    let world = three_lanes().await;
    let worker = world.worker();
    for _ in 0..world.config.intake.attempts {
        worker.rests().await;
        world.clock.advance(Duration::from_secs(120));
    }
    worker.rests().await;
    assert_eq!(arrival(&world.store, "unreadable").await.0, "dead");
    assert_eq!(arrival(&world.store, "after it").await.0, "done");
    assert_eq!(taken_in(&world.store).await.len(), 4);
}
