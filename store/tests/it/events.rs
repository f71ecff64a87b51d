//! The live log: numbers in commit order whoever commits first, a window that is forgotten, an epoch that stays.

use std::time::Duration;

use domain::{clock::Millis, id::ConversationId};
use plumbline_store::{Error, Store, event};
use serde_json::json;

use crate::db::on_each;

const NOW: Millis = Millis(1_000_000);

async fn tell(store: &Store, n: i64) {
    let told = store.write(move |tx| {
        Box::pin(async move {
            event::put(tx, "message", Some(&ConversationId::from("c")), &json!({ "n": n }), NOW).await
        })
    });
    told.await.unwrap();
}

fn numbers(events: &[event::Event]) -> Vec<i64> {
    events.iter().map(|event| event.body["n"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn events_are_followed_in_commit_order_without_a_gap() {
    on_each("events", |db| async move {
        assert_eq!(event::last(&mut db.store.reader()).await.unwrap(), 0);
        // The first to write its event commits last: a reader in between must still find it afterwards.
        let (wrote, written) = tokio::sync::oneshot::channel::<()>();
        let (go, gone) = tokio::sync::oneshot::channel::<()>();
        let slow = db.store.clone();
        let slow = tokio::spawn(async move {
            let done = slow.write(move |tx| {
                Box::pin(async move {
                    event::put(tx, "message", None, &json!({ "n": 1 }), NOW).await?;
                    let _ = wrote.send(());
                    let _ = gone.await;
                    Ok(())
                })
            });
            done.await.unwrap();
        });
        written.await.unwrap();
        let mut seen = Vec::new();
        if db.store.kind() == "postgres" {
            tell(&db.store, 2).await;
            let events = event::follow(&db.store, 0, 10).await.unwrap();
            assert_eq!(numbers(&events), [2]);
            seen.extend(events);
        }
        go.send(()).unwrap();
        slow.await.unwrap();
        tell(&db.store, 3).await;
        let after = seen.last().map_or(0, |event| event.seq);
        seen.extend(event::follow(&db.store, after, 10).await.unwrap());
        let mut found = numbers(&seen);
        assert_eq!(found.last(), Some(&3));
        found.sort_unstable();
        let expected: &[i64] = if db.store.kind() == "postgres" { &[1, 2, 3] } else { &[1, 3] };
        assert_eq!(found, expected);
        assert!(seen.windows(2).all(|pair| pair[0].seq < pair[1].seq));
        assert_eq!(seen[0].at, NOW);
        assert_eq!(event::last(&mut db.store.reader()).await.unwrap(), seen.last().unwrap().seq);
    })
    .await;
}

#[tokio::test]
async fn many_who_write_and_many_who_follow_agree() {
    on_each("followers", |db| async move {
        let writers = (0..4_i64).map(|writer| {
            let store = db.store.clone();
            async move {
                for n in 0..25 {
                    tell(&store, writer * 25 + n).await;
                }
            }
        });
        let followers = (0..3).map(|_| {
            let store = db.store.clone();
            async move {
                let (mut seen, mut last) = (Vec::new(), 0);
                while seen.len() < 100 {
                    for event in event::follow(&store, last, 7).await.unwrap() {
                        assert!(event.seq > last);
                        last = event.seq;
                        seen.push((event.seq, event.body["n"].as_i64().unwrap()));
                    }
                    tokio::task::yield_now().await;
                }
                seen
            }
        });
        let (_, seen) =
            futures::join!(futures::future::join_all(writers), futures::future::join_all(followers));
        assert!(seen.iter().all(|each| *each == seen[0]), "every follower saw the same numbers");
        let mut found: Vec<i64> = seen[0].iter().map(|(_, n)| *n).collect();
        found.sort_unstable();
        assert_eq!(found, (0..100).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn what_is_old_is_forgotten_and_said_to_be() {
    on_each("forgotten", |db| async move {
        for n in 0..3 {
            tell(&db.store, n).await;
        }
        let head = event::follow(&db.store, 0, 10).await.unwrap().last().unwrap().seq;
        assert!(!event::trim(&db.store, event::KEPT, NOW).await.unwrap());
        assert_eq!(event::cut(&mut db.store.reader()).await.unwrap(), 0);
        let later = NOW.plus(event::KEPT + Duration::from_secs(1));
        assert!(!event::trim(&db.store, event::KEPT, later).await.unwrap());
        let mut reader = db.store.reader();
        assert!(event::after(&mut reader, 0, 10).await.unwrap().is_empty());
        assert_eq!(event::cut(&mut reader).await.unwrap(), head);
        assert_eq!(event::last(&mut reader).await.unwrap(), head, "the log's end outlives its events");
        tell(&db.store, 3).await;
        assert_eq!(event::follow(&db.store, head, 10).await.unwrap()[0].seq, head + 1);
    })
    .await;
}

#[tokio::test]
async fn an_epoch_is_made_once() {
    on_each("epoch", |db| async move {
        let make = || {
            let ids = db.ids.clone();
            db.store.write(move |tx| Box::pin(async move { event::epoch(tx, &ids).await }))
        };
        let (first, second): (Result<String, Error>, Result<String, Error>) = (make().await, make().await);
        assert_eq!(first.unwrap(), second.unwrap());
    })
    .await;
}

#[tokio::test]
async fn numbering_ends_though_something_happens_all_the_time() {
    on_each("busy", |db| async move {
        let (store, (stop, stopped)) = (db.store.clone(), tokio::sync::watch::channel(false));
        let busy = tokio::spawn(async move {
            let mut n = 0;
            while !*stopped.borrow() {
                n += 1;
                tell(&store, n).await;
            }
            n
        });
        for _ in 0..3 {
            tokio::time::timeout(Duration::from_secs(20), event::number(&db.store)).await.unwrap().unwrap();
        }
        stop.send(true).unwrap();
        let told = busy.await.unwrap();
        event::number(&db.store).await.unwrap();
        assert_eq!(event::last(&mut db.store.reader()).await.unwrap(), told);
    })
    .await;
}
