//! Many machines over one PostgreSQL: a worker is cut off past its lease while it holds a turn and a send, others take both
//! over, it comes back and may write nothing; two more are killed.

use std::time::{Duration, Instant};

use bench::{people, webhook};

use super::{Fleet, Kind, crew, outside::Hold, people::PATIENCE, site::LEASE_MS};

/// Nobody else of the fleet has this number.
const HELD: u32 = people_of_the_fleet() - 1;

const fn people_of_the_fleet() -> u32 {
    super::people::TECHNICIANS
}

/// Waits until the post's log says `words`.
async fn says(fleet: &mut Fleet, post: &str, words: &str) {
    let until = Instant::now() + PATIENCE;
    while !fleet.crew.post(post).running().log().contains(words) {
        let log = fleet.crew.post(post).running().log();
        assert!(Instant::now() < until, "{post} never said {words:?}: {log}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_machines_two_killed_and_one_cut_off_past_its_lease() {
    let name = "four machines on PostgreSQL";
    let Some(mut fleet) = Fleet::new(Kind::Postgres, name, &crew::FOUR).await else { return };
    for post in ["door", "second"] {
        fleet.crew.post(post).starts(&fleet.site);
    }
    // The only worker there is holds a send whose answer is on its way, and then a turn whose model thinks.
    let (send, thought) = (Hold::on(&webhook::mark(HELD, 0)), Hold::on(&webhook::mark(HELD - 1, 0)));
    fleet.outside.graph.holds(&send);
    fleet.outside.model.holds(&thought);
    fleet.outside.mail.delivers(vec![fleet.people.next(HELD)]).await;
    send.has_come().await;
    fleet.outside.mail.delivers(vec![fleet.people.next(HELD - 1)]).await;
    thought.has_come().await;
    fleet.crew.post("second").running().told("STOP");
    let cut_off = Instant::now();
    for post in ["agents", "first"] {
        fleet.crew.post(post).starts(&fleet.site);
    }
    let writing = fleet.people_begin();
    // Somebody else answers, once the lease is over.
    fleet.people.shown(&people::phone(HELD - 1), &webhook::mark(HELD - 1, 0)).await;
    let taken_over = cut_off.elapsed();
    eprintln!("{name}: taken over after {taken_over:?} with a lease of {LEASE_MS} ms");
    tokio::time::sleep(Duration::from_millis(2 * LEASE_MS)).await;
    fleet.crew.post("second").running().told("CONT");
    send.lets_go();
    thought.lets_go();
    says(&mut fleet, "second", "another worker took the turn over").await;
    says(&mut fleet, "second", "another worker took the delivery over").await;
    let mut kills = 0;
    for post in ["first", "agents"] {
        fleet.crew.post(post).is_killed();
        kills += 1;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
    }
    fleet.crew.all_start(&fleet.site);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    fleet.comes_to_rest(writing, kills).await;
}
