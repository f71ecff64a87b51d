//! What a person still has open here: to be ended before they are erased, or left behind on purpose.

use domain::id::UserId;

use super::{MOST, Subject, all, customers};
use crate::{Error, Tx, among, args, db::among::texts, user};

/// Something that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open {
    /// A job that is not billed, refused or withdrawn.
    Job(String),
    /// Somebody who works at the console: by this name.
    User { id: UserId, name: String },
    /// A question that only they were asked.
    Question(String),
}

/// Everything of `subject` that is open.
///
/// # Errors
/// [`Error::Database`].
pub async fn all_of(tx: &mut Tx, subject: &Subject) -> Result<Vec<Open>, Error> {
    let mut open: Vec<Open> = jobs(tx, subject).await?.into_iter().map(Open::Job).collect();
    for id in &subject.users {
        if let Some(user) = user::get(tx, id).await?.filter(|user| user.removed.is_none()) {
            open.push(Open::User { id: id.clone(), name: user.name });
        }
    }
    open.extend(questions(tx, subject).await?.into_iter().map(Open::Question));
    Ok(open)
}

/// Their jobs that are not settled: those they handed in, and those at them.
pub(super) async fn jobs(tx: &mut Tx, subject: &Subject) -> Result<Vec<String>, Error> {
    let (own, at) = (all(&subject.jobs), customers(&subject.customers));
    let mut open = Vec::new();
    for (sql, ids) in [
        (
            among!(
                tx,
                "SELECT id FROM job WHERE state IN ('received', 'deferred') AND id",
                "$1",
                " ORDER BY id LIMIT $2"
            ),
            &own,
        ),
        (
            among!(
                tx,
                "SELECT job_id AS id FROM handoff WHERE state IN ('queued', 'accepted') AND job_id",
                "$1",
                " ORDER BY job_id LIMIT $2"
            ),
            &own,
        ),
        (
            among!(
                tx,
                "SELECT id FROM job WHERE state IN ('received', 'deferred') AND customer_id",
                "$1",
                " ORDER BY id LIMIT $2"
            ),
            &at,
        ),
        (
            among!(
                tx,
                "SELECT job_id AS id FROM handoff WHERE state IN ('queued', 'accepted') AND customer_id",
                "$1",
                " ORDER BY job_id LIMIT $2"
            ),
            &at,
        ),
    ] {
        open.extend(texts(&tx.rows(sql, args![ids, MOST]).await?, "id")?);
    }
    open.sort_unstable();
    open.dedup();
    Ok(open)
}

/// Open questions of other talks that reach nobody else.
async fn questions(tx: &mut Tx, subject: &Subject) -> Result<Vec<String>, Error> {
    let own = all(&subject.conversations);
    let sql = among!(
        tx,
        "SELECT q.id FROM question q JOIN asked a ON a.question_id = q.id JOIN turn t ON t.id = q.turn_id
         WHERE q.state = 'open' AND t.conversation_id <> a.conversation_id
           AND (SELECT COUNT(*) FROM asked o WHERE o.question_id = q.id) = 1 AND a.conversation_id",
        "$1",
        " ORDER BY q.id LIMIT $2"
    );
    texts(&tx.rows(sql, args![own, MOST]).await?, "id")
}
