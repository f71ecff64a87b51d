//! An outside identity provider that vouches for people: its tokens are read with the keys it publishes (JWKS, RFC 7517),
//! and whoever it names is a user here from the first request on. Knows no provider by name; Supabase's form fits.

use std::time::Duration;

use domain::{clock::Millis, staff::ConsoleRole};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, dangerous::insecure_decode_claims};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use store::{
    audit,
    user::{self, Person, User},
};
use url::Url;

use super::{
    keys::Keys,
    principal::{Principal, Via, unauthorized},
    same_site,
    token::{self, Refused},
};
use crate::{error::Problem, state::Gateway};
use channels::transport::Transport;

/// Clocks of two houses differ by so much.
const SKEW: Duration = Duration::from_secs(30);
/// The longest name and subject that are kept, in characters.
const LONGEST: usize = 200;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The tokens' `iss`, exactly; empty: nobody but this house vouches for people.
    pub issuer: String,
    /// What must stand in the tokens' `aud`.
    pub audience: String,
    /// Where the keys are; empty: below the issuer, at `.well-known/jwks.json`.
    pub jwks_url: String,
    /// For a provider that signs with a shared secret (HS256) instead of keys of its own.
    pub secret: SecretString,
    /// Where in the claims the console role stands, dot by dot.
    pub role_claim: String,
    /// How long fetched keys are good without another look.
    pub keys_seconds: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            audience: "authenticated".to_owned(),
            jwks_url: String::new(),
            secret: SecretString::default(),
            role_claim: "app_metadata.plumbline_role".to_owned(),
            keys_seconds: 600,
        }
    }
}

pub(crate) struct Provider {
    issuer: String,
    audience: String,
    role_claim: Vec<String>,
    secret: Option<DecodingKey>,
    keys: Keys,
}

/// Somebody as the provider names them.
pub(crate) struct Outsider {
    person: Person,
    /// Whether the token itself names a role.
    role_named: bool,
    ends: Millis,
}

impl Provider {
    /// `None` where no issuer is configured.
    ///
    /// # Errors
    /// A sentence that names the setting and the mend.
    pub(crate) fn new(config: &Config, transport: Transport) -> Result<Option<Self>, String> {
        let issuer = config.issuer.trim();
        if issuer.is_empty() {
            return Ok(None);
        }
        if issuer == token::HOUSE {
            return Err(format!("staff.provider.issuer is {issuer:?}: that is this program's own name"));
        }
        if config.audience.trim().is_empty() {
            let mend = "name what its tokens carry as `aud`: others' tokens must not count here";
            return Err(format!("staff.provider.audience is empty: {mend}"));
        }
        let place = match config.jwks_url.trim() {
            "" => format!("{}/.well-known/jwks.json", issuer.trim_end_matches('/')),
            place => place.to_owned(),
        };
        let url = Url::parse(&place).ok().filter(is_safe).ok_or_else(|| {
            format!(
                "staff.provider.jwks_url is {place:?}: it must be an https address, or one of this machine"
            )
        })?;
        let secret = config.secret.expose_secret().trim();
        Ok(Some(Self {
            issuer: issuer.to_owned(),
            audience: config.audience.trim().to_owned(),
            role_claim: config.role_claim.split('.').map(ToOwned::to_owned).collect(),
            secret: (!secret.is_empty()).then(|| DecodingKey::from_secret(secret.as_bytes())),
            keys: Keys::new(url, transport, Duration::from_secs(config.keys_seconds)),
        }))
    }

    /// Whether `token` says to come from this provider. It is not believed yet.
    pub(crate) fn vouches_for(&self, token: &str) -> bool {
        #[derive(Deserialize)]
        struct From {
            iss: String,
        }
        token::header(token).is_ok()
            && insecure_decode_claims::<From>(token).is_ok_and(|from| from.iss == self.issuer)
    }

