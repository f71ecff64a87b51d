//! What an erasure would take of a person, in numbers. Changes nothing.

use super::{Subject, all, calls, erase};
use crate::{Error, Store, among, args, rights::GONE};

/// The words of others that name them go as well; they are not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Going {
    pub messages: i64,
    /// Messages that have files.
    pub with_files: i64,
    pub turns: i64,
    pub notes: i64,
    pub tasks: i64,
    pub calls: i64,
    /// Names and numbers by which they are known.
    pub identities: i64,
    /// Their own records as customers.
    pub customers: i64,
}

/// # Errors
/// [`Error::Database`].
pub async fn of(store: &Store, subject: &Subject) -> Result<Going, Error> {
    let ids = all(&erase::talks(store, subject).await?);
    let mut tx = store.reader();
    let (told, _) = calls::document(&mut tx, subject).await?;
    let size = |items: usize| i64::try_from(items).unwrap_or(i64::MAX);
    let mut going = Going {
        calls: size(told.as_array().map_or(0, Vec::len)),
        identities: size(subject.identities.len()),
        customers: size(subject.customers.len()),
        ..Going::default()
    };
    for (sql, count) in [
        (
            among!(tx, "SELECT COUNT(*) AS n FROM message WHERE parts <> $2 AND conversation_id", "$1", ""),
            &mut going.messages,
        ),
        (
            among!(
                tx,
                "SELECT COUNT(*) AS n FROM message WHERE parts <> $2 AND parts LIKE '%\"from\":\"file\"%'
                   AND conversation_id",
                "$1",
                ""
            ),
            &mut going.with_files,
        ),
        (
            among!(
                tx,
                "SELECT COUNT(*) AS n FROM turn WHERE machine <> '{}' AND machine <> $2 AND conversation_id",
                "$1",
                ""
            ),
            &mut going.turns,
        ),
        (
            among!(tx, "SELECT COUNT(*) AS n FROM note WHERE body <> $2 AND conversation_id", "$1", ""),
            &mut going.notes,
        ),
        (
            among!(tx, "SELECT COUNT(*) AS n FROM todo WHERE title <> $2 AND conversation_id", "$1", ""),
            &mut going.tasks,
        ),
    ] {
        *count = tx.row(sql, args![&ids, GONE]).await?.map_or(Ok(0), |row| row.get("n"))?;
    }
    Ok(going)
}
