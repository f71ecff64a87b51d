//! The settings of the Cloud API channel. Every limit is named here; secrets never show.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use domain::language::Language;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

use super::send::Templates;

/// Where Meta's Graph API is.
pub const META: &str = "https://graph.facebook.com";

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub access_token: SecretString,
    pub phone_number_id: String,
    pub business_account_id: String,
    pub app_secret: SecretString,
    /// Secrets that still count while a new one is rolled out.
    pub previous_app_secrets: Vec<SecretString>,
    pub verify_token: SecretString,
    pub api_base_url: String,
    /// `v26.0`
    pub api_version: String,
    /// What our number may send a second, all processes together: 80; 1000 after Meta's upgrade; 20 beside the Business
    /// app.
    pub throughput_per_second: u32,
    /// To one person: so many at once, then one each so many milliseconds.
    pub pair_burst: u32,
    pub pair_every_ms: u64,
    /// Between two messages to one person: Meta keeps no order among what it has not delivered. 0: none.
    pub order_gap_ms: u64,
    /// Whether people see that their message was read and that an answer is being written.
    pub receipts: bool,
    /// Before its end the 24-hour window counts as closed.
    pub window_margin_seconds: u64,
    /// A message that fits into no template waits so long for the person to write; then it is given up.
    pub wait_hours: u64,
    /// Where the words do not tell a language.
    pub language: Language,
    /// On the button that opens a list, by language.
    pub list_labels: BTreeMap<String, String>,
    pub templates: Templates,
    pub media: Media,
}

/// Files that come and go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    pub folder: PathBuf,
    /// The largest file that is fetched.
    pub largest_mib: usize,
    /// Where files may be fetched from, with the token, besides the API's own host: hosts and what is below them.
    pub hosts: Vec<String>,
    pub fetch_seconds: u64,
}

impl Default for Config {
    fn default() -> Self {
        let labels = [("en", "Choose"), ("de", "Auswählen")];
        Self {
            access_token: SecretString::default(),
            phone_number_id: String::new(),
            business_account_id: String::new(),
            app_secret: SecretString::default(),
            previous_app_secrets: Vec::new(),
            verify_token: SecretString::default(),
            api_base_url: META.to_owned(),
            api_version: "v26.0".to_owned(),
            throughput_per_second: 80,
            pair_burst: 45,
            pair_every_ms: 6_000,
            order_gap_ms: 2_000,
            receipts: true,
            window_margin_seconds: 60,
            wait_hours: 72,
            language: Language::default(),
            list_labels: labels.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            templates: Templates::default(),
            media: Media::default(),
        }
    }
}

impl Default for Media {
    fn default() -> Self {
        Self {
            folder: PathBuf::from("data/media"),
            largest_mib: 25,
            hosts: ["fbsbx.com", "fbcdn.net", "whatsapp.net"].map(str::to_owned).to_vec(),
            fetch_seconds: 120,
        }
    }
}

/// A setting without which the channel does not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    #[error("{0} is required")]
    Required(&'static str),
    #[error("WHATSAPP_API_BASE_URL is {0:?}: it must be an address like {META}")]
    Address(String),
    #[error("WHATSAPP_API_VERSION is {0:?}: it must be a version like v26.0")]
    Version(String),
}

impl Config {
    /// # Errors
    /// [`Incomplete`] names the first setting that is missing or wrong.
    pub fn check(&self) -> Result<(), Incomplete> {
        let needed = [
            ("WHATSAPP_ACCESS_TOKEN", self.access_token.expose_secret()),
            ("WHATSAPP_PHONE_NUMBER_ID", self.phone_number_id.as_str()),
            ("WHATSAPP_BUSINESS_ACCOUNT_ID", self.business_account_id.as_str()),
            ("WHATSAPP_APP_SECRET", self.app_secret.expose_secret()),
            ("WHATSAPP_VERIFY_TOKEN", self.verify_token.expose_secret()),
        ];
        if let Some((name, _)) = needed.into_iter().find(|(_, value)| value.trim().is_empty()) {
            return Err(Incomplete::Required(name));
        }
        self.base().map(|_| ())
    }

    /// Whether it speaks for the same account at the same place, by the same token.
    #[must_use]
    pub fn is_same_account(&self, other: &Self) -> bool {
        let place = |config: &Self| {
            [&config.phone_number_id, &config.business_account_id, &config.api_base_url, &config.api_version]
                .map(Clone::clone)
        };
        place(self) == place(other)
            && self.access_token.expose_secret() == other.access_token.expose_secret()
            && self.app_secret.expose_secret() == other.app_secret.expose_secret()
            && self.verify_token.expose_secret() == other.verify_token.expose_secret()
    }

    /// The Graph API's address with its version: `https://graph.facebook.com/v26.0/`.
    pub(super) fn base(&self) -> Result<Url, Incomplete> {
        let wrong = || Incomplete::Address(self.api_base_url.clone());
        let address = self.api_base_url.trim().trim_end_matches('/');
        let url =
            Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        url.ok_or_else(wrong)?;
        let version = self.api_version.trim();
        let numbers = version.strip_prefix('v').and_then(|rest| rest.split_once('.'));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !numbers.is_some_and(|(major, minor)| digits(major) && digits(minor)) {
            return Err(Incomplete::Version(self.api_version.clone()));
        }
        Url::parse(&format!("{address}/{version}/")).map_err(|_| wrong())
    }

    /// The secrets that a webhook may be signed with.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        let all = std::iter::once(&self.app_secret).chain(&self.previous_app_secrets);
        all.filter(|secret| !secret.expose_secret().trim().is_empty()).cloned().collect()
    }

    pub(super) fn margin(&self) -> Duration {
        Duration::from_secs(self.window_margin_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Config {
        let set = |text: &str| SecretString::from(text);
        Config {
            access_token: set("t"),
            phone_number_id: "1".into(),
            business_account_id: "2".into(),
            app_secret: set("s"),
            verify_token: set("v"),
            ..Config::default()
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(whole().check(), Ok(()));
        let without = |change: fn(&mut Config)| {
            let mut config = whole();
            change(&mut config);
            config.check().unwrap_err().to_string()
        };
        assert_eq!(without(|c| c.access_token = "".into()), "WHATSAPP_ACCESS_TOKEN is required");
        assert_eq!(without(|c| c.app_secret = " ".into()), "WHATSAPP_APP_SECRET is required");
        assert_eq!(without(|c| c.verify_token = "".into()), "WHATSAPP_VERIFY_TOKEN is required");
        assert!(without(|c| c.api_version = "26".into()).contains("v26.0"));
        assert!(without(|c| c.api_base_url = "graph".into()).contains("WHATSAPP_API_BASE_URL"));
    }

    #[test]
    fn the_address_carries_the_version_and_no_secret_shows() {
        let mut config = whole();
        config.api_base_url = "http://127.0.0.1:8020/".into();
        assert_eq!(config.base().unwrap().as_str(), "http://127.0.0.1:8020/v26.0/");
        config.app_secret = "very-secret".into();
        assert!(!format!("{config:?}").contains("very-secret"));
    }
}
