//! What was kept for long enough goes, from the oldest on and no further; the house stays sound.

use domain::{
    clock::Millis,
    message::{MediaSource, Part},
};
use plumbline_store::{
    Error, Store, Tx, audit, check, inbox, merge,
    retention::{self, Kind, messages},
    rights::hold,
    setting,
};
use serde_json::Value;

use crate::db::{Db, on_each, tx};

const ROWS: &[&str] = &[
    "INSERT INTO conversation (id, agent, channel, external, owner, language, created_ms)
     VALUES ('c1', 'field', 'whatsapp', '49', 'agent', 'de', 1)",
    "INSERT INTO inbox (id, channel, external, lane, body, state, due_ms, received_ms) VALUES
     ('i1', 'whatsapp', 'w1', 'l', '{\"words\":\"old\"}', 'done', 1, 100), ('i2', 'whatsapp', 'w2', 'l', '{\"words\":\"dead\"}', 'dead', 1, 200),
     ('i3', 'whatsapp', 'w3', 'l', '{\"words\":\"new\"}', 'done', 1, 5000)",
    "INSERT INTO message (id, conversation_id, author, parts, at_ms, received_ms) VALUES
     ('m1', 'c1', '\"house\"', '[{\"type\":\"text\",\"text\":\"words stay\"}]', 100, 100),
     ('m2', 'c1', '\"house\"', '[{\"type\":\"media\",\"kind\":\"image\",\"mime\":\"image/png\",\"name\":null,\"caption\":null,\"source\":{\"from\":\"file\",\"at\":\"old.png\"}}]', 200, 200),
     ('m3', 'c1', '\"house\"', '[{\"type\":\"media\",\"kind\":\"image\",\"mime\":\"image/png\",\"name\":null,\"caption\":null,\"source\":{\"from\":\"file\",\"at\":\"new.png\"}}]', 5000, 5000)",
    "INSERT INTO thread (conversation_id, kind, hidden, status, unread, last_id, last_ms, created_ms)
     VALUES ('c1', 'whatsapp', 0, 'open', 0, 'm3', 5000, 1)",
    "INSERT INTO turn (id, conversation_id, agent, state, due_ms, flush_ms, owner_version, machine, reason, created_ms, finished_ms) VALUES
     ('t1', 'c1', 'field', 'done', 1, 1, 0, '{\"thought\":1}', 'said by hand', 1, 100),
     ('t2', 'c1', 'field', 'failed', 1, 1, 0, '{\"thought\":2}', 'the model is away', 1, 100),
     ('t3', 'c1', 'field', 'done', 1, 1, 0, '{\"thought\":3}', 'said by hand', 1, 5000)",
    "INSERT INTO journal (turn_id, key, seq, kind, name, effect, request, state, result, tokens_in, started_ms) VALUES
     ('t1', 'k', 1, 'model', 'm', 'pure', '{\"heard\":1}', 'done', '{\"said\":1}', 7, 1),
     ('t3', 'k', 1, 'model', 'm', 'pure', '{\"heard\":3}', 'done', '{\"said\":3}', 7, 1)",
];

async fn text(tx: &mut Tx, sql: &'static str) -> Vec<String> {
    tx.rows(sql, vec![]).await.unwrap().iter().map(|row| row.get("text").unwrap()).collect()
}

async fn write<T: Send + 'static>(
    store: &Store,
    change: impl for<'t> FnOnce(&'t mut Tx) -> futures::future::BoxFuture<'t, Result<T, Error>> + Send + 'static,
) -> T {
    store.write(change).await.unwrap()
}

async fn put(db: &Db, rows: &'static [&'static str]) {
    tx!(db, |tx| {
        for sql in rows {
            tx.exec(sql, vec![]).await?;
        }
        Ok::<_, Error>(())
    });
}

