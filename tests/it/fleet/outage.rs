//! PostgreSQL goes down under load, as a power cut takes it down, and comes back: the program says 503 meanwhile, goes on by
//! itself, and no process is started again.

use std::{sync::atomic::Ordering, time::Duration};

use super::{Fleet, Kind, crew};

/// How often it goes down, at least; more often the longer the fire lasts.
const OUTAGES: u64 = 3;

async fn health(fleet: &Fleet, path: &str) -> Option<u16> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = channels::transport::client(&channels::transport::Config::default()).unwrap();
    let url = format!("http://127.0.0.1:{}{path}", fleet.crew.gateways()[0]);
    http.get(url).timeout(Duration::from_secs(20)).send().await.ok().map(|answer| answer.status().as_u16())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_goes_down_under_load_and_comes_back() {
    let Some(mut fleet) = Fleet::new(Kind::Postgres, "PostgreSQL restarted under load", &crew::FOUR).await
    else {
        return;
    };
    fleet.crew.all_start(&fleet.site);
    let writing = fleet.people_begin();
    // Everybody is there: somebody was answered.
    fleet.people.shown(&bench::people::phone(0), &bench::webhook::mark(0, 0)).await;
    let outages = OUTAGES.max(super::fire().as_secs() / 5);
    for _ in 0..outages {
        tokio::time::sleep(fleet.outside.dice.ms(2_000, 3_500)).await;
        let cluster = fleet.site.cluster.as_ref().unwrap();
        cluster.halt().unwrap();
        assert_eq!(health(&fleet, "/health/live").await, Some(200), "the process lives");
        assert_eq!(health(&fleet, "/health").await, Some(503), "and says that it cannot work");
        tokio::time::sleep(fleet.outside.dice.ms(200, 2_000)).await;
        fleet.site.cluster.as_ref().unwrap().resume().unwrap();
    }
    let processes: Vec<u32> = fleet.crew.posts().map(|post| post.running().id()).collect();
    for post in fleet.crew.posts() {
        let (name, process) = (post.name, post.running());
        assert!(process.has_ended().is_none(), "{name} ended: {}", process.log());
    }
    assert_eq!(processes.len(), crew::FOUR.len());
    let mail = fleet.outside.mail.clone();
    eprintln!("{outages} outages");
    fleet.comes_to_rest(writing, 0).await;
    assert!(mail.counts().unavailable.load(Ordering::SeqCst) > 0, "nobody was told to come again");
}
