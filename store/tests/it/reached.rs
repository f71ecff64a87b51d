//! How a person is reached: identities that come and go, windows that close, sends that wait or fail after they were taken.

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::Millis,
    contact::{Contact, Identity, IdentityKind, Role},
    conversation::Conversation,
    id::{ContactId, OutboxId},
    inbound::Status,
    language::Language,
    message::{Author, Direction, Message, Part},
    outbound::{Content, DeliveryState},
};
use plumbline_store::{asleep, contact, conversation, delivered, heard, message, outbox, thread};

use crate::db::{Db, on_each, tx};

const NOW: Millis = Millis(1_000_000);
const OLD: &str = "491713920017";
const NEW: &str = "491713920099";

fn later(ms: i64) -> Millis {
    Millis(NOW.0 + ms)
}

fn whatsapp() -> ChannelName {
    ChannelName::from("whatsapp")
}

fn user_id(value: &str) -> Identity {
    Identity { kind: IdentityKind::UserId, value: value.into() }
}

async fn frank(db: &Db, agent: &str) -> (Contact, Conversation) {
    let (ids, agent) = (db.ids.clone(), AgentName::from(agent));
    tx!(db, |tx| {
        let id = contact::register(tx, &ids, "Frank", Role::Technician, &[Identity::phone(OLD)], NOW).await?;
        let address = Address::new(whatsapp(), OLD);
        let talk = conversation::open(tx, &ids, &agent, &address, Some(&id), Language::De, NOW).await?;
        Ok((contact::get(tx, &id).await?.unwrap(), talk))
    })
}

async fn find(db: &Db, identity: Identity) -> Option<String> {
    contact::find(&mut db.store.reader(), &[identity]).await.unwrap().map(|contact| contact.name)
}

async fn queue(db: &Db, talk: &Conversation, key: &str) -> OutboxId {
    let (ids, talk, key) = (db.ids.clone(), talk.clone(), key.to_owned());
    tx!(db, |tx| {
        let (id, parts) = (format!("m-{key}").as_str().into(), vec![Part::text(&key)]);
        let said = Message::new(id, &talk.id, Direction::Out, Author::House, parts, NOW);
        message::put(tx, &said, false).await?;
        let send = outbox::Send {
            content: Content::Text { text: key.clone() },
            key,
            conversation: talk.id.clone(),
            to: talk.address.clone(),
            speaker: "field".into(),
            turn: None,
            message: Some(said.id),
            piece: 0,
            owner_version: None,
        };
        outbox::put(tx, &ids, &send, NOW).await
    })
}

async fn claim(db: &Db, at: Millis) -> Vec<outbox::Taken> {
    tx!(db, |tx| outbox::claim(tx, &whatsapp(), at, Millis(at.0 + 1_000), 10).await)
}

fn status(outbox: &OutboxId, state: DeliveryState, wamid: &str) -> Status {
    Status {
        outbox: Some(outbox.clone()),
        external: wamid.into(),
        state,
        reason: (state == DeliveryState::Failed).then(|| "too fast".to_owned()),
        at: NOW,
        mend: None,
        price: None,
    }
}

async fn settled(db: &Db, row: &outbox::Taken, wamid: &str) {
    let (row, wamid) = (row.clone(), wamid.to_owned());
    tx!(db, |tx| {
        let sent =
            outbox::Outcome { state: DeliveryState::Sent, due: NOW, provider_id: Some(&wamid), reason: None };
        outbox::settle(tx, &row, &sent, NOW).await
    });
}

