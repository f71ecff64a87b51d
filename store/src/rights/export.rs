//! What is kept about a person, as JSON by file name, and the paths of their files. Changes nothing.

use domain::message::Part;
use serde_json::{Map, Value, json};

use super::{MOST, Subject, erase::files};
use crate::{
    Error, Tx, among, args,
    db::{Row, among::list},
};

/// Messages of one page.
const PAGE: i64 = 500;

/// A page of messages.
pub struct Page {
    pub messages: Vec<Value>,
    /// Paths as the messages name them.
    pub files: Vec<String>,
    /// For the next call.
    pub after: i64,
}

/// Up to a page of their messages after `after` (0 at first), in the order of arrival; empty at the end.
///
/// # Errors
/// [`Error::Database`].
pub async fn messages(tx: &mut Tx, subject: &Subject, after: i64) -> Result<Page, Error> {
    let sql = among!(
        tx,
        "SELECT seq, id, conversation_id, direction, author, parts, at_ms FROM message
         WHERE seq > $2 AND conversation_id",
        "$1",
        " ORDER BY seq LIMIT $3"
    );
    let mut page = Page { messages: Vec::new(), files: Vec::new(), after };
    for row in tx.rows(sql, args![all(&subject.conversations), after, PAGE]).await? {
        let parts: Vec<Part> = row.json("parts")?;
        page.files.extend(files(&parts));
        page.after = row.get("seq")?;
        let mut message = texts(&row, &["id", "conversation_id", "direction"])?;
        message.insert("author".into(), row.json("author")?);
        message.insert("parts".into(), row.json("parts")?);
        message.insert("at_ms".into(), json!(row.get::<i64>("at_ms")?));
        page.messages.push(Value::Object(message));
    }
    Ok(page)
}

/// Everything but messages: a JSON document a name.
///
/// # Errors
/// [`Error::Database`].
pub async fn documents(tx: &mut Tx, subject: &Subject) -> Result<Vec<(&'static str, Value)>, Error> {
    let mut contact = Map::new();
    contact.insert(
        "identities".into(),
        json!(
            subject
                .identities
                .iter()
                .map(|identity| json!({
        "kind": identity.kind.as_str(), "value": identity.value }))
                .collect::<Vec<_>>()
        ),
    );
    contact.insert("customers".into(), json!(subject.customers));
    let sql =
        among!(tx, "SELECT id, name, roles, language, merged_into FROM contact WHERE id", "$1", " LIMIT $2");
    let people =
        table(tx, sql, &all(&subject.contacts), &["id", "name", "roles", "language", "merged_into"]).await?;
    contact.insert("contacts".into(), people);
    let (talks, people) = (all(&subject.conversations), all(&subject.contacts));
    let (jobs, customers) = (all(&subject.jobs), list(subject.customers.iter().map(|id| id.0.as_str())));
    let mut documents = vec![("contact.json", Value::Object(contact))];
    let sql = among!(
        tx,
        "SELECT id, agent, channel, external, language, owner FROM conversation WHERE id",
        "$1",
        " ORDER BY id LIMIT $2"
    );
    documents.push((
        "conversations.json",
        table(tx, sql, &talks, &["id", "agent", "channel", "external", "language", "owner"]).await?,
    ));
    let sql = among!(
        tx,
        "SELECT id, conversation_id, author, body FROM note WHERE conversation_id",
        "$1",
        " ORDER BY created_ms LIMIT $2"
    );
    documents
        .push(("notes.json", table(tx, sql, &talks, &["id", "conversation_id", "author", "body"]).await?));
    let sql = among!(
        tx,
        "SELECT id, conversation_id, title, created_by FROM todo WHERE conversation_id",
        "$1",
        " ORDER BY created_ms LIMIT $2"
    );
    documents.push((
        "tasks.json",
        table(tx, sql, &talks, &["id", "conversation_id", "title", "created_by"]).await?,
    ));
    let sql = among!(tx, "SELECT q.id, a.conversation_id, a.body, q.state, q.answer FROM asked a JOIN question q ON q.id = a.question_id
        WHERE a.conversation_id", "$1", " ORDER BY q.asked_ms, q.id LIMIT $2");
    documents.push((
        "questions.json",
        table(tx, sql, &talks, &["id", "conversation_id", "body", "state", "answer"]).await?,
    ));
    let sql = among!(
        tx,
        "SELECT job_id, customer_id, report, state, note, invoice_id FROM handoff WHERE job_id",
        "$1",
        " ORDER BY job_id LIMIT $2"
    );
    documents.push((
        "jobs.json",
        table(tx, sql, &jobs, &["job_id", "customer_id", "report", "state", "note", "invoice_id"]).await?,
    ));
    let columns = ["id", "job_id", "customer_id", "body", "currency", "state"];
    let sql = among!(
        tx,
        "SELECT id, job_id, customer_id, body, currency, state FROM invoice WHERE job_id",
        "$1",
        " ORDER BY id LIMIT $2"
    );
    documents.push(("invoices_as_technician.json", table(tx, sql, &jobs, &columns).await?));
    let sql = among!(
        tx,
        "SELECT id, job_id, customer_id, body, currency, state FROM invoice WHERE customer_id",
        "$1",
        " ORDER BY id LIMIT $2"
    );
    documents.push(("invoices_as_customer.json", table(tx, sql, &customers, &columns).await?));
    let columns = ["actor", "action", "subject", "digest"];
    let sql = among!(
        tx,
        "SELECT at_ms, actor, action, subject, digest FROM audit WHERE actor",
        "$1",
        " ORDER BY seq LIMIT $2"
    );
    documents.push(("audit_by_them.json", table(tx, sql, &people, &columns).await?));
    let both: Vec<String> = subject.contacts.iter().chain(&subject.conversations).cloned().collect();
    let sql = among!(
        tx,
        "SELECT at_ms, actor, action, subject, digest FROM audit WHERE subject",
        "$1",
        " ORDER BY seq LIMIT $2"
    );
    documents.push(("audit_about_them.json", table(tx, sql, &all(&both), &columns).await?));
    Ok(documents)
}

fn all(ids: &[String]) -> String {
    list(ids.iter().map(String::as_str))
}

async fn table(tx: &mut Tx, sql: &'static str, ids: &str, columns: &[&'static str]) -> Result<Value, Error> {
    let rows = tx.rows(sql, args![ids, MOST]).await?;
    rows.iter()
        .map(|row| texts(row, columns).map(Value::Object))
        .collect::<Result<Vec<_>, _>>()
        .map(Value::from)
}

/// Columns of text; one that holds JSON as JSON.
fn texts(row: &Row, columns: &[&'static str]) -> Result<Map<String, Value>, Error> {
    let mut read = Map::new();
    for column in columns {
        let text: Option<String> = row.get(column)?;
        let json = text
            .as_deref()
            .filter(|text| text.starts_with('{'))
            .and_then(|text| serde_json::from_str(text).ok());
        read.insert((*column).to_owned(), json.unwrap_or_else(|| json!(text)));
    }
    Ok(read)
}
