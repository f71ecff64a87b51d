//! Who is at the console: sessions, tokens, tickets, and what a browser may be made to do. Decides who somebody is and
//! what they may; what they then do is the API's.

pub(crate) mod attempts;
pub(crate) mod entrance;
pub(crate) mod headers;
mod keys;
pub mod login;
pub(crate) mod principal;
pub(crate) mod provider;
pub(crate) mod same_site;
pub(crate) mod session;
pub(crate) mod ticket;
pub mod token;

use std::{sync::Arc, time::Duration};

use channels::transport::Transport;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

pub use principal::{Principal, Via};
pub use provider::Config as ProviderConfig;

use attempts::Attempts;
use provider::Provider;
use token::Tokens;

/// How long what opens the console is good for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// A browser that is not used for this long is logged out.
    pub idle_minutes: u32,
    /// A browser is logged out after this, used or not.
    pub session_hours: u32,
    /// A login link is good for this long, and for one use.
    pub link_minutes: u32,
    /// Logins of one address that may fail within `failed_seconds`; then it has to wait.
    pub failed_logins: u32,
    pub failed_seconds: u32,
    /// Who else vouches for people; off without an issuer.
    pub provider: ProviderConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            idle_minutes: 720,
            session_hours: 168,
            link_minutes: 60,
            failed_logins: 5,
            failed_seconds: 300,
            provider: ProviderConfig::default(),
        }
    }
}

impl Config {
    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(u64::from(self.idle_minutes) * 60)
    }

    pub(crate) fn session(&self) -> Duration {
        Duration::from_secs(u64::from(self.session_hours) * 3_600)
    }

    pub(crate) fn link(&self) -> Duration {
        Duration::from_secs(u64::from(self.link_minutes) * 60)
    }
}

/// What the gateway knows to tell staff from strangers; cheap to clone.
#[derive(Clone)]
pub struct Staff(Arc<Desk>);

pub(crate) struct Desk {
    pub config: Config,
    pub tokens: Tokens,
    pub provider: Option<Provider>,
    pub attempts: Attempts,
    /// What the world calls us, where that is configured.
    pub public_url: Option<Url>,
}

impl Staff {
    /// `secret` signs this house's own tokens; `transport` fetches the identity provider's keys, where one is configured.
    ///
    /// # Errors
    /// A sentence that names the setting and the mend.
    pub fn new(
        config: Config,
        secret: &SecretString,
        public_url: Option<Url>,
        transport: Transport,
    ) -> Result<Self, String> {
        let provider = Provider::new(&config.provider, transport)?;
        let attempts =
            Attempts::new(config.failed_logins, Duration::from_secs(u64::from(config.failed_seconds)));
        let tokens = Tokens::new(secret);
        Ok(Self(Arc::new(Desk { config, tokens, provider, attempts, public_url })))
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.0
    }
}
