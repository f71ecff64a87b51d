//! A change is kept whole or not at all, however late the database tells that a part of it failed.

use std::time::Duration;

use domain::clock::Millis;
use plumbline_store::{
    Error, Tx, args,
    db::{Fence, Query},
    must, setting,
};
use serde_json::json;
use tokio::sync::oneshot;

use crate::db::{Db, on_each};

const NOTE: &str = "INSERT INTO setting (key, value) VALUES ($1, 'x')";

async fn kept(db: &Db, key: &str) -> bool {
    setting::get(&mut db.store.reader(), key).await.unwrap().is_some()
}

/// A change that notes `first` and then does what `SQL` cannot: note it again.
async fn note_twice(tx: &mut Tx, key: &'static str) -> Result<(), Error> {
    tx.run(NOTE, args![key]).await?;
    tx.run(NOTE, args![key]).await
}

#[tokio::test]
async fn what_fails_without_being_asked_fails_the_whole_change() {
    on_each("changes", |db| async move {
        let alone = db.store.write(|tx| Box::pin(note_twice(tx, "alone"))).await;
        let why = alone.unwrap_err().to_string();
        assert!(why.contains("duplicate key") || why.contains("UNIQUE"), "{why}");
        assert!(!kept(&db, "alone").await);
        let asked = db.store.write(|tx| {
            Box::pin(async move {
                note_twice(tx, "asked").await?;
                setting::get(tx, "asked").await.map(drop)
            })
        });
        assert!(asked.await.is_err());
        assert!(!kept(&db, "asked").await);
        let late = db.store.write(|tx| {
            Box::pin(async move {
                tx.run(NOTE, args!["late"]).await?;
                tx.last(|tx| Box::pin(note_twice(tx, "last"))).await
            })
        });
        assert!(late.await.is_err());
        assert!(!kept(&db, "late").await);
        // What comes after is sound.
        db.store.write(|tx| Box::pin(async move { setting::put(tx, "after", "x").await })).await.unwrap();
        assert!(kept(&db, "after").await);
    })
    .await;
}

#[tokio::test]
async fn whoever_swallows_a_failure_still_keeps_nothing_of_it() {
    on_each("swallowed", |db| async move {
        if db.store.kind() == "sqlite" {
            // There a statement fails alone.
            return;
        }
        let done = db.store.write(|tx| {
            Box::pin(async move {
                tx.exec(NOTE, args!["first"]).await?;
                let _ = tx.exec(NOTE, args!["first"]).await;
                Ok(())
            })
        });
        assert!(matches!(done.await, Err(Error::Undone(_))));
        assert!(!kept(&db, "first").await);
    })
    .await;
}

#[tokio::test]
async fn a_change_left_in_the_middle_is_undone_and_takes_no_connection_with_it() {
    on_each("left", |db| async move {
        if db.store.kind() == "sqlite" {
            // The writer's thread finishes what it began.
            return;
        }
        for n in 0..30_i64 {
            let begun = db.store.write(move |tx| {
                Box::pin(async move {
                    plumbline_store::event::put(tx, "message", None, &json!({ "n": n }), Millis(1)).await?;
                    tx.exec(NOTE, args!["left"]).await?;
                    std::future::pending::<()>().await;
                    Ok(())
                })
            });
            assert!(tokio::time::timeout(Duration::from_millis(40), begun).await.is_err());
        }
        let next = db.store.write(|tx| Box::pin(async move { tx.exec(NOTE, args!["left"]).await }));
        assert_eq!(next.await.unwrap(), 1, "an earlier one still holds the row, or kept it");
    })
    .await;
}

