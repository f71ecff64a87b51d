//! The settings of the whole program, composed of each crate's own and resolved once at the start. Everything after is
//! given values: nothing else reads the environment or a configuration file.

mod communication;
mod console;
mod database;
mod error;
mod layers;
mod model;
mod raw;
mod sources;
mod telephony;
mod variables;
mod vault;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::{agent::AgentName, contact::Role, firm::Firm};
use secrecy::SecretString;

pub use communication::{Communication, OwnServer, Provider};
pub use console::AtTheConsole;
pub use error::Error;
pub use model::Model;
pub use sources::{LOCAL, Sources};
pub use vault::Vault;

pub(crate) use console::stored;

use communication::{address, optional};
use layers::Layers;
use raw::{Raw, RawEndpoint, RawPeople};

/// The built-in layers, weakest first.
pub const BUILT_IN: [(&str, &str); 3] = [
    ("config/default.toml", include_str!("../../config/default.toml")),
    ("config/firm.toml", include_str!("../../config/firm.toml")),
    ("config/billing.toml", include_str!("../../config/billing.toml")),
];

/// Everything the program is told, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    pub communication: Communication,
    pub database: store::Config,
    /// Whether the user named the database: then nothing is put into it that was not asked for.
    pub database_named: bool,
    /// Where what belongs beside the database is kept: the history of the terminal, generated secrets.
    pub data_folder: PathBuf,
    pub media_folder: PathBuf,
    /// What the model's tokens cost, where that is configured.
    pub price: Option<gateway::Price>,
    /// Prompts, texts and agents of the user's own.
    pub overrides: Option<PathBuf>,
    pub model: Model,
    /// Who turns recordings into text, if anybody.
    pub transcription: Option<agents::model::transcribe::Config>,
    pub country_code: String,
    /// A channel on which nothing has come in for so long is said to be silent; 0: never.
    pub silent_hours: u32,
    /// People to register: digits with country code.
    pub phones: Vec<(Role, String)>,
    pub bind: IpAddr,
    pub public_url: Option<String>,
    pub gateway: Gateway,
    /// Who may come to the console, and for how long.
    pub staff: gateway::staff::Config,
    /// Every limit of the live stream.
    pub live: gateway::live::Config,
    /// Where each agent is.
    pub agents: BTreeMap<AgentName, Endpoint>,
    /// `None`: generated once and kept in the data folder.
    pub link_secret: Option<SecretString>,
    /// The telephone system, where one tells of calls.
    pub telephony: channels::telephony::Config,
    /// What seals secrets in the database; `None`: generated once and kept in the data folder.
    pub settings_key: Option<SecretString>,
    pub http: channels::transport::Config,
    pub terminal: channels::cli::Config,
    pub belt: runtime::Config,
    gather_named: bool,
    pub firm: Firm,
    pub log: crate::telemetry::Config,
    /// How long running turns may go on after the first signal.
    pub grace: Duration,
    /// What was read, for `doctor`: `.env`, `config/local.toml`.
    pub files: Vec<&'static str>,
    /// Kept to be put together again with what was set at the console. Never shown.
    sources: Sources,
}

#[derive(Clone, Debug)]
pub struct Gateway {
    pub port: u16,
    /// `None`: generated once and kept in the data folder.
    pub jwt_secret: Option<SecretString>,
    /// Deliveries of a provider taken in at once.
    pub deliveries: usize,
    /// Requests a second of one address; see the gateway's own configuration.
    pub source_per_second: u32,
}

/// Where an agent's HTTP link is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Listened on by the process that hosts the agent.
    pub port: u16,
    /// Where the others reach it.
    pub url: String,
}

/// Shorter secrets can be guessed.
const SECRET_BYTES: usize = 16;

impl Settings {
    /// Reads this process's environment and the files of its working directory.
    ///
    /// # Errors
    /// [`Error`]: one sentence that names the setting, the value and the mend.
    pub fn of_process() -> Result<Self, Error> {
        Self::load(&Sources::of_process(Path::new(""))?)
    }

