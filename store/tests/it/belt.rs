//! The belt's tables: taken once, in order, fenced, and settled in the transaction of their effect.

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::Millis,
    contact::{Identity, Role},
    conversation::Conversation,
    id::TurnId,
    inbound::{Arrival, Inbound, InboundMessage, Status},
    language::Language,
    message::{Author, Direction, Message, Part},
    outbound::{Content, DeliveryState},
    turn::TurnState,
};
use plumbline_store::{
    Error, audit, contact, conversation, inbox, message, outbox, queue, setting, timer, turn,
};

use crate::db::{Db, on_each, tx};

pub const NOW: Millis = Millis(1_000_000);

pub fn later(ms: i64) -> Millis {
    Millis(NOW.0 + ms)
}

pub fn arrival(lane: &str, external: &str) -> Arrival {
    let from = Address::new(ChannelName::terminal("technician"), lane);
    Arrival {
        channel: from.channel.clone(),
        external: external.into(),
        lane: lane.into(),
        body: Inbound::Message(InboundMessage {
            id: None,
            from,
            identities: vec![Identity::terminal(Role::Technician)],
            profile_name: None,
            parts: vec![Part::text(external)],
            quotes: None,
            sent_at: NOW,
        }),
    }
}

pub async fn begin(db: &Db, external: &str) -> Conversation {
    let (ids, external) = (db.ids.clone(), external.to_owned());
    tx!(db, |tx| {
        let person = contact::register(
            tx,
            &ids,
            "Frank",
            Role::Technician,
            &[Identity::terminal(Role::Technician)],
            NOW,
        )
        .await?;
        let address = Address::new(ChannelName::terminal("technician"), external);
        conversation::open(tx, &ids, &AgentName::from("field"), &address, Some(&person), Language::De, NOW)
            .await
    })
}

fn words(conversation: &Conversation, id: &str, text: &str) -> Message {
    let parts = vec![Part::text(text)];
    Message::new(id.into(), &conversation.id, Direction::Out, Author::House, parts, NOW)
}

