//! That an identity was erased, as a hash: whoever registers it again is told so. Keeps neither number nor name.

use domain::{clock::Millis, contact::Identity};
use sha2::{Digest, Sha256};

use crate::{Error, Tx, setting};

fn key(identity: &Identity) -> String {
    let named = format!("{}\n{}", identity.kind.as_str(), identity.value);
    format!("erased.{}", hex::encode(Sha256::digest(named.as_bytes())))
}

/// # Errors
/// [`Error::Database`].
pub(super) async fn put(tx: &mut Tx, identity: &Identity, now: Millis) -> Result<(), Error> {
    setting::put(tx, &key(identity), &now.0.to_string()).await
}

/// Whether a person with `identity` was erased.
///
/// # Errors
/// [`Error::Database`].
pub async fn stands(tx: &mut Tx, identity: &Identity) -> Result<bool, Error> {
    Ok(setting::get(tx, &key(identity)).await?.is_some())
}
