//! Opens a database by its URL: pragmas, pools, a sentence for each way it can fail. Never creates people or customers.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::{
    Db, dial, lite, migrate,
    pg::{self, Pool},
    readers::Readers,
    writer::Writer,
};
use crate::error::Error;

/// Between two looks whether a server that is starting can be reached by now.
const AGAIN: Duration = Duration::from_millis(250);

pub(super) enum Opened {
    Sqlite(Db),
    Postgres(Pool, Box<dial::Dial>),
}

#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `sqlite://PATH` or `postgres://USER@HOST/NAME`.
    pub url: String,
    /// Connections that read (SQLite), or all connections but one that listens (Postgres).
    pub connections: u32,
    /// How long a statement waits for a lock or a connection.
    pub wait_seconds: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self { url: "sqlite://data/plumbline.db".to_owned(), connections: 8, wait_seconds: 10 }
    }
}

pub(super) async fn open(config: &Config) -> Result<Opened, Error> {
    let scheme = config.url.split(':').next().unwrap_or_default();
    match scheme {
        "sqlite" => sqlite(config).await.map(Opened::Sqlite),
        "postgres" | "postgresql" => postgres(config).await,
        _ => Err(Error::Open(format!(
            "DATABASE_URL is {:?}: it must begin with sqlite:// or postgres://",
            without_password(&config.url)
        ))),
    }
}

async fn sqlite(config: &Config) -> Result<Db, Error> {
    let failed = |why: String| Error::Open(format!("the database {} could not be opened: {why}", config.url));
    let file = sqlite_file(&config.url).map_err(failed)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned);
    if let Some(folder) = folder {
        std::fs::create_dir_all(&folder).map_err(|e| {
            failed(format!("{e} (folder {}); name another place in DATABASE_URL", folder.display()))
        })?;
    }
    let wait = Duration::from_secs(config.wait_seconds);
    let (place, count) = (file.clone(), config.connections);
    // Opening waits for whoever has the file, and migrating for the disk.
    let opened = tokio::task::spawn_blocking(move || {
        let alone = lock(&place).map_err(|error| Error::Open(error.to_string()))?;
        let mut connection = lite::writer(&place, wait)?;
        migrate::sqlite(&mut connection)?;
        drop(alone);
        Ok(connection)
    });
    let connection =
        opened.await.map_err(|error| failed(error.to_string()))?.map_err(|error| match error {
            Error::Database(why) => failed(why.to_string()),
            Error::Open(why) => failed(why),
            other => other,
        })?;
    let write = Writer::start(connection)?;
    Ok(Db::Sqlite { read: Readers::start(&file, wait, count)?, write, place: (file, wait) })
}

/// The file that `sqlite://PATH` names. What stands after a `?` is no part of it.
pub(super) fn sqlite_file(url: &str) -> Result<PathBuf, String> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let path = path.split('?').next().unwrap_or_default();
    if path.is_empty() || path.contains(":memory:") {
        return Err("name a file: sqlite://PATH".to_owned());
    }
    Ok(PathBuf::from(path))
}

/// Processes that open one file at the same time do so one after the other: neither switching to WAL nor migrating can
/// be done twice at once. The lock goes with the returned file.
pub(super) fn lock(database: &Path) -> std::io::Result<std::fs::File> {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    let file = std::fs::File::options().create(true).truncate(false).write(true).open(name)?;
    file.lock()?;
    Ok(file)
}

async fn postgres(config: &Config) -> Result<Opened, Error> {
    let shown = without_password(&config.url);
    let failed = |why: String| Error::Open(format!("the database {shown} could not be reached: {why}"));
    let dial = dial::read(&config.url).map_err(failed)?;
    let wait = Duration::from_secs(config.wait_seconds);
    let pool = pg::pool(&dial, config.connections.max(2) as usize, wait).map_err(failed)?;
    let mut client = reached(&pool, wait).await.map_err(|error| failed(error.to_string()))?;
    migrate::postgres(&mut client).await?;
    drop(client);
    Ok(Opened::Postgres(pool, Box::new(dial)))
}

/// The first connection. A server that was started together with this program may need a while.
async fn reached(pool: &Pool, wait: Duration) -> Result<pg::Client, Error> {
    let end = Instant::now() + wait;
    loop {
        match pg::free(pool).await {
            Err(error) if pg::is_starting(&error) && Instant::now() < end => sleep(AGAIN).await,
            reached => return reached,
        }
    }
}

/// The URL as it may be shown: a password between `:` and `@` becomes `***`.
pub(super) fn without_password(url: &str) -> String {
    let Some((before, after)) = url.split_once("://") else { return url.to_owned() };
    match after.rsplit_once('@').and_then(|(who, place)| Some((who.split_once(':')?.0, place))) {
        Some((user, place)) => format!("{before}://{user}:***@{place}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(without_password("postgres://a:b:c@host/db"), "postgres://a:***@host/db");
        assert_eq!(without_password("sqlite://data/x.db"), "sqlite://data/x.db");
    }
}
