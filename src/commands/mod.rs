//! The commands, one file each, and what they fail with.

pub mod backup;
pub mod chat;
pub mod contact;
pub mod customers;
pub mod demo;
pub mod doctor;
pub mod eval;
pub mod hold;
pub mod migrate;
pub mod openapi;
pub mod queue;
pub mod retention;
pub mod sandbox;
pub mod serve;
pub mod token;
pub mod users;

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use domain::{
    clock::{Clock, SystemClock},
    id::Ids,
};

use crate::settings::{self, Settings};

/// Why a command did not do what was asked. The variant is the exit code.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// 2: wrong usage or configuration.
    #[error("{0}")]
    Usage(String),
    /// 1: it failed.
    #[error("{0}")]
    Failed(String),
    /// 1: it failed and was said already.
    #[error("")]
    Told,
}

impl Failure {
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_) | Self::Told => 1,
        }
    }
}

impl From<settings::Error> for Failure {
    fn from(error: settings::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // Whoever read our output has gone (`| head`); there is nobody to tell.
            io::ErrorKind::BrokenPipe => Self::Told,
            _ => Self::Failed(format!("the output could not be written: {error}")),
        }
    }
}

/// The text of a file that a person named.
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |why: String| Failure::Failed(format!("{} cannot be read: {why}", file.display()));
    let length = std::fs::metadata(file).map_err(|e| failed(e.to_string()))?.len();
    if length > domain::import::MOST_BYTES as u64 {
        return Err(failed(format!("it has {length} bytes, more than {}", domain::import::MOST_BYTES)));
    }
    std::fs::read(file).map_err(|e| failed(e.to_string()))
}

async fn open(settings: &Settings) -> Result<store::Store, Failure> {
    Ok(store::Store::open(&settings.database).await?)
}

fn ids() -> Arc<Ids> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Arc::new(Ids::new(clock, rand::random()))
}

/// Rows as columns under `heads`, two blanks between them; the last column is not padded.
fn table(out: &mut dyn Write, heads: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(heads.get(column).map(|head| head.len())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| -> io::Result<()> {
        let padded: Vec<String> = cells.zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        writeln!(out, "{}", padded.join("  ").trim_end())
    };
    line(&mut heads.iter().copied())?;
    rows.iter().try_for_each(|row| line(&mut row.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_as_wide_as_its_widest_cell() {
        let mut out = Vec::new();
        let rows = [
            vec!["1".to_owned(), "Müller".to_owned(), String::new()],
            vec!["22".to_owned(), "M".to_owned(), "x".to_owned()],
        ];
        table(&mut out, &["id", "name", "note"], &rows).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "id  name    note\n1   Müller\n22  M       x\n");
    }

    #[test]
    fn the_failure_is_the_exit_code() {
        assert_eq!(Failure::from(settings::Error::bad("A", "b", "c")).code(), 2);
        assert_eq!(Failure::from(store::Error::Closed).code(), 1);
        assert!(matches!(Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)), Failure::Told));
    }
}

#[cfg(test)]
#[path = "lists_tests.rs"]
mod lists_tests;
