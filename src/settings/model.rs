//! Which model the agents think with, chosen from what is set, and why. Asks no server.

use agents::model::openai;
use toml::{Table, Value};

use super::{error::Error, variables};

/// The chosen model.
#[derive(Clone, Debug)]
pub enum Model {
    /// The built-in stand-in, which needs nothing.
    Offline {
        why: String,
    },
    Remote {
        config: Box<openai::Config>,
        why: String,
    },
}

/// Keys of `[model]` that this file reads; the others are the model's own.
const OURS: [&str; 4] = ["provider", "openai", "gemini", "price"];

/// What a million tokens cost; `None` where both are 0.
pub(super) fn price(section: &Table) -> Result<Option<gateway::Price>, Error> {
    let micros = |key: &str| {
        let value = section.get("price").and_then(|price| price.get(key));
        let number = match value {
            None => Some(0.0),
            Some(value) => value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64)),
        };
        let sane = number.filter(|price| (0.0..=1_000_000.0).contains(price));
        let shown = value.map(ToString::to_string).unwrap_or_default();
        let wrong =
            || Error::bad(format!("model.price.{key}"), &shown, "it must be a price of a million tokens");
        sane.map(|price| (price * 1_000_000.0).round() as i64).ok_or_else(wrong)
    };
    let price = gateway::Price { input_micros: micros("input")?, output_micros: micros("output")? };
    Ok((price.input_micros > 0 || price.output_micros > 0).then_some(price))
}

impl Model {
    pub(super) fn resolve(section: &Table, media_folder: &str) -> Result<Self, Error> {
        let text = |provider: &str, key: &str| -> Option<String> {
            let value = section.get(provider)?.get(key)?.as_str()?.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        let named =
            section.get("provider").and_then(Value::as_str).unwrap_or_default().trim().to_ascii_lowercase();
        let is_set = |provider: &str, key: &str| text(provider, key).is_some();
        let (provider, why) = match named.as_str() {
            "offline" => return Ok(Self::Offline { why: "MODEL_PROVIDER is offline".to_owned() }),
            "openai" | "gemini" => (named.as_str(), format!("MODEL_PROVIDER is {named}")),
            "" if is_set("openai", "api_key") => ("openai", "OPENAI_API_KEY is set".to_owned()),
            "" if is_set("openai", "base_url") => ("openai", "OPENAI_BASE_URL is set".to_owned()),
            "" if is_set("gemini", "api_key") => ("gemini", "GEMINI_API_KEY is set".to_owned()),
            "" => {
                let why = "set OPENAI_API_KEY or GEMINI_API_KEY for a real one".to_owned();
                return Ok(Self::Offline { why });
            }
            other => return Err(Error::bad("MODEL_PROVIDER", other, "it must be openai, gemini or offline")),
        };
        let alone = provider == "openai" && is_set("openai", "base_url");
        if !is_set(provider, "api_key") && !alone {
            let setting = variables::name_of(&format!("model.{provider}.api_key"));
            return Err(Error::Required { setting, why: format!("because {why}") });
        }
        let mut own: Table = section
            .iter()
            .filter(|(key, value)| !OURS.contains(&key.as_str()) && value.as_str() != Some(""))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        own.insert("provider".to_owned(), Value::String(provider.to_owned()));
        own.insert("media_folder".to_owned(), Value::String(media_folder.to_owned()));
        for key in ["api_key", "base_url", "model"] {
            if let Some(value) = text(provider, key) {
                own.insert(key.to_owned(), Value::String(value));
            }
        }
        let config = serde_path_to_error::deserialize(Value::Table(own)).map_err(|error| {
            let key = format!("model.{}", error.path());
            Error::bad(variables::name_of(&key), "(see config/default.toml)", error.inner().message().trim())
        })?;
        Ok(Self::Remote { config: Box::new(config), why })
    }
}
