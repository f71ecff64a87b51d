//! Bearer tokens of this house: JSON Web Tokens, HS256 and nothing else. A token says who and as what; whether that
//! person still works here is asked of the store each time.

use domain::{clock::Millis, id::UserId, staff::ConsoleRole};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode, errors::ErrorKind,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::user::User;

/// Both the issuer and the audience of our own tokens.
pub(crate) const HOUSE: &str = "plumbline";
/// The longest token that is looked at.
const LONGEST: usize = 8 * 1024;

/// Why a token is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the bearer token is no JSON Web Token")]
    Malformed,
    #[error("the bearer token is longer than {LONGEST} bytes")]
    TooLong,
    #[error("the bearer token is signed by a method that is not accepted here")]
    Algorithm,
    #[error("the bearer token's signature is wrong")]
    Signature,
    #[error("the bearer token is signed with a key that is not known here")]
    UnknownKey,
    #[error("the bearer token has expired: get a new one")]
    Expired,
    #[error("the bearer token is not good yet")]
    Early,
    #[error("the bearer token is not meant for this program (`aud`)")]
    Audience,
    #[error("the bearer token comes from somebody who is not believed here (`iss`)")]
    Issuer,
    #[error("the bearer token lacks {0}")]
    Lacks(String),
    /// Nothing is known about the token: it may be asked again.
    #[error("the identity provider's keys cannot be fetched just now; try again")]
    NoKeys,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    pub sub: UserId,
    pub name: String,
    pub role: ConsoleRole,
    /// The user's version when this was minted.
    pub ver: i64,
    jti: String,
    iat: i64,
    pub exp: i64,
}

/// What a token is minted for.
#[derive(Clone, Debug)]
pub struct Grant<'a> {
    pub user: &'a User,
    pub role: ConsoleRole,
    /// Never given out twice.
    pub jti: String,
    /// A token is good for whole seconds: this is rounded down.
    pub ends: Millis,
}

/// Mints and reads the tokens of one secret.
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl Tokens {
    #[must_use]
    pub fn new(secret: &SecretString) -> Self {
        let secret = secret.expose_secret().as_bytes();
        let mut validation = strict(Algorithm::HS256);
        validation.set_issuer(&[HOUSE]);
        validation.set_audience(&[HOUSE]);
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// # Errors
    /// [`Refused::Malformed`] where signing fails, which HS256 does not.
    pub fn mint(&self, grant: Grant<'_>, now: Millis) -> Result<String, Refused> {
        let claims = Claims {
            iss: HOUSE.to_owned(),
            aud: HOUSE.to_owned(),
            sub: grant.user.id.clone(),
            name: grant.user.name.clone(),
            role: grant.role,
            ver: grant.user.version,
            jti: grant.jti,
            iat: now.0.div_euclid(1_000),
            exp: grant.ends.0.div_euclid(1_000),
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(|_| Refused::Malformed)
    }

    pub(crate) fn read(&self, token: &str, now: Millis) -> Result<Claims, Refused> {
        let claims: Claims = read(token, &self.decoding, &self.validation)?;
        if Millis(claims.exp.saturating_mul(1_000)) <= now {
            return Err(Refused::Expired);
        }
        Ok(claims)
    }
}

/// What has to hold of every token. Times are compared by whoever reads: this crate's clock is a parameter.
pub(crate) fn strict(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

/// The header of a token short enough to be looked at.
pub(crate) fn header(token: &str) -> Result<Header, Refused> {
    if token.len() > LONGEST {
        return Err(Refused::TooLong);
    }
    // `none` and its kin are no algorithm that can be named.
    decode_header(token).map_err(|_| Refused::Malformed)
}

/// The claims of a token whose signature, issuer and audience hold.
pub(crate) fn read<T: DeserializeOwned>(
    token: &str,
    key: &DecodingKey,
    validation: &Validation,
) -> Result<T, Refused> {
    // RFC 7515 section 4.1.11: what is marked critical must be understood, and nothing is.
    if header(token)?.crit.is_some() {
        return Err(Refused::Malformed);
    }
    let read = decode::<T>(token, key, validation);
    read.map(|token| token.claims).map_err(|error| match error.kind() {
        ErrorKind::InvalidSignature => Refused::Signature,
        ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => Refused::Algorithm,
        ErrorKind::InvalidAudience => Refused::Audience,
        ErrorKind::InvalidIssuer => Refused::Issuer,
        ErrorKind::MissingRequiredClaim(claim) => Refused::Lacks(format!("the claim `{claim}`")),
        _ => Refused::Malformed,
    })
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
