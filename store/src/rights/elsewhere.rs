//! A person's name in what others were told of their jobs: the job itself, the agents' talk about it, the questions to the
//! office. Leaves invoices as they are, and of an invoiced job what was done, which VAT law wants described
//! (section 14 (4) no. 5 UStG). Never looks beyond their jobs: a name alone may be somebody else's.

use serde_json::Value;

use super::{MOST, Subject, erase::NOBODY};
use crate::{Error, Store, Tx, args};

/// What is read and written again: a row's key in two parts and its text.
const PLACES: [(&str, &str); 8] = [
    (
        "SELECT m.id AS a, '' AS b, m.parts AS text FROM message m JOIN conversation c ON c.id = m.conversation_id
         WHERE (c.channel LIKE 'link:%' AND c.external = $1) OR c.id = (SELECT conversation_id FROM job WHERE id = $1)
         LIMIT $2",
        "UPDATE message SET parts = $3 WHERE id = $1 AND '' = $2",
    ),
    (
        "SELECT j.turn_id AS a, j.key AS b, j.request AS text FROM journal j JOIN turn t ON t.id = j.turn_id
         JOIN conversation c ON c.id = t.conversation_id
         WHERE (c.channel LIKE 'link:%' AND c.external = $1) OR c.id = (SELECT conversation_id FROM job WHERE id = $1)
         LIMIT $2",
        "UPDATE journal SET request = $3 WHERE turn_id = $1 AND key = $2",
    ),
    (
        "SELECT j.turn_id AS a, j.key AS b, j.result AS text FROM journal j JOIN turn t ON t.id = j.turn_id
         JOIN conversation c ON c.id = t.conversation_id
         WHERE j.result IS NOT NULL AND ((c.channel LIKE 'link:%' AND c.external = $1)
           OR c.id = (SELECT conversation_id FROM job WHERE id = $1)) LIMIT $2",
        "UPDATE journal SET result = $3 WHERE turn_id = $1 AND key = $2",
    ),
    (
        "SELECT t.id AS a, '' AS b, t.machine AS text FROM turn t JOIN conversation c ON c.id = t.conversation_id
         WHERE t.machine IS NOT NULL AND ((c.channel LIKE 'link:%' AND c.external = $1)
           OR c.id = (SELECT conversation_id FROM job WHERE id = $1)) LIMIT $2",
        "UPDATE turn SET machine = $3 WHERE id = $1 AND '' = $2",
    ),
    (
        "SELECT id AS a, '' AS b, body AS text FROM question WHERE job_id = $1 LIMIT $2",
        "UPDATE question SET body = $3 WHERE id = $1 AND '' = $2",
    ),
    (
        "SELECT id AS a, '' AS b, purpose AS text FROM question WHERE job_id = $1 LIMIT $2",
        "UPDATE question SET purpose = $3 WHERE id = $1 AND '' = $2",
    ),
    (
        "SELECT s.question_id AS a, s.conversation_id AS b, s.body AS text
         FROM asked s JOIN question q ON q.id = s.question_id WHERE q.job_id = $1 LIMIT $2",
        "UPDATE asked SET body = $3 WHERE question_id = $1 AND conversation_id = $2",
    ),
    (
        "SELECT o.id AS a, '' AS b, o.content AS text
         FROM outbox o JOIN asked s ON s.outbox_id = o.id JOIN question q ON q.id = s.question_id
         WHERE q.job_id = $1 LIMIT $2",
        "UPDATE outbox SET content = $3 WHERE id = $1 AND '' = $2",
    ),
];
/// The messages by which questions about a job were asked.
const ASKED: (&str, &str) = (
    "SELECT m.id AS a, '' AS b, m.parts AS text
     FROM message m JOIN outbox o ON o.message_id = m.id JOIN asked s ON s.outbox_id = o.id
     JOIN question q ON q.id = s.question_id WHERE q.job_id = $1 LIMIT $2",
    "UPDATE message SET parts = $3 WHERE id = $1 AND '' = $2",
);

/// A job a transaction.
pub(super) async fn all(store: &Store, subject: &Subject) -> Result<(), Error> {
    let mut hidden: Vec<String> = subject.names.iter().filter(|name| *name != NOBODY).cloned().collect();
    hidden.extend(subject.identities.iter().map(|identity| identity.value.clone()));
    // The longer first: one may hold another.
    hidden.sort_by_key(|text| std::cmp::Reverse(text.len()));
    for job in &subject.jobs {
        let (job, hidden) = (job.clone(), hidden.clone());
        store.write(move |tx| Box::pin(async move { one(tx, &job, &hidden).await })).await?;
    }
    Ok(())
}

async fn one(tx: &mut Tx, job: &str, hidden: &[String]) -> Result<(), Error> {
    for (read, write) in PLACES.into_iter().chain([ASKED]) {
        for row in tx.rows(read, args![job, MOST]).await? {
            let text: String = row.get("text")?;
            let hiding = hide_in(&text, hidden);
            if hiding != text {
                let (a, b): (String, String) = (row.get("a")?, row.get("b")?);
                tx.exec(write, args![a, b, hiding]).await?;
            }
        }
    }
    for (read, write) in [
        (
            "SELECT report, note, invoice_id FROM handoff WHERE job_id = $1 LIMIT $2",
            "UPDATE handoff SET report = $2, note = $3 WHERE job_id = $1",
        ),
        (
            "SELECT report, note, invoice_id FROM job WHERE id = $1 LIMIT $2",
            "UPDATE job SET report = $2, note = $3 WHERE id = $1",
        ),
    ] {
        for row in tx.rows(read, args![job, MOST]).await? {
            let mut report: Value = row.json("report")?;
            let invoiced = row.get::<Option<String>>("invoice_id")?.is_some();
            report["technician"] = NOBODY.into();
            if !invoiced {
                report["work_done"] = "[erased]".into();
            }
            let note = row.get::<Option<String>>("note")?.map(|note| hide_in(&note, hidden));
            tx.exec(write, args![job, hide_in(&report.to_string(), hidden), note]).await?;
        }
    }
    Ok(())
}

/// `text` without `hidden`; JSON stays JSON, and its keys as they are.
fn hide_in(text: &str, hidden: &[String]) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
            walk(&mut value, hidden);
            value.to_string()
        }
        _ => hidden.iter().fold(text.to_owned(), |text, hidden| hide(&text, hidden)),
    }
}

fn walk(value: &mut Value, hidden: &[String]) {
    match value {
        // What a tool was given or gave back is often JSON in a text.
        Value::String(text) => *text = hide_in(text, hidden),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, hidden)),
        Value::Object(fields) => fields.values_mut().for_each(|field| walk(field, hidden)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Replaces `hidden` where it stands as words of its own.
fn hide(text: &str, hidden: &str) -> String {
    if hidden.is_empty() {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(hidden) {
        let (before, after) = (&rest[..at], &rest[at + hidden.len()..]);
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let last = before.chars().next_back().or_else(|| kept.chars().next_back());
        let whole = !inside(last) && !inside(after.chars().next());
        kept.push_str(before);
        kept.push_str(if whole { NOBODY } else { hidden });
        rest = after;
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_and_a_longer_word_that_begins_like_it_stays() {
        let hidden = ["Frank".to_owned()];
        assert_eq!(
            hide_in("Frank, Frankfurt and (Frank)", &hidden),
            "erased person, Frankfurt and (erased person)"
        );
        assert_eq!(
            hide_in(r#"{"Frank":"{\"by\":\"Frank\"}","n":1}"#, &hidden),
            r#"{"Frank":"{\"by\":\"erased person\"}","n":1}"#
        );
    }
}
