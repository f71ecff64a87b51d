//! The index of words: who commits late is not passed over, however far the others are.

use std::sync::Arc;

use domain::{
    clock::Millis,
    id::MessageId,
    message::{Author, Direction, Message, Part},
};
use plumbline_store::{Store, args, message, search};
use tokio::sync::oneshot;

use crate::{
    belt::begin,
    db::{Db, on_each},
};

const NOW: Millis = Millis(1_000_000);

fn later(seconds: i64) -> Millis {
    Millis(NOW.0 + seconds * 1_000)
}

/// A message of `text` in a change that ends when `go` does; `there` is told once it has its number.
async fn says(db: &Db, text: &str, there: oneshot::Sender<()>, go: oneshot::Receiver<()>) {
    let held = begin(db, text).await;
    let said = vec![Part::text(text.to_owned())];
    let said = Message::new(MessageId::new(&db.ids), &held.id, Direction::In, Author::House, said, NOW);
    let done = db.store.write(move |tx| {
        Box::pin(async move {
            message::put(tx, &said, false).await?;
            tx.row("SELECT seq FROM message WHERE id = $1", args![said.id.as_str()]).await?;
            let _ = there.send(());
            let _ = go.await;
            Ok(())
        })
    });
    done.await.unwrap();
}

async fn says_at_once(db: &Db, text: &str) {
    let (there, _told) = oneshot::channel();
    let (go, gone) = oneshot::channel();
    go.send(()).unwrap();
    says(db, text, there, gone).await;
}

async fn fill(store: &Store, at: Millis) -> usize {
    search::fill(store, at).await.unwrap()
}

#[tokio::test]
async fn who_commits_after_many_rounds_is_found_all_the_same() {
    on_each("words", |db| async move {
        says_at_once(&db, "first").await;
        assert_eq!(fill(&db.store, NOW).await, 1);
        if db.store.kind() == "sqlite" {
            return;
        }
        let db = Arc::new(db);
        let (there, told) = oneshot::channel();
        let (go, gone) = oneshot::channel();
        let slow = {
            let db = Arc::clone(&db);
            tokio::spawn(async move { says(&db, "second", there, gone).await })
        };
        told.await.unwrap();
        says_at_once(&db, "third").await;
        for round in 1..=6 {
            fill(&db.store, later(round * 10)).await;
        }
        assert_eq!(fill(&db.store, later(70)).await, 0, "all that is there is indexed");
        go.send(()).unwrap();
        slow.await.unwrap();
        assert_eq!(fill(&db.store, later(80)).await, 1, "it came late and was passed over");
        for round in 9..=12 {
            fill(&db.store, later(round * 10)).await;
        }
        let filled = plumbline_store::setting::get(&mut db.store.reader(), "search.filled").await.unwrap();
        let last = db.store.reader().row("SELECT MAX(seq) AS seq FROM message", vec![]).await.unwrap();
        let last: i64 = last.unwrap().get("seq").unwrap();
        assert_eq!(filled, Some(last.to_string()), "nothing is left to look through");
    })
    .await;
}
