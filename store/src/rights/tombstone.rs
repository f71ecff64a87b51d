//! That somebody was erased, as a hash of what they were known by: an old file or a late delivery does not bring them
//! back. Keeps neither number nor name.

use domain::{
    clock::Millis,
    contact::Identity,
    id::{CustomerId, InboxId},
};
use sha2::{Digest, Sha256};

use crate::{
    Error, Tx, args,
    db::{Query, Row},
    setting,
};

/// What the hashes of this database are mixed with, so that no table of all numbers fits it.
const SALT: &str = "erased.salt";

/// Sees to it that there is a salt.
pub(super) async fn ready(tx: &mut Tx, salt: &str) -> Result<(), Error> {
    if setting::get(tx, SALT).await?.is_none() {
        setting::put(tx, SALT, salt).await?;
    }
    Ok(())
}

fn digest(salt: &str, kind: &str, value: &str) -> String {
    let named = format!("{salt}\n{kind}\n{value}");
    hex::encode(Sha256::digest(named.as_bytes()))
}

async fn put(tx: &mut Tx, kind: &str, value: &str, now: Millis) -> Result<(), Error> {
    let Some(salt) = tx.query(salt()).await? else { return Ok(()) };
    let digest = digest(&salt, kind, value);
    tx.run(
        "INSERT INTO tombstone (digest, at_ms) VALUES ($1, $2) ON CONFLICT (digest) DO UPDATE SET at_ms = excluded.at_ms",
        args![digest, now],
    )
    .await?;
    Ok(())
}

const CUSTOMER: &str = "customer";

pub(super) async fn person(tx: &mut Tx, identity: &Identity, now: Millis) -> Result<(), Error> {
    put(tx, identity.kind.as_str(), &identity.value, now).await
}

pub(super) async fn customer(tx: &mut Tx, id: &CustomerId, now: Millis) -> Result<(), Error> {
    put(tx, CUSTOMER, &id.0, now).await
}

/// When the last person with one of `identities` was erased.
///
/// # Errors
/// [`Error::Database`].
pub async fn of(tx: &mut Tx, identities: &[Identity]) -> Result<Option<Millis>, Error> {
    let Some(salt) = tx.query(salt()).await? else { return Ok(None) };
    tx.query(salted(&salt, identities)).await
}

/// What [`salted`] needs: `None` where nobody was ever erased.
#[must_use]
pub fn salt() -> Query<Option<String>> {
    setting::named(SALT)
}

/// As [`of`], where the salt is known.
#[must_use]
pub fn salted(salt: &str, identities: &[Identity]) -> Query<Option<Millis>> {
    let stones =
        identities.iter().map(|identity| stone(digest(salt, identity.kind.as_str(), &identity.value)));
    Query::all(stones).map(|found| found.into_iter().flatten().max())
}

fn stone(digest: String) -> Query<Option<Millis>> {
    let at = |row: &Row| row.get("at_ms").map(Millis);
    Query::row("SELECT at_ms FROM tombstone WHERE digest = $1", args![digest], at)
}

/// When the customer `id` was erased.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_customer(tx: &mut Tx, id: &CustomerId) -> Result<Option<Millis>, Error> {
    let Some(salt) = tx.query(salt()).await? else { return Ok(None) };
    tx.query(stone(digest(&salt, CUSTOMER, &id.0))).await
}

/// Takes a person's stone away: somebody registered them anew, by hand.
///
/// # Errors
/// [`Error::Database`].
pub async fn lift(tx: &mut Tx, identity: &Identity) -> Result<(), Error> {
    if let Some(salt) = tx.query(salt()).await? {
        let digest = digest(&salt, identity.kind.as_str(), &identity.value);
        tx.run("DELETE FROM tombstone WHERE digest = $1", args![digest]).await?;
    }
    Ok(())
}

/// Empties an arrival that is not taken in: neither its words nor whose they were stay.
///
/// # Errors
/// [`Error::Database`].
pub async fn drop_arrival(tx: &mut Tx, id: &InboxId) -> Result<(), Error> {
    tx.run(
        "UPDATE inbox SET body = '{}', external = 'erased:' || id, lane = 'erased' WHERE id = $1",
        args![id.as_str()],
    )
    .await?;
    Ok(())
}
