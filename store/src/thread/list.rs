//! Pages of threads, by what staff look for. Each way to look begins with the index that makes it cheap; the other
//! conditions filter what that finds. A page ends at a moment and an id, so that what moves meanwhile neither repeats nor
//! hides others.

use domain::{
    clock::Millis,
    contact::IdentityKind,
    id::{ContactId, ConversationId, UserId},
    thread::Status,
};

use super::read::{Thread, whole};
use crate::{
    Error, Tx,
    db::{Row, Val},
    search::Words,
    thread_columns,
};

/// Threads that a search for words looks at: those with the newest messages that hold them.
const FOUND: i64 = 2_000;

/// Whose task a thread is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    Nobody,
    To(UserId),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The newest message first.
    #[default]
    Last,
    /// Only those where a person waits, who has waited longest first.
    Waiting,
}

/// What is looked for; the default is every thread with a person.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub status: Option<Status>,
    pub assigned: Option<Assigned>,
    pub label: Option<String>,
    /// `agent`, `staff`, `phone`, `none`, or as [`domain::conversation::Owner::stored`] writes a user.
    pub owner: Option<String>,
    pub unread: bool,
    pub waiting: bool,
    /// Only those with an open approval.
    pub approval: bool,
    /// The channel without what stands behind its colon: `whatsapp`, `cli`, `link`.
    pub channel: Option<String>,
    pub contact: Option<ContactId>,
    pub search: Option<Words>,
    pub sort: Sort,
}

/// Where a page ends.
pub type After = (Millis, ConversationId);

/// Parameters of the conditions; the cursor, the limit and the search follow them.
macro_rules! filtered {
    () => {
        " AND ($1 IS NULL OR t.status = $1)
          AND ($2 IS NULL OR COALESCE(t.assignee, '') = $2)
          AND ($3 IS NULL OR EXISTS (SELECT 1 FROM label l WHERE l.conversation_id = t.conversation_id AND l.name = $3))
          AND ($4 IS NULL OR ($4 LIKE 'staff:%' AND c.owner = $4)
               OR $4 = CASE WHEN c.owner LIKE 'staff:%' THEN 'staff' WHEN c.owner <> 'agent' THEN 'phone'
                            WHEN c.agent = 'nobody' THEN 'none' ELSE 'agent' END)
          AND ($5 = 0 OR t.unread > 0)
          AND ($6 = 0 OR t.waiting_ms IS NOT NULL)
          AND ($7 = 0 OR EXISTS (SELECT 1 FROM asked a JOIN question q ON q.id = a.question_id
                                 WHERE a.conversation_id = t.conversation_id AND q.state = 'open'
                                   AND q.fingerprint IS NOT NULL))
          AND ($8 IS NULL OR t.kind = $8)
          AND ($9 IS NULL OR c.contact_id = $9)"
    };
}

/// A page, newest first, of what `$begin` finds.
macro_rules! newest {
    ($begin:literal) => {
        concat!(
            thread_columns!(),
            "WHERE ",
            $begin,
            filtered!(),
            " AND (t.last_ms < $10 OR (t.last_ms = $10 AND t.conversation_id < $11))
             ORDER BY t.last_ms DESC, t.conversation_id DESC LIMIT $12"
        )
    };
}

