//! The settings that staff may change at the console: which they are, and how they are put over the files. What is stored
//! and cannot be started with is left out with a warning: a value typed into a page never keeps the house from starting.

use std::sync::Arc;

use gateway::configuration::{Configuration, Entry, Stored};
use serde_json::Value;
use store::{Store, setting};
use tokio::sync::Notify;

use super::{Error, Settings, Sources, Vault, variables};

/// Where a value is said to come from that was set at the console.
pub(super) const ORIGIN: &str = "console";

/// One of them.
struct Offered {
    key: &'static str,
    secret: bool,
    /// Whether a change takes effect while the house runs.
    now: bool,
}

const fn plain(key: &'static str) -> Offered {
    Offered { key, secret: false, now: true }
}

const fn secret(key: &'static str) -> Offered {
    Offered { key, secret: true, now: true }
}

/// From the next start of each process: it decides what is built.
const fn later(of: Offered) -> Offered {
    Offered { now: false, ..of }
}

/// Ports, folders and the database are the operator's, in files.
const OFFERED: &[Offered] = &[
    plain("people.auto_link_by_phone"),
    plain("turns.gather_ms"),
    plain("turns.gather_max_ms"),
    plain("turns.pending"),
    plain("turns.concurrent"),
    plain("questions.remind_after_ms"),
    plain("questions.expire_after_ms"),
    plain("questions.deferred_after_ms"),
    plain("questions.approve_own_jobs"),
    plain("delivery.attempts"),
    plain("delivery.unknown_grace_ms"),
    plain("retention.inbox_days"),
    plain("retention.traces_days"),
    plain("retention.media_days"),
    plain("retention.messages_days"),
    plain("comms.country_code"),
    plain("comms.silent_hours"),
    later(plain("comms.provider")),
    later(plain("comms.base_url")),
    later(secret("comms.api_key")),
    later(plain("comms.instance_id")),
    later(secret("comms.webhook_secret")),
    plain("comms.transcription"),
    plain("comms.transcription_base_url"),
    plain("comms.transcription_model"),
    secret("whatsapp.access_token"),
    plain("whatsapp.phone_number_id"),
    plain("whatsapp.business_account_id"),
    secret("whatsapp.app_secret"),
    secret("whatsapp.verify_token"),
    secret("telephony.secret"),
    plain("model.provider"),
    secret("model.openai.api_key"),
    plain("model.openai.base_url"),
    plain("model.openai.model"),
    secret("model.gemini.api_key"),
    plain("model.gemini.model"),
];

/// What the gateway is given of the program's configuration.
pub struct AtTheConsole {
    sources: Sources,
    vault: Vault,
    /// Rung when something was changed here: whoever follows the settings looks at once.
    changed: Arc<Notify>,
}

impl AtTheConsole {
    #[must_use]
    pub fn of(settings: &Settings, changed: Arc<Notify>) -> Self {
        let sources = Sources { stored: Stored::new(), ..settings.sources.clone() };
        Self { sources, vault: settings.vault(), changed }
    }

    fn with(&self, stored: &Stored) -> Sources {
        // The operator may have written into the files since the start.
        let files = self.sources.again().unwrap_or_else(|_| self.sources.clone());
        Sources { stored: stored.clone(), ..files }
    }

    fn is_variable(&self, key: &str, origin: &str) -> bool {
        origin == variables::name_of(key) || self.sources.variables.contains_key(origin)
    }
}

impl Configuration for AtTheConsole {
    fn entries(&self, stored: &Stored) -> Vec<Entry> {
        let layers = Settings::layers(&self.with(stored)).or_else(|_| Settings::layers(&self.sources));
        let Ok(layers) = layers else { return Vec::new() };
        let entry = |offered: &Offered| {
            let key = offered.key;
            let value = serde_json::to_value(layers.value(key)?).ok()?;
            let origin = layers.origin(key).unwrap_or("default").to_owned();
            let fixed = self.is_variable(key, &origin).then(|| origin.clone());
            Some(Entry { key, secret: offered.secret, value, origin, fixed, now: offered.now })
        };
        OFFERED.iter().filter_map(entry).collect()
    }

    fn check(&self, stored: &Stored) -> Result<(), String> {
        Settings::load(&self.with(stored)).map(|_| ()).map_err(|error| error.to_string())
    }

    fn seal(&self, key: &str, text: &str) -> Result<String, String> {
        if is_secret(key) { self.vault.seal(key, text) } else { Ok(text.to_owned()) }
    }

    fn open(&self, key: &str, kept: &str) -> Result<String, String> {
        if Vault::is_sealed(kept) { self.vault.open(key, kept) } else { Ok(kept.to_owned()) }
    }

    fn changed(&self) {
        self.changed.notify_waiters();
    }
}

fn is_secret(key: &str) -> bool {
    OFFERED.iter().any(|offered| offered.secret && offered.key == key)
}

impl Settings {
    /// What seals secrets in the database.
    #[must_use]
    pub fn vault(&self) -> Vault {
        Vault::new(self.settings_key.as_ref(), &self.data_folder)
    }

    /// These settings with what `store` holds of the console's. Secrets that an earlier release kept as they are, are
    /// sealed first.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn with_console(self, store: &Store) -> Result<Self, store::Error> {
        let vault = self.vault();
        seal_plain(store, &vault).await?;
        let stored = stored(store, &vault, true).await?;
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

    /// What was read, the console's included.
    pub(crate) fn sources(&self) -> &Sources {
        &self.sources
    }
}

/// What `store` holds of the console's, secrets opened; one that cannot be opened is left out, and said where `tell`.
///
/// # Errors
/// Where the store does not answer.
pub(crate) async fn stored(store: &Store, vault: &Vault, tell: bool) -> Result<Stored, store::Error> {
    let rows = setting::below(&mut store.reader(), setting::CONSOLE).await?;
    let mut stored = Stored::new();
    for (name, value) in rows {
        let Some((key, text)) = kept(&name, &value) else { continue };
        match if Vault::is_sealed(&text) { vault.open(&key, &text) } else { Ok(text) } {
            Ok(text) => {
                stored.insert(key, text);
            }
            Err(error) if tell => tracing::error!(%error, "a setting is left out"),
            Err(_) => {}
        }
    }
    Ok(stored)
}

fn kept(name: &str, value: &str) -> Option<(String, String)> {
    let kept: Value = serde_json::from_str(value).ok()?;
    Some((name.strip_prefix(setting::CONSOLE)?.to_owned(), kept.get("text")?.as_str()?.to_owned()))
}

async fn seal_plain(store: &Store, vault: &Vault) -> Result<(), store::Error> {
    let plain = |(name, value): &(String, String)| {
        kept(name, value).is_some_and(|(key, text)| is_secret(&key) && !Vault::is_sealed(&text))
    };
    let rows = setting::below(&mut store.reader(), setting::CONSOLE).await?;
    if !rows.iter().any(plain) {
        return Ok(());
    }
    let vault = vault.clone();
    let change = store.write(move |tx| {
        Box::pin(async move {
            for row in setting::below(tx, setting::CONSOLE).await?.into_iter().filter(plain) {
                let (name, value) = row;
                let (Some((key, text)), Ok(mut whole)) =
                    (kept(&name, &value), serde_json::from_str::<Value>(&value))
                else {
                    continue;
                };
                if let Ok(sealed) = vault.seal(&key, &text) {
                    whole["text"] = sealed.into();
                    setting::put(tx, &name, &whole.to_string()).await?;
                }
            }
            Ok(())
        })
    });
    change.await
}

#[cfg(test)]
#[path = "console_tests.rs"]
mod tests;
