//! What an erasure would take is counted before, and is nothing afterwards.

use plumbline_store::rights::{self, going::Going};

use crate::{
    db::{Db, on_each},
    rights::{BILLED, change, erase_now, furnish},
};

async fn going(db: &Db, id: &str) -> Going {
    let subject = rights::subject(&mut db.store.reader(), &id.into()).await.unwrap().unwrap();
    rights::going::of(&db.store, &subject).await.unwrap()
}

#[tokio::test]
async fn what_would_go_is_counted_and_nothing_is_changed() {
    on_each("going", |db| async move {
        furnish(&db).await;
        change(&db.store, BILLED).await;
        let counted = going(&db, "p-gregor").await;
        assert_eq!(counted, going(&db, "p-gregor").await, "to count changes nothing");
        // His own words and those of his settled job's talk.
        assert_eq!((counted.messages, counted.with_files, counted.turns), (3, 1, 2));
        assert_eq!(counted.identities, 2);
        erase_now(&db, "p-gregor", &mut Vec::new()).await;
        assert_eq!(going(&db, "p-gregor").await, Going::default());
    })
    .await;
}
