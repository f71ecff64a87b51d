//! What the house is told about a model's server: whose it is, where, with which key, how long to wait.
//! Never reads the environment and never shows a key.

use std::{path::PathBuf, time::Duration};

use secrecy::SecretString;
use serde::Deserialize;

use super::profile::{Overrides, ProfileName};

/// The section `model` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub provider: Provider,
    /// Where `/chat/completions` is found; the provider's own address when unset. May carry a query.
    pub base_url: Option<String>,
    /// Unset or blank: no key is sent, as for a server of one's own.
    pub api_key: Option<SecretString>,
    pub model: Option<String>,
    /// Sent as `reasoning_effort` when set: `minimal`, `low`, `medium`, `high`, as far as the model knows them.
    pub reasoning_effort: Option<String>,
    /// Images are read from here and from nowhere else.
    pub media_folder: PathBuf,
    /// Bytes of one image file; a larger one is named to the model and not shown.
    pub image_bytes: u64,
    /// Images in one request; the newest are shown, the others named.
    pub images: usize,
    /// Bytes of one reply, streamed or not.
    pub reply_bytes: usize,
    pub timeouts: Timeouts,
    /// The server's habits, where its address does not tell them.
    pub profile: Option<ProfileName>,
    /// Single habits that differ from the profile's.
    pub habits: Overrides,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            provider: Provider::OpenAi,
            base_url: None,
            api_key: None,
            model: None,
            reasoning_effort: None,
            media_folder: PathBuf::from("data/media"),
            image_bytes: 5 * 1024 * 1024,
            images: 4,
            reply_bytes: 4 * 1024 * 1024,
            timeouts: Timeouts::default(),
            profile: None,
            habits: Overrides::default(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// Until the connection stands; part of the client that [`super::http_client`] builds.
    pub connect_seconds: u64,
    /// Between two pieces of a stream, and before its first.
    pub idle_seconds: u64,
    /// One call from first to last byte.
    pub total_seconds: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect_seconds: 10, idle_seconds: 60, total_seconds: 180 }
    }
}

impl Timeouts {
    #[must_use]
    pub fn connect(&self) -> Duration {
        Duration::from_secs(self.connect_seconds.max(1))
    }

    #[must_use]
    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds.max(1))
    }

    #[must_use]
    pub fn total(&self) -> Duration {
        Duration::from_secs(self.total_seconds.max(1))
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    #[default]
    OpenAi,
    Gemini,
}

impl Provider {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Gemini => "gemini",
        }
    }

    /// Where the provider itself serves the OpenAI protocol.
    #[must_use]
    pub fn home(self) -> &'static str {
        match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Gemini => "https://generativelanguage.googleapis.com/v1beta/openai",
        }
    }

    #[must_use]
    pub fn default_model(self) -> &'static str {
        match self {
            Self::OpenAi => "gpt-5-mini",
            Self::Gemini => "gemini-flash-latest",
        }
    }

    /// The setting that holds the key, for sentences to people.
    #[must_use]
    pub fn key_setting(self) -> &'static str {
        match self {
            Self::OpenAi => "OPENAI_API_KEY",
            Self::Gemini => "GEMINI_API_KEY",
        }
    }

    #[must_use]
    pub fn model_setting(self) -> &'static str {
        match self {
            Self::OpenAi => "OPENAI_MODEL",
            Self::Gemini => "GEMINI_MODEL",
        }
    }

    #[must_use]
    pub fn base_setting(self) -> &'static str {
        match self {
            Self::OpenAi => "OPENAI_BASE_URL",
            Self::Gemini => "PLUMBLINE__MODEL__BASE_URL",
        }
    }
}

/// A setting that no server could be asked with. Each names the setting, the value and the mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("{setting} is {value:?}: {why}; it should look like {example}")]
    BaseUrl { setting: &'static str, value: String, why: String, example: &'static str },
    #[error("{setting} holds a line break or a letter outside ASCII, which no key has: paste the key again")]
    Key { setting: &'static str },
    #[error("{setting} is required for {host}: set it, or name another server in {base_setting}")]
    NoKey { setting: &'static str, host: String, base_setting: &'static str },
}
