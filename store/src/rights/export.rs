//! What is kept about a person, as JSON by file name, and the paths of their files. Changes nothing.

use domain::message::Part;
use serde_json::{Map, Value, json};

use super::{MOST, Subject, Who, all, customers, own::files};
use crate::{Error, Tx, among, args, db::Row};

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
        page.files.extend(files(&row.json::<Vec<Part>>("parts").unwrap_or_default()));
        page.after = row.get("seq")?;
        page.messages.push(object(
            &row,
            &["id", "conversation_id", "direction", "author", "parts"],
            &["at_ms"],
        )?);
    }
    Ok(page)
}

/// Which ids a document is found by.
#[derive(Clone, Copy)]
enum By {
    People,
    Talks,
    Jobs,
    Customers,
    Users,
    Subjects,
}

/// One document: its name, what it is found by, and its columns of text and of numbers.
struct Sheet {
    name: &'static str,
    by: By,
    /// For SQLite and for Postgres.
    sql: [&'static str; 2],
    texts: &'static [&'static str],
    numbers: &'static [&'static str],
}

macro_rules! sheet {
    ($name:literal, $by:ident, $before:literal, $after:literal, $texts:expr, $numbers:expr) => {
        Sheet {
            name: $name,
            by: By::$by,
            sql: [
                concat!($before, " IN (SELECT value FROM json_each($1)) ", $after, " LIMIT $2"),
                concat!(
                    $before,
                    " IN (SELECT json_array_elements_text(CAST($1 AS json))) ",
                    $after,
                    " LIMIT $2"
                ),
            ],
            texts: &$texts,
            numbers: &$numbers,
        }
    };
}

const SHEETS: [Sheet; 15] = [
    sheet!(
        "contacts.json",
        People,
        "SELECT id, name, roles, language, merged_into, created_ms FROM contact WHERE id",
        "ORDER BY id",
        ["id", "name", "roles", "language", "merged_into"],
        ["created_ms"]
    ),
    sheet!(
        "identities.json",
        People,
        "SELECT kind, value, contact_id FROM identity WHERE contact_id",
        "ORDER BY kind, value",
        ["kind", "value", "contact_id"],
        []
    ),
    sheet!(
        "customers.json",
        Customers,
        "SELECT id, name, street, postal_code, city, phone, email, contract FROM customer WHERE id",
        "ORDER BY id",
        ["id", "name", "street", "postal_code", "city", "phone", "email", "contract"],
        []
    ),
    sheet!(
        "conversations.json",
        Talks,
        "SELECT id, agent, channel, external, language, owner, created_ms FROM conversation WHERE id",
        "ORDER BY id",
        ["id", "agent", "channel", "external", "language", "owner"],
        ["created_ms"]
    ),
    sheet!(
        "notes.json",
        Talks,
        "SELECT id, conversation_id, author, body, created_ms FROM note WHERE conversation_id",
        "ORDER BY created_ms, id",
        ["id", "conversation_id", "author", "body"],
        ["created_ms"]
    ),
    sheet!(
        "tasks.json",
        Talks,
        "SELECT id, conversation_id, title, created_by, created_ms FROM todo WHERE conversation_id",
        "ORDER BY created_ms, id",
        ["id", "conversation_id", "title", "created_by"],
        ["created_ms"]
    ),
    sheet!(
        "visits.json",
        People,
        "SELECT id, title, customer_id, starts_ms, ends_ms FROM visit WHERE contact_id",
        "ORDER BY starts_ms, id",
        ["id", "title", "customer_id"],
        ["starts_ms", "ends_ms"]
    ),
    sheet!(
        "visits_as_customer.json",
        Customers,
        "SELECT id, title, customer_id, starts_ms, ends_ms FROM visit WHERE customer_id",
        "ORDER BY starts_ms, id",
        ["id", "title", "customer_id"],
        ["starts_ms", "ends_ms"]
    ),
    sheet!(
        "approvals.json",
        Talks,
        "SELECT q.id, a.conversation_id, a.body, q.job_id, q.state, q.answer, q.asked_ms
         FROM asked a JOIN question q ON q.id = a.question_id WHERE a.conversation_id",
        "ORDER BY q.asked_ms, q.id",
        ["id", "conversation_id", "body", "job_id", "state", "answer"],
        ["asked_ms"]
    ),
    sheet!(
        "jobs_reported.json",
        Jobs,
        "SELECT job_id, customer_id, report, state, note, invoice_id, created_ms FROM handoff WHERE job_id",
        "ORDER BY job_id",
        ["job_id", "customer_id", "report", "state", "note", "invoice_id"],
        ["created_ms"]
    ),
    sheet!(
        "jobs_as_customer.json",
        Customers,
        "SELECT id, customer_id, report, state, note, invoice_id, created_ms FROM job WHERE customer_id",
        "ORDER BY id",
        ["id", "customer_id", "report", "state", "note", "invoice_id"],
        ["created_ms"]
    ),
    sheet!(
        "invoices_as_customer.json",
        Customers,
        "SELECT id, job_id, customer_id, body, currency, state, gross_cents, created_ms FROM invoice WHERE customer_id",
        "ORDER BY id",
        ["id", "job_id", "customer_id", "body", "currency", "state"],
        ["gross_cents", "created_ms"]
    ),
    sheet!(
        "console_users.json",
        Users,
        "SELECT id, name, role, created_ms FROM console_user WHERE id",
        "ORDER BY id",
        ["id", "name", "role"],
        ["created_ms"]
    ),
    sheet!(
        "audit_by_them.json",
        Subjects,
        "SELECT actor, action, subject, digest, seq, at_ms FROM audit WHERE actor",
        "ORDER BY seq",
        ["actor", "action", "subject", "digest"],
        ["seq", "at_ms"]
    ),
    sheet!(
        "audit_about_them.json",
        Subjects,
        "SELECT actor, action, subject, digest, seq, at_ms FROM audit WHERE subject",
        "ORDER BY seq",
        ["actor", "action", "subject", "digest"],
        ["seq", "at_ms"]
    ),
];

