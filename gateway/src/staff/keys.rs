//! The keys that an identity provider publishes: fetched when they are first needed, kept for a while, and looked up anew
//! when a token names one that is not there, but never more than once in a while, whatever strangers send.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use channels::transport::Transport;
use domain::clock::Millis;
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::token::Refused;

/// Between two looks, whatever was asked for.
const PAUSE: Duration = Duration::from_secs(30);
/// Keys that could not be looked up anew are good for so long.
const STALE: Duration = Duration::from_secs(24 * 3_600);
/// Keys of one provider.
const MOST: usize = 50;
/// A 2048-bit modulus in base64: smaller keys can be broken.
const MODULUS: usize = 340;

pub(crate) struct Key {
    pub algorithm: Algorithm,
    pub key: DecodingKey,
}

pub(crate) struct Keys {
    url: Url,
    transport: Transport,
    fresh: Duration,
    known: RwLock<Known>,
    /// Held by the one that looks.
    looking: Mutex<()>,
}

#[derive(Default)]
struct Known {
    /// By key id; empty for a key without one.
    keys: BTreeMap<String, Arc<Key>>,
    fetched: Option<Millis>,
    tried: Option<Millis>,
}

impl Keys {
    pub(crate) fn new(url: Url, transport: Transport, fresh: Duration) -> Self {
        Self { url, transport, fresh, known: RwLock::default(), looking: Mutex::new(()) }
    }

    /// The key named `kid`; without a name the only one there is.
    ///
    /// # Errors
    /// [`Refused::UnknownKey`], or [`Refused::NoKeys`] where there are none to look among.
    pub(crate) async fn find(&self, kid: Option<&str>, now: Millis) -> Result<Arc<Key>, Refused> {
        if let Some(found) = self.look(kid, now, self.fresh) {
            return Ok(found);
        }
        {
            let _turn = self.looking.lock().await;
            // Whoever held the turn before may have brought it.
            if let Some(found) = self.look(kid, now, self.fresh) {
                return Ok(found);
            }
            self.refresh(now).await;
        }
        if let Some(found) = self.look(kid, now, STALE.max(self.fresh)) {
            return Ok(found);
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        Err(if known.keys.is_empty() { Refused::NoKeys } else { Refused::UnknownKey })
    }

    fn look(&self, kid: Option<&str>, now: Millis, good_for: Duration) -> Option<Arc<Key>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.fetched?.plus(good_for) <= now {
            return None;
        }
        match kid {
            Some(kid) => known.keys.get(kid).cloned(),
            None if known.keys.len() == 1 => known.keys.values().next().cloned(),
            None => None,
        }
    }

    async fn refresh(&self, now: Millis) {
        {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            if known.tried.is_some_and(|tried| tried.plus(PAUSE) > now) {
                return;
            }
            known.tried = Some(now);
        }
        match self.fetch().await {
            Ok(keys) => {
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                known.keys = keys;
                known.fetched = Some(now);
            }
            Err(why) => {
                tracing::warn!(url = %self.url, %why, "the identity provider's keys were not fetched")
            }
        }
    }

    async fn fetch(&self) -> Result<BTreeMap<String, Arc<Key>>, String> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let answer = self.transport.get(self.url.clone()).await.map_err(|failure| failure.to_string())?;
        if !answer.status.is_success() {
            return Err(format!("it answered {}", answer.status));
        }
        let set: Set = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        // One key of a kind that nobody knows must not take the others away.
        let read = set.keys.into_iter().take(MOST).filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        let keys: BTreeMap<_, _> = read
            .filter_map(|jwk| Some((jwk.common.key_id.clone().unwrap_or_default(), Arc::new(usable(&jwk)?))))
            .collect();
        if keys.is_empty() { Err("it holds no key that can be used".to_owned()) } else { Ok(keys) }
    }
}

/// A public key that signs, of a method that is accepted. A symmetric one published here would be everybody's.
fn usable(jwk: &Jwk) -> Option<Key> {
    if matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption)) {
        return None;
    }
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(rsa) if rsa.n.len() >= MODULUS => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        _ => return None,
    };
    if let Some(named) = jwk.common.key_algorithm
        && Algorithm::try_from(named).ok() != Some(algorithm)
    {
        return None;
    }
    Some(Key { algorithm, key: DecodingKey::from_jwk(jwk).ok()? })
}