#[tokio::test]
async fn the_old_goes_and_the_new_stays() {
    on_each("retention", |db| async move {
        let (store, before) = (&db.store, Millis(1_000));
        put(&db, ROWS).await;
        let mut tx = store.reader();
        for (kind, due) in [(Kind::Arrivals, 1), (Kind::Traces, 1), (Kind::Files, 1), (Kind::Messages, 2)] {
            assert_eq!(retention::count(&mut tx, kind, before).await.unwrap(), due, "{kind:?}");
        }
        for _ in 0..2 {
            assert!(!write(store, move |tx| Box::pin(retention::arrivals(tx, before))).await);
            let bodies = text(&mut tx, "SELECT body AS text FROM inbox ORDER BY seq").await;
            assert_eq!(bodies, ["{}", r#"{"words":"dead"}"#, r#"{"words":"new"}"#]);
            assert!(!write(store, move |tx| Box::pin(retention::traces(tx, before))).await);
            let machines = text(&mut tx, "SELECT machine AS text FROM turn ORDER BY seq").await;
            assert_eq!(
                machines,
                ["{}", r#"{"thought":2}"#, r#"{"thought":3}"#],
                "what failed may be tried again"
            );
            let journal =
                text(&mut tx, "SELECT request || result AS text FROM journal ORDER BY turn_id").await;
            assert_eq!(journal, ["{}{}", r#"{"heard":3}{"said":3}"#]);
        }
        assert!(inbox::known(&mut tx, &"whatsapp".into(), "w1").await.unwrap(), "a repeat is still known");

        let (mut old, upto) = retention::old_files(&mut tx, before).await.unwrap().unwrap();
        assert_eq!(old.len(), 1);
        assert_eq!(retention::file(&old[0].parts[0]), Some("old.png"));
        if let Part::Media(media) = &mut old[0].parts[0] {
            media.source = MediaSource::Missing("it was kept for 365 days".to_owned());
        }
        write(store, move |tx| Box::pin(async move { retention::files_gone(tx, &old, upto).await })).await;
        assert_eq!(retention::old_files(&mut tx, before).await.unwrap(), None);
        let parts = text(&mut tx, "SELECT parts AS text FROM message ORDER BY seq").await;
        let parts: Vec<Value> = parts.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        assert_eq!(parts[0][0]["text"], "words stay");
        assert_eq!(parts[1][0]["source"]["from"], "missing");
        assert_eq!(parts[2][0]["source"]["at"], "new.png");
        assert_eq!(setting::get(&mut tx, "retention.media").await.unwrap().as_deref(), Some("2"));
        let found = check::findings(store, check::Look::default()).await.unwrap();
        assert!(found.iter().all(|finding| finding.rule != "turn answered"), "{found:?}");
    })
    .await;
}

/// A card that asked something, the answer to it, and a message that still waits to be sent.
const SAID: &[&str] = &[
    "INSERT INTO outbox (id, key, conversation_id, channel, external, content, speaker, message_id, state, due_ms, created_ms, updated_ms)
     VALUES ('o1', 'k1', 'c1', 'whatsapp', '49', '{\"content\":\"text\",\"text\":\"words\"}', 'field', 'm1', 'read', 1, 1, 1),
            ('o2', 'k2', 'c1', 'whatsapp', '49', '{\"content\":\"text\",\"text\":\"later\"}', 'field', 'm2', 'queued', 1, 1, 1)",
    "INSERT INTO question (id, turn_id, call_id, agent, purpose, body, state, asked_ms, expires_ms)
     VALUES ('q1', 't1', 'k', 'field', '{}', 'words', 'answered', 1, 2)",
    "INSERT INTO asked (question_id, conversation_id, outbox_id, body, choices) VALUES ('q1', 'c1', 'o1', 'words', '[]')",
];

#[tokio::test]
async fn what_was_said_goes_wherever_it_stands_and_what_waits_is_still_sent() {
    on_each("retention_said", |db| async move {
        put(&db, ROWS).await;
        put(&db, SAID).await;
        let (mut tx, before) = (db.store.reader(), Millis(1_000));
        let found = messages::find(&mut tx, before).await.unwrap();
        assert_eq!((found.messages.len(), found.next.is_some()), (2, false));
        tx!(db, |tx| messages::gone(tx, &found, before).await);
        assert_eq!(messages::find(&mut tx, before).await.unwrap(), messages::Found::default());
        assert_eq!(retention::count(&mut tx, Kind::Messages, before).await.unwrap(), 0);
        let parts = text(&mut tx, "SELECT parts AS text FROM message ORDER BY seq").await;
        let erased = r#"[{"type":"erased"}]"#;
        assert_eq!((parts[0].as_str(), parts[1].as_str()), (erased, erased));
        assert!(parts[2].contains("new.png"), "{parts:?}");
        let sent = text(&mut tx, "SELECT content AS text FROM outbox ORDER BY id").await;
        assert!(sent[0].contains("[erased]") && sent[1].contains("later"), "{sent:?}");
        assert_eq!(text(&mut tx, "SELECT body AS text FROM asked").await, ["[erased]"]);
        assert_eq!(text(&mut tx, "SELECT body AS text FROM question").await, ["words"], "approvals stay");
    })
    .await;
}

/// The conversation's person, a job that they handed in, and its talk at the office.
const PERSON: &[&str] = &[
    "INSERT INTO contact (id, name, roles, folded, created_ms) VALUES ('p1', 'Frank', 'technician', 'frank', 1),
     ('p2', 'Franz', 'technician', 'franz', 1)",
    "UPDATE conversation SET contact_id = 'p1' WHERE id = 'c1'",
    "UPDATE inbox SET lane = 'whatsapp:49' WHERE id = 'i1'",
    "INSERT INTO conversation (id, agent, channel, external, owner, language, created_ms)
     VALUES ('c2', 'office', 'link:field', 'JOB-1', 'agent', 'de', 1)",
    "INSERT INTO handoff (agent, job_id, conversation_id, customer_id, report, fingerprint, state, created_ms, updated_ms)
     VALUES ('field', 'JOB-1', 'c1', '7', '{}', 'f', 'settled', 1, 1)",
    "INSERT INTO turn (id, conversation_id, agent, state, due_ms, flush_ms, owner_version, machine, created_ms, finished_ms)
     VALUES ('t9', 'c2', 'office', 'done', 1, 1, 0, '{\"thought\":9}', 1, 100)",
];

async fn due(tx: &mut Tx, before: Millis) -> Vec<i64> {
    let mut due = Vec::new();
    for kind in Kind::ALL {
        due.push(retention::count(tx, kind, before).await.unwrap());
    }
    due
}

#[tokio::test]
async fn nothing_goes_of_whoever_is_on_hold_until_it_is_lifted() {
    on_each("retention_hold", |db| async move {
        put(&db, ROWS).await;
        put(&db, PERSON).await;
        let entry = || audit::Entry {
            actor: "house".to_owned(),
            action: "noted",
            subject: "x".to_owned(),
            digest: String::new(),
        };
        tx!(db, |tx| audit::append(tx, &entry(), Millis(100)).await);
        let (mut tx, before, now) = (db.store.reader(), Millis(1_000), Millis(2_000));
        assert_eq!(due(&mut tx, before).await, [1, 2, 1, 0, 2, 1]);
        assert!(tx!(db, |tx| hold::set(tx, &"p1".into(), true, now).await));
        assert!(!tx!(db, |tx| hold::set(tx, &"p1".into(), true, Millis(3_000)).await), "it stands");
        assert_eq!(hold::since(&mut tx, &"p1".into()).await.unwrap(), Some(now));
        assert_eq!(due(&mut tx, before).await, [0; 6], "their job's talk and the audit log included");

        // It goes along with the person.
        let (ids, by) = (db.ids.clone(), "u1".into());
        tx!(db, |tx| merge::merge(tx, &ids, &"p1".into(), &"p2".into(), &by, now).await).unwrap();
        assert_eq!(due(&mut tx, before).await, [0; 6]);
        tx!(db, |tx| retention::arrivals(tx, before).await);
        tx!(db, |tx| retention::traces(tx, before).await);
        assert!(!tx!(db, |tx| audit::forget(tx, before).await));
        let (old, upto) = retention::old_files(&mut tx, before).await.unwrap().unwrap();
        assert_eq!(old, []);
        tx!(db, |tx| retention::files_gone(tx, &old, upto).await);
        assert_eq!(messages::find(&mut tx, before).await.unwrap(), messages::Found::default());
        assert!(text(&mut tx, "SELECT body AS text FROM inbox ORDER BY seq").await[0].contains("old"));

        assert!(tx!(db, |tx| hold::set(tx, &"p2".into(), false, now).await));
        assert_eq!(due(&mut tx, before).await, [1, 2, 1, 0, 2, 1]);
        let found = messages::find(&mut tx, before).await.unwrap();
        assert_eq!(found.messages.len(), 2, "it is looked at from the beginning");
        // Whoever is held between the look and the change keeps what was found.
        assert!(tx!(db, |tx| hold::set(tx, &"p2".into(), true, now).await));
        tx!(db, |tx| messages::gone(tx, &found, before).await);
        assert!(
            text(&mut tx, "SELECT parts AS text FROM message ORDER BY seq").await[0].contains("words stay")
        );
        assert!(tx!(db, |tx| hold::set(tx, &"p2".into(), false, now).await));
        tx!(db, |tx| retention::arrivals(tx, before).await);
        assert_eq!(text(&mut tx, "SELECT body AS text FROM inbox ORDER BY seq").await[0], "{}");
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_is_forgotten_from_its_beginning_and_still_proved() {
    on_each("retention_audit", |db| async move {
        for n in 0..6 {
            let entry = audit::Entry {
                actor: "sabine".into(),
                action: "approved",
                subject: format!("q{n}"),
                digest: "d".into(),
            };
            tx!(db, |tx| audit::append(tx, &entry, Millis(n * 100)).await);
        }
        let (mut tx, before) = (db.store.reader(), Millis(300));
        assert_eq!(retention::count(&mut tx, Kind::Audit, before).await.unwrap(), 3);
        assert!(!tx!(db, |tx| audit::forget(tx, before).await));
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Ok(3));
        assert_eq!(audit::list(&mut tx, None, 10).await.unwrap().last().unwrap().seq, 4);
        let entry = audit::Entry {
            actor: "sabine".into(),
            action: "approved",
            subject: "q9".into(),
            digest: "d".into(),
        };
        tx!(db, |tx| audit::append(tx, &entry, Millis(900)).await);
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Ok(4), "the chain goes on");
        tx!(db, |tx| tx.exec("DELETE FROM audit WHERE seq = 4", vec![]).await);
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Err(4), "nobody else cuts it");
        assert!(!tx!(db, |tx| audit::forget(tx, Millis(10_000)).await));
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Ok(0), "all of it may go");
    })
    .await;
}
