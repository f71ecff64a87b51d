//! Taking a person's words and identities away, in steps that may be repeated. Ids, times, states, tokens and money stay;
//! invoices stay as they were written.

use domain::{
    clock::Millis,
    id::{ConversationId, QuestionId},
    message::{MediaSource, Part},
    question::Answer,
};
use serde_json::json;

use super::{MOST, Subject, elsewhere, tombstone};
use crate::{
    Error, Store, Tx, among, args, audit,
    db::among::{list, texts},
    event,
    inbox::to_json,
    question,
};

/// What stands where a person's name stood.
pub const NOBODY: &str = "erased person";
/// What stands where words stood.
const GONE: &str = r#"[{"type":"text","text":"[erased]"}]"#;
/// Messages, or rows of another table, of one transaction.
const BATCH: i64 = 200;
/// Shorter texts are too common to look for.
const LEAST: usize = 5;

/// Erases `subject`, whoever asked for it; `remove` takes the files away that their messages name, before the messages
/// forget them. What fails in between is done by the next call.
///
/// # Errors
/// [`Error::Database`], or what `remove` could not do.
pub async fn all<E: From<Error>>(
    store: &Store,
    subject: &Subject,
    actor: &str,
    now: Millis,
    mut remove: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    messages(store, subject, &mut remove).await?;
    rows(store, subject, now).await?;
    elsewhere::all(store, subject).await?;
    let (gone, actor) = (subject.clone(), actor.to_owned());
    store.write(move |tx| Box::pin(async move { person(tx, &gone, actor, now).await })).await?;
    // What came in meanwhile.
    messages(store, subject, &mut remove).await?;
    rows(store, subject, now).await?;
    Ok(())
}

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

async fn messages<E: From<Error>>(
    store: &Store,
    subject: &Subject,
    remove: &mut impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let all = list(subject.conversations.iter().map(String::as_str));
    loop {
        let mut tx = store.reader();
        let sql = among!(
            tx,
            "SELECT seq, id, parts FROM message WHERE parts <> $2 AND conversation_id",
            "$1",
            " ORDER BY seq LIMIT $3"
        );
        let rows = tx.rows(sql, args![&all, GONE, BATCH]).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut batch = Vec::with_capacity(rows.len());
        for row in &rows {
            let parts: Vec<Part> = row.json("parts")?;
            files(&parts).iter().try_for_each(|path| remove(path))?;
            batch.push((row.get::<i64>("seq")?, row.get::<String>("id")?));
        }
        store
            .write(move |tx| {
                Box::pin(async move {
                    for (seq, id) in &batch {
                        message(tx, *seq, id).await?;
                    }
                    Ok(())
                })
            })
            .await?;
    }
}

/// The provider's ids hold the number, so they go too.
async fn message(tx: &mut Tx, seq: i64, id: &str) -> Result<(), Error> {
    let sql = "DELETE FROM inbox WHERE external = (SELECT external FROM message WHERE seq = $1)";
    tx.exec(sql, args![seq]).await?;
    tx.exec(
        "UPDATE message SET parts = $2, external = NULL, quotes = NULL, client_id = NULL WHERE seq = $1",
        args![seq, GONE],
    )
    .await?;
    let words = if tx.is_postgres() {
        "DELETE FROM message_words WHERE seq = $1"
    } else {
        "DELETE FROM message_words WHERE rowid = $1"
    };
    tx.exec(words, args![seq]).await?;
    // Their keys and digests would tell the same words again.
    tx.exec("DELETE FROM submission WHERE message_id = $1", args![id]).await?;
    Ok(())
}

/// Everything beside the messages, a table after the other.
async fn rows(store: &Store, subject: &Subject, now: Millis) -> Result<(), Error> {
    let gone = subject.clone();
    store.write(move |tx| Box::pin(async move { rest(tx, &gone, now).await })).await?;
    for text in subject.addresses.iter().chain(subject.identities.iter().map(|identity| &identity.value)) {
        while text.len() >= LEAST && heard(store, text.clone()).await? > 0 {}
    }
    for conversation in &subject.conversations {
        while turns(store, conversation.clone()).await? > 0 {}
        let id = conversation.clone();
        store.write(move |tx| Box::pin(async move { beside(tx, &id).await })).await?;
    }
    Ok(())
}

/// Arrivals that name an address of theirs, up to a batch.
async fn heard(store: &Store, text: String) -> Result<u64, Error> {
    let change = store.write(move |tx| {
        Box::pin(async move {
            tx.exec(
                "DELETE FROM inbox WHERE seq IN (
                   SELECT seq FROM inbox WHERE replace(body, $1, '') <> body OR replace(lane, $1, '') <> lane LIMIT $2)",
                args![text, BATCH],
            )
            .await
        })
    });
    change.await
}

/// What turns of a conversation thought and did, up to a batch of turns.
async fn turns(store: &Store, conversation: String) -> Result<u64, Error> {
    let change = store.write(move |tx| {
        Box::pin(async move {
            let sql = "SELECT id FROM turn WHERE conversation_id = $1 AND (machine IS NOT NULL
                         OR EXISTS (SELECT 1 FROM journal j WHERE j.turn_id = turn.id AND j.request <> '{}'))
                       ORDER BY seq LIMIT $2";
            let ids = texts(&tx.rows(sql, args![&conversation, BATCH]).await?, "id")?;
            for id in &ids {
                tx.exec("UPDATE journal SET request = '{}', result = '{}' WHERE turn_id = $1", args![id])
                    .await?;
                tx.exec("DELETE FROM wake WHERE turn_id = $1", args![id]).await?;
                tx.exec("UPDATE turn SET machine = NULL WHERE id = $1", args![id]).await?;
            }
            Ok(u64::try_from(ids.len()).unwrap_or(0))
        })
    });
    change.await
}