#[tokio::test]
async fn more_than_is_sent_at_once_arrives_in_order() {
    on_each("many", |db| async move {
        let done = db.store.write(|tx| {
            Box::pin(async move {
                setting::put(tx, "count", "0").await?;
                for n in 1..=500_i64 {
                    tx.run(
                        "UPDATE setting SET value = $2 WHERE key = $1 AND value = $3",
                        args!["count", n.to_string(), (n - 1).to_string()],
                    )
                    .await?;
                }
                setting::get(tx, "count").await
            })
        });
        assert_eq!(done.await.unwrap(), Some("500".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_change_of_many_gives_way_to_one_that_holds_a_row() {
    on_each("gives_way", |db| async move {
        if db.store.kind() == "sqlite" {
            // Its one writer waits for nobody.
            return;
        }
        db.store.write(|tx| Box::pin(async move { setting::put(tx, "row", "free").await })).await.unwrap();
        let (held, holds) = oneshot::channel();
        let (go, gone) = oneshot::channel::<()>();
        let store = db.store.clone();
        let one = tokio::spawn(async move {
            let change = store.write(move |tx| {
                Box::pin(async move {
                    setting::put(tx, "row", "held").await?;
                    // The answer to this says that the row is held.
                    setting::get(tx, "row").await?;
                    held.send(()).unwrap();
                    gone.await.map_err(|_| Error::Closed)
                })
            });
            change.await
        });
        holds.await.unwrap();
        let many = db.store.write(|tx| {
            Box::pin(async move {
                tx.gives_way().await?;
                setting::put(tx, "other", "x").await?;
                setting::put(tx, "row", "taken").await
            })
        });
        assert!(many.await.is_err(), "it waits for less than the other takes");
        go.send(()).unwrap();
        one.await.unwrap().unwrap();
        assert_eq!(setting::get(&mut db.store.reader(), "row").await.unwrap().as_deref(), Some("held"));
        assert!(!kept(&db, "other").await);
    })
    .await;
}

/// The setting `key`, which must be there.
const THERE: Fence = must!(changed: "UPDATE setting SET value = 'y' WHERE key = $1");

#[tokio::test]
async fn a_fence_that_finds_nothing_fails_the_whole_change_with_its_own_error() {
    on_each("fence", |db| async move {
        db.store.write(|tx| Box::pin(setting::put(tx, "there", "x"))).await.unwrap();
        let found = db.store.write(|tx| {
            Box::pin(async move {
                tx.must(THERE, args!["there"]).await?;
                tx.run(NOTE, args!["found"]).await?;
                setting::get(tx, "there").await
            })
        });
        assert_eq!(found.await.unwrap(), Some("y".to_owned()));
        assert!(kept(&db, "found").await);
        let untold = db.store.write(|tx| {
            Box::pin(async move {
                tx.run(NOTE, args!["untold"]).await?;
                tx.must(THERE, args!["away"]).await?;
                tx.run(NOTE, args!["after"]).await
            })
        });
        assert!(matches!(untold.await, Err(Error::Fenced)));
        let asked = db.store.write(|tx| {
            Box::pin(async move {
                tx.must(THERE, args!["away"]).await?;
                tx.run(NOTE, args!["after"]).await?;
                setting::get(tx, "there").await
            })
        });
        assert!(matches!(asked.await, Err(Error::Fenced)), "by what is asked next");
        assert!(!kept(&db, "untold").await && !kept(&db, "after").await);
        // Another's failure is no lost lease.
        let failed = db.store.write(|tx| {
            Box::pin(async move {
                tx.must(THERE, args!["there"]).await?;
                note_twice(tx, "twice").await
            })
        });
        assert!(matches!(failed.await, Err(Error::Database(_))));
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_at_once_is_answered_in_order() {
    on_each("at_once", |db| async move {
        let written = db.store.write(|tx| {
            Box::pin(async move {
                for key in ["a", "b", "c"] {
                    tx.run("INSERT INTO setting (key, value) VALUES ($1, 'of ' || $1)", args![key]).await?;
                }
                let all = Query::all(["c", "nobody", "a"].map(setting::named));
                tx.query(all.and(Query::maybe(None::<Query<()>>)).and(setting::named("b"))).await
            })
        });
        let ((all, nothing), b) = written.await.unwrap();
        assert_eq!(all, [Some("of c".to_owned()), None, Some("of a".to_owned())]);
        assert_eq!((nothing, b.as_deref()), (None, Some("of b")));
        let looked = db.store.look(|tx| {
            Box::pin(tx.query(setting::named("a").and(Query::nothing()).map(|(found, ())| found)))
        });
        assert_eq!(looked.await.unwrap().as_deref(), Some("of a"));
        assert_eq!(db.store.reader().query(setting::named("c")).await.unwrap().as_deref(), Some("of c"));
    })
    .await;
}

#[tokio::test]
async fn whoever_was_told_of_a_commit_sees_it_among_many_who_look_all_the_time() {
    on_each("looks", |db| async move {
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let looking = (0..24).map(|_| {
            let (store, stopped) = (db.store.clone(), stopped.clone());
            tokio::spawn(async move {
                while !*stopped.borrow() {
                    let look = setting::named("n").and(setting::named("n"));
                    store.reader().query(look).await.unwrap();
                }
            })
        });
        let looking: Vec<_> = looking.collect();
        for n in 0..300 {
            let wanted = n.to_string();
            let value = wanted.clone();
            db.store
                .write(move |tx| Box::pin(async move { setting::put(tx, "n", &value).await }))
                .await
                .unwrap();
            let seen = setting::get(&mut db.store.reader(), "n").await.unwrap();
            assert_eq!(seen, Some(wanted.clone()));
            let looked = db.store.look(|tx| Box::pin(setting::get(tx, "n"))).await.unwrap();
            assert_eq!(looked, Some(wanted));
        }
        stop.send(true).unwrap();
        for one in looking {
            one.await.unwrap();
        }
    })
    .await;
}
