//! `plumbline doctor`: one line a check, and for each failure what to do about it. Changes nothing.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ::agents::{definition, model::openai, prompt::Prompts};
use channels::{
    transport,
    whatsapp::{
        WhatsApp,
        doctor::{Check, Verdict},
    },
};
use domain::clock::{Clock, SystemClock};
use store::{
    channel_state::{self, Paused},
    check::{self, Look},
    db::Schema,
};
use tools::toolbox::Toolbox;

use super::{Failure, ids};
use crate::{
    assets::{self, Folder},
    settings::{Communication, Model, Provider, Settings},
};

/// Rows of each large table that are examined, and for how long.
const RECORDS: i64 = 10_000;
const RECORDS_WAIT: Duration = Duration::from_secs(20);

/// What a check came to. Each holds a sentence.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Good(String),
    /// Worth knowing, nothing to mend.
    Note(String),
    Bad(String),
}

use Found::{Bad, Good, Note};

/// # Errors
/// [`Failure::Told`] if any check failed.
pub async fn run(settings: &Settings, out: &mut dyn Write) -> Result<(), Failure> {
    let mut checks = vec![
        ("configuration", configuration(settings)),
        ("people", communication(settings)),
        ("database", database(settings).await),
        ("records", records(settings).await),
        ("data folder", folder(&settings.data_folder)),
        ("model", model(settings).await),
        ("agents", agents(settings)),
        ("firm", firm(settings)),
        ("ports", ports(settings)),
    ];
    checks.extend(sending(settings).await);
    checks.extend(whatsapp(settings).await);
    for (name, found) in &checks {
        let (mark, sentence) = match found {
            Good(sentence) => ("ok  ", sentence),
            Note(sentence) => ("note", sentence),
            Bad(sentence) => ("FAIL", sentence),
        };
        writeln!(out, "{mark}  {name:<15}  {sentence}")?;
    }
    if checks.iter().any(|(_, found)| matches!(found, Bad(_))) { Err(Failure::Told) } else { Ok(()) }
}

fn configuration(settings: &Settings) -> Found {
    if settings.files.is_empty() {
        return Good("the built-in defaults and the environment".to_owned());
    }
    Good(format!("the built-in defaults, {} and the environment", settings.files.join(", ")))
}

fn communication(settings: &Settings) -> Found {
    let reached = settings.communication.describe();
    match &settings.communication {
        Communication::Terminal { .. } => Good(reached),
        Communication::WhatsApp { .. } if settings.public_url.is_none() => {
            Note(format!("{reached}; set PLUMBLINE_PUBLIC_URL to what the provider should call"))
        }
        Communication::WhatsApp { .. } => Good(reached),
    }
}

/// What Meta says of the number, the account, the token and the webhook, in the order in which each proves the next.
async fn whatsapp(settings: &Settings) -> Vec<(&'static str, Found)> {
    let Communication::WhatsApp { provider: Provider::MetaCloud(config), .. } = &settings.communication
    else {
        return Vec::new();
    };
    let channel = transport::client(&settings.http)
        .map_err(|error| error.to_string())
        .and_then(|http| WhatsApp::new((**config).clone(), http, &settings.http).map_err(|e| e.to_string()));
    let channel = match channel {
        Ok(channel) => channel,
        Err(why) => return vec![("whatsapp", Bad(why))],
    };
    let webhook = settings.public_url.as_deref().and_then(|url| url::Url::parse(url).ok());
    let webhook = webhook.and_then(|url| url.join("/whatsapp/webhook").ok());
    let found = |check: Check| {
        let sentence =
            if check.mend.is_empty() { check.says } else { format!("{}: {}", check.says, check.mend) };
        let found = match check.verdict {
            Verdict::Pass => Good(sentence),
            Verdict::Fail => Bad(sentence),
            _ => Note(sentence),
        };
        (check.name, found)
    };
    channel.examine(webhook.as_ref()).await.into_iter().map(found).collect()
}

async fn database(settings: &Settings) -> Found {
    match store::db::inspect(&settings.database).await {
        Ok(Schema::Absent) => Note("not there yet: the first start creates it".to_owned()),
        Ok(Schema::Holds { version, known }) if version > known => Bad(format!(
            "it is newer than this program (it holds migration {version}, this program knows {known}): use the newer plumbline"
        )),
        Ok(Schema::Holds { version, known }) if version < known => Note(format!(
            "at migration {version} of {known}: `plumbline migrate` or the next start brings it up to date"
        )),
        Ok(Schema::Holds { version, .. }) => Good(format!("at the current schema (migration {version})")),
        Err(error) => Bad(format!("{error}; DATABASE_URL names it")),
    }
}

/// Whether what is stored agrees with itself, as far back as can be looked in the time that an operator waits.
async fn records(settings: &Settings) -> Found {
    match store::db::inspect(&settings.database).await {
        Ok(Schema::Holds { version, known }) if version == known => {}
        _ => return Note("not examined: there is no database at the current schema".to_owned()),
    }
    let examined = tokio::time::timeout(RECORDS_WAIT, async {
        let store = store::Store::open(&settings.database).await?;
        check::findings(&store, Look { newest: RECORDS, at_rest: None }).await
    });
    match examined.await {
        Ok(Ok(findings)) => match findings.first() {
            None => Good(format!("the newest {RECORDS} of each kind agree with each other")),
            Some(first) => Bad(format!(
                "{} that must not be; the first: {} {}: {}. Keep a copy of the database and report it",
                findings.len(),
                first.rule,
                first.subject,
                first.says
            )),
        },
        Ok(Err(error)) => Bad(format!("they could not be examined: {error}")),
        Err(_) => Note(format!("not examined within {} s", RECORDS_WAIT.as_secs())),
    }
}

