//! Fleets of real processes over one database, killed, stopped and cut off while people write to them: everything is answered
//! once and in order, each job that was approved has one invoice, and nothing is left over.
//!
//! `PLUMBLINE_SEED=n` is the world outside's seed (what the scheduler and the kernel do is not ours to repeat),
//! `PLUMBLINE_CHAOS_SECONDS=n` how long the fire lasts; `just chaos` makes it minutes.

mod crew;
mod disk;
mod graph;
mod machines;
mod mail;
mod model;
mod outage;
mod outside;
mod people;
mod process;
mod site;
mod upgrade;
mod verdict;

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use domain::clock::{Clock as _, SystemClock};
use store::Store;
use tokio_util::sync::CancellationToken;

use self::{
    crew::Crew,
    outside::Outside,
    people::{PATIENCE, People},
    site::{Kind, Site},
    verdict::Figures,
};

/// How long a fleet is under fire in a run of all tests.
const SECONDS: u64 = 14;

/// A fleet, the people who write to it, and the world outside.
struct Fleet {
    name: &'static str,
    seed: u64,
    site: Site,
    outside: Outside,
    crew: Crew,
    people: People,
    store: Store,
    clerk_goes: CancellationToken,
    began: Instant,
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// How long the fire lasts.
fn fire() -> Duration {
    Duration::from_secs(number("PLUMBLINE_CHAOS_SECONDS").unwrap_or(SECONDS))
}

impl Fleet {
    /// A fleet whose processes are not started yet. `None` where the machine lacks what it needs.
    async fn new(kind: Kind, name: &'static str, posts: &[(&'static str, &'static str)]) -> Option<Self> {
        let seed = number("PLUMBLINE_SEED").unwrap_or_else(rand::random);
        // Shown where the test fails.
        eprintln!("{name}: PLUMBLINE_SEED={seed}");
        let (outside, address) = Outside::start(seed).await;
        let site = Site::new(kind, name, address).await?;
        let crew = Crew::of(posts);
        outside.mail.goes_to(&crew.gateways());
        site.registers(people::TECHNICIANS, people::CUSTOMERS);
        let (store, people) = (site.store().await, People::new(&outside));
        let clerk_goes = CancellationToken::new();
        Some(Self { name, seed, site, outside, crew, people, store, clerk_goes, began: Instant::now() })
    }

    /// The clerk comes; everybody else begins to write.
    fn people_begin(&self) -> Vec<tokio::task::JoinHandle<()>> {
        let (clerk, stop) = (self.people.clone(), self.clerk_goes.clone());
        tokio::spawn(async move { clerk.approves(stop).await });
        self.people.begin()
    }

    /// Nobody writes any more; waits until everything is worked off, tells the processes to leave, and looks. The database
    /// goes with what is returned.
    async fn comes_to_rest(mut self, writing: Vec<tokio::task::JoinHandle<()>>, kills: usize) -> Self {
        self.people.stop();
        for one in writing {
            if let Err(error) = one.await {
                panic!("{}: {error}\n{}", self.what(), self.crew.logs(&self.site));
            }
        }
        self.rests().await;
        self.clerk_goes.cancel();
        self.crew.leaves().await;
        let figures = verdict::look(&self.store, &self.outside, &self.people.said).await;
        self.tells(&figures, kills);
        let bad = (figures.lost, figures.doubled, figures.reordered);
        let logs = self.crew.logs(&self.site);
        assert_eq!(bad, (0, 0, 0), "{}: {figures:#?}\n{logs}", self.what());
        assert!(figures.wrong.is_empty(), "{}: {:#?}\n{logs}", self.what(), figures.wrong);
        assert!(figures.messages > 0 && figures.jobs > 0, "{}: nobody said anything", self.what());
        self
    }

    fn what(&self) -> String {
        format!("{}, PLUMBLINE_SEED={}", self.name, self.seed)
    }

    async fn rests(&mut self) {
        let (until, mut still) = (Instant::now() + PATIENCE, 0);
        while still < 4 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            let status = store::queue::status(&mut self.store.reader(), SystemClock.now()).await.unwrap();
            let (inbox, outbox, turns) = (status.inbox, status.outbox, status.turns);
            let waits = inbox.pending + inbox.leased + outbox.pending + outbox.leased;
            // A job whose invoice was not approved yet is a parked turn.
            let open = waits + turns.due + turns.running + turns.parked;
            still = if open == 0 && self.outside.mail.open() == 0 { still + 1 } else { 0 };
            if Instant::now() > until {
                let (logs, waits) = (self.crew.logs(&self.site), self.waits().await);
                panic!("{} never came to rest: {status:?}\n{waits:#?}\n{logs}", self.what());
            }
        }
    }

    /// What each turn that is not over waits for, and what became of its questions.
    async fn waits(&self) -> Vec<String> {
        let sql = "SELECT t.id || ' ' || t.state || ' of ' || t.agent || ': ' || COALESCE(w.kind, 'no wake') || ' '
                          || COALESCE(w.of_id, '') || ', answered ' || COALESCE(w.result, 'no') || '; question '
                          || COALESCE(q.state, 'none') || ', asked by ' || COALESCE(o.external, 'nobody') || ' '
                          || COALESCE(o.state, '') || ' ' || COALESCE(o.provider_id, '') || ' ' || COALESCE(o.reason, '')
                          AS told
                   FROM turn t LEFT JOIN wake w ON w.turn_id = t.id LEFT JOIN question q ON q.id = w.of_id
                        LEFT JOIN asked a ON a.question_id = q.id LEFT JOIN outbox o ON o.id = a.outbox_id
                   WHERE t.state NOT IN ('done', 'failed') LIMIT 20";
        let rows = self.store.reader().rows(sql, Vec::<store::db::Val>::new()).await.unwrap();
        rows.iter().map(|row| row.get("told").unwrap()).collect()
    }

    /// One line of figures; `docs/reliability.md` keeps such lines.
    fn tells(&self, figures: &Figures, kills: usize) {
        let mail = self.outside.mail.counts();
        let of = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::SeqCst);
        let (refused, broken) = self.outside.graph.failures();
        eprintln!(
            "{}: seed {}, {} s, {kills} kills, {} messages, {} jobs, {} lost, {} doubled, {} reordered, \
             {} left to staff, {} questions asked again; webhooks taken {}, refused and sent again {}, repeated {}; \
             sends refused {refused}, answers broken {broken}; model calls {}, presses {}",
            self.name,
            self.seed,
            self.began.elapsed().as_secs(),
            figures.messages,
            figures.jobs,
            figures.lost,
            figures.doubled,
            figures.reordered,
            figures.left_to_staff,
            figures.asked_again,
            of(&mail.taken),
            of(&mail.refused),
            of(&mail.repeated),
            of(&self.outside.model.calls),
            self.people.said.presses.load(Ordering::SeqCst),
        );
    }
}

async fn killed_at_random(kind: Kind, name: &'static str, posts: &[(&'static str, &'static str)]) {
    let Some(mut fleet) = Fleet::new(kind, name, posts).await else { return };
    fleet.crew.all_start(&fleet.site);
    let writing = fleet.people_begin();
    let kills = fleet.crew.under_fire(&fleet.site, &fleet.outside.dice, fire()).await;
    assert!(kills > 0, "nobody was killed");
    fleet.comes_to_rest(writing, kills).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_on_sqlite_is_killed_at_random() {
    killed_at_random(Kind::Sqlite, "killed at random on SQLite", &crew::THREE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_on_postgres_is_killed_at_random() {
    killed_at_random(Kind::Postgres, "killed at random on PostgreSQL", &crew::FOUR).await;
}
