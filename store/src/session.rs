//! Browsers that are logged in at the console. The cookie's secret is kept as a hash: who reads the database cannot log in.

use domain::{
    clock::Millis,
    id::{Ids, UserId},
    staff::ConsoleRole,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    Error, Tx, args,
    db::Row,
    event,
    user::{self, User},
};

/// Sessions one user may have; the one that was seen longest ago goes first.
const MOST: i64 = 20;
/// The longest name of a browser that is kept, in characters.
const BROWSER: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub user: UserId,
    pub role: ConsoleRole,
    pub browser: String,
    pub created: Millis,
    pub seen: Millis,
    pub ends: Millis,
}

/// What a login opens.
#[derive(Clone, Debug)]
pub struct Login<'a> {
    pub user: &'a User,
    pub role: ConsoleRole,
    pub browser: &'a str,
    pub ends: Millis,
}

/// How a secret is kept: its SHA-256 in hex. Enough for secrets of 128 random bits, which nobody can guess.
#[must_use]
pub fn fingerprint(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// Opens a session that `secret` proves.
///
/// # Errors
/// [`Error::Database`].
pub async fn open(
    tx: &mut Tx,
    ids: &Ids,
    secret: &str,
    login: &Login<'_>,
    now: Millis,
) -> Result<Session, Error> {
    let id = ids.uuid();
    let browser: String = login.browser.chars().filter(|c| !c.is_control()).take(BROWSER).collect();
    let user = &login.user.id;
    tx.run("DELETE FROM console_session WHERE ends_ms <= $1", args![now]).await?;
    tx.run(
        "INSERT INTO console_session (id, hash, user_id, role, version, browser, created_ms, seen_ms, ends_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        args![
            &id,
            fingerprint(secret),
            user.as_str(),
            login.role.as_str(),
            login.user.version,
            &browser,
            now,
            login.ends
        ],
    )
    .await?;
    tx.run(
        "DELETE FROM console_session WHERE user_id = $1 AND id NOT IN
            (SELECT id FROM console_session WHERE user_id = $1 ORDER BY seen_ms DESC, id DESC LIMIT $2)",
        args![user.as_str(), MOST],
    )
    .await?;
    Ok(Session {
        id,
        user: user.clone(),
        role: login.role,
        browser,
        created: now,
        seen: now,
        ends: login.ends,
    })
}

/// The session that `secret` proves, with its user: `None` once it ended, was unseen since `idle_since`, or its user has
/// left or changed.
///
/// # Errors
/// [`Error::Database`].
pub async fn find(
    tx: &mut Tx,
    secret: &str,
    idle_since: Millis,
    now: Millis,
) -> Result<Option<(Session, User)>, Error> {
    let row = tx
        .row(
            "SELECT id, user_id, role, version, browser, created_ms, seen_ms, ends_ms FROM console_session
             WHERE hash = $1 AND ends_ms > $2 AND seen_ms > $3",
            args![fingerprint(secret), now, idle_since],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let session = read(&row)?;
    let user = user::stands(tx, &session.user, row.get("version")?).await?;
    Ok(user.map(|user| (session, user)))
}

/// Whether the session `id` is still open.
///
/// # Errors
/// [`Error::Database`].
pub async fn is_open(tx: &mut Tx, id: &str, idle_since: Millis, now: Millis) -> Result<bool, Error> {
    let row = tx
        .row(
            "SELECT id FROM console_session WHERE id = $1 AND ends_ms > $2 AND seen_ms > $3",
            args![id, now, idle_since],
        )
        .await?;
    Ok(row.is_some())
}

/// Notes that the session was used.
///
/// # Errors
/// [`Error::Database`].
pub async fn seen(tx: &mut Tx, id: &str, now: Millis) -> Result<(), Error> {
    tx.run("UPDATE console_session SET seen_ms = $2 WHERE id = $1 AND seen_ms < $2", args![id, now]).await?;
    Ok(())
}

/// The open sessions of `user`, the last seen first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(
    tx: &mut Tx,
    user: &UserId,
    idle_since: Millis,
    now: Millis,
) -> Result<Vec<Session>, Error> {
    let rows = tx
        .rows(
            "SELECT id, user_id, role, browser, created_ms, seen_ms, ends_ms FROM console_session
             WHERE user_id = $1 AND ends_ms > $2 AND seen_ms > $3 ORDER BY seen_ms DESC, id DESC LIMIT $4",
            args![user.as_str(), now, idle_since, MOST],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Ends a session of `user`, with the tickets it asked for; false where there is none. Who watches is told.
///
/// # Errors
/// [`Error::Database`].
pub async fn close(tx: &mut Tx, user: &UserId, id: &str, now: Millis) -> Result<bool, Error> {
    let closed = tx
        .exec("DELETE FROM console_session WHERE id = $1 AND user_id = $2", args![id, user.as_str()])
        .await?;
    if closed == 0 {
        return Ok(false);
    }
    tx.run("DELETE FROM console_ticket WHERE session_id = $1", args![id]).await?;
    event::put(tx, user::EVENT, None, &json!({ "user_id": user, "session_id": id }), now).await?;
    Ok(true)
}

fn read(row: &Row) -> Result<Session, Error> {
    Ok(Session {
        id: row.get("id")?,
        user: UserId(row.get("user_id")?),
        role: user::role(row)?,
        browser: row.get("browser")?,
        created: Millis(row.get("created_ms")?),
        seen: Millis(row.get("seen_ms")?),
        ends: Millis(row.get("ends_ms")?),
    })
}
