//! What is good for one use and a short time: a link to log in with, a ticket for the live stream; and the bearer tokens
//! that were given back before their end. Secrets are kept as hashes.

use domain::{clock::Millis, id::UserId, staff::ConsoleRole};
use serde_json::json;

use crate::{
    Error, Tx, args, event,
    session::fingerprint,
    user::{self, User},
};

/// Unused tickets one user may have; the oldest goes first.
const MOST: i64 = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Opens a session.
    Login,
    /// Opens a live stream.
    Live,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Live => "live",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Ticket {
    pub purpose: Purpose,
    pub user: UserId,
    pub role: ConsoleRole,
    /// The user's, when it was given out.
    pub version: i64,
    /// The session that asked for it, if one did.
    pub session: Option<String>,
    /// The fingerprint of the bearer token that asked for it, if one did.
    pub token: Option<String>,
    /// When what it opens ends.
    pub ends: Millis,
    /// Until when it may be used.
    pub expires: Millis,
}

/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, secret: &str, ticket: &Ticket, now: Millis) -> Result<(), Error> {
    let user = ticket.user.as_str();
    tx.run("DELETE FROM console_ticket WHERE expires_ms <= $1", args![now]).await?;
    tx.run(
        "INSERT INTO console_ticket (hash, purpose, user_id, role, version, session_id, token_hash, ends_ms, expires_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            fingerprint(secret),
            ticket.purpose.as_str(),
            user,
            ticket.role.as_str(),
            ticket.version,
            ticket.session.clone(),
            ticket.token.clone(),
            ticket.ends,
            ticket.expires
        ],
    )
    .await?;
    tx.run(
        "DELETE FROM console_ticket WHERE user_id = $1 AND purpose = $2 AND hash NOT IN
            (SELECT hash FROM console_ticket WHERE user_id = $1 AND purpose = $2
             ORDER BY expires_ms DESC, hash LIMIT $3)",
        args![user, ticket.purpose.as_str(), MOST],
    )
    .await?;
    Ok(())
}

/// Uses up the ticket that `secret` is: `None` for none, one that was used, has expired, or whose user left or changed.
///
/// # Errors
/// [`Error::Database`].
pub async fn redeem(
    tx: &mut Tx,
    secret: &str,
    purpose: Purpose,
    now: Millis,
) -> Result<Option<(Ticket, User)>, Error> {
    let row = tx
        .row(
            "DELETE FROM console_ticket WHERE hash = $1 AND purpose = $2
             RETURNING user_id, role, version, session_id, token_hash, ends_ms, expires_ms",
            args![fingerprint(secret), purpose.as_str()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let ticket = Ticket {
        purpose,
        user: UserId(row.get("user_id")?),
        role: user::role(&row)?,
        version: row.get("version")?,
        session: row.get("session_id")?,
        token: row.get("token_hash")?,
        ends: Millis(row.get("ends_ms")?),
        expires: Millis(row.get("expires_ms")?),
    };
    if ticket.expires <= now || ticket.ends <= now {
        return Ok(None);
    }
    let user = user::stands(tx, &ticket.user, ticket.version).await?;
    Ok(user.map(|user| (ticket, user)))
}

/// Gives a bearer token, named by its fingerprint, back before its end. Who watches is told.
///
/// # Errors
/// [`Error::Database`].
pub async fn revoke(tx: &mut Tx, user: &UserId, token: &str, ends: Millis, now: Millis) -> Result<(), Error> {
    tx.run("DELETE FROM console_ticket WHERE token_hash = $1", args![token]).await?;
    tx.run("DELETE FROM console_revoked WHERE ends_ms <= $1", args![now]).await?;
    tx.run(
        "INSERT INTO console_revoked (hash, ends_ms) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
        args![token, ends],
    )
    .await?;
    event::put(tx, user::EVENT, None, &json!({ "user_id": user, "token": token }), now).await
}

/// Whether the token with this fingerprint was given back.
///
/// # Errors
/// [`Error::Database`].
pub async fn is_revoked(tx: &mut Tx, token: &str) -> Result<bool, Error> {
    Ok(tx.row("SELECT hash FROM console_revoked WHERE hash = $1", args![token]).await?.is_some())
}
