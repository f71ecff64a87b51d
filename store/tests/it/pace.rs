//! What every process has to know before it sends: what is used up of a channel's pace, and whether it is paused.

use std::collections::HashMap;

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::Millis,
    language::Language,
    outbound::Content,
    pace::Used,
};
use plumbline_store::{channel_state, conversation, outbox, pace};

use crate::db::{Db, on_each, tx};

const NOW: Millis = Millis(10_000_000);

fn whatsapp() -> ChannelName {
    ChannelName::from("whatsapp")
}

fn frank() -> Address {
    Address::new(whatsapp(), "491713920017")
}

#[tokio::test]
async fn what_is_used_up_is_kept_for_the_channel_and_for_each_person() {
    on_each("pace", |db| async move {
        let (some, more) =
            (Used { full_at_us: 7, last: Millis(3) }, Used { full_at_us: i64::MAX, last: NOW });
        let (frank, other) = ("491713920017", "strange \"name\"");
        tx!(db, |tx| {
            assert_eq!(tx.query(pace::of_channel(&whatsapp())).await?, Used::default());
            assert!(pace::of_people(tx, &whatsapp(), &[frank]).await?.is_empty());
            pace::set(tx, &whatsapp(), more, &[(frank, some), (other, some)]).await?;
            pace::set(tx, &whatsapp(), some, &[(frank, more)]).await
        });
        let mut reader = db.store.reader();
        assert_eq!(reader.query(pace::of_channel(&whatsapp())).await.unwrap(), some);
        let known = pace::of_people(&mut reader, &whatsapp(), &[frank, other, "49"]).await.unwrap();
        let expected = [(frank.to_owned(), more), (other.to_owned(), some)];
        assert_eq!(known, HashMap::from(expected));
        assert_eq!(reader.query(pace::of_channel(&"link:office".into())).await.unwrap(), Used::default());
    })
    .await;
}

async fn queued(db: &Db) {
    let ids = db.ids.clone();
    tx!(db, |tx| {
        let agent = AgentName::from("field");
        let talk = conversation::open(tx, &ids, &agent, &frank(), None, Language::De, NOW).await?;
        let send = outbox::Send {
            key: "one".into(),
            conversation: talk.id,
            to: frank(),
            content: Content::Text { text: "x".into() },
            speaker: "field".into(),
            turn: None,
            piece: 0,
            message: None,
            owner_version: None,
        };
        outbox::put(tx, &ids, &send, NOW).await
    });
}

#[tokio::test]
async fn a_paused_channel_has_nothing_due_until_the_pause_is_over() {
    on_each("channel_state", |db| async move {
        queued(&db).await;
        let due = async |at: i64| {
            db.store.reader().query(outbox::anything_due(&whatsapp(), Millis(NOW.0 + at))).await.unwrap()
        };
        assert!(due(0).await);
        let pause = async |until: i64, reason: &'static str, at: i64| {
            tx!(db, |tx| {
                let at = Millis(NOW.0 + at);
                channel_state::pause(tx, &whatsapp(), (Millis(NOW.0 + until), reason), at).await
            })
        };
        assert!(pause(60_000, "the token is dead", 0).await, "news");
        assert!(!pause(30_000, "the token is dead", 1).await, "no news, and it does not end sooner");
        assert!(!due(59_999).await);
        assert!(due(60_000).await, "over by itself");
        let paused = |at| async move {
            channel_state::paused(&mut db.store.reader(), Millis(NOW.0 + at)).await.unwrap()
        };
        let found = paused(59_999).await;
        assert_eq!((found.len(), found[0].until), (1, Millis(NOW.0 + 60_000)));
        assert_eq!((found[0].channel.as_str(), found[0].reason.as_str()), ("whatsapp", "the token is dead"));
    })
    .await;
}

#[tokio::test]
async fn the_same_trouble_soon_after_is_no_news_and_other_trouble_is() {
    on_each("pause_news", |db| async move {
        let pause = async |reason: &'static str, at: i64| {
            tx!(db, |tx| {
                let at = Millis(NOW.0 + at);
                channel_state::pause(tx, &whatsapp(), (Millis(at.0 + 60_000), reason), at).await
            })
        };
        assert!(pause("dead", 0).await);
        assert!(!pause("dead", 60_000).await, "tried again, and the same");
        assert!(pause("blocked", 120_000).await);
        assert!(pause("dead", 180_000).await);
        assert!(pause("dead", 180_000 + 660_001).await, "after ten good minutes it is told again");
    })
    .await;
}
