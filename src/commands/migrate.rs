//! `plumbline migrate`: the database at the current schema, and nothing put into it.

use std::io::Write;

use super::{Failure, open};
use crate::settings::Settings;

/// # Errors
/// [`Failure::Failed`] where the database cannot be reached or is newer than this program.
pub async fn run(settings: &Settings, out: &mut dyn Write) -> Result<(), Failure> {
    let store = open(settings).await?;
    let name = match store.kind() {
        "postgres" => "PostgreSQL",
        _ => "SQLite",
    };
    writeln!(out, "The {name} database is at the current schema.")?;
    Ok(())
}
