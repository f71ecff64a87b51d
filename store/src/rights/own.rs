//! What is a person's own: their conversations and those of their settled jobs, emptied table by table in steps that may be
//! repeated. Ids, times, states and tokens stay.

use std::collections::HashSet;

use domain::{
    clock::Millis,
    id::QuestionId,
    message::{MediaSource, Part},
    question::Answer,
};
use serde_json::{Value, json};

use super::{ERASED, MOST, NOBODY, all};
use crate::{Error, Store, Tx, among, args, db::among::texts, inbox::to_json, question};

/// The parts of a message that was emptied.
pub(crate) const GONE: &str = r#"[{"type":"erased"}]"#;
/// Rows of one transaction.
pub(super) const BATCH: i64 = 200;

/// The paths of the files that `parts` name.
pub(super) fn files(parts: &[Part]) -> Vec<String> {
    let file = |part: &Part| match part {
        Part::Media(media) => match &media.source {
            MediaSource::File(path) => Some(path.clone()),
            _ => None,
        },
        _ => None,
    };
    parts.iter().filter_map(file).collect()
}

/// Empties arrivals that name one of `marks` in their bodies or their ids. A repeat of one is a new one, which its moment
/// gives away.
pub(super) async fn arrivals(store: &Store, marks: &HashSet<String>) -> Result<(), Error> {
    const PAGE: i64 = 1_000;
    let mut after = 0_i64;
    loop {
        let sql = "SELECT seq, external, lane, body FROM inbox WHERE seq > $1 ORDER BY seq LIMIT $2";
        let rows = store.reader().rows(sql, args![after, PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.get("seq")?;
        let mut found = Vec::new();
        for row in &rows {
            let (external, lane): (String, String) = (row.get("external")?, row.get("lane")?);
            let body: Value = serde_json::from_str(&row.get::<String>("body")?).unwrap_or(Value::Null);
            let lane = lane.rsplit_once(':').map_or(lane.as_str(), |(_, lane)| lane);
            if marks.contains(&external) || marks.contains(lane) || names(&body, marks) {
                found.push(row.get::<i64>("seq")?);
            }
        }
        if found.is_empty() {
            continue;
        }
        store
            .write(move |tx| {
                Box::pin(async move {
                    for seq in found {
                        let sql = "UPDATE inbox SET body = '{}', external = 'erased:' || id, lane = 'erased', reason = NULL,
                                     state = 'done' WHERE seq = $1";
                        tx.run(sql, args![seq]).await?;
                    }
                    Ok(())
                })
            })
            .await?;
    }
}

fn names(value: &Value, marks: &HashSet<String>) -> bool {
    match value {
        Value::String(text) => marks.contains(text),
        Value::Array(items) => items.iter().any(|item| names(item, marks)),
        Value::Object(fields) => fields.values().any(|field| names(field, marks)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What the provider and we call the messages of `conversations`: a provider's id holds the number.
pub(super) async fn marks(tx: &mut Tx, conversations: &[String]) -> Result<HashSet<String>, Error> {
    let mut marks = HashSet::new();
    let ids = all(conversations);
    for sql in [
        among!(
            tx,
            "SELECT external AS mark FROM message WHERE external IS NOT NULL AND conversation_id",
            "$1",
            ""
        ),
        among!(tx, "SELECT id AS mark FROM outbox WHERE conversation_id", "$1", ""),
        among!(
            tx,
            "SELECT provider_id AS mark FROM outbox WHERE provider_id IS NOT NULL AND conversation_id",
            "$1",
            ""
        ),
    ] {
        marks.extend(texts(&tx.rows(sql, args![&ids]).await?, "mark")?);
    }
    Ok(marks)
}

/// `remove` takes the files away that messages name, before the messages forget them.
pub(super) async fn messages<E: From<Error>>(
    store: &Store,
    conversations: &[String],
    remove: &mut (impl FnMut(&str) -> Result<(), E> + Send),
) -> Result<(), E> {
    let ids = all(conversations);
    loop {
        let mut tx = store.reader();
        let sql = among!(
            tx,
            "SELECT seq, id, parts FROM message
             WHERE (parts <> $2 OR external IS NOT NULL OR unheard = 1) AND conversation_id",
            "$1",
            " ORDER BY seq LIMIT $3"
        );
        let rows = tx.rows(sql, args![&ids, GONE, BATCH]).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut batch = Vec::with_capacity(rows.len());
        for row in &rows {
            // What this version cannot read names no file that it knows.
            let parts: Vec<Part> = row.json("parts").unwrap_or_default();
            files(&parts).iter().try_for_each(|path| remove(path))?;
            batch.push((row.get::<i64>("seq")?, row.get::<String>("id")?));
        }
        let change = store.write(move |tx| {
            Box::pin(async move {
                for (seq, id) in &batch {
                    message(tx, *seq, id).await?;
                }
                Ok(())
            })
        });
        change.await?;
    }
}

async fn message(tx: &mut Tx, seq: i64, id: &str) -> Result<(), Error> {
    tx.run(
        "UPDATE message SET parts = $2, external = NULL, quotes = NULL, client_id = NULL, unheard = 0 WHERE seq = $1",
        args![seq, GONE],
    )
    .await?;
    forget_words(tx, seq).await?;
    // Their keys and digests would tell the same words again.
    tx.run("DELETE FROM submission WHERE message_id = $1", args![id]).await?;
    Ok(())
}

/// Empties one message, which keeps its place and who said it.
pub(crate) async fn empty(tx: &mut Tx, id: &str) -> Result<(), Error> {
    let row = tx.row("UPDATE message SET parts = $2 WHERE id = $1 RETURNING seq", args![id, GONE]).await?;
    let Some(row) = row else { return Ok(()) };
    forget_words(tx, row.get("seq")?).await
}

async fn forget_words(tx: &mut Tx, seq: i64) -> Result<(), Error> {
    let words = if tx.is_postgres() {
        "UPDATE message_words SET words = '' WHERE seq = $1"
    } else {
        "DELETE FROM message_words WHERE rowid = $1"
    };
    tx.run(words, args![seq]).await?;
    Ok(())
}

/// Everything of `conversations` beside their messages.
pub(super) async fn rest(store: &Store, conversations: &[String], now: Millis) -> Result<(), Error> {
    let ids = conversations.to_vec();
    store.write(move |tx| Box::pin(async move { stop(tx, &ids, now).await })).await?;
    for conversation in conversations {
        while turns(store, conversation.clone()).await? > 0 {}
        let id = conversation.clone();
        store.write(move |tx| Box::pin(async move { beside(tx, &id).await })).await?;
    }
    Ok(())
}

/// Ends what is open: questions through their own rule, then the turns, which have nobody to talk with.
async fn stop(tx: &mut Tx, conversations: &[String], now: Millis) -> Result<(), Error> {
    let ids = all(conversations);
    let sql = among!(
        tx,
        "SELECT q.id FROM question q JOIN turn t ON t.id = q.turn_id WHERE q.state = 'open' AND t.conversation_id",
        "$1",
        " LIMIT $2"
    );
    let mut ending = texts(&tx.rows(sql, args![&ids, MOST]).await?, "id")?;
    let sql = among!(
        tx,
        "SELECT a.question_id AS id FROM asked a JOIN question q ON q.id = a.question_id
         WHERE q.state = 'open' AND (SELECT COUNT(*) FROM asked o WHERE o.question_id = q.id) = 1
           AND a.conversation_id",
        "$1",
        " LIMIT $2"
    );
    ending.extend(texts(&tx.rows(sql, args![&ids, MOST]).await?, "id")?);
    for id in ending {
        question::cancel(tx, &QuestionId(id), &json!("the person was erased"), now).await?;
    }
    let sql = among!(
        tx,
        "UPDATE turn SET state = 'done', machine = '{}', finished_ms = $2
         WHERE state IN ('due', 'running', 'parked', 'failed') AND conversation_id",
        "$1",
        ""
    );
    tx.run(sql, args![&ids, now]).await?;
    // A worker that is in the middle of one of them commits nothing any more.
    let sql = among!(tx, "UPDATE conversation SET epoch = epoch + 1, lease_ms = 0 WHERE id", "$1", "");
    tx.run(sql, args![&ids]).await?;
    Ok(())
}

/// What turns of a conversation thought and did, up to a batch of turns.
async fn turns(store: &Store, conversation: String) -> Result<u64, Error> {
    let change = store.write(move |tx| {
        Box::pin(async move {
            let sql = "SELECT id FROM turn WHERE conversation_id = $1 AND (machine <> '{}' OR machine IS NULL
                         OR reason IS NOT NULL
                         OR EXISTS (SELECT 1 FROM journal j WHERE j.turn_id = turn.id AND j.request <> '{}'))
                       ORDER BY seq LIMIT $2";
            let ids = texts(&tx.rows(sql, args![&conversation, BATCH]).await?, "id")?;
            for id in &ids {
                tx.run(
                    "UPDATE journal SET request = '{}', result = '{}', state = 'done' WHERE turn_id = $1",
                    args![id],
                )
                .await?;
                tx.run("DELETE FROM wake WHERE turn_id = $1", args![id]).await?;
                tx.run("UPDATE turn SET machine = '{}', reason = NULL WHERE id = $1", args![id]).await?;
            }
            Ok(u64::try_from(ids.len()).unwrap_or(0))
        })
    });
    change.await
}

async fn beside(tx: &mut Tx, conversation: &str) -> Result<(), Error> {
    answers(tx, conversation).await?;
    let statements = [
        "UPDATE outbox SET content = '{\"content\":\"text\",\"text\":\"[erased]\"}', provider_id = NULL,
           external = 'erased:' || conversation_id,
           reason = CASE WHEN state IN ('queued', 'sending', 'unknown', 'failed') THEN 'erased' END,
           state = CASE WHEN state IN ('queued', 'sending', 'unknown') THEN 'failed' ELSE state END
         WHERE conversation_id = $1",
        "UPDATE question SET body = '[erased]'
         WHERE purpose LIKE '{\"purpose\":\"ask\"%' AND id IN (SELECT question_id FROM asked WHERE conversation_id = $1)",
        "UPDATE asked SET body = '[erased]', choices = '[]' WHERE conversation_id = $1",
        "DELETE FROM note WHERE conversation_id = $1",
        "DELETE FROM todo WHERE conversation_id = $1",
        "DELETE FROM label WHERE conversation_id = $1",
        "DELETE FROM timer WHERE of_id = $1",
        "DELETE FROM event WHERE conversation_id = $1",
        "UPDATE thread SET customer_id = NULL, linked = NULL, assignee = NULL, unread = 0, waiting_ms = NULL,
           snoozed_ms = NULL, status = 'resolved' WHERE conversation_id = $1",
        "DELETE FROM command WHERE conversation_id = $1",
        "DELETE FROM pace WHERE external = (SELECT external FROM conversation WHERE id = $1) AND external <> ''",
    ];
    for sql in statements {
        tx.run(sql, args![conversation]).await?;
    }
    Ok(())
}

/// What was answered in this conversation, and by whom.
async fn answers(tx: &mut Tx, conversation: &str) -> Result<(), Error> {
    let sql = "SELECT q.id, q.answer FROM question q JOIN asked a ON a.question_id = q.id
               WHERE a.conversation_id = $1 AND q.answer IS NOT NULL ORDER BY q.id LIMIT $2";
    for row in tx.rows(sql, args![conversation, MOST]).await? {
        let Ok(mut answer) = row.json::<Answer>("answer") else { continue };
        ERASED.clone_into(&mut answer.text);
        answer.reason = None;
        let sql = "SELECT contact_id FROM conversation WHERE id = $1";
        let person =
            tx.row(sql, args![conversation]).await?.map(|row| row.get::<Option<String>>("contact_id"));
        let theirs = answer.by.is_none() || person.transpose()?.flatten() == answer.by.clone().map(|by| by.0);
        if theirs {
            NOBODY.clone_into(&mut answer.by_name);
        }
        let id: String = row.get("id")?;
        tx.run("UPDATE question SET answer = $2 WHERE id = $1", args![id, to_json(&answer)]).await?;
    }
    Ok(())
}