/// Whether a channel is paused. A database of another schema was spoken of before.
async fn sending(settings: &Settings) -> Option<(&'static str, Found)> {
    let schema = store::db::inspect(&settings.database).await.ok()?;
    if !matches!(schema, Schema::Holds { version, known } if version == known) {
        return None;
    }
    let paused = async {
        let store = super::open(settings).await?;
        Ok::<_, Failure>(channel_state::paused(&mut store.reader(), SystemClock.now()).await?)
    };
    let told =
        |one: &Paused| format!("{} is paused until {}: {}", one.channel, one.until.timestamp(), one.reason);
    let found = match paused.await {
        Ok(paused) if paused.is_empty() => Good("no channel is paused".to_owned()),
        Ok(paused) => Bad(paused.iter().map(told).collect::<Vec<_>>().join("; ")),
        Err(error) => Bad(error.to_string()),
    };
    Some(("sending", found))
}

/// A folder that can be written to, or the nearest one above it in which it can be made.
fn folder(folder: &Path) -> Found {
    let shown = folder.display();
    let existing = folder.ancestors().map(|f| if f.as_os_str().is_empty() { Path::new(".") } else { f });
    let Some(nearest) = existing.into_iter().find(|f| f.exists()) else {
        return Bad(format!("{shown}: no folder above it exists; name another place in DATABASE_URL"));
    };
    let probe = nearest.join(format!(".plumbline-doctor-{}", std::process::id()));
    match std::fs::write(&probe, b"") {
        Ok(()) => {
            // What remains is an empty file of a name of our own.
            let _ = std::fs::remove_file(&probe);
            if nearest == folder {
                Good(shown.to_string())
            } else {
                Note(format!("{shown}: the first start creates it"))
            }
        }
        Err(error) => Bad(format!(
            "{} cannot be written to ({error}): mend its permissions, or name another place in DATABASE_URL",
            nearest.display()
        )),
    }
}

async fn model(settings: &Settings) -> Found {
    let (config, why) = match &settings.model {
        Model::Offline { why } => return Good(format!("offline, the built-in stand-in ({why})")),
        Model::Remote { config, why } => (config, why),
    };
    let http = match openai::http_client(&config.timeouts) {
        Ok(http) => http,
        Err(error) => return Bad(format!("no HTTPS client could be set up: {error}")),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    match openai::OpenAi::new(config, http, ids(), clock) {
        Err(error) => Bad(error.to_string()),
        Ok(model) => match model.check().await {
            Ok(()) => Good(format!("{} answered ({why})", ::agents::model::Model::name(&model))),
            Err(error) => Bad(error.to_string()),
        },
    }
}

fn agents(settings: &Settings) -> Found {
    match hired(settings.overrides.as_deref()) {
        Ok(names) => Good(format!("{}: every prompt, tool and text they need is there", names.join(", "))),
        Err(sentence) => Bad(sentence),
    }
}

/// The agents' names, once everything that the start would refuse has been looked at.
fn hired(own: Option<&Path>) -> Result<Vec<String>, String> {
    let files = |folder: Folder| folder.all(own).map_err(|error| error.to_string());
    let definitions = definition::read(&files(Folder::Agents)?).map_err(|error| error.to_string())?;
    let prompts = Prompts::load(&files(Folder::Prompts)?).map_err(|error| error.to_string())?;
    definition::check(&definitions, &prompts, &Toolbox::new().names()).map_err(|error| error.to_string())?;
    assets::texts(own).map_err(|error| error.to_string())?;
    Ok(definitions.into_iter().map(|agent| agent.name.0).collect())
}

/// Its faults were named when the settings were read.
fn firm(settings: &Settings) -> Found {
    let rules = &settings.firm.rules;
    Good(format!(
        "{}: {} contracts, {} materials, prices in {}",
        settings.firm.name,
        rules.contracts.len(),
        rules.materials.len(),
        settings.firm.currency
    ))
}

fn ports(settings: &Settings) -> Found {
    let agents = settings.agents.iter().map(|(name, endpoint)| (format!("{name} agent"), endpoint.port));
    let wanted = std::iter::once(("gateway".to_owned(), settings.gateway.port)).chain(agents);
    let (mut free, mut taken) = (Vec::new(), Vec::new());
    for (name, port) in wanted.filter(|(_, port)| *port != 0) {
        match TcpListener::bind(SocketAddr::new(settings.bind, port)) {
            Ok(_) => free.push(format!("{port} ({name})")),
            Err(error) => taken.push(format!("{port} ({name}: {error})")),
        }
    }
    if taken.is_empty() {
        return Good(format!("{} are free on {}", free.join(", "), settings.bind));
    }
    Note(format!(
        "in use on {}: {}; fine if that is another plumbline, else set other ports",
        settings.bind,
        taken.join(", ")
    ))
}

#[cfg(test)]
#[path = "doctor_tests.rs"]
mod tests;
