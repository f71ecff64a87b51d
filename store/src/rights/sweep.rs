//! A person's name, number and words in what others said and did, found by reading every column that holds words. Leaves
//! invoices as they are, and the records of other customers.

use std::collections::HashSet;

use domain::message::Part;

use super::{Subject, hiding::Hidden};
use crate::{Error, Store, args, search};

/// Rows read at once.
const PAGE: i64 = 500;
/// Times a row is tried again that somebody changed meanwhile.
const TRIES: u32 = 3;

/// A column that holds words: how a page of it is read, and one of it written.
struct Place {
    read: &'static str,
    write: &'static str,
    words: bool,
}

/// `$near` says what the row belongs to, as ids with blanks between them.
macro_rules! place {
    ($table:literal, $a:literal, $b:literal, $text:literal, $near:literal) => {
        Place {
            read: concat!(
                "SELECT ",
                $a,
                " AS a, ",
                $b,
                " AS b, ",
                $text,
                " AS text, ",
                $near,
                " AS near FROM ",
                $table,
                " p WHERE ",
                $text,
                " IS NOT NULL AND (",
                $a,
                ", ",
                $b,
                ") > ($1, $2) ORDER BY ",
                $a,
                ", ",
                $b,
                " LIMIT $3"
            ),
            write: concat!(
                "UPDATE ",
                $table,
                " SET ",
                $text,
                " = $3 WHERE ",
                $a,
                " = $1 AND ",
                $b,
                " = $2 AND ",
                $text,
                " = $4"
            ),
            words: false,
        }
    };
}

const PLACES: [Place; 28] = [
    Place { words: true, ..place!("message", "id", "id", "parts", "p.id || ' ' || p.conversation_id") },
    place!("inbox", "id", "id", "body", "''"),
    place!("inbox", "id", "id", "reason", "''"),
    place!("turn", "id", "id", "machine", "p.conversation_id"),
    place!("turn", "id", "id", "reason", "p.conversation_id"),
    place!(
        "journal",
        "turn_id",
        "key",
        "request",
        "(SELECT t.conversation_id FROM turn t WHERE t.id = p.turn_id)"
    ),
    place!(
        "journal",
        "turn_id",
        "key",
        "result",
        "(SELECT t.conversation_id FROM turn t WHERE t.id = p.turn_id)"
    ),
    place!(
        "wake",
        "turn_id",
        "call_id",
        "result",
        "(SELECT t.conversation_id FROM turn t WHERE t.id = p.turn_id)"
    ),
    place!("question", "id", "id", "purpose", "p.job_id"),
    place!("question", "id", "id", "body", "p.job_id"),
    place!("question", "id", "id", "answer", "p.job_id"),
    place!(
        "asked",
        "question_id",
        "conversation_id",
        "body",
        "(SELECT q.job_id FROM question q WHERE q.id = p.question_id)"
    ),
    place!(
        "asked",
        "question_id",
        "conversation_id",
        "choices",
        "(SELECT q.job_id FROM question q WHERE q.id = p.question_id)"
    ),
    place!("outbox", "id", "id", "content", "p.id || ' ' || p.conversation_id"),
    place!("outbox", "id", "id", "reason", "p.id || ' ' || p.conversation_id"),
    place!("handoff", "agent", "job_id", "report", "p.job_id"),
    place!("handoff", "agent", "job_id", "note", "p.job_id"),
    place!("job", "id", "id", "report", "p.id"),
    place!("job", "id", "id", "note", "p.id"),
    place!("note", "id", "id", "body", "p.conversation_id"),
    place!("todo", "id", "id", "title", "p.conversation_id"),
    place!("visit", "id", "id", "title", "p.customer_id"),
    place!("call", "id", "id", "note", "p.conversation_id || ' ' || p.customer_id"),
    place!("call", "id", "id", "media", "p.conversation_id || ' ' || p.customer_id"),
    place!("command", "user_id", "id", "body", "''"),
    place!("command", "user_id", "id", "result", "''"),
    place!("upload", "id", "id", "name", "''"),
    place!("channel_state", "channel", "channel", "reason", "''"),
];

/// What is hidden, and where the second kind is.
pub(super) struct Search {
    pub everywhere: Hidden,
    /// Also what others may share, a first name.
    pub near: Hidden,
    /// Ids of what belongs to the person's jobs.
    pub places: HashSet<String>,
}

impl Search {
    fn hide(&self, text: &str, near: Option<&str>) -> Option<String> {
        let is_near = near.is_some_and(|near| near.split(' ').any(|id| self.places.contains(id)));
        if is_near { self.near.hide(text) } else { self.everywhere.hide(text) }
    }
}