/// Ends what is open: questions through their own rule, then the person's turns, which have nobody to talk with.
async fn rest(tx: &mut Tx, subject: &Subject, now: Millis) -> Result<(), Error> {
    let all = list(subject.conversations.iter().map(String::as_str));
    let sql = among!(
        tx,
        "SELECT q.id FROM question q WHERE q.state = 'open' AND NOT EXISTS (
           SELECT 1 FROM asked o WHERE o.question_id = q.id AND o.conversation_id NOT IN (
             SELECT id FROM conversation c WHERE c.contact_id = $3))
         AND q.id IN (SELECT question_id FROM asked WHERE conversation_id",
        "$1",
        ") LIMIT $2"
    );
    for id in texts(&tx.rows(sql, args![&all, MOST, subject.id.as_str()]).await?, "id")? {
        question::cancel(tx, &QuestionId(id), &json!("the person was erased"), now).await?;
    }
    let sql = among!(
        tx,
        "UPDATE turn SET state = 'done', finished_ms = $2, reason = NULL
         WHERE state IN ('due', 'running', 'parked') AND conversation_id",
        "$1",
        ""
    );
    tx.exec(sql, args![&all, now]).await?;
    // A worker that is in the middle of one of them commits nothing any more.
    let sql = among!(tx, "UPDATE conversation SET epoch = epoch + 1, lease_ms = 0 WHERE id", "$1", "");
    tx.exec(sql, args![&all]).await?;
    Ok(())
}

async fn beside(tx: &mut Tx, conversation: &str) -> Result<(), Error> {
    let rows = tx
        .rows(
            "SELECT q.id, q.answer FROM question q JOIN asked a ON a.question_id = q.id
             WHERE a.conversation_id = $1 AND q.answer IS NOT NULL LIMIT $2",
            args![conversation, MOST],
        )
        .await?;
    for row in rows {
        let mut answer: Answer = row.json("answer")?;
        "[erased]".clone_into(&mut answer.text);
        NOBODY.clone_into(&mut answer.by_name);
        answer.reason = None;
        let id: String = row.get("id")?;
        tx.exec("UPDATE question SET answer = $2 WHERE id = $1", args![id, to_json(&answer)]).await?;
    }
    let statements = [
        "UPDATE outbox SET content = '{\"content\":\"text\",\"text\":\"[erased]\"}', external = 'erased:' || conversation_id,
           provider_id = NULL, reason = NULL,
           state = CASE WHEN state IN ('queued', 'sending', 'unknown') THEN 'failed' ELSE state END
         WHERE conversation_id = $1",
        "UPDATE question SET body = '[erased]'
         WHERE purpose LIKE '{\"purpose\":\"ask\"%' AND id IN (SELECT question_id FROM asked WHERE conversation_id = $1)",
        "UPDATE asked SET body = '[erased]', choices = '[]' WHERE conversation_id = $1",
        "DELETE FROM note WHERE conversation_id = $1",
        "DELETE FROM todo WHERE conversation_id = $1",
        "DELETE FROM label WHERE conversation_id = $1",
        "UPDATE command SET body = '{}', result = NULL WHERE conversation_id = $1 AND state <> 'open'",
        "DELETE FROM pace WHERE external = (SELECT external FROM conversation WHERE id = $1) AND external <> ''",
    ];
    for sql in statements {
        tx.exec(sql, args![conversation]).await?;
    }
    Ok(())
}

/// The person: who writes by one of these identities from now on is a stranger.
async fn person(tx: &mut Tx, subject: &Subject, actor: String, now: Millis) -> Result<(), Error> {
    for identity in &subject.identities {
        tombstone::put(tx, identity, now).await?;
    }
    for id in &subject.contacts {
        for sql in [
            "DELETE FROM identity WHERE contact_id = $1",
            "UPDATE console_user SET contact_id = NULL WHERE contact_id = $1",
            "UPDATE visit SET contact_id = NULL WHERE contact_id = $1",
            "UPDATE contact_merge SET moved = '{}', undone_ms = COALESCE(undone_ms, at_ms)
             WHERE from_id = $1 OR into_id = $1",
        ] {
            tx.exec(sql, args![id]).await?;
        }
        tx.exec(
            "UPDATE contact SET name = $2, folded = $2, roles = '', language = NULL, default_agent = NULL WHERE id = $1",
            args![id, NOBODY],
        )
        .await?;
    }
    for id in &subject.conversations {
        tx.exec("UPDATE conversation SET external = 'erased:' || id WHERE id = $1", args![id]).await?;
        let id = ConversationId(id.clone());
        event::put(tx, "conversation", Some(&id), &json!({ "changed": "erased" }), now).await?;
    }
    let entry = audit::Entry {
        actor,
        action: "contact_erased",
        subject: subject.id.0.clone(),
        digest: String::new(),
    };
    audit::append(tx, &entry, now).await
}
