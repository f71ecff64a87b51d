//! Who works at the console, and what was given to them: good once, good for a while, and no longer than they work here.

use domain::{clock::Millis, staff::ConsoleRole};
use plumbline_store::{
    event,
    session::{self, Login},
    ticket::{self, Purpose, Ticket},
    user::{self, Person, User},
};

use crate::db::{Db, on_each, tx};

const NOW: Millis = Millis(1_000_000);
const LATER: Millis = Millis(2_000_000);

async fn hire(db: &Db, name: &str, role: ConsoleRole) -> User {
    let (ids, person) = (db.ids.clone(), Person::local(name, role));
    tx!(db, |tx| user::put(tx, &ids, &person, NOW).await)
}

async fn log_in(db: &Db, user: &User, secret: &'static str, seen: Millis) -> session::Session {
    let (ids, user) = (db.ids.clone(), user.clone());
    tx!(db, |tx| {
        let login = Login { user: &user, role: user.role, browser: "Firefox\u{7}", ends: LATER };
        session::open(tx, &ids, secret, &login, seen).await
    })
}

async fn found(db: &Db, secret: &str, idle_since: Millis, now: Millis) -> bool {
    session::find(&mut db.store.reader(), secret, idle_since, now).await.unwrap().is_some()
}

fn ticket_of(user: &User, purpose: Purpose, session: Option<&str>) -> Ticket {
    Ticket {
        purpose,
        user: user.id.clone(),
        role: user.role,
        version: user.version,
        session: session.map(ToOwned::to_owned),
        token: None,
        ends: LATER,
        expires: Millis(NOW.0 + 60_000),
    }
}

