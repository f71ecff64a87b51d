//! Workers that claim at the same time: each row goes to one of them, a lane and a conversation to one at a time, in
//! order, and nobody waits for another's claim.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use domain::{agent::AgentName, clock::Millis, turn::TurnState};
use plumbline_store::{Store, inbox, turn};
use tokio::sync::oneshot;

use crate::{
    belt::{NOW, arrival, begin, later},
    db::on_each,
};

const WORKERS: usize = 4;
const LANES: usize = 12;
const EACH: usize = 15;

/// What the workers saw, together.
#[derive(Default)]
struct Seen {
    held: Mutex<HashSet<String>>,
    done: Mutex<BTreeMap<String, Vec<String>>>,
    count: AtomicUsize,
}

impl Seen {
    fn take(&self, what: &str) {
        assert!(self.held.lock().unwrap().insert(what.to_owned()), "{what} is held by two workers");
    }

    fn note(&self, what: &str, which: &str) {
        self.done.lock().unwrap().entry(what.to_owned()).or_default().push(which.to_owned());
        self.count.fetch_add(1, Ordering::SeqCst);
    }

    /// Before the commit that frees it: another may have it the moment after.
    fn leave(&self, what: &str) {
        self.held.lock().unwrap().remove(what);
    }
}

async fn work_inbox(store: Store, seen: Arc<Seen>) {
    while seen.count.load(Ordering::SeqCst) < LANES * EACH {
        let taken = store.write(|tx| Box::pin(async move { inbox::claim(tx, NOW, later(1), 8).await }));
        let mut lanes: BTreeMap<String, Vec<inbox::Taken>> = BTreeMap::new();
        for row in taken.await.unwrap() {
            lanes.entry(row.lane.clone()).or_default().push(row);
        }
        for (lane, rows) in lanes {
            seen.take(&lane);
            let last = rows.len() - 1;
            for (n, row) in rows.into_iter().enumerate() {
                tokio::task::yield_now().await;
                seen.note(&lane, &row.external);
                if n == last {
                    seen.leave(&lane);
                }
                let done =
                    store.write(move |tx| Box::pin(async move { inbox::done(tx, &row.id, row.fence).await }));
                done.await.unwrap();
            }
        }
        tokio::task::yield_now().await;
    }
}

