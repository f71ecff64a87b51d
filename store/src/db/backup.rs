//! A copy of an SQLite database, taken while others write it, and putting one back where nobody does. Copies tables
//! only: files that messages name, and secrets beside the database, are whoever calls this one's to keep.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use super::{
    migrate,
    open::{Config, lock, sqlite_file},
};
use crate::error::Error;

/// Writes a consistent copy of the database to `to`, which must not be there yet. Returns its bytes.
///
/// # Errors
/// [`Error::Open`] with a sentence for the operator.
pub fn backup(config: &Config, to: &Path) -> Result<u64, Error> {
    let file = here(config, "PostgreSQL is copied by its own `pg_dump`")?;
    if to.exists() {
        return Err(refuse(format!("{} is there already: name a new file", to.display())));
    }
    let failed = |why: String| refuse(format!("the database could not be copied to {}: {why}", to.display()));
    let copied = || -> rusqlite::Result<()> {
        let from = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        from.busy_timeout(Duration::from_secs(config.wait_seconds))?;
        from.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
        sound(to)
    };
    copied().map_err(|error| failed(error.to_string()))?;
    let synced = fs::File::open(to).and_then(|copy| copy.sync_all().and_then(|()| copy.metadata()));
    Ok(synced.map_err(|error| failed(error.to_string()))?.len())
}

/// Puts the copy `from` in the database's place. The database that stood there is kept beside it, under the returned
/// name, `stamp` in it. Who watches the live stream starts anew: its numbers count from another past.
///
/// # Errors
/// [`Error::Open`] with a sentence for the operator: somebody uses the database, or the copy is none.
pub fn restore(config: &Config, from: &Path, stamp: &str) -> Result<Option<PathBuf>, Error> {
    let file = here(config, "PostgreSQL takes a copy back by its own `pg_restore`")?;
    let failed = |why: String| refuse(format!("{} could not be put in place: {why}", from.display()));
    let io = |error: std::io::Error| failed(error.to_string());
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(io)?;
    }
    let beside = named(&file, "restoring");
    fs::copy(from, &beside).map_err(io)?;
    let fitting = fits(&beside).and_then(|()| fs::File::open(&beside).and_then(|f| f.sync_all()).map_err(io));
    let placed = fitting.and_then(|()| {
        let _alone = lock(&file).map_err(io)?;
        nobody_uses(&file)?;
        let old = file.exists().then(|| named(&file, &format!("before-{stamp}")));
        if let Some(old) = &old {
            fs::rename(&file, old).map_err(io)?;
        }
        fs::rename(&beside, &file).map_err(io)?;
        Ok(old)
    });
    if placed.is_err() {
        let _ = fs::remove_file(&beside);
    }
    placed
}

/// Leaves the copy as one file that this program can read, and lets it forget which live stream it was.
fn fits(copy: &Path) -> Result<(), Error> {
    let none = |why: String| refuse(format!("the copy cannot be used: {why}"));
    sound(copy).map_err(|error| none(error.to_string()))?;
    let mut connection = Connection::open(copy)?;
    let house: i64 = connection.query_row(
        "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
        [],
        |row| row.get(0),
    )?;
    if house == 0 {
        return Err(none("it is no database of Plumbline's".to_owned()));
    }
    migrate::sqlite(&mut connection)?;
    connection.execute("DELETE FROM setting WHERE key = ?1", [crate::event::EPOCH])?;
    connection.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))?;
    Ok(())
}

fn sound(file: &Path) -> rusqlite::Result<()> {
    let copy = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let said: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    match said.as_str() {
        "ok" => Ok(()),
        _ => Err(rusqlite::Error::InvalidParameterName(said)),
    }
}

/// Leaving WAL needs the file alone, so it fails as long as any process has the database open.
fn nobody_uses(file: &Path) -> Result<(), Error> {
    if !file.exists() {
        return Ok(());
    }
    let left = Connection::open(file)
        .and_then(|open| open.query_row("PRAGMA journal_mode = delete", [], |row| row.get::<_, String>(0)));
    match left {
        Ok(mode) if mode == "delete" => Ok(()),
        _ => Err(refuse(format!(
            "{} is in use: stop every plumbline that has it, then restore",
            file.display()
        ))),
    }
}

fn here(config: &Config, otherwise: &str) -> Result<PathBuf, Error> {
    if !config.url.starts_with("sqlite:") {
        return Err(refuse(format!("only SQLite databases are copied here: {otherwise}")));
    }
    sqlite_file(&config.url).map_err(|why| refuse(format!("DATABASE_URL is {:?}: {why}", config.url)))
}

fn named(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    PathBuf::from(name)
}

fn refuse(why: String) -> Error {
    Error::Open(why)
}
