//! Small values that belong to the database rather than to a file: what was imported.

use crate::{Error, Tx, args};

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, key: &str) -> Result<Option<String>, Error> {
    let row = tx.row("SELECT value FROM setting WHERE key = $1", args![key]).await?;
    row.map(|row| row.get("value")).transpose()
}

/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, key: &str, value: &str) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO setting (key, value) VALUES ($1, $2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        args![key, value],
    )
    .await?;
    Ok(())
}