/// Finds and settles in one transaction, as long as there is something.
async fn settle_inbox(store: Store, seen: Arc<Seen>) {
    while seen.count.load(Ordering::SeqCst) < LANES * EACH {
        let seen = Arc::clone(&seen);
        let settled = store.write(move |tx| {
            Box::pin(async move {
                let found = inbox::due(tx, NOW, 8).await?;
                let lanes: HashSet<&String> = found.iter().map(|row| &row.lane).collect();
                lanes.iter().for_each(|lane| seen.take(lane));
                tokio::task::yield_now().await;
                found.iter().for_each(|row| seen.note(&row.lane, &row.external));
                lanes.iter().for_each(|lane| seen.leave(lane));
                let ids: Vec<_> = found.iter().map(|row| row.id.clone()).collect();
                if ids.is_empty() { Ok(()) } else { inbox::settle(tx, &ids).await }
            })
        });
        settled.await.unwrap();
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lane_has_one_worker_at_a_time_and_keeps_its_order() {
    on_each("claims_inbox", |db| async move {
        let seen = Arc::new(Seen::default());
        let workers = (0..WORKERS).map(|n| {
            let (store, seen) = (db.store.clone(), Arc::clone(&seen));
            // Some hold what they take, some settle it at once.
            if n % 2 == 0 {
                tokio::spawn(work_inbox(store, seen))
            } else {
                tokio::spawn(settle_inbox(store, seen))
            }
        });
        let workers: Vec<_> = workers.collect();
        // They come while the workers work.
        for n in 0..EACH {
            for lane in 0..LANES {
                let (ids, row) =
                    (Arc::clone(&db.ids), arrival(&format!("lane{lane}"), &format!("{lane}-{n:02}")));
                let put =
                    db.store.write(move |tx| Box::pin(async move { inbox::put(tx, &ids, &row, NOW).await }));
                assert!(put.await.unwrap());
            }
        }
        for worker in workers {
            worker.await.unwrap();
        }
        for (lane, order) in seen.done.lock().unwrap().iter() {
            assert!(order.is_sorted(), "{lane}: {order:?}");
            assert_eq!(order.len(), EACH, "{lane}: {order:?}");
        }
    })
    .await;
}

async fn work_turns(store: Store, seen: Arc<Seen>, all: usize) {
    let agent = AgentName::from("field");
    while seen.count.load(Ordering::SeqCst) < all {
        let agent = agent.clone();
        let taken =
            store.write(move |tx| Box::pin(async move { turn::claim(tx, &agent, NOW, later(1), 4).await }));
        for taken in taken.await.unwrap() {
            let talk = taken.conversation.id.0.clone();
            seen.take(&talk);
            tokio::task::yield_now().await;
            seen.note(&talk, &taken.id.0);
            seen.leave(&talk);
            let end = store.write(move |tx| {
                Box::pin(async move { turn::finish(tx, &taken, TurnState::Done, "{}", None, NOW).await })
            });
            end.await.unwrap();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_conversation_has_one_running_turn_whoever_claims() {
    on_each("claims_turn", |db| async move {
        let mut talks = Vec::new();
        for n in 0..8 {
            talks.push(begin(&db, &format!("talk{n}")).await);
        }
        let all = talks.len() * 6;
        let seen = Arc::new(Seen::default());
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| tokio::spawn(work_turns(db.store.clone(), Arc::clone(&seen), all)))
            .collect();
        for n in 0..6 {
            for talk in &talks {
                let (ids, talk) = (Arc::clone(&db.ids), talk.clone());
                // Each its own turn: one that gathers would swallow the next.
                let due = db.store.write(move |tx| {
                    Box::pin(async move {
                        turn::schedule(tx, &ids, &talk, Millis(NOW.0 - 100 + n), NOW, NOW).await?;
                        let text =
                            "UPDATE turn SET machine = '{}' WHERE state = 'due' AND conversation_id = $1";
                        tx.exec(text, plumbline_store::args![&talk.id.0]).await
                    })
                });
                due.await.unwrap();
            }
        }
        for worker in workers {
            worker.await.unwrap();
        }
        let done = seen.done.lock().unwrap();
        let unique: HashSet<&String> = done.values().flatten().collect();
        assert_eq!((unique.len(), seen.count.load(Ordering::SeqCst)), (all, all), "each turn ran once");
    })
    .await;
}

#[tokio::test]
async fn on_postgres_nobody_waits_for_anothers_claim() {
    on_each("claims_locked", |db| async move {
        if db.store.kind() == "sqlite" {
            return;
        }
        for lane in ["a", "b", "c"] {
            let (ids, row) = (Arc::clone(&db.ids), arrival(lane, lane));
            let put =
                db.store.write(move |tx| Box::pin(async move { inbox::put(tx, &ids, &row, NOW).await }));
            assert!(put.await.unwrap());
        }
        let (claimed, first) = oneshot::channel();
        let (go, wait) = oneshot::channel::<()>();
        let store = db.store.clone();
        let slow = tokio::spawn(async move {
            let claim = store.write(|tx| {
                Box::pin(async move {
                    let taken = inbox::claim(tx, NOW, later(100), 1).await?;
                    claimed.send(taken[0].lane.clone()).unwrap();
                    // Not committed until the other claim is through.
                    wait.await.unwrap();
                    Ok(())
                })
            });
            claim.await.unwrap();
        });
        let held = first.await.unwrap();
        let others = db.store.write(|tx| Box::pin(async move { inbox::claim(tx, NOW, later(100), 9).await }));
        let others: Vec<String> = others.await.unwrap().into_iter().map(|row| row.lane).collect();
        go.send(()).unwrap();
        slow.await.unwrap();
        assert_eq!((held.as_str(), others), ("a", vec!["b".to_owned(), "c".to_owned()]));
    })
    .await;
}
