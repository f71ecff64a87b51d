//! What a message does that comes while a turn waits.

use plumbline_runtime::config::Pending;
use store::db::Val;

use crate::world::{FRANK, World};

const REPORT: &str = "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B";
const ELSE: &str = "Which jobs are open?";

/// Frank confirms, and says something else before the turn that asked goes on.
async fn heard_by(pending: Pending) -> String {
    let mut world = World::new().await;
    world.config.turns.pending = pending;
    world.writes(FRANK, REPORT, "w1").await;
    let worker = world.worker();
    worker.rests().await;
    world.presses(FRANK, "Confirm").await;
    world.writes(FRANK, ELSE, "w2").await;
    worker.rests().await;
    let sql = "SELECT t.machine FROM message m JOIN turn t ON t.id = m.turn_id WHERE m.external = 'w2'";
    let row = world.store.reader().row(sql, Vec::<Val>::new()).await.unwrap().unwrap();
    world.sound("pending").await;
    row.get("machine").unwrap()
}

#[tokio::test]
async fn a_turn_that_goes_on_is_steered_by_what_was_said_meanwhile() {
    let machine = heard_by(Pending::Steer).await;
    assert!(machine.contains(REPORT) && machine.contains(ELSE), "{machine}");
}

#[tokio::test]
async fn what_was_said_meanwhile_is_a_turn_of_its_own_where_that_is_asked_for() {
    for pending in [Pending::Followup, Pending::Collect] {
        let machine = heard_by(pending).await;
        assert!(!machine.contains(REPORT) && machine.contains(ELSE), "{pending:?}: {machine}");
    }
}
