//! Writes an SQLite database anew, so that what was deleted is in the file no more. PostgreSQL does that by itself, with
//! VACUUM; nothing is done there.

use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::open::{Config, sqlite_file};
use crate::error::Error;

/// # Errors
/// [`Error::Open`] with a sentence for the operator: the disk is full, the database is in use for too long.
pub fn compact(config: &Config) -> Result<(), Error> {
    if !config.url.starts_with("sqlite:") {
        return Ok(());
    }
    let failed = |why: String| {
        Error::Open(format!(
            "what was deleted is still in the file of the database: {why}; do it again later"
        ))
    };
    let file = sqlite_file(&config.url).map_err(failed)?;
    let written = || -> rusqlite::Result<()> {
        let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(Duration::from_secs(config.wait_seconds))?;
        // The index keeps deleted words until its parts are merged.
        connection.execute("INSERT INTO message_words (message_words) VALUES ('optimize')", [])?;
        connection.execute_batch("VACUUM")?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    };
    written().map_err(|error| failed(error.to_string()))
}
