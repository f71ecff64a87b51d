//! That somebody was erased, as a hash of what they were known by: an old file or a late delivery does not bring them
//! back. Keeps neither number nor name.

use domain::{
    clock::Millis,
    contact::Identity,
    id::{CustomerId, InboxId},
};
use sha2::{Digest, Sha256};

use crate::{Error, Tx, args, setting};

/// What the hashes of this database are mixed with, so that no table of all numbers fits it.
const SALT: &str = "erased.salt";

/// Sees to it that there is a salt.
pub(super) async fn ready(tx: &mut Tx, salt: &str) -> Result<(), Error> {
    if setting::get(tx, SALT).await?.is_none() {
        setting::put(tx, SALT, salt).await?;
    }
    Ok(())
}

async fn digest(tx: &mut Tx, kind: &str, value: &str) -> Result<Option<String>, Error> {
    let Some(salt) = setting::get(tx, SALT).await? else { return Ok(None) };
    let named = format!("{salt}\n{kind}\n{value}");
    Ok(Some(hex::encode(Sha256::digest(named.as_bytes()))))
}

async fn put(tx: &mut Tx, kind: &str, value: &str, now: Millis) -> Result<(), Error> {
    let Some(digest) = digest(tx, kind, value).await? else { return Ok(()) };
    tx.run(
        "INSERT INTO tombstone (digest, at_ms) VALUES ($1, $2) ON CONFLICT (digest) DO UPDATE SET at_ms = excluded.at_ms",
        args![digest, now],
    )
    .await?;
    Ok(())
}

async fn at(tx: &mut Tx, kind: &str, value: &str) -> Result<Option<Millis>, Error> {
    let Some(digest) = digest(tx, kind, value).await? else { return Ok(None) };
    let row = tx.row("SELECT at_ms FROM tombstone WHERE digest = $1", args![digest]).await?;
    row.map(|row| row.get("at_ms").map(Millis)).transpose()
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
    let mut last = None;
    for identity in identities {
        last = last.max(at(tx, identity.kind.as_str(), &identity.value).await?);
    }
    Ok(last)
}

/// When the customer `id` was erased.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_customer(tx: &mut Tx, id: &CustomerId) -> Result<Option<Millis>, Error> {
    at(tx, CUSTOMER, &id.0).await
}

/// Takes a person's stone away: somebody registered them anew, by hand.
///
/// # Errors
/// [`Error::Database`].
pub async fn lift(tx: &mut Tx, identity: &Identity) -> Result<(), Error> {
    if let Some(digest) = digest(tx, identity.kind.as_str(), &identity.value).await? {
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
