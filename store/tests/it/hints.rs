//! Processes on one Postgres hear from each other that something was committed; on SQLite nobody says so.

use std::time::Duration;

use plumbline_store::{Store, setting};
use tokio::{sync::watch, time::timeout};

use crate::db::{Db, on_each};

/// Commits until the other side has heard of it: a listener begins to listen a moment after its store is opened.
async fn commit_until_heard(store: &Store, heard: &mut watch::Receiver<u64>) {
    let heard = async {
        loop {
            store.write(|tx| Box::pin(async move { setting::put(tx, "hint", "told").await })).await.unwrap();
            if timeout(Duration::from_millis(50), heard.changed()).await.is_ok() {
                return;
            }
        }
    };
    timeout(Duration::from_secs(20), heard).await.unwrap();
}

#[tokio::test]
async fn a_commit_is_heard_by_the_other_processes_and_not_by_the_own() {
    on_each("hints", |db: Db| async move {
        let other = Store::open(&db.config).await.unwrap();
        let (mut here, mut there) = (db.store.others(), other.others());
        if db.store.kind() == "sqlite" {
            db.store
                .write(|tx| Box::pin(async move { setting::put(tx, "hint", "told").await }))
                .await
                .unwrap();
            assert!(!there.has_changed().unwrap());
            return;
        }
        commit_until_heard(&db.store, &mut there).await;
        assert!(!here.has_changed().unwrap(), "its own commits are no news");
        commit_until_heard(&other, &mut here).await;
    })
    .await;
}