/// Everything but messages: a JSON document a name.
///
/// # Errors
/// [`Error::Database`].
pub async fn documents(tx: &mut Tx, subject: &Subject) -> Result<Vec<(&'static str, Value)>, Error> {
    let users: Vec<String> = subject.users.iter().map(|id| id.0.clone()).collect();
    let mut subjects: Vec<String> = subject.contacts.iter().chain(&subject.conversations).cloned().collect();
    subjects.extend(subject.jobs.iter().chain(&users).cloned());
    subjects.extend(users.iter().map(|id| format!("user:{id}")));
    subjects.extend(subject.customers.iter().map(|id| Who::Customer(id.clone()).subject()));
    let mut documents = Vec::with_capacity(SHEETS.len());
    for sheet in &SHEETS {
        let ids = match sheet.by {
            By::People => all(&subject.contacts),
            By::Talks => all(&subject.conversations),
            By::Jobs => all(&subject.jobs),
            By::Customers => customers(&subject.customers),
            By::Users => all(&users),
            By::Subjects => all(&subjects),
        };
        let [lite, postgres] = sheet.sql;
        let rows = tx.rows(if tx.is_postgres() { postgres } else { lite }, args![ids, MOST]).await?;
        let read = rows.iter().map(|row| object(row, sheet.texts, sheet.numbers));
        documents.push((sheet.name, Value::from(read.collect::<Result<Vec<_>, _>>()?)));
    }
    Ok(documents)
}

/// A row; a column that holds JSON as JSON.
fn object(row: &Row, texts: &[&'static str], numbers: &[&'static str]) -> Result<Value, Error> {
    let mut read = Map::new();
    for column in texts {
        let text: Option<String> = row.get(column)?;
        let json = text
            .as_deref()
            .filter(|text| text.starts_with(['{', '[']))
            .and_then(|text| serde_json::from_str(text).ok());
        read.insert((*column).to_owned(), json.unwrap_or_else(|| json!(text)));
    }
    for column in numbers {
        read.insert((*column).to_owned(), json!(row.get::<Option<i64>>(column)?));
    }
    Ok(Value::Object(read))
}
