//! Tasks of staff, with or without a conversation. Nobody is reminded by this table.

use domain::{
    clock::Millis,
    id::{ConversationId, TodoId, UserId},
};

use crate::{Error, Tx, args, db::Row};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Todo {
    pub id: TodoId,
    pub conversation: Option<ConversationId>,
    pub title: String,
    pub due: Option<Millis>,
    pub assignee: Option<UserId>,
    /// As they are called now; of `assignee`.
    pub assignee_name: String,
    pub done: Option<Millis>,
    pub created_by: UserId,
    pub created: Millis,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.conversation_id, t.title, t.due_ms, t.assignee, COALESCE(u.name, '') AS assignee_name,
                    t.done_ms, t.created_by, t.created_ms
             FROM todo t LEFT JOIN console_user u ON u.id = t.assignee ",
            $rest
        )
    };
}

/// Writes `todo` over an earlier one of the same id.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, todo: &Todo, now: Millis) -> Result<(), Error> {
    tx.run(
        "INSERT INTO todo (id, conversation_id, title, due_ms, assignee, done_ms, created_by, created_ms, updated_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE SET
           title = excluded.title, due_ms = excluded.due_ms, assignee = excluded.assignee, done_ms = excluded.done_ms,
           updated_ms = excluded.updated_ms",
        args![
            todo.id.as_str(),
            todo.conversation.as_ref().map(ConversationId::as_str),
            &todo.title,
            todo.due.map(|at| at.0),
            todo.assignee.as_ref().map(UserId::as_str),
            todo.done.map(|at| at.0),
            todo.created_by.as_str(),
            todo.created,
            now
        ],
    )
    .await?;
    Ok(())
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &TodoId) -> Result<Option<Todo>, Error> {
    let row = tx.row(select!("WHERE t.id = $1"), args![id.as_str()]).await?;
    row.as_ref().map(read).transpose()
}

/// Which tasks; the default is all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub conversation: Option<ConversationId>,
    pub assignee: Option<UserId>,
    pub done: Option<bool>,
    /// Only those due before then.
    pub due_before: Option<Millis>,
}

/// Up to `limit` tasks after `after`, oldest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    after: Option<&(Millis, TodoId)>,
    limit: i64,
) -> Result<Vec<Todo>, Error> {
    let (at, id) = after.map_or((Millis(i64::MIN), ""), |(at, id)| (*at, id.as_str()));
    let sql = if filter.conversation.is_some() {
        select!(
            "WHERE t.conversation_id = $5
               AND ($3 IS NULL OR t.assignee = $3) AND ($4 = -1 OR $4 = CASE WHEN t.done_ms IS NULL THEN 0 ELSE 1 END)
               AND ($6 IS NULL OR t.due_ms < $6) AND (t.created_ms > $1 OR (t.created_ms = $1 AND t.id > $2))
             ORDER BY t.created_ms, t.id LIMIT $7"
        )
    } else {
        select!(
            "WHERE $5 IS NULL
               AND ($3 IS NULL OR t.assignee = $3) AND ($4 = -1 OR $4 = CASE WHEN t.done_ms IS NULL THEN 0 ELSE 1 END)
               AND ($6 IS NULL OR t.due_ms < $6) AND (t.created_ms > $1 OR (t.created_ms = $1 AND t.id > $2))
             ORDER BY t.created_ms, t.id LIMIT $7"
        )
    };
    let values = args![
        at,
        id,
        filter.assignee.as_ref().map(UserId::as_str),
        filter.done.map_or(-1_i64, i64::from),
        filter.conversation.as_ref().map(ConversationId::as_str),
        filter.due_before.map(|at| at.0),
        limit
    ];
    let rows = tx.rows(sql, values).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Todo, Error> {
    Ok(Todo {
        id: TodoId(row.get("id")?),
        conversation: row.get::<Option<String>>("conversation_id")?.map(ConversationId),
        title: row.get("title")?,
        due: row.get::<Option<i64>>("due_ms")?.map(Millis),
        assignee: row.get::<Option<String>>("assignee")?.map(UserId),
        assignee_name: row.get("assignee_name")?,
        done: row.get::<Option<i64>>("done_ms")?.map(Millis),
        created_by: UserId(row.get("created_by")?),
        created: Millis(row.get("created_ms")?),
    })
}