#[tokio::test]
async fn a_username_is_that_of_whoever_came_with_it_last_and_names_nobody() {
    on_each("usernames", |db| async move {
        let (person, _) = frank(&db, "field").await;
        let ids = db.ids.clone();
        let username = |value: &str| Identity { kind: IdentityKind::Username, value: value.to_owned() };
        let usernames = async |id: &ContactId| {
            let all = contact::identities_of(&mut db.store.reader(), id).await.unwrap();
            let all = all.into_iter().filter(|identity| identity.kind == IdentityKind::Username);
            all.map(|identity| identity.value).collect::<Vec<_>>()
        };
        let (first, second, own) = (username("frank.rohr"), username("frank.bad"), person.id.clone());
        let other = tx!(db, |tx| {
            contact::learn(tx, &own, [first, second].iter()).await?;
            contact::create(tx, &ids, "Otto", &[], NOW).await
        });
        assert_eq!(usernames(&person.id).await, ["frank.bad"], "one a person");
        assert_eq!(find(&db, username("frank.bad")).await, None, "nobody is known by it");
        let (id, taken) = (other.clone(), username("frank.bad"));
        tx!(db, |tx| contact::learn(tx, &id, [taken].iter()).await);
        assert_eq!(
            (usernames(&person.id).await.len(), usernames(&other).await),
            (0, vec!["frank.bad".into()])
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_learned_of_a_person_is_nobody_elses() {
    on_each("identities", |db| async move {
        let (person, _) = frank(&db, "field").await;
        let ids = db.ids.clone();
        tx!(db, |tx| {
            contact::register(tx, &ids, "Sabine", Role::Office, &[user_id("DE.2")], NOW).await?;
            contact::learn(tx, &person.id, [user_id("DE.1"), user_id("DE.2")].iter()).await?;
            contact::learn(tx, &person.id, [user_id("DE.1")].iter()).await?;
            contact::forget(tx, &person.id, &user_id("DE.2")).await?;
            contact::forget(tx, &person.id, &Identity::phone(OLD)).await
        });
        assert_eq!(find(&db, user_id("DE.1")).await.as_deref(), Some("Frank"));
        assert_eq!(
            find(&db, user_id("DE.2")).await.as_deref(),
            Some("Sabine"),
            "neither taken nor forgotten for her"
        );
        assert_eq!(find(&db, Identity::phone(OLD)).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_new_number_takes_the_talk_and_what_is_queued_along() {
    on_each("readdress", |db| async move {
        let (person, talk) = frank(&db, "field").await;
        queue(&db, &talk, "k1").await;
        let id = person.id.clone();
        tx!(db, |tx| conversation::readdress(tx, &id, &Address::new(whatsapp(), OLD), NEW).await);
        let taken = claim(&db, NOW).await;
        assert_eq!(taken[0].outbound.to.external, NEW);
        let id = person.id.clone();
        let known = tx!(db, |tx| conversation::known_address(tx, &"field".into(), &whatsapp(), &id).await);
        assert_eq!(known, Some(Address::new(whatsapp(), NEW)));
        // Where a talk exists at the new address already, the old one stays where it is.
        let (ids, id) = (db.ids.clone(), person.id.clone());
        tx!(db, |tx| {
            let old = Address::new(whatsapp(), OLD);
            conversation::open(tx, &ids, &"field".into(), &old, Some(&id), Language::De, NOW).await?;
            conversation::readdress(tx, &id, &old, NEW).await
        });
        let stayed = tx!(db, |tx| conversation::at(tx, &Address::new(whatsapp(), OLD)).await);
        assert_eq!(stayed.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_window_is_the_persons_whichever_agent_they_wrote_to() {
    on_each("window", |db| async move {
        let (_, field) = frank(&db, "field").await;
        let (_, office) = frank(&db, "office").await;
        queue(&db, &field, "k1").await;
        tx!(db, |tx| heard::note(tx, &office.id, None, later(50)).await);
        let late = field.clone();
        tx!(db, |tx| {
            heard::note(tx, &late.id, None, later(10)).await?;
            heard::note(tx, &late.id, None, Millis(5)).await
        });
        let taken = claim(&db, later(60)).await;
        assert_eq!((taken[0].last_inbound, taken[0].queued), (later(50), NOW));
        let address = field.address.clone();
        tx!(db, |tx| heard::unheard_since(tx, &address, later(20)).await);
        let row = taken[0].clone();
        tx!(db, |tx| outbox::hold(tx, &row, later(70), "closed", later(60)).await);
        assert_eq!(claim(&db, later(70)).await[0].last_inbound, later(50), "what came after the send counts");
    })
    .await;
}

#[tokio::test]
async fn what_is_held_back_costs_no_attempt_and_a_word_from_the_person_wakes_it() {
    on_each("hold", |db| async move {
        let (_, talk) = frank(&db, "field").await;
        queue(&db, &talk, "k1").await;
        for _ in 0..3 {
            let row = claim(&db, NOW).await.remove(0);
            assert_eq!(row.outbound.attempts, 0);
            tx!(db, |tx| asleep::lay(tx, &row, later(3_600_000), "the window is closed", NOW).await);
            assert!(claim(&db, later(1_000)).await.is_empty());
            let address = talk.address.clone();
            tx!(db, |tx| asleep::wake(tx, &address, NOW).await);
        }
        let row = claim(&db, NOW).await.remove(0);
        let again = claim(&db, later(5_000)).await.remove(0);
        let stale = db
            .store
            .write(move |tx| Box::pin(async move { outbox::hold(tx, &row, NOW, "late", NOW).await }))
            .await;
        assert!(stale.is_err(), "another worker has it");
        assert_eq!(again.outbound.attempts, 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_and_not_sent_goes_back_as_it_was_unless_somebody_else_has_it() {
    on_each("given_back", |db| async move {
        let (_, talk) = frank(&db, "field").await;
        queue(&db, &talk, "k1").await;
        let first = claim(&db, NOW).await.remove(0);
        let claims = vec![first.claim()];
        tx!(db, |tx| outbox::give_back(tx, &claims, later(10)).await);
        let second = claim(&db, later(10)).await.remove(0);
        assert_eq!((second.was, second.outbound.attempts), (DeliveryState::Queued, 0));
        // What the first worker says late changes nothing.
        let claims = vec![first.claim()];
        tx!(db, |tx| outbox::give_back(tx, &claims, later(20)).await);
        assert!(claim(&db, later(20)).await.is_empty());
        // The second one's answer was lost; whoever took the row then and did nothing leaves it at that.
        let third = claim(&db, later(5_000)).await.remove(0);
        let claims = vec![third.claim()];
        tx!(db, |tx| outbox::give_back(tx, &claims, later(5_000)).await);
        assert_eq!(claim(&db, later(5_000)).await[0].was, DeliveryState::Sending);
    })
    .await;
}

#[tokio::test]
async fn a_word_from_the_person_is_not_missed_while_a_delivery_is_laid_down() {
    on_each("laid", |db| async move {
        let (_, talk) = frank(&db, "field").await;
        queue(&db, &talk, "k1").await;
        let hour = later(3_600_000);
        for n in 1..=20 {
            let row = claim(&db, later(n * 10)).await.remove(0);
            let writes = async {
                let talk = talk.clone();
                tx!(db, |tx| {
                    heard::note(tx, &talk.id, None, later(n * 10)).await?;
                    asleep::wake(tx, &talk.address, later(n * 10)).await
                });
            };
            let lays = async {
                tx!(db, |tx| asleep::lay(tx, &row, hour, "the window is closed", later(n * 10)).await);
            };
            tokio::join!(writes, lays);
        }
        assert_eq!(claim(&db, later(210)).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_send_that_failed_after_it_was_taken_goes_again_a_few_times() {
    on_each("resend", |db| async move {
        let (_, talk) = frank(&db, "field").await;
        let id = queue(&db, &talk, "k1").await;
        for n in 0..3 {
            let row = claim(&db, later(n * 100)).await.remove(0);
            settled(&db, &row, &format!("wamid.{n}")).await;
            let failed = status(&id, DeliveryState::Failed, &format!("wamid.{n}"));
            let at = later(n * 100);
            let done = tx!(db, |tx| outbox::resend(tx, &failed, Millis(at.0 + 100), 3, at).await);
            assert_eq!(done.map(|(to, _)| to.external), (n < 2).then(|| OLD.to_owned()), "try {n}");
        }
        let failed = status(&id, DeliveryState::Failed, "wamid.2");
        assert!(tx!(db, |tx| outbox::status(tx, &failed, NOW).await));
        assert!(claim(&db, later(10_000)).await.is_empty());
        let id = queue(&db, &talk, "k2").await;
        let row = claim(&db, NOW).await.remove(0);
        settled(&db, &row, "wamid.d").await;
        let read = status(&id, DeliveryState::Read, "wamid.d");
        tx!(db, |tx| outbox::status(tx, &read, NOW).await);
        let failed = status(&id, DeliveryState::Failed, "wamid.d");
        assert!(
            tx!(db, |tx| outbox::resend(tx, &failed, NOW, 9, NOW).await).is_none(),
            "it reached the person"
        );
    })
    .await;
}

#[tokio::test]
async fn a_failure_told_before_the_answer_stops_the_worker_that_waits() {
    on_each("early_failure", |db| async move {
        let (_, talk) = frank(&db, "field").await;
        let id = queue(&db, &talk, "k1").await;
        let row = claim(&db, NOW).await.remove(0);
        let failed = status(&id, DeliveryState::Failed, "wamid.1");
        assert!(tx!(db, |tx| outbox::resend(tx, &failed, later(100), 9, NOW).await).is_some());
        let outcome = db
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let sent = outbox::Outcome {
                        state: DeliveryState::Sent,
                        due: NOW,
                        provider_id: Some("wamid.1"),
                        reason: None,
                    };
                    outbox::settle(tx, &row, &sent, NOW).await
                })
            })
            .await;
        assert!(outcome.is_err());
        assert_eq!(claim(&db, later(100)).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_status_names_what_a_lost_answer_did_not() {
    on_each("lost", |db| async move {
        let (_, talk) = frank(&db, "field").await;
        let id = queue(&db, &talk, "k1").await;
        claim(&db, NOW).await;
        let told = status(&id, DeliveryState::Sent, "wamid.1");
        assert!(tx!(db, |tx| outbox::status(tx, &told, NOW).await));
        let said = message::get(&mut db.store.reader(), &"m-k1".into()).await.unwrap().unwrap();
        let known = delivered::provider_id(&mut db.store.reader(), &said.id).await.unwrap();
        assert_eq!(known.as_deref(), Some("wamid.1"), "it can be quoted");
        let last = message::last_heard(&mut db.store.reader(), &talk.id).await.unwrap();
        assert_eq!(last, None, "that was ours");
        let heard = Message {
            id: "m-in".into(),
            direction: Direction::In,
            author: Author::Contact("c1".into()),
            external: Some("wamid.in".into()),
            quotes: known,
            ..said
        };
        tx!(db, |tx| message::put(tx, &heard, false).await);
        let last = message::last_heard(&mut db.store.reader(), &talk.id).await.unwrap();
        assert_eq!(last.as_deref(), Some("wamid.in"));
        let shown = thread::messages::get(&mut db.store.reader(), &"m-in".into()).await.unwrap().unwrap();
        assert_eq!(shown.reply_to(), Some(&"m-k1".into()), "a quote of it is understood");
        assert!(claim(&db, later(10_000)).await.is_empty(), "it is not sent again");
    })
    .await;
}
