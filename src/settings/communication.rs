//! How people are reached: in the terminal or on WhatsApp, with what credentials, and why. Opens no connection.

use agents::model::transcribe;
use channels::whatsapp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{error::Error, variables};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCommunication {
    mode: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawComms {
    provider: String,
    base_url: String,
    api_key: String,
    instance_id: String,
    webhook_secret: String,
    country_code: String,
    media_folder: String,
    transcription: String,
    transcription_base_url: String,
    transcription_model: String,
    pub(super) silent_hours: u32,
}

/// How people are reached.
#[derive(Clone, Debug)]
pub enum Communication {
    /// In the terminal; `why` says what chose it.
    Terminal {
        why: String,
    },
    WhatsApp {
        why: String,
        provider: Provider,
    },
}

/// Who carries WhatsApp messages.
#[derive(Clone, Debug)]
pub enum Provider {
    MetaCloud(Box<whatsapp::Config>),
    /// WAHA and Evolution: a server of one's own in front of WhatsApp.
    Waha(OwnServer),
    Evolution(OwnServer),
    /// For tests, on loopback only.
    Mock,
}

#[derive(Clone, Debug)]
pub struct OwnServer {
    pub base_url: String,
    pub api_key: Option<SecretString>,
    pub instance_id: String,
    pub webhook_secret: Option<SecretString>,
}

impl Communication {
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Terminal { why } => format!("in the terminal ({why})"),
            Self::WhatsApp { why, provider } => format!("WhatsApp through {} ({why})", provider.name()),
        }
    }

    pub(super) fn resolve(
        mode: &RawCommunication,
        whatsapp: &whatsapp::Config,
        comms: &RawComms,
    ) -> Result<Self, Error> {
        match mode.mode.trim().to_ascii_lowercase().as_str() {
            "cli" => Ok(Self::Terminal { why: "COMMUNICATION_MODE is cli".to_owned() }),
            "whatsapp" => {
                let provider = Provider::resolve(whatsapp, comms)?;
                Ok(Self::WhatsApp { why: "COMMUNICATION_MODE is whatsapp".to_owned(), provider })
            }
            "auto" => Ok(match Provider::resolve(whatsapp, comms) {
                Ok(provider) => Self::WhatsApp {
                    why: "COMMUNICATION_MODE is auto and everything it needs is set".to_owned(),
                    provider,
                },
                Err(Error::Required { setting, .. }) => {
                    Self::Terminal { why: format!("COMMUNICATION_MODE is auto and {setting} is not set") }
                }
                Err(error) => return Err(error),
            }),
            _ => Err(Error::bad("COMMUNICATION_MODE", &mode.mode, "it must be cli, whatsapp or auto")),
        }
    }
}

impl Provider {
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::MetaCloud(_) => "meta_cloud",
            Self::Waha(_) => "waha",
            Self::Evolution(_) => "evolution",
            Self::Mock => "mock",
        }
    }

    fn resolve(whatsapp: &whatsapp::Config, comms: &RawComms) -> Result<Self, Error> {
        match comms.provider.trim() {
            "" | "meta_cloud" => Ok(Self::MetaCloud(Box::new(meta_cloud(whatsapp)?))),
            "waha" => Ok(Self::Waha(OwnServer::resolve(comms)?)),
            "evolution" => Ok(Self::Evolution(OwnServer::resolve(comms)?)),
            "mock" => Ok(Self::Mock),
            other => {
                Err(Error::bad("COMMS_PROVIDER", other, "it must be meta_cloud, waha, evolution or mock"))
            }
        }
    }
}

fn meta_cloud(section: &whatsapp::Config) -> Result<whatsapp::Config, Error> {
    let present = |value: &str, key: &str| needed(value, key, "in WhatsApp mode");
    present(section.access_token.expose_secret(), "whatsapp.access_token")?;
    present(&section.phone_number_id, "whatsapp.phone_number_id")?;
    present(&section.business_account_id, "whatsapp.business_account_id")?;
    present(section.app_secret.expose_secret(), "whatsapp.app_secret")?;
    present(section.verify_token.expose_secret(), "whatsapp.verify_token")?;
    Ok(whatsapp::Config {
        api_base_url: address(&section.api_base_url, "whatsapp.api_base_url")?,
        api_version: version(&section.api_version)?,
        ..section.clone()
    })
}

