//! What was kept for long enough goes, from the oldest on and no further; the house stays sound.

use domain::{
    clock::Millis,
    message::{MediaSource, Part},
};
use plumbline_store::{Error, Store, Tx, check, inbox, retention, setting};
use serde_json::Value;

use crate::databases::on_each;

const ROWS: &[&str] = &[
    "INSERT INTO conversation (id, agent, channel, external, owner, language, created_ms)
     VALUES ('c1', 'field', 'whatsapp', '49', 'agent', 'de', 1)",
    "INSERT INTO inbox (id, channel, external, lane, body, state, due_ms, received_ms) VALUES
     ('i1', 'whatsapp', 'w1', 'l', '{\"words\":\"old\"}', 'done', 1, 100), ('i2', 'whatsapp', 'w2', 'l', '{\"words\":\"dead\"}', 'dead', 1, 200),
     ('i3', 'whatsapp', 'w3', 'l', '{\"words\":\"new\"}', 'done', 1, 5000)",
    "INSERT INTO message (id, conversation_id, author, parts, at_ms, received_ms) VALUES
     ('m1', 'c1', '\"house\"', '[{\"type\":\"text\",\"text\":\"words stay\"}]', 1, 100),
     ('m2', 'c1', '\"house\"', '[{\"type\":\"media\",\"kind\":\"image\",\"mime\":\"image/png\",\"name\":null,\"caption\":null,\"source\":{\"from\":\"file\",\"at\":\"old.png\"}}]', 1, 200),
     ('m3', 'c1', '\"house\"', '[{\"type\":\"media\",\"kind\":\"image\",\"mime\":\"image/png\",\"name\":null,\"caption\":null,\"source\":{\"from\":\"file\",\"at\":\"new.png\"}}]', 1, 5000)",
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

#[tokio::test]
async fn the_old_goes_and_the_new_stays() {
    on_each("retention", |db| async move {
        let (store, before) = (&db.store, Millis(1_000));
        write(store, |tx| {
            Box::pin(async move {
                for sql in ROWS {
                    tx.exec(sql, vec![]).await?;
                }
                Ok(())
            })
        })
        .await;
        let mut tx = store.reader();
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
