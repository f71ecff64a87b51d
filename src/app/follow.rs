//! Follows the settings while the house runs: what staff set at the console, and what the operator writes into `.env` and
//! config/local.toml, takes effect in every process within a moment, where nothing has to be built anew for it.

use std::{sync::Arc, time::Duration};

use agents::model::{Model, transcribe::Transcriber};
use channels::{
    telephony,
    whatsapp::{self, Receiver, WhatsApp},
};
use domain::{address::ChannelName, clock::Clock, current::Current, id::Ids};
use gateway::House;
use runtime::bell::Bell;
use store::{Store, channel_state};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Follows, Means};
use crate::settings::{Communication, Provider, Settings, Sources, Vault, stored};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(1);

/// What may be replaced.
#[derive(Clone)]
pub(super) struct Replaceable {
    pub belt: Current<runtime::Config>,
    pub house: Current<House>,
    /// Who believes the telephone system.
    pub calls: Current<Option<telephony::Receiver>>,
    pub transcriber: Current<Option<Arc<dyn Transcriber>>>,
    /// `None` for a test's own.
    pub model: Option<Current<dyn Model>>,
    /// Both ways of WhatsApp.
    pub whatsapp: Option<(Current<WhatsApp>, Current<Receiver>)>,
}

impl Replaceable {
    pub(super) fn new(
        settings: &Settings,
        http: &reqwest::Client,
        (house, calls): (Current<House>, Current<Option<telephony::Receiver>>),
        model: Option<Current<dyn Model>>,
        whatsapp: Option<(Current<WhatsApp>, Current<Receiver>)>,
    ) -> Self {
        let transcriber = Current::new(super::transcriber(settings, http));
        Self { belt: Current::new(settings.belt.clone()), house, calls, transcriber, model, whatsapp }
    }
}

pub(super) struct Follower {
    settings: Settings,
    vault: Vault,
    store: Store,
    ids: Arc<Ids>,
    clock: Arc<dyn Clock>,
    of: Following,
}

/// What a follower is made of, beside the settings.
pub(super) struct Following {
    pub http: reqwest::Client,
    pub bell: Bell,
    /// Rung by the gateway of this process.
    pub changed: Arc<Notify>,
    pub replaceable: Replaceable,
}

impl Following {
    pub(super) fn follower(
        self,
        settings: &Settings,
        follows: Follows,
        (store, means): (&Store, &Means),
    ) -> Option<Follower> {
        if follows == Follows::Nothing {
            return None;
        }
        Some(Follower {
            settings: settings.clone(),
            vault: settings.vault(),
            store: store.clone(),
            ids: Arc::clone(&means.ids),
            clock: Arc::clone(&means.clock),
            of: self,
        })
    }
}

impl Follower {
    /// Until `stop`.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let (mut seen, mut said) = (self.settings.sources().clone(), String::new());
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.of.changed.notified() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
            let sources = match self.read().await {
                Ok(sources) if sources == seen => continue,
                Ok(sources) => sources,
                Err(error) => {
                    // Once, however long it lasts.
                    if error != said {
                        tracing::warn!(%error, "the settings could not be read again");
                        said = error;
                    }
                    continue;
                }
            };
            seen = sources.clone();
            match Settings::load(&sources) {
                Ok(settings) => self.apply(settings).await,
                Err(error) => tracing::warn!(%error, "changed settings are not taken over"),
            }
        }
    }

    async fn read(&self) -> Result<Sources, String> {
        let files = self.settings.sources().again().map_err(|error| error.to_string())?;
        let stored = stored(&self.store, &self.vault, false).await.map_err(|error| error.to_string())?;
        Ok(Sources { stored, ..files })
    }

    async fn apply(&mut self, settings: Settings) {
        let to = &self.of.replaceable;
        to.belt.set(Arc::new(settings.belt.clone()));
        to.house.set(Arc::new(super::house(&settings)));
        to.calls.set(Arc::new(super::told_of_calls(&settings)));
        to.transcriber.set(Arc::new(super::transcriber(&settings, &self.of.http)));
        if let Some(current) = &to.model {
            match super::model(&settings, self.of.http.clone(), &self.ids, &self.clock) {
                Ok(model) => current.set(model),
                Err(error) => tracing::warn!(%error, "the model stays as it was"),
            }
        }
        self.credentials(&settings).await;
        self.settings = settings;
        self.of.bell.ring_all();
        tracing::info!("changed settings are taken over");
    }

    /// New credentials end a pause that the old ones caused.
    async fn credentials(&self, settings: &Settings) {
        let Communication::WhatsApp { provider: Provider::MetaCloud(config), .. } = &settings.communication
        else {
            return;
        };
        let Some((channel, receiver)) = &self.of.replaceable.whatsapp else { return };
        if let Ok(new) = Receiver::new(config) {
            receiver.set(Arc::new(new));
        }
        if !is_other(&self.settings, config) {
            return;
        }
        match WhatsApp::new((**config).clone(), self.of.http.clone(), &settings.http) {
            Ok(new) => channel.set(Arc::new(new)),
            Err(error) => return tracing::warn!(%error, "WhatsApp stays as it was"),
        }
        let now = self.clock.now();
        let resume = self.store.write(move |tx| {
            Box::pin(async move { channel_state::resume(tx, &ChannelName::from(whatsapp::NAME), now).await })
        });
        if let Err(error) = resume.await {
            tracing::warn!(%error, "WhatsApp stays paused until its pause ends by itself");
        }
    }
}

/// Whether WhatsApp is another account, or the same by another token, than so far.
fn is_other(so_far: &Settings, config: &whatsapp::Config) -> bool {
    match &so_far.communication {
        Communication::WhatsApp { provider: Provider::MetaCloud(known), .. } => {
            !known.is_same_account(config)
        }
        _ => true,
    }
}
