//! Small values that belong to the database rather than to a file: what was imported.

use crate::{Error, Tx, args, db::Query};

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, key: &str) -> Result<Option<String>, Error> {
    tx.query(named(key)).await
}

/// As [`get`].
#[must_use]
pub fn named(key: &str) -> Query<Option<String>> {
    Query::row("SELECT value FROM setting WHERE key = $1", args![key], |row| row.get("value"))
}

/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, key: &str, value: &str) -> Result<(), Error> {
    tx.run(
        "INSERT INTO setting (key, value) VALUES ($1, $2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        args![key, value],
    )
    .await?;
    Ok(())
}

/// What the names of settings begin with that were set at the console.
pub const CONSOLE: &str = "console:";
/// Rows that are read at once.
const MOST: i64 = 1_000;

/// Every setting whose name begins with `prefix`.
///
/// # Errors
/// [`Error::Database`].
pub async fn below(tx: &mut Tx, prefix: &str) -> Result<Vec<(String, String)>, Error> {
    let rows = tx
        .rows(
            "SELECT key, value FROM setting WHERE substr(key, 1, CAST($2 AS INTEGER)) = $1 ORDER BY key LIMIT $3",
            args![prefix, i64::try_from(prefix.len()).unwrap_or(i64::MAX), MOST],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("key")?, row.get("value")?))).collect()
}

/// # Errors
/// [`Error::Database`].
pub async fn remove(tx: &mut Tx, key: &str) -> Result<(), Error> {
    tx.run("DELETE FROM setting WHERE key = $1", args![key]).await?;
    Ok(())
}
