//! The settings of the telephone system. Every limit is named here; secrets never show.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::{Host, Url};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Signs the webhook's bodies. Empty: the webhook does not exist.
    pub secret: SecretString,
    /// Secrets that still count while a new one is rolled out.
    pub previous_secrets: Vec<SecretString>,
    /// Where recordings may be fetched from: hosts and what is below them. Empty: none is fetched.
    pub recording_hosts: Vec<String>,
    /// The largest recording that is fetched.
    pub largest_mib: usize,
    pub fetch_seconds: u64,
    /// Where recordings are kept.
    #[serde(skip)]
    pub folder: PathBuf,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            secret: SecretString::default(),
            previous_secrets: Vec::new(),
            recording_hosts: Vec::new(),
            largest_mib: 50,
            fetch_seconds: 120,
            folder: PathBuf::from("data/media"),
        }
    }
}

impl Config {
    /// Whether calls are told to this house at all.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !self.secret.expose_secret().is_empty()
    }

    pub(super) fn secrets(&self) -> Vec<SecretString> {
        std::iter::once(&self.secret).chain(&self.previous_secrets).cloned().collect()
    }

    /// Whether `url` is one of the hosts', over TLS; only on this machine it goes without. A port counts where it is named.
    pub(super) fn may_fetch(&self, url: &Url) -> bool {
        let Some(host) = url.host_str().map(str::to_ascii_lowercase) else { return false };
        let here = match url.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            _ => false,
        };
        let sealed = url.scheme() == "https" || (url.scheme() == "http" && here);
        let named = url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        let known = self.recording_hosts.iter().any(|known| {
            let known = known.trim().to_ascii_lowercase();
            let below = url.port().is_none() && host.ends_with(&format!(".{known}"));
            !known.is_empty() && (named == known || below)
        });
        sealed && known && url.username().is_empty() && url.password().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recordings_come_from_where_they_may_and_nowhere_else() {
        let hosts = ["records.example.com", "127.0.0.1:8099", " ", "192.168.1.7"].map(str::to_owned).to_vec();
        let config = Config { recording_hosts: hosts, ..Config::default() };
        let may = |url: &str| config.may_fetch(&Url::parse(url).unwrap());
        for yes in [
            "https://records.example.com/1.mp3?x=1",
            "https://eu.records.example.com/1.mp3",
            "http://127.0.0.1:8099/1.mp3",
            "https://192.168.1.7/1.mp3",
        ] {
            assert!(may(yes), "{yes}");
        }
        for no in [
            "http://records.example.com/1.mp3",
            "https://records.example.com:8443/1.mp3",
            "https://records.example.com.evil.example/1.mp3",
            "https://evilrecords.example.com/1.mp3",
            "https://user:pass@records.example.com/1.mp3",
            "https://records.example.com@evil.example/1.mp3",
            "http://127.0.0.1:8100/1.mp3",
            "http://127.0.0.1/1.mp3",
            "http://192.168.1.7/1.mp3",
            "http://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
            "data:audio/mpeg;base64,AAAA",
        ] {
            assert!(!may(no), "{no}");
        }
        assert!(!Config::default().may_fetch(&Url::parse("https://records.example.com/").unwrap()));
    }
}
