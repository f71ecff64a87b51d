//! Looks at a database without changing it: is it there, and which schema does it hold. For `doctor`.

use std::time::Duration;

use super::{
    Config, dial, lite, migrate,
    open::{sqlite_file, without_password},
    pg,
};
use crate::error::Error;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// No database yet: the first start makes it.
    Absent,
    /// The newest migration it holds (zero for an empty database), and the newest this program knows.
    Holds { version: i64, known: i64 },
}

/// Looks at the database that `config` names. Creates nothing, migrates nothing.
///
/// # Errors
/// [`Error::Open`] with a sentence for the operator.
pub async fn inspect(config: &Config) -> Result<Schema, Error> {
    let url = config.url.as_str();
    let wait = Duration::from_secs(config.wait_seconds.max(1));
    let looked = tokio::time::timeout(wait, async {
        if url.starts_with("sqlite") {
            let url = url.to_owned();
            tokio::task::spawn_blocking(move || sqlite(&url))
                .await
                .map_err(|error| Error::Open(error.to_string()))?
        } else {
            postgres(url, wait).await
        }
    });
    let shown = without_password(url);
    match looked.await {
        Ok(found) => found.map_err(|why| {
            let why = match why {
                Error::Database(why) => why.to_string(),
                other => other.to_string(),
            };
            Error::Open(format!("the database {shown} could not be opened: {why}"))
        }),
        Err(_) => {
            Err(Error::Open(format!("the database {shown} did not answer within {} s", config.wait_seconds)))
        }
    }
}

fn sqlite(url: &str) -> Result<Schema, Error> {
    let file = sqlite_file(url).map_err(Error::Open)?;
    if !file.exists() {
        return Ok(Schema::Absent);
    }
    let connection = lite::reader(&file, Duration::from_secs(1))?;
    let there = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    let number = |sql| connection.query_row(sql, [], |row| row.get(0));
    let table: i64 = number(there)?;
    Ok(holds(if table == 0 { 0 } else { number(NEWEST)? }))
}

async fn postgres(url: &str, wait: Duration) -> Result<Schema, Error> {
    let pool = pg::pool(&dial::read(url).map_err(Error::Open)?, 1, wait).map_err(Error::Open)?;
    let client = pg::free(&pool).await?;
    let there = "SELECT COUNT(*) AS version FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')";
    let mut version = 0;
    for sql in [there, NEWEST] {
        let found = pg::alone(&client, sql, Vec::new()).await?;
        version = found.rows.first().ok_or(Error::Closed)?.try_get("version")?;
        if version == 0 {
            break;
        }
    }
    Ok(holds(version))
}

const NEWEST: &str = "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) AS version FROM _sqlx_migrations";

fn holds(version: i64) -> Schema {
    Schema::Holds { version, known: migrate::known() }
}