#[tokio::test]
async fn an_arrival_is_stored_once_and_taken_in_lane_order() {
    on_each("inbox", |db| async move {
        for (lane, external, new) in [("a", "1", true), ("a", "2", true), ("b", "3", true), ("a", "1", false)]
        {
            let (ids, row) = (db.ids.clone(), arrival(lane, external));
            assert_eq!(tx!(db, |tx| inbox::put(tx, &ids, &row, NOW).await), new);
        }
        assert_eq!(queue_len(&db).await, 3);
        let taken = tx!(db, |tx| inbox::claim(tx, NOW, later(100), 10).await);
        assert_eq!(taken.iter().map(|t| t.external.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
        assert!(
            tx!(db, |tx| inbox::claim(tx, NOW, later(100), 10).await).is_empty(),
            "held rows are not taken"
        );

        let head = taken[0].clone();
        tx!(db, |tx| inbox::again(tx, &head.id, head.fence, later(50), "trouble").await);
        let second = taken[1].clone();
        tx!(db, |tx| inbox::again(tx, &second.id, second.fence, NOW, "not before the first").await);
        let third = taken[2].clone();
        tx!(db, |tx| inbox::done(tx, &third.id, third.fence).await);
        assert!(
            tx!(db, |tx| inbox::claim(tx, NOW, later(100), 10).await).is_empty(),
            "a lane waits with its head"
        );
        let again = tx!(db, |tx| inbox::claim(tx, later(50), later(200), 10).await);
        assert_eq!(again.iter().map(|t| t.external.as_str()).collect::<Vec<_>>(), ["1", "2"]);

        let stale = taken[0].clone();
        let refused =
            db.store.write(move |tx| Box::pin(async move { inbox::done(tx, &stale.id, stale.fence).await }));
        assert!(matches!(refused.await, Err(Error::Fenced)), "who lost its lease settles nothing");
        let dead = again[0].clone();
        tx!(db, |tx| inbox::bury(tx, &dead.id, dead.fence, "poison").await);
        let status = queue::status(&mut db.store.reader(), later(60)).await.unwrap();
        assert_eq!((status.inbox.dead, status.inbox.leased, status.inbox.pending), (1, 1, 0));
        let id = again[0].id.0.clone();
        assert!(tx!(db, |tx| queue::retry(tx, &id, later(60)).await));
    })
    .await;
}

async fn queue_len(db: &Db) -> i64 {
    let status = queue::status(&mut db.store.reader(), NOW).await.unwrap();
    status.inbox.pending + status.inbox.leased
}

#[tokio::test]
async fn a_turn_gathers_runs_alone_and_is_fenced() {
    on_each("turn", |db| async move {
        let talk = begin(&db, "technician").await;
        for (id, due) in [("m1", 100), ("m2", 180)] {
            let (ids, talk) = (db.ids.clone(), talk.clone());
            tx!(db, |tx| {
                message::put(tx, &words(&talk, id, id), true).await?;
                turn::schedule(tx, &ids, &talk, later(due), later(150), NOW).await
            });
        }
        let agent = AgentName::from("field");
        let claim = |at: i64| {
            let (store, agent) = (db.store.clone(), agent.clone());
            async move {
                let now = later(at);
                store
                    .write(move |tx| {
                        Box::pin(async move { turn::claim(tx, &agent, now, Millis(now.0 + 1_000), 10).await })
                    })
                    .await
                    .unwrap()
            }
        };
        assert!(claim(120).await.is_empty(), "the second message made it gather on");
        let taken = claim(150).await.pop().expect("the flush time ends the gathering");
        assert!(claim(160).await.is_empty(), "one running turn a conversation");
        let (conversation, id) = (talk.id.clone(), taken.id.clone());
        let heard = tx!(db, |tx| message::take_unheard(tx, &conversation, &id, 10).await);
        assert_eq!(heard.len(), 2);

        let after_lease = claim(2_000).await.pop().expect("a dead worker's turn comes back");
        assert_eq!((after_lease.id.clone(), after_lease.attempts), (taken.id.clone(), 2));
        for renews in [true, false] {
            let zombie = taken.clone();
            let refused = db.store.write(move |tx| {
                Box::pin(async move {
                    let (held, epoch) = (&zombie.conversation.id, zombie.epoch);
                    if renews {
                        conversation::hold(tx, held, epoch, later(9_000)).await?;
                    } else {
                        conversation::still_held(tx, held, epoch).await?;
                    }
                    turn::save(tx, &zombie.id, "zombie").await
                })
            });
            assert!(matches!(refused.await, Err(Error::Fenced)), "renews: {renews}");
        }
        let done = after_lease.clone();
        tx!(db, |tx| turn::finish(tx, &done, TurnState::Done, "{}", None, later(2_100)).await);
        assert!(claim(9_000).await.is_empty());
        let history =
            db.store.reader().query(message::history(&talk.id, &TurnId::from("other"), 10)).await.unwrap();
        assert_eq!(history.len(), 2);
    })
    .await;
}

pub fn send(key: &str, talk: &Conversation, content: Content) -> outbox::Send {
    outbox::Send {
        key: key.into(),
        conversation: talk.id.clone(),
        to: talk.address.clone(),
        content,
        speaker: "field".into(),
        turn: None,
        message: None,
        piece: 0,
        owner_version: None,
    }
}

fn said(text: &str) -> Content {
    Content::Text { text: text.into() }
}

#[tokio::test]
async fn sends_keep_their_order_and_statuses_only_rise() {
    on_each("outbox", |db| async move {
        let talk = begin(&db, "technician").await;
        for key in ["k1", "k2", "k1"] {
            let (ids, row) = (db.ids.clone(), send(key, &talk, said(key)));
            tx!(db, |tx| outbox::put(tx, &ids, &row, NOW).await);
        }
        let channel = ChannelName::terminal("technician");
        let claim = |at: i64| {
            let (store, channel) = (db.store.clone(), channel.clone());
            async move {
                let now = later(at);
                store
                    .write(move |tx| {
                        Box::pin(
                            async move { outbox::claim(tx, &channel, now, Millis(now.0 + 100), 10).await },
                        )
                    })
                    .await
                    .unwrap()
            }
        };
        let first = claim(0).await;
        assert_eq!(first.len(), 1, "a repeat of a key is one row, and only the head of an address is taken");
        assert!(claim(1).await.is_empty());
        let lost = claim(200).await;
        assert_eq!((lost[0].was, lost[0].outbound.attempts), (DeliveryState::Sending, 1));
        let row = lost[0].clone();
        tx!(db, |tx| {
            let sent = outbox::Outcome {
                state: DeliveryState::Sent,
                due: NOW,
                provider_id: Some("w1"),
                reason: None,
            };
            outbox::settle(tx, &row, &sent, later(201)).await
        });
        for (state, reason) in [
            (DeliveryState::Read, None),
            (DeliveryState::Delivered, None),
            (DeliveryState::Failed, Some("late")),
        ] {
            let news = Status {
                outbox: None,
                external: "w1".into(),
                state,
                reason: reason.map(str::to_owned),
                at: later(300),
                mend: None,
                price: None,
            };
            assert!(tx!(db, |tx| outbox::status(tx, &news, later(300)).await));
        }
        let unknown = Status {
            outbox: None,
            external: "w9".into(),
            state: DeliveryState::Sent,
            reason: None,
            at: NOW,
            mend: None,
            price: None,
        };
        assert!(!tx!(db, |tx| outbox::status(tx, &unknown, NOW).await));
        let status = queue::status(&mut db.store.reader(), later(300)).await.unwrap();
        assert_eq!((status.outbox.dead, status.outbox.pending), (0, 1), "read is not undone by failed");
        assert_eq!(claim(300).await[0].outbound.content, said("k2"));
    })
    .await;
}

#[tokio::test]
async fn a_failed_change_is_undone_alone() {
    on_each("undone", |db| async move {
        let good = db.store.write(|tx| Box::pin(async move { setting::put(tx, "good", "1").await }));
        let bad = db.store.write(|tx| {
            Box::pin(async move {
                setting::put(tx, "bad", "1").await?;
                Err::<(), Error>(Error::Fenced)
            })
        });
        let nothing = db.store.write_one(|tx| {
            let sql = "INSERT INTO setting (key, value) VALUES ('single', '1'), ('broken', NULL)";
            Box::pin(async move { tx.exec(sql, vec![]).await })
        });
        let one = db.store.write_one(|tx| Box::pin(async move { setting::put(tx, "one", "1").await }));
        let (good, bad, nothing, one) = tokio::join!(good, bad, nothing, one);
        good.unwrap();
        one.unwrap();
        assert!(matches!(bad, Err(Error::Fenced)));
        assert!(matches!(nothing, Err(Error::Database(_))), "{nothing:?}");
        let mut reader = db.store.reader();
        assert_eq!(setting::get(&mut reader, "good").await.unwrap().as_deref(), Some("1"));
        assert_eq!(setting::get(&mut reader, "one").await.unwrap().as_deref(), Some("1"));
        for undone in ["bad", "single", "broken"] {
            assert_eq!(setting::get(&mut reader, undone).await.unwrap(), None);
        }
    })
    .await;
}

#[tokio::test]
async fn the_audit_chain_shows_what_was_changed() {
    on_each("audit", |db| async move {
        for n in 0..5 {
            let entry = audit::Entry {
                actor: "sabine".into(),
                action: "approved",
                subject: format!("q{n}"),
                digest: "d".into(),
            };
            tx!(db, |tx| audit::append(tx, &entry, later(n)).await);
        }
        assert_eq!(audit::verify(&mut db.store.reader()).await.unwrap(), Ok(5));
        tx!(db, |tx| tx.exec("UPDATE audit SET subject = 'forged' WHERE seq = 3", vec![]).await);
        assert_eq!(audit::verify(&mut db.store.reader()).await.unwrap(), Err(3));
        tx!(db, |tx| tx.exec("DELETE FROM audit WHERE seq >= 3", vec![]).await);
        assert_eq!(audit::verify(&mut db.store.reader()).await.unwrap(), Err(3), "a cut end is noticed too");
    })
    .await;
}

#[tokio::test]
async fn timers_fire_once_and_can_be_moved() {
    on_each("timer", |db| async move {
        for due in [100, 50] {
            let ids = db.ids.clone();
            tx!(db, |tx| timer::set(tx, &ids, timer::Purpose::RemindJob, "J", later(due)).await);
        }
        assert!(tx!(db, |tx| timer::claim(tx, later(10), later(99), 5).await).is_empty());
        let taken = tx!(db, |tx| timer::claim(tx, later(60), later(160), 5).await);
        assert_eq!(taken.len(), 1);
        let ids = db.ids.clone();
        tx!(db, |tx| timer::set(tx, &ids, timer::Purpose::RemindJob, "J", later(500)).await);
        let old = taken[0].clone();
        let refused = db.store.write(move |tx| Box::pin(async move { timer::done(tx, &old).await }));
        assert!(matches!(refused.await, Err(Error::Fenced)), "set anew meanwhile");
    })
    .await;
}

#[tokio::test]
async fn a_second_start_finds_everything_and_a_newer_database_is_refused() {
    on_each("reopen", |db| async move {
        tx!(db, |tx| setting::put(tx, "kept", "yes").await);
        let again = plumbline_store::Store::open(&db.config).await.unwrap();
        assert_eq!(setting::get(&mut again.reader(), "kept").await.unwrap().as_deref(), Some("yes"));
        tx!(db, |tx| {
            tx.exec("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 2", vec![]).await
        });
        let error = plumbline_store::Store::open(&db.config).await.err().expect("refused");
        assert!(matches!(error, Error::Newer { found: 9999, .. }), "{error}");
    })
    .await;
}