macro_rules! searched {
    ($words:literal) => {
        concat!(
            thread_columns!(),
            "WHERE t.hidden = 0 AND t.conversation_id IN (
                 SELECT s.id FROM conversation s JOIN contact w ON w.id = s.contact_id WHERE w.folded LIKE $13 ESCAPE '!'
                 UNION SELECT s.id FROM identity i JOIN conversation s ON s.contact_id = i.contact_id
                       WHERE (i.kind = $15 AND LOWER(i.value) LIKE $13 ESCAPE '!')
                          OR ($14 <> '' AND i.value LIKE $14)
                 UNION SELECT s.id FROM conversation s WHERE $14 <> '' AND s.external LIKE $14
                 UNION SELECT s.conversation_id FROM customer w JOIN thread s ON s.customer_id = w.id
                       WHERE w.folded LIKE $13 ESCAPE '!'
                 UNION SELECT s.conversation_id FROM message s WHERE s.seq IN (",
            $words,
            "))",
            filtered!(),
            " AND (t.last_ms < $10 OR (t.last_ms = $10 AND t.conversation_id < $11))
             ORDER BY t.last_ms DESC, t.conversation_id DESC LIMIT $12"
        )
    };
}

const WAITING: &str = concat!(
    thread_columns!(),
    "WHERE t.hidden = 0 AND t.waiting_ms IS NOT NULL",
    filtered!(),
    " AND (t.waiting_ms > $10 OR (t.waiting_ms = $10 AND t.conversation_id > $11))
     ORDER BY t.waiting_ms, t.conversation_id LIMIT $12"
);

/// Up to `limit` threads that `filter` lets through, after `after`.
///
/// # Errors
/// [`Error::Database`].
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<Thread>, Error> {
    let rows = rows(tx, filter, after, limit).await?;
    whole(tx, &rows).await
}

async fn rows(tx: &mut Tx, filter: &Filter, after: Option<&After>, limit: i64) -> Result<Vec<Row>, Error> {
    let mut values = conditions(filter);
    let waiting = filter.sort == Sort::Waiting && filter.search.is_none();
    let start = if waiting { (Millis(i64::MIN), String::new()) } else { (Millis(i64::MAX), String::new()) };
    let (at, id) = after.map_or(start, |(at, id)| (*at, id.0.clone()));
    values.extend(crate::args![at, id, limit]);
    if let Some(words) = &filter.search {
        values.extend(crate::args![
            words.contained(),
            words.digits(),
            IdentityKind::Username.as_str(),
            words.query(tx.is_postgres()),
            FOUND
        ]);
        let sql = if tx.is_postgres() {
            searched!(
                "SELECT f.seq FROM message_words f WHERE f.words @@ CAST($16 AS tsquery)
                 ORDER BY f.seq DESC LIMIT $17"
            )
        } else {
            searched!(
                "SELECT f.rowid FROM message_words f WHERE message_words MATCH $16
                 ORDER BY f.rowid DESC LIMIT $17"
            )
        };
        return tx.rows(sql, values).await;
    }
    tx.rows(if waiting { WAITING } else { begin(filter) }, values).await
}

/// The statement that begins where fewest threads are.
fn begin(filter: &Filter) -> &'static str {
    let hidden = matches!(filter.channel.as_deref(), Some("link" | "console"));
    if filter.contact.is_some() {
        newest!("t.conversation_id IN (SELECT s.id FROM conversation s WHERE s.contact_id = $9)")
    } else if hidden {
        newest!("t.hidden = 1 AND t.kind = $8")
    } else if filter.approval {
        newest!(
            "t.hidden = 0 AND t.conversation_id IN (
               SELECT s.conversation_id FROM question q JOIN asked s ON s.question_id = q.id
               WHERE q.state = 'open' AND q.fingerprint IS NOT NULL)"
        )
    } else if filter.label.is_some() {
        newest!(
            "t.hidden = 0 AND t.conversation_id IN (SELECT s.conversation_id FROM label s WHERE s.name = $3)"
        )
    } else if matches!(filter.assigned, Some(Assigned::To(_))) {
        newest!("t.hidden = 0 AND t.assignee = $2")
    } else if filter.owner.as_deref().is_some_and(|owner| !matches!(owner, "agent" | "none")) {
        newest!(
            "t.hidden = 0 AND t.conversation_id IN (SELECT s.id FROM conversation s WHERE s.owner <> 'agent')"
        )
    } else if filter.waiting {
        newest!("t.hidden = 0 AND t.waiting_ms IS NOT NULL")
    } else if filter.unread {
        newest!("t.hidden = 0 AND t.unread > 0")
    } else if filter.status.is_some_and(|status| status != Status::Resolved) {
        newest!("t.hidden = 0 AND t.status <> 'resolved'")
    } else {
        newest!("t.hidden = 0")
    }
}

fn conditions(filter: &Filter) -> Vec<Val> {
    let assignee = filter.assigned.as_ref().map(|assigned| match assigned {
        Assigned::Nobody => "",
        Assigned::To(user) => user.as_str(),
    });
    crate::args![
        filter.status.map(Status::as_str),
        assignee,
        filter.label.as_deref(),
        filter.owner.as_deref(),
        filter.unread,
        filter.waiting,
        filter.approval,
        filter.channel.as_deref(),
        filter.contact.as_ref().map(ContactId::as_str),
    ]
}

/// How many threads each tab of the list holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub mine: i64,
    pub unassigned: i64,
    pub all: i64,
    pub agent: i64,
    pub approval: i64,
    pub unread: i64,
    pub waiting: i64,
}

/// The tabs' figures over the threads that `$which` lets through.
macro_rules! counted {
    ($which:literal) => {
        concat!(
            "SELECT COUNT(*) AS everything,
                    CAST(COALESCE(SUM(CASE WHEN t.assignee = $1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS mine,
                    CAST(COALESCE(SUM(CASE WHEN t.assignee IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS unassigned,
                    CAST(COALESCE(SUM(CASE WHEN c.owner = 'agent' AND c.agent <> 'nobody' THEN 1 ELSE 0 END), 0)
                         AS BIGINT) AS agents,
                    CAST(COALESCE(SUM(CASE WHEN t.unread > 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS unread,
                    CAST(COALESCE(SUM(CASE WHEN t.waiting_ms IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS waiting
             FROM thread t JOIN conversation c ON c.id = t.conversation_id
             WHERE t.hidden = 0 AND ",
            $which
        )
    };
}

/// # Errors
/// [`Error::Database`].
pub async fn counts(tx: &mut Tx, user: &UserId, status: Option<Status>) -> Result<Counts, Error> {
    let values = crate::args![user.as_str(), status.map(Status::as_str)];
    let sql = match status {
        // Of many threads most are done with.
        Some(Status::Open | Status::Snoozed) => counted!("t.status <> 'resolved' AND t.status = $2"),
        _ => counted!("($2 IS NULL OR t.status = $2)"),
    };
    let row = tx.row(sql, values.clone()).await?;
    let approvals = tx
        .row(
            "SELECT COUNT(DISTINCT t.conversation_id) AS n
             FROM question q JOIN asked a ON a.question_id = q.id JOIN thread t ON t.conversation_id = a.conversation_id
             WHERE q.state = 'open' AND q.fingerprint IS NOT NULL AND t.hidden = 0
               AND ($2 IS NULL OR t.status = $2) AND $1 <> ''",
            values,
        )
        .await?;
    let (Some(row), Some(approvals)) = (row, approvals) else { return Ok(Counts::default()) };
    Ok(Counts {
        mine: row.get("mine")?,
        unassigned: row.get("unassigned")?,
        all: row.get("everything")?,
        agent: row.get("agents")?,
        approval: approvals.get("n")?,
        unread: row.get("unread")?,
        waiting: row.get("waiting")?,
    })
}
