//! A worker that is paused past its lease and comes back: another has taken its work over, and it may write nothing.

use std::time::Duration;

use plumbline_runtime::config::Pending;

use crate::{
    outside::Verdict,
    world::{FRANK, World, picture},
};

/// Longer than every lease.
const LONG: Duration = Duration::from_secs(200);
const HELLO: &str = "Which jobs are open?";
const REPORT: &str = "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B";

#[tokio::test]
async fn a_turn_that_was_taken_over_writes_nothing() {
    let world = World::new().await;
    world.writes(FRANK, HELLO, "w1").await;
    let paused = world.worker();
    paused.tick(0).await.unwrap();
    paused.tick(1).await.unwrap();
    assert_eq!(paused.gates.waiting(), ["model"]);
    world.clock.advance(LONG);
    let other = world.worker();
    other.rests().await;
    let heard = world.heard(FRANK);
    assert_eq!(heard.len(), 1, "the other worker answered");
    paused.gates.open();
    paused.settles().await;
    other.rests().await;
    assert_eq!(world.heard(FRANK), heard, "the paused one says nothing");
    world.sound("turn").await;
}

#[tokio::test]
async fn a_turn_in_the_hands_of_another_cannot_be_written_by_who_lost_it() {
    let world = World::new().await;
    world.writes(FRANK, HELLO, "w1").await;
    let (paused, other) = (world.worker(), world.worker());
    paused.tick(0).await.unwrap();
    paused.tick(1).await.unwrap();
    world.clock.advance(LONG);
    other.tick(1).await.unwrap();
    // Both think at once; the one who lost the lease answers first.
    paused.gates.open();
    paused.settles().await;
    assert!(world.heard(FRANK).is_empty());
    other.rests().await;
    assert_eq!(world.heard(FRANK).len(), 1);
    world.sound("two at once").await;
}

#[tokio::test]
async fn what_came_after_a_turn_that_was_cut_off_is_answered_after_it() {
    let mut world = World::new().await;
    world.config.turns.pending = Pending::Followup;
    world.writes(FRANK, HELLO, "w1").await;
    let dead = world.worker();
    dead.tick(0).await.unwrap();
    dead.tick(1).await.unwrap();
    // It has heard the first message, and says so, before it dies.
    dead.gates.release(0, Verdict::Go);
    dead.settles().await;
    world.writes(FRANK, REPORT, "w2").await;
    let other = world.worker();
    other.tick(0).await.unwrap();
    drop(dead);
    world.clock.advance(LONG);
    other.rests().await;
    let heard = world.heard(FRANK);
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert!(heard[1].contains("Is that right?"), "{heard:?}");
    world.sound("in order").await;
}

#[tokio::test]
async fn a_delivery_that_was_taken_over_is_settled_by_its_status() {
    let world = World::new().await;
    world.writes(FRANK, HELLO, "w1").await;
    let paused = world.worker();
    for stage in [0, 1] {
        paused.tick(stage).await.unwrap();
    }
    while paused.gates.waiting() == ["model"] {
        paused.gates.release(0, Verdict::Go);
        paused.settles().await;
    }
    paused.tick(2).await.unwrap();
    assert_eq!(paused.gates.waiting(), ["send"]);
    world.clock.advance(LONG);
    let other = world.worker();
    other.rests().await;
    assert!(world.heard(FRANK).is_empty(), "it may have been sent: nobody sends it blindly");
    paused.gates.open();
    paused.settles().await;
    assert_eq!(world.heard(FRANK).len(), 1, "the paused worker's request was on its way");
    let statuses: Vec<_> = world.net.lock().unwrap().statuses.drain(..).collect();
    for status in statuses {
        other.belt.receive(status).await.unwrap();
    }
    other.rests().await;
    world.clock.advance(LONG);
    other.rests().await;
    assert_eq!(world.heard(FRANK).len(), 1);
    world.sound("delivery").await;
}

#[tokio::test]
async fn an_arrival_that_was_taken_over_is_taken_in_once() {
    let world = World::new().await;
    world.sends(FRANK, vec![picture(Some(HELLO))], "w1").await;
    let paused = world.worker();
    paused.tick(0).await.unwrap();
    assert_eq!(paused.gates.waiting(), ["fetch"]);
    world.clock.advance(LONG);
    let other = world.worker();
    other.rests().await;
    assert_eq!(world.heard(FRANK).len(), 1);
    paused.gates.open();
    paused.settles().await;
    other.rests().await;
    assert_eq!(world.heard(FRANK).len(), 1);
    world.sound("intake").await;
}

#[tokio::test]
async fn a_lease_is_renewed_while_the_model_thinks_and_a_file_is_fetched() {
    let mut world = World::new().await;
    // Short enough that a test sees it renewed, by the real time that renewal goes by.
    world.config.turns.lease_ms = 60;
    world.writes(FRANK, HELLO, "w1").await;
    let slow = world.worker();
    slow.tick(0).await.unwrap();
    slow.tick(1).await.unwrap();
    assert_eq!(slow.gates.waiting(), ["model"]);
    let other = world.worker();
    for _ in 0..20 {
        // The lease moves on with the clock, as each renewal is made by it.
        let before = slow.belt.store.commits();
        let mut commits = before;
        commits.mark_unchanged();
        commits.changed().await.unwrap();
        world.clock.advance(Duration::from_millis(50));
        commits.mark_unchanged();
        commits.changed().await.unwrap();
        other.tick(1).await.unwrap();
        assert!(other.gates.waiting().is_empty(), "nobody takes over what is held");
    }
    slow.gates.open();
    slow.settles().await;
    slow.rests().await;
    assert_eq!(world.heard(FRANK).len(), 1);
}
