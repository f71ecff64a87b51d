//! What the settings say of the database: that it is one of the two, and what is kept beside it. Opens none.

use std::path::{Path, PathBuf};

use super::{communication, error::Error, variables};

pub(super) fn checked(config: store::Config) -> Result<store::Config, Error> {
    let scheme = config.url.split(':').next().unwrap_or_default();
    if matches!(scheme, "sqlite" | "postgres" | "postgresql") {
        return Ok(config);
    }
    let shown = communication::without_password(&config.url);
    Err(Error::bad(variables::name_of("database.url"), shown, "it must begin with sqlite:// or postgres://"))
}

/// The folder of an SQLite file, or `data` where the database is no file.
pub(super) fn beside(url: &str) -> PathBuf {
    let file = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
    let file = file
        .map(|rest| rest.split('?').next().unwrap_or_default())
        .filter(|f| !f.is_empty() && *f != ":memory:");
    match file.map(Path::new).map(|file| file.parent().unwrap_or(Path::new(""))) {
        Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
        Some(folder) => folder.to_owned(),
        None => PathBuf::from("data"),
    }
}