#[tokio::test]
async fn a_name_is_one_person_and_a_leaver_stays_gone() {
    on_each("console_user", |db| async move {
        let ana = hire(&db, " Ana ", ConsoleRole::Staff).await;
        let again = hire(&db, "ANA", ConsoleRole::Dispatcher).await;
        assert_eq!((&again.id, again.role, again.version), (&ana.id, ConsoleRole::Dispatcher, 0));
        let id = ana.id.clone();
        assert!(tx!(db, |tx| user::remove(tx, &id, NOW).await));
        let id = ana.id.clone();
        assert!(!tx!(db, |tx| user::remove(tx, &id, NOW).await), "once");
        let gone = hire(&db, "Ana", ConsoleRole::Owner).await;
        assert_eq!(
            (gone.removed, gone.role),
            (Some(NOW), ConsoleRole::Dispatcher),
            "nobody comes back by the way"
        );
        let mut tx = db.store.reader();
        assert!(user::stands(&mut tx, &ana.id, gone.version).await.unwrap().is_none());
        assert!(user::list(&mut tx).await.unwrap().is_empty());
        let id = ana.id.clone();
        assert!(tx!(db, |tx| user::take_back(tx, &id, ConsoleRole::Staff).await));
        assert!(user::stands(&mut tx, &ana.id, 0).await.unwrap().is_none(), "what was given before is void");
        assert!(user::stands(&mut tx, &ana.id, 2).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_rest_by_time_and_with_its_user() {
    on_each("console_session", |db| async move {
        let ana = hire(&db, "Ana", ConsoleRole::Staff).await;
        let opened = log_in(&db, &ana, "s-1", NOW).await;
        assert_eq!(opened.browser, "Firefox");
        let before = Millis(NOW.0 - 1);
        assert!(found(&db, "s-1", before, NOW).await);
        assert!(!found(&db, "s-2", before, NOW).await);
        assert!(!found(&db, "s-1", NOW, NOW).await, "unseen for too long");
        assert!(!found(&db, "s-1", before, LATER).await, "its time is over");
        let id = opened.id.clone();
        tx!(db, |tx| session::seen(tx, &id, Millis(NOW.0 + 5)).await);
        assert!(found(&db, "s-1", NOW, NOW).await);

        let others = hire(&db, "Ben", ConsoleRole::Staff).await;
        let (id, ben) = (opened.id.clone(), others.id.clone());
        assert!(!tx!(db, |tx| session::close(tx, &ben, &id, NOW).await), "nobody ends another's");
        let mut reader = db.store.reader();
        let before_close = event::follow(&db.store, 0, 100).await.unwrap().len();
        let (id, user) = (opened.id.clone(), ana.id.clone());
        assert!(tx!(db, |tx| session::close(tx, &user, &id, NOW).await));
        assert!(!found(&db, "s-1", before, NOW).await);
        let told = event::follow(&db.store, 0, 100).await.unwrap();
        assert_eq!(told.len(), before_close + 1);
        assert_eq!(
            (told.last().unwrap().kind.as_str(), &told.last().unwrap().body["session_id"]),
            (user::EVENT, &serde_json::json!(opened.id))
        );

        log_in(&db, &ana, "s-3", NOW).await;
        let id = ana.id.clone();
        tx!(db, |tx| user::set_role(tx, &id, ConsoleRole::Admin, NOW).await);
        assert!(!found(&db, "s-3", before, NOW).await, "another role begins with another login");
        assert!(session::list(&mut reader, &ana.id, before, NOW).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_oldest_of_too_many_sessions_goes() {
    on_each("console_many", |db| async move {
        let ana = hire(&db, "Ana", ConsoleRole::Staff).await;
        let secrets: Vec<&'static str> =
            (0..22).map(|n| &*Box::leak(format!("s-{n}").into_boxed_str())).collect();
        for (n, secret) in (0_i64..).zip(&secrets) {
            log_in(&db, &ana, secret, Millis(NOW.0 + n)).await;
        }
        let open = session::list(&mut db.store.reader(), &ana.id, Millis(0), NOW).await.unwrap();
        assert_eq!(open.len(), 20);
        assert!(!found(&db, "s-0", Millis(0), NOW).await && !found(&db, "s-1", Millis(0), NOW).await);
        assert!(found(&db, "s-2", Millis(0), NOW).await);
    })
    .await;
}

#[tokio::test]
async fn a_ticket_is_good_once_for_its_purpose_and_its_time() {
    on_each("console_ticket", |db| async move {
        let ana = hire(&db, "Ana", ConsoleRole::Staff).await;
        let session = log_in(&db, &ana, "s-1", NOW).await;
        for (secret, purpose, of) in [
            ("login", Purpose::Login, None),
            ("live", Purpose::Live, None),
            ("late", Purpose::Live, None),
            ("of-session", Purpose::Live, Some(session.id.as_str())),
            ("of-leaver", Purpose::Live, None),
        ] {
            let ticket = ticket_of(&ana, purpose, of);
            tx!(db, |tx| ticket::put(tx, secret, &ticket, NOW).await);
        }
        let redeem = |secret: &'static str, purpose, now| {
            let db = &db;
            async move { tx!(db, |tx| ticket::redeem(tx, secret, purpose, now).await).is_some() }
        };
        assert!(!redeem("login", Purpose::Live, NOW).await, "not for another purpose");
        assert!(redeem("login", Purpose::Login, NOW).await);
        assert!(!redeem("login", Purpose::Login, NOW).await, "once");
        assert!(!redeem("late", Purpose::Live, Millis(NOW.0 + 60_000)).await);
        assert!(!redeem("never", Purpose::Live, NOW).await);
        // Of two that come at once, one gets in.
        let (one, two) = tokio::join!(redeem("live", Purpose::Live, NOW), redeem("live", Purpose::Live, NOW));
        assert!(one != two);
        let (id, user) = (session.id.clone(), ana.id.clone());
        tx!(db, |tx| session::close(tx, &user, &id, NOW).await);
        assert!(!redeem("of-session", Purpose::Live, NOW).await, "it went with its session");
        let id = ana.id.clone();
        tx!(db, |tx| user::remove(tx, &id, NOW).await);
        assert!(!redeem("of-leaver", Purpose::Live, NOW).await);
    })
    .await;
}

#[tokio::test]
async fn a_token_given_back_stays_given_back() {
    on_each("console_revoked", |db| async move {
        let ana = hire(&db, "Ana", ConsoleRole::Staff).await;
        let id = ana.id.clone();
        tx!(db, |tx| {
            ticket::revoke(tx, &id, "t-1", LATER, NOW).await?;
            ticket::revoke(tx, &id, "t-1", LATER, NOW).await
        });
        let mut tx = db.store.reader();
        assert!(ticket::is_revoked(&mut tx, "t-1").await.unwrap());
        assert!(!ticket::is_revoked(&mut tx, "t-2").await.unwrap());
    })
    .await;
}
