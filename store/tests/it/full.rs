//! A disk that is full: nothing that was acknowledged is lost, nothing else is acknowledged, and it goes on when there is
//! room again.

use domain::{
    address::{Address, ChannelName},
    clock::Millis,
    inbound::{Arrival, Inbound, InboundMessage},
    message::Part,
};
use plumbline_store::{Error, inbox, queue};

use crate::db::{Db, on_each};

const NOW: Millis = Millis(1_000_000);

fn arrival(n: usize) -> Arrival {
    let from = Address::new(ChannelName::from("whatsapp"), "49");
    Arrival {
        channel: from.channel.clone(),
        external: format!("w{n}"),
        lane: "49".to_owned(),
        body: Inbound::Message(InboundMessage {
            id: None,
            from,
            identities: Vec::new(),
            profile_name: None,
            parts: vec![Part::text("words ".repeat(500))],
            quotes: None,
            sent_at: NOW,
        }),
    }
}

/// By a change of its own, or as a gateway does it: by a single statement.
async fn put(db: &Db, n: usize) -> Result<bool, Error> {
    let (ids, row) = (db.ids.clone(), arrival(n));
    if n.is_multiple_of(2) {
        return Ok(inbox::put_all(&db.store, &ids, vec![row], NOW).await? == 1);
    }
    db.store.write(move |tx| Box::pin(async move { inbox::put(tx, &ids, &row, NOW).await })).await
}

async fn pages(db: &Db, sql: &'static str) {
    let set = db.store.write(move |tx| Box::pin(async move { tx.rows(sql, vec![]).await.map(|_| ()) }));
    set.await.unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_and_loses_nothing() {
    on_each("full", |db| async move {
        if db.store.kind() != "sqlite" {
            return;
        }
        // SQLite never makes a database smaller than it is: the limit is what it has now.
        pages(&db, "PRAGMA max_page_count = 1").await;
        let mut stored = 0;
        let refused = loop {
            match put(&db, stored).await {
                Ok(true) => stored += 1,
                Ok(false) => panic!("{stored} was not there before"),
                Err(error) => break error,
            }
            assert!(stored < 1_000, "the disk was to be full by now");
        };
        assert!(refused.is_passing(), "whoever brought it comes again: {refused}");
        let all: Vec<_> = (stored..stored + 20).map(|n| put(&db, n)).collect();
        for refused in futures::future::join_all(all).await {
            assert!(refused.is_err_and(|error| error.is_passing()));
        }
        let waits = queue::status(&mut db.store.reader(), NOW).await.unwrap().inbox.pending;
        assert_eq!(usize::try_from(waits).unwrap(), stored, "what was acknowledged, and nothing else");
        pages(&db, "PRAGMA max_page_count = 1000000").await;
        for n in stored..stored + 20 {
            assert!(put(&db, n).await.unwrap(), "{n} is new, and there is room");
        }
    })
    .await;
}
