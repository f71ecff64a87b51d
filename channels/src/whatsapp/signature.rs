//! Who may call the webhook: Meta, by a signature over the exact bytes, and by a token at the handshake.
//! Never parses what it checks, and never tells a body.

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// The header that carries the signature.
pub const HEADER: &str = "x-hub-signature-256";
const SCHEME: &str = "sha256=";

/// Why a delivery is not believed. A code for the log, not for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    #[error("there is no X-Hub-Signature-256 header")]
    Missing,
    #[error("the X-Hub-Signature-256 header is not sha256= and 64 hex digits")]
    Malformed,
    #[error("the signature is not made with any of our app secrets")]
    Wrong,
}

/// Checks `header` against `body` as it came. During a rotation any of `secrets` will do; all are tried, so that the
/// time tells nothing.
///
/// # Errors
/// [`Unsigned`].
pub fn verify(secrets: &[SecretString], header: Option<&[u8]>, body: &[u8]) -> Result<(), Unsigned> {
    let header = header.ok_or(Unsigned::Missing)?;
    let digits = header.strip_prefix(SCHEME.as_bytes()).ok_or(Unsigned::Malformed)?;
    let given: [u8; 32] = hex::decode(digits.trim_ascii())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(Unsigned::Malformed)?;
    let mut fits = false;
    for secret in secrets {
        // An empty key is everybody's.
        let usable = !secret.expose_secret().is_empty();
        fits |= usable && mac(secret, body).verify_slice(&given).is_ok();
    }
    if fits { Ok(()) } else { Err(Unsigned::Wrong) }
}

/// The header's value for `body`, as Meta would make it.
#[must_use]
pub fn sign(secret: &SecretString, body: &[u8]) -> String {
    format!("{SCHEME}{}", hex::encode(mac(secret, body).finalize().into_bytes()))
}

/// A name for a body in the log: the first half of its SHA-256, in hex.
#[must_use]
pub fn fingerprint(body: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(&Sha256::digest(body)[..16])
}

fn mac(secret: &SecretString, body: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("any key fits");
    mac.update(body);
    mac
}

/// Why a handshake is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoHandshake {
    #[error("hub.mode is not subscribe")]
    Mode,
    #[error("hub.verify_token is not ours (WHATSAPP_VERIFY_TOKEN)")]
    Token,
    #[error("there is no hub.challenge")]
    Challenge,
}

/// The challenge of a handshake's raw query, byte for byte: it is echoed, never read.
///
/// # Errors
/// [`NoHandshake`].
pub fn handshake(query: &str, token: &SecretString) -> Result<Vec<u8>, NoHandshake> {
    let value = |name: &str| {
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key) == name.as_bytes()).then(|| decoded(value))
        })
    };
    if value("hub.mode").as_deref() != Some(b"subscribe") {
        return Err(NoHandshake::Mode);
    }
    let (given, own) = (value("hub.verify_token").unwrap_or_default(), token.expose_secret());
    if own.is_empty() || !bool::from(given.as_slice().ct_eq(own.as_bytes())) {
        return Err(NoHandshake::Token);
    }
    value("hub.challenge").filter(|challenge| !challenge.is_empty()).ok_or(NoHandshake::Challenge)
}

/// Undoes `application/x-www-form-urlencoded`; what is not an escape stays.
fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escape = bytes.get(at + 1..at + 3).filter(|_| byte == b'%');
        let escaped = escape.and_then(|two| hex::decode(two).ok());
        at += if escaped.is_some() { 3 } else { 1 };
        match escaped {
            Some(one) => out.extend(one),
            None if byte == b'+' => out.push(b' '),
            None => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
