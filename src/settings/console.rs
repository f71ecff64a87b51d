//! The settings that staff may change at the console: which they are, and how they are put over the files. What is stored
//! and cannot be started with is left out with a warning: a value typed into a page never keeps the house from starting.

use gateway::configuration::{Configuration, Entry, Stored};
use store::{Store, setting};

use super::{Error, Settings, Sources, variables};

/// Where a value is said to come from that was set at the console.
pub(super) const ORIGIN: &str = "console";

/// `(key, whether it is a secret)`. Ports, folders and the database are the operator's, in files.
const OFFERED: &[(&str, bool)] = &[
    ("people.auto_link_by_phone", false),
    ("turns.gather_ms", false),
    ("turns.gather_max_ms", false),
    ("turns.pending", false),
    ("turns.concurrent", false),
    ("questions.remind_after_ms", false),
    ("questions.expire_after_ms", false),
    ("questions.deferred_after_ms", false),
    ("questions.approve_own_jobs", false),
    ("delivery.attempts", false),
    ("delivery.unknown_grace_ms", false),
    ("comms.country_code", false),
    ("comms.provider", false),
    ("comms.base_url", false),
    ("comms.api_key", true),
    ("comms.instance_id", false),
    ("comms.webhook_secret", true),
    ("comms.transcription", false),
    ("comms.transcription_base_url", false),
    ("comms.transcription_model", false),
    ("whatsapp.access_token", true),
    ("whatsapp.phone_number_id", false),
    ("whatsapp.business_account_id", false),
    ("whatsapp.app_secret", true),
    ("whatsapp.verify_token", true),
    ("model.provider", false),
    ("model.openai.api_key", true),
    ("model.openai.base_url", false),
    ("model.openai.model", false),
    ("model.gemini.api_key", true),
    ("model.gemini.model", false),
];

/// What the gateway is given of the program's configuration.
pub struct AtTheConsole {
    sources: Sources,
}

impl AtTheConsole {
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self { sources: Sources { stored: Stored::new(), ..settings.sources.clone() } }
    }

    fn with(&self, stored: &Stored) -> Sources {
        Sources { stored: stored.clone(), ..self.sources.clone() }
    }
}

impl Configuration for AtTheConsole {
    fn entries(&self, stored: &Stored) -> Vec<Entry> {
        let layers = Settings::layers(&self.with(stored)).or_else(|_| Settings::layers(&self.sources));
        let Ok(layers) = layers else { return Vec::new() };
        let entry = |(key, secret): &(&'static str, bool)| {
            let value = serde_json::to_value(layers.value(key)?).ok()?;
            let origin = layers.origin(key).unwrap_or("default").to_owned();
            let fixed = self.is_variable(key, &origin).then(|| origin.clone());
            Some(Entry { key, secret: *secret, value, origin, fixed })
        };
        OFFERED.iter().filter_map(entry).collect()
    }

    fn check(&self, stored: &Stored) -> Result<(), String> {
        Settings::load(&self.with(stored)).map(|_| ()).map_err(|error| error.to_string())
    }
}

impl AtTheConsole {
    fn is_variable(&self, key: &str, origin: &str) -> bool {
        origin == variables::name_of(key) || self.sources.variables.contains_key(origin)
    }
}

impl Settings {
    /// These settings with what `store` holds of the console's.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn with_console(self, store: &Store) -> Result<Self, store::Error> {
        let rows = setting::below(&mut store.reader(), setting::CONSOLE).await?;
        let stored: Stored = rows
            .into_iter()
            .filter_map(|(name, value)| {
                let kept: serde_json::Value = serde_json::from_str(&value).ok()?;
                let key = name.strip_prefix(setting::CONSOLE)?.to_owned();
                Some((key, kept.get("text")?.as_str()?.to_owned()))
            })
            .collect();
        if stored.is_empty() {
            return Ok(self);
        }
        let settings: Result<Self, Error> = Self::load(&Sources { stored, ..self.sources.clone() });
        Ok(match settings {
            // Where the database is was settled before it was opened.
            Ok(settings) => Self { database: self.database, data_folder: self.data_folder, ..settings },
            Err(error) => {
                tracing::warn!(%error, "what was set at the console cannot be started with and is left out");
                self
            }
        })
    }
}
