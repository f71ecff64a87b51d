//! Files that staff brought and have not sent yet. The file itself lies in the media folder.

use domain::{
    clock::Millis,
    id::{UploadId, UserId},
};

use crate::{Error, Tx, args};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    pub id: UploadId,
    pub user: UserId,
    /// As its first bytes say.
    pub mime: String,
    /// As its owner called it.
    pub name: String,
    pub bytes: u64,
    pub path: String,
    /// In hex.
    pub sha256: String,
}

/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, upload: &Upload, now: Millis) -> Result<(), Error> {
    tx.run(
        "INSERT INTO upload (id, user_id, mime, name, bytes, path, sha256, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            upload.id.as_str(),
            upload.user.as_str(),
            &upload.mime,
            &upload.name,
            i64::try_from(upload.bytes).unwrap_or(i64::MAX),
            &upload.path,
            &upload.sha256,
            now
        ],
    )
    .await?;
    Ok(())
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &UploadId) -> Result<Option<Upload>, Error> {
    let row = tx
        .row(
            "SELECT id, user_id, mime, name, bytes, path, sha256 FROM upload WHERE id = $1",
            args![id.as_str()],
        )
        .await?;
    row.map(|row| {
        Ok(Upload {
            id: UploadId(row.get("id")?),
            user: UserId(row.get("user_id")?),
            mime: row.get("mime")?,
            name: row.get("name")?,
            bytes: u64::try_from(row.get::<i64>("bytes")?).unwrap_or(0),
            path: row.get("path")?,
            sha256: row.get("sha256")?,
        })
    })
    .transpose()
}

/// How many files of `user` wait to be sent, since then.
///
/// # Errors
/// [`Error::Database`].
pub async fn waiting(tx: &mut Tx, user: &UserId, since: Millis) -> Result<i64, Error> {
    let row = tx
        .row(
            "SELECT COUNT(*) AS n FROM upload WHERE user_id = $1 AND created_ms >= $2",
            args![user.as_str(), since],
        )
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// The file was sent: from now on it is the message's.
///
/// # Errors
/// [`Error::Database`].
pub async fn used(tx: &mut Tx, id: &UploadId) -> Result<(), Error> {
    tx.run("DELETE FROM upload WHERE id = $1", args![id.as_str()]).await?;
    Ok(())
}

/// Whether anything waits since then or longer.
///
/// # Errors
/// [`Error::Database`].
pub async fn any_before(tx: &mut Tx, before: Millis) -> Result<bool, Error> {
    Ok(tx.row("SELECT id FROM upload WHERE created_ms < $1 LIMIT 1", args![before]).await?.is_some())
}

/// Takes up to `limit` files away that nobody sent since then; what was taken away.
///
/// # Errors
/// [`Error::Database`].
pub async fn forget(tx: &mut Tx, before: Millis, limit: i64) -> Result<Vec<String>, Error> {
    let rows = tx
        .rows(
            "DELETE FROM upload WHERE id IN (
               SELECT id FROM upload WHERE created_ms < $1 ORDER BY created_ms LIMIT $2) RETURNING path",
            args![before, limit],
        )
        .await?;
    rows.iter().map(|row| row.get("path")).collect()
}