impl OwnServer {
    fn resolve(raw: &RawComms) -> Result<Self, Error> {
        let why = format!("with COMMS_PROVIDER={}", raw.provider.trim());
        Ok(Self {
            base_url: address(&needed(&raw.base_url, "comms.base_url", &why)?, "comms.base_url")?,
            api_key: optional(&raw.api_key).map(Into::into),
            instance_id: needed(&raw.instance_id, "comms.instance_id", &why)?,
            webhook_secret: optional(&raw.webhook_secret).map(Into::into),
        })
    }
}

impl RawComms {
    /// Who turns recordings into text; `None` for nobody. `openai_key` is the key that the models have.
    pub(super) fn transcription(
        &self,
        openai_key: Option<SecretString>,
    ) -> Result<Option<transcribe::Config>, Error> {
        let own = optional(&self.transcription_base_url);
        let base_url = match (self.transcription.trim(), own) {
            ("none" | "", _) => return Ok(None),
            ("openai", None) if openai_key.is_none() => {
                let why = "with COMMS_TRANSCRIPTION_PROVIDER=openai".to_owned();
                return Err(Error::Required { setting: "OPENAI_API_KEY".to_owned(), why });
            }
            ("openai", own) => own.unwrap_or_else(|| "https://api.openai.com/v1".to_owned()),
            ("local", Some(own)) => own,
            ("local", None) => {
                let setting = variables::name_of("comms.transcription_base_url");
                return Err(Error::Required {
                    setting,
                    why: "with COMMS_TRANSCRIPTION_PROVIDER=local".to_owned(),
                });
            }
            (other, _) => {
                return Err(Error::bad(
                    "COMMS_TRANSCRIPTION_PROVIDER",
                    other,
                    "it must be none, openai or local",
                ));
            }
        };
        Ok(Some(transcribe::Config {
            base_url: address(&base_url, "comms.transcription_base_url")?,
            api_key: openai_key.filter(|_| self.transcription.trim() == "openai"),
            model: self.transcription_model.trim().to_owned(),
        }))
    }

    /// Digits, one to three of them.
    pub(super) fn country_code(&self) -> Result<String, Error> {
        let code = self.country_code.trim().trim_start_matches('+');
        if (1..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit()) && !code.starts_with('0')
        {
            return Ok(code.to_owned());
        }
        Err(Error::bad("COMMS_DEFAULT_COUNTRY_CODE", &self.country_code, "it must be a country code like 49"))
    }

    pub(super) fn media_folder(&self) -> Result<String, Error> {
        needed(&self.media_folder, "comms.media_folder", "for attachments")
    }
}

fn version(text: &str) -> Result<String, Error> {
    let number = text.trim().strip_prefix('v').and_then(|rest| rest.split_once('.'));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match number {
        Some((major, minor)) if digits(major) && digits(minor) => Ok(text.trim().to_owned()),
        _ => Err(Error::bad("WHATSAPP_API_VERSION", text, "it must be a version like v26.0")),
    }
}

fn needed(value: &str, key: &str, why: &str) -> Result<String, Error> {
    optional(value).ok_or_else(|| Error::Required { setting: variables::name_of(key), why: why.to_owned() })
}

/// `None` for an empty text.
pub(super) fn optional(value: &str) -> Option<String> {
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// An http(s) address without the slash at its end.
pub(super) fn address(text: &str, key: &str) -> Result<String, Error> {
    let bad = |mend: String| Error::bad(variables::name_of(key), without_password(text), mend);
    let url = url::Url::parse(text.trim())
        .map_err(|e| bad(format!("it must be an address like https://host:8010 ({e})")))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(bad("it must begin with http:// or https://".to_owned()));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// The address as it may be shown.
pub(super) fn without_password(text: &str) -> String {
    match url::Url::parse(text) {
        Ok(mut url) if url.password().is_some() => {
            // Only an address that cannot hold one refuses, and that one held one.
            let _ = url.set_password(Some("***"));
            url.to_string()
        }
        _ => text.to_owned(),
    }
}