    /// Whom a token of the provider names, once it is believed.
    ///
    /// # Errors
    /// [`Refused`].
    pub(crate) async fn read(&self, token: &str, now: Millis) -> Result<Outsider, Refused> {
        let header = token::header(token)?;
        let claims: Value = match (header.alg, &self.secret) {
            (Algorithm::HS256, Some(secret)) => {
                token::read(token, secret, &self.validation(Algorithm::HS256))?
            }
            (Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA, _) => {
                let key = self.keys.find(header.kid.as_deref(), now).await?;
                // The key says by which method, never the token.
                token::read(token, &key.key, &self.validation(key.algorithm))?
            }
            _ => return Err(Refused::Algorithm),
        };
        let ends = seconds(&claims, "exp")?.ok_or_else(|| Refused::Lacks("`exp`".to_owned()))?;
        if ends.plus(SKEW) <= now {
            return Err(Refused::Expired);
        }
        if seconds(&claims, "nbf")?.is_some_and(|from| from > now.plus(SKEW)) {
            return Err(Refused::Early);
        }
        let (person, role_named) = self.person(&claims)?;
        Ok(Outsider { person, role_named, ends: ends.plus(SKEW) })
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = token::strict(algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation
    }

    fn person(&self, claims: &Value) -> Result<(Person, bool), Refused> {
        let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
        if subject.is_empty() || subject.chars().count() > LONGEST {
            return Err(Refused::Lacks("a `sub` that can be kept".to_owned()));
        }
        let named = ["/name", "/user_metadata/full_name", "/user_metadata/name", "/email"];
        let name = named.iter().find_map(|at| claims.pointer(at)?.as_str()).unwrap_or(subject);
        let name: String = name.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        let mut role = Some(claims);
        for step in &self.role_claim {
            role = role.and_then(|value| value.get(step));
        }
        let role = role.and_then(Value::as_str).and_then(ConsoleRole::parse);
        let person = Person {
            issuer: self.issuer.clone(),
            subject: subject.to_owned(),
            name: if name.is_empty() { subject.to_owned() } else { name },
            // Of no account where the token names none: `admit` asks what the house itself says.
            role: role.unwrap_or(ConsoleRole::Auditor),
        };
        Ok((person, role.is_some()))
    }

    /// Lets `outsider` in: a user from the first time on, with the role that the token names, or that the house gave.
    ///
    /// # Errors
    /// 401 for somebody who left, 403 `forbidden` for somebody without a role.
    pub(crate) async fn admit(
        &self,
        gateway: &Gateway,
        outsider: Outsider,
        hash: String,
    ) -> Result<Principal, Problem> {
        let mut tx = gateway.store.reader();
        if store::ticket::is_revoked(&mut tx, &hash).await? {
            return Err(unauthorized("the bearer token was given back: get a new one"));
        }
        let Outsider { mut person, role_named, ends } = outsider;
        let known = user::find(&mut tx, &person.issuer, &person.subject).await?;
        match &known {
            Some(known) if known.removed.is_some() => return Err(super::entrance::gone(&known.id)),
            Some(known) if !role_named => person.role = known.role,
            None if !role_named => {
                let claim = self.role_claim.join(".");
                let detail = format!("{} gave you no console role: it belongs in `{claim}`", self.issuer);
                return Err(Problem::forbidden(detail));
            }
            _ => {}
        }
        let user = match known {
            Some(known) if known.name == person.name && known.role == person.role => known,
            known => self.keep(gateway, person, known).await?,
        };
        let role = user.role;
        Ok(Principal::new(user, role, Via::Token(hash), ends))
    }

    /// Writes down who was new, or has another name or role since.
    async fn keep(&self, gateway: &Gateway, person: Person, known: Option<User>) -> Result<User, Problem> {
        let (ids, now) = (gateway.ids.clone(), gateway.now());
        let before = known.map(|known| known.role);
        let kept = gateway.store.write(move |tx| {
            Box::pin(async move {
                let user = user::put(tx, &ids, &person, now).await?;
                if user.removed.is_none() && before != Some(user.role) {
                    let action = if before.is_none() { "user_admitted" } else { "user_role" };
                    let entry = audit::Entry {
                        actor: "house".to_owned(),
                        action,
                        subject: user.id.0.clone(),
                        digest: user.role.as_str().to_owned(),
                    };
                    audit::append(tx, &entry, now).await?;
                }
                Ok(user)
            })
        });
        let user = kept.await?;
        if user.removed.is_some() {
            return Err(super::entrance::gone(&user.id));
        }
        Ok(user)
    }
}

/// Keys that came over an open line could be anybody's.
fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && same_site::is_this_machine(url))
}

/// A claim that is a time, in seconds since 1970, whole or not.
fn seconds(claims: &Value, name: &str) -> Result<Option<Millis>, Refused> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let Some(seconds) = value.as_f64().filter(|s| (0.0..1e12).contains(s)) else {
        return Err(Refused::Malformed);
    };
    #[expect(clippy::cast_possible_truncation, reason = "within 0 and 1e15")]
    Ok(Some(Millis((seconds * 1_000.0) as i64)))
}