    /// Puts the layers one on the other, weakest first, and resolves them.
    ///
    /// # Errors
    /// [`Error`].
    pub fn load(sources: &Sources) -> Result<Self, Error> {
        let layers = Self::layers(sources)?;
        Self::resolve(layers.read()?, &layers, sources)
    }

    fn layers(sources: &Sources) -> Result<Layers, Error> {
        let mut layers = Layers::built_in(&BUILT_IN)?;
        if let Some(text) = &sources.local {
            layers.file(LOCAL, text)?;
        }
        for (key, text) in &sources.stored {
            layers.set(console::ORIGIN, key, text)?;
        }
        variables::apply(&mut layers, &sources.variables)?;
        Ok(layers)
    }

    fn resolve(raw: Raw, layers: &Layers, sources: &Sources) -> Result<Self, Error> {
        let bind: IpAddr = raw.server.bind.trim().parse().map_err(|_| {
            Error::bad(
                "PLUMBLINE_BIND",
                &raw.server.bind,
                "it must be an IP address like 127.0.0.1 or 0.0.0.0",
            )
        })?;
        let country_code = raw.comms.country_code()?;
        let database = database::checked(raw.database.clone())?;
        let agents = endpoints(&raw.agents, bind)?;
        distinct_ports(raw.gateway.port, &agents)?;
        raw.firm.check().map_err(|bad| Error::Clash(bad.to_string()))?;
        let media_folder = raw.comms.media_folder()?;
        let belt = belt(&raw, &media_folder, &country_code);
        let whatsapp = channels::whatsapp::Config {
            language: raw.firm.language(),
            media: channels::whatsapp::MediaConfig {
                folder: PathBuf::from(&media_folder),
                ..raw.whatsapp.media.clone()
            },
            ..raw.whatsapp
        };
        Ok(Self {
            communication: Communication::resolve(&raw.communication, &whatsapp, &raw.comms)?,
            database_named: layers.origin("database.url").is_some(),
            data_folder: database::beside(&database.url),
            database,
            price: model::price(&raw.model)?,
            model: Model::resolve(&raw.model, &media_folder)?,
            telephony: telephony::checked(raw.telephony, &media_folder)?,
            media_folder: PathBuf::from(media_folder),
            overrides: overrides(&raw.files.overrides)?,
            transcription: raw.comms.transcription(openai_key(&raw.model))?,
            phones: phones(&raw.people, &country_code)?,
            country_code,
            silent_hours: raw.comms.silent_hours,
            bind,
            public_url: optional(&raw.server.public_url)
                .map(|url| address(&url, "server.public_url"))
                .transpose()?,
            gateway: Gateway {
                port: raw.gateway.port,
                jwt_secret: secret(&raw.gateway.jwt_secret, "gateway.jwt_secret")?,
                deliveries: raw.gateway.deliveries.max(1),
                source_per_second: raw.gateway.source_per_second,
            },
            staff: raw.staff,
            live: raw.live,
            agents,
            link_secret: secret(&raw.link.secret, "link.secret")?,
            settings_key: secret(&raw.settings.key, "settings.key")?,
            http: raw.http,
            terminal: raw.terminal,
            gather_named: layers.origin("turns.gather_ms").is_some(),
            belt,
            firm: raw.firm,
            log: raw.log,
            grace: Duration::from_secs(raw.shutdown.grace_seconds),
            files: [sources.dotenv.then_some(".env"), sources.local.as_ref().map(|_| LOCAL)]
                .into_iter()
                .flatten()
                .collect(),
            sources: sources.clone(),
        })
    }

    /// Makes these the settings of CLI mode: a line is a whole message, so nothing is gathered unless somebody said so.
    pub fn for_terminal(&mut self) {
        if !self.gather_named {
            self.belt.turns.gather_ms = 0;
        }
    }
}

