//! `plumbline backup` and `plumbline restore`: an SQLite database as one file, and back.

use std::{io::Write, path::Path};

use domain::clock::{Clock as _, SystemClock};

use super::Failure;
use crate::settings::Settings;

/// # Errors
/// [`Failure::Failed`] with one sentence: the file is there already, the database is PostgreSQL, the disk is full.
pub async fn save(settings: &Settings, file: &Path, out: &mut dyn Write) -> Result<(), Failure> {
    let (config, to) = (settings.database.clone(), file.to_owned());
    let bytes = apart(move || store::db::backup(&config, &to)).await?;
    writeln!(out, "{} holds the database, {bytes} bytes.", file.display())?;
    writeln!(
        out,
        "Not in it: received files in {}, and the secrets in {}.",
        settings.media_folder.display(),
        settings.data_folder.display()
    )?;
    Ok(())
}

/// # Errors
/// [`Failure::Failed`] with one sentence: the database is in use, or the file is no copy of one.
pub async fn restore(settings: &Settings, file: &Path, out: &mut dyn Write) -> Result<(), Failure> {
    let (config, from) = (settings.database.clone(), file.to_owned());
    let stamp = SystemClock.now().timestamp().strftime("%Y%m%dT%H%M%SZ").to_string();
    let old = apart(move || store::db::restore(&config, &from, &stamp)).await?;
    writeln!(out, "The database is that of {} now.", file.display())?;
    if let Some(old) = old {
        writeln!(out, "The one that stood there is kept as {}.", old.display())?;
    }
    Ok(())
}

/// Work on files, away from the threads that serve.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, store::Error> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Failure::Failed(error.to_string()))?.map_err(Failure::from)
}
