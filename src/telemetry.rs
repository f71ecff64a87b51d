//! Logs, to stderr or to a file. Carries ids; never phone numbers, texts or secrets. Never writes to stdout.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Mutex;

use serde::Deserialize;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter, fmt::format::FmtSpan};

use crate::settings;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// A level, or levels by module.
    pub filter: String,
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Text,
    Json,
}

/// Logs to stderr.
///
/// # Errors
/// A filter that cannot be read.
pub fn to_stderr(config: &Config) -> Result<(), settings::Error> {
    begin(config, std::io::stderr, std::io::IsTerminal::is_terminal(&std::io::stderr()))
}

/// Logs to a file: a session in the terminal is not interrupted by log lines. Where the file cannot be written, for
/// example on a read-only disk, it logs to stderr after all.
///
/// # Errors
/// A filter that cannot be read.
pub fn to_file(config: &Config, file: &Path) -> Result<(), settings::Error> {
    if let Some(folder) = file.parent() {
        // Opening the file tells what is wrong with the folder.
        let _ = std::fs::create_dir_all(folder);
    }
    match OpenOptions::new().create(true).append(true).open(file) {
        Ok(file) => begin(config, Mutex::new(file), false),
        Err(_) => to_stderr(config),
    }
}

fn begin<W>(config: &Config, writer: W, colour: bool) -> Result<(), settings::Error>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(&config.filter).map_err(|error| {
        let mend = format!("it must be a level like info, or levels by module ({error})");
        settings::Error::bad("PLUMBLINE__LOG__FILTER", &config.filter, mend)
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(colour)
        .with_span_events(FmtSpan::NONE);
    // A second beginning in one process (tests) changes nothing.
    let _ = match config.format {
        Format::Text => builder.try_init(),
        Format::Json => builder.json().try_init(),
    };
    Ok(())
}