fn belt(raw: &Raw, media_folder: &str, country_code: &str) -> runtime::Config {
    runtime::Config {
        intake: raw.intake.clone(),
        turns: raw.turns.clone(),
        questions: raw.questions.clone(),
        delivery: raw.delivery.clone(),
        retention: runtime::config::Retention {
            media_folder: PathBuf::from(media_folder),
            ..raw.retention.clone()
        },
        linking: runtime::config::Linking {
            auto_link_by_phone: raw.people.auto_link_by_phone,
            country_code: country_code.to_owned(),
        },
    }
}

fn endpoints(
    raw: &BTreeMap<String, RawEndpoint>,
    bind: IpAddr,
) -> Result<BTreeMap<AgentName, Endpoint>, Error> {
    let here = match bind {
        IpAddr::V6(_) if !bind.is_unspecified() => format!("[{bind}]"),
        _ if bind.is_unspecified() => "127.0.0.1".to_owned(),
        _ => bind.to_string(),
    };
    raw.iter()
        .map(|(name, endpoint)| {
            let url = match optional(&endpoint.url) {
                Some(url) => address(&url, &format!("agents.{name}.url"))?,
                None => format!("http://{here}:{}", endpoint.port),
            };
            Ok((AgentName::from(name.as_str()), Endpoint { port: endpoint.port, url }))
        })
        .collect()
}

/// Two servers of one program cannot share a port; zero lets the system choose.
fn distinct_ports(gateway: u16, agents: &BTreeMap<AgentName, Endpoint>) -> Result<(), Error> {
    let mut taken = BTreeMap::from([(gateway, variables::name_of("gateway.port"))]);
    for (name, endpoint) in agents.iter().filter(|(_, endpoint)| endpoint.port != 0) {
        let setting = variables::name_of(&format!("agents.{name}.port"));
        if let Some(other) = taken.insert(endpoint.port, setting.clone()) {
            let port = endpoint.port;
            return Err(Error::Clash(format!(
                "{other} and {setting} are both {port}: give each a port of its own"
            )));
        }
    }
    Ok(())
}

fn secret(text: &str, key: &str) -> Result<Option<SecretString>, Error> {
    match optional(text) {
        Some(text) if text.len() < SECRET_BYTES => Err(Error::bad(
            variables::name_of(key),
            "(not shown)",
            format!(
                "it must have at least {SECRET_BYTES} characters, for example from `openssl rand -hex 32`"
            ),
        )),
        other => Ok(other.map(Into::into)),
    }
}

/// The key of `[model.openai]`, which its transcription server takes too.
fn openai_key(model: &toml::Table) -> Option<SecretString> {
    let key = model.get("openai")?.get("api_key")?.as_str()?.trim();
    (!key.is_empty()).then(|| key.to_owned().into())
}

fn phones(raw: &RawPeople, country: &str) -> Result<Vec<(Role, String)>, Error> {
    let named = [
        (Role::Technician, &raw.technician_phone, "people.technician_phone"),
        (Role::Office, &raw.office_phone, "people.office_phone"),
    ];
    let set = named.into_iter().filter_map(|(role, phone, key)| Some((role, optional(phone)?, key)));
    set.map(|(role, phone, key)| {
        let digits = domain::import::digits_of_phone(&phone, country)
            .map_err(|why| Error::bad(variables::name_of(key), &phone, why))?;
        Ok((role, digits))
    })
    .collect()
}

fn overrides(text: &str) -> Result<Option<PathBuf>, Error> {
    let Some(folder) = optional(text).map(PathBuf::from) else { return Ok(None) };
    if folder.is_dir() {
        return Ok(Some(folder));
    }
    Err(Error::bad(variables::name_of("files.overrides"), text, "there is no such folder"))
}

/// Every setting's name, for `.env.example` and the house rules.
#[must_use]
pub fn named_variables() -> BTreeSet<&'static str> {
    variables::NAMED.iter().map(|(name, _)| *name).collect()
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