pub(super) async fn all(store: &Store, search: &Search) -> Result<(), Error> {
    if search.everywhere.is_empty() && search.near.is_empty() {
        return Ok(());
    }
    for place in &PLACES {
        for _ in 0..TRIES {
            if one(store, search, place).await? {
                break;
            }
        }
    }
    Ok(())
}

/// `false` where somebody changed a row meanwhile.
async fn one(store: &Store, search: &Search, place: &Place) -> Result<bool, Error> {
    let (mut after, mut whole) = ((String::new(), String::new()), true);
    loop {
        let rows = store.reader().rows(place.read, args![&after.0, &after.1, PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(whole) };
        after = (last.get("a")?, last.get("b")?);
        let mut changes = Vec::new();
        for row in &rows {
            let text: String = row.get("text")?;
            let near: Option<String> = row.get("near")?;
            if let Some(hidden) = search.hide(&text, near.as_deref()) {
                changes.push((row.get::<String>("a")?, row.get::<String>("b")?, hidden, text));
            }
        }
        if !changes.is_empty() {
            whole &= write(store, place.write, place.words, changes).await?;
        }
    }
}

async fn write(
    store: &Store,
    sql: &'static str,
    words: bool,
    changes: Vec<(String, String, String, String)>,
) -> Result<bool, Error> {
    let change = store.write(move |tx| {
        Box::pin(async move {
            let mut whole = true;
            for (a, b, hidden, text) in changes {
                let changed = tx.exec(sql, args![&a, &b, &hidden, text]).await?;
                whole &= changed == 1;
                if words && changed == 1 {
                    let parts: Vec<Part> = serde_json::from_str(&hidden).unwrap_or_default();
                    search::renew(tx, &a, &parts).await?;
                }
            }
            Ok(whole)
        })
    });
    change.await
}

/// The person's names as nobody else bears them: the words of others' names, one by one.
pub(super) async fn search_for(store: &Store, subject: &Subject, words: Words) -> Result<Search, Error> {
    let mut shared = HashSet::new();
    for name in words.names.iter().chain(&words.customers) {
        for word in super::folded(name) {
            if is_shared(store, subject, &word).await? {
                shared.insert(word);
            }
        }
    }
    let mut everywhere = Hidden::default();
    for identity in &subject.identities {
        match identity.kind {
            domain::contact::IdentityKind::Phone => everywhere.number(&identity.value),
            domain::contact::IdentityKind::Terminal => {}
            _ => everywhere.exact(&identity.value),
        }
    }
    words.numbers.iter().for_each(|number| everywhere.number(number));
    words.exact.iter().for_each(|exact| everywhere.exact(exact));
    words.phrases.iter().for_each(|phrase| everywhere.phrase(phrase));
    let mut near = everywhere.clone();
    for name in words.names.iter().chain(&words.customers) {
        everywhere.name(name, |word| !shared.contains(&domain::spelling::fold(word)));
        near.name(name, |_| true);
    }
    words.told.iter().for_each(|told| near.phrase(told));
    Ok(Search { everywhere, near, places: words.places })
}

/// What is known of a person that may stand in texts.
#[derive(Default)]
pub(super) struct Words {
    pub names: Vec<String>,
    pub customers: Vec<String>,
    pub numbers: Vec<String>,
    /// Streets.
    pub phrases: Vec<String>,
    /// Addresses of mail.
    pub exact: Vec<String>,
    /// What they reported, word for word.
    pub told: Vec<String>,
    pub places: HashSet<String>,
}

async fn is_shared(store: &Store, subject: &Subject, word: &str) -> Result<bool, Error> {
    let mut tx = store.reader();
    let pattern = format!("%{word}%");
    let (own, customers) = (super::all(&subject.contacts), super::customers(&subject.customers));
    let sql =
        crate::among!(tx, "SELECT 1 AS one FROM contact WHERE folded LIKE $2 AND NOT id", "$1", " LIMIT 1");
    if tx.row(sql, args![own, &pattern]).await?.is_some() {
        return Ok(true);
    }
    let sql =
        crate::among!(tx, "SELECT 1 AS one FROM customer WHERE folded LIKE $2 AND NOT id", "$1", " LIMIT 1");
    if tx.row(sql, args![customers, &pattern]).await?.is_some() {
        return Ok(true);
    }
    let users = super::all(&subject.users.iter().map(|id| id.0.clone()).collect::<Vec<_>>());
    let sql = crate::among!(
        tx,
        "SELECT 1 AS one FROM console_user WHERE LOWER(name) LIKE $2 AND NOT id",
        "$1",
        " LIMIT 1"
    );
    Ok(tx.row(sql, args![users, &pattern]).await?.is_some())
}
