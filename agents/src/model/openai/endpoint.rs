//! Where a model is: the address, the headers and the name to show, resolved once from the settings.
//! Never takes a header or an address from the environment, as async-openai's own configuration does.

use async_openai::config::Config as ClientConfig;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::config::{Config, ConfigError, Provider};

#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    pub provider: Provider,
    /// Host and port as shown to people; never a user's name or password.
    pub host: String,
    /// Without the query and without a slash at the end.
    base: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    key: SecretString,
}

impl Endpoint {
    /// # Errors
    /// [`ConfigError`] for an address or a key that cannot be used.
    pub fn resolve(config: &Config) -> Result<Self, ConfigError> {
        let provider = config.provider;
        let url = base_url(config)?;
        let name = url.host_str().unwrap_or_default().to_owned();
        let host = url.port().map_or_else(|| name.clone(), |port| format!("{name}:{port}"));
        let key =
            config.api_key.as_ref().map(|key| key.expose_secret().trim().to_owned()).unwrap_or_default();
        if key.is_empty() && provider.home().starts_with(&format!("https://{name}/")) {
            let (setting, base_setting) = (provider.key_setting(), provider.base_setting());
            return Err(ConfigError::NoKey { setting, host, base_setting });
        }
        let mut headers = HeaderMap::new();
        if !key.is_empty() {
            let mut value = HeaderValue::from_str(&format!("Bearer {key}"))
                .ok()
                .filter(|_| key.is_ascii())
                .ok_or(ConfigError::Key { setting: provider.key_setting() })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let mut bare = url;
        bare.set_query(None);
        bare.set_fragment(None);
        let base = bare.as_str().trim_end_matches('/').to_owned();
        Ok(Self { provider, host, base, query, headers, key: key.into() })
    }

    pub fn has_key(&self) -> bool {
        !self.key.expose_secret().is_empty()
    }

    /// `text` with every occurrence of the key replaced: a server may quote what it was sent. A key of a few letters
    /// is a placeholder (`none`, `ollama`) and may well be a word of the text.
    pub fn redacted(&self, text: &str) -> String {
        let key = self.key.expose_secret();
        if key.len() < 8 { text.to_owned() } else { text.replace(key, "***") }
    }
}

fn base_url(config: &Config) -> Result<Url, ConfigError> {
    let provider = config.provider;
    let given = config.base_url.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let text = given.unwrap_or(provider.home());
    let refuse = |value: String, why: &str| ConfigError::BaseUrl {
        setting: provider.base_setting(),
        value,
        why: why.to_owned(),
        example: "http://127.0.0.1:11434/v1",
    };
    let mut url = Url::parse(text).map_err(|error| refuse(without_user(text), &error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse(without_user(text), "it must begin with http:// or https://"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(refuse(without_user(text), "it names no host"));
    }
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/chat/completions").unwrap_or(path).to_owned();
    url.set_path(&path);
    Ok(url)
}

/// An address as it may be shown: what stands before `@` is left out.
fn without_user(text: &str) -> String {
    match text.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let place = rest[..end].rfind('@').map_or(rest, |at| &rest[at + 1..]);
            format!("{scheme}://{place}")
        }
        None => text.rsplit('@').next().unwrap_or_default().to_owned(),
    }
}

impl ClientConfig for Endpoint {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn api_base(&self) -> &str {
        &self.base
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

#[cfg(test)]
#[path = "endpoint_tests.rs"]
mod tests;
