//! Looks at a database without changing it: is it there, and which schema does it hold. For `doctor`.

use std::{str::FromStr as _, time::Duration};

use sqlx::{
    Connection as _, Database, Executor, IntoArguments, PgConnection, Row as _, SqliteConnection,
    postgres::PgConnectOptions, sqlite::SqliteConnectOptions,
};

use super::{Config, migrate, open::without_password};
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
    let looked = tokio::time::timeout(Duration::from_secs(config.wait_seconds.max(1)), async {
        if url.starts_with("sqlite") { sqlite(url).await } else { postgres(url).await }
    });
    let shown = without_password(url);
    match looked.await {
        Ok(found) => {
            found.map_err(|why| Error::Open(format!("the database {shown} could not be opened: {why}")))
        }
        Err(_) => {
            Err(Error::Open(format!("the database {shown} did not answer within {} s", config.wait_seconds)))
        }
    }
}

async fn sqlite(url: &str) -> Result<Schema, sqlx::Error> {
    let options = SqliteConnectOptions::from_str(url)?.read_only(true).create_if_missing(false);
    if !options.get_filename().exists() {
        return Ok(Schema::Absent);
    }
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let there = "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    holds(&mut connection, there).await
}

async fn postgres(url: &str) -> Result<Schema, sqlx::Error> {
    let mut connection = PgConnection::connect_with(&PgConnectOptions::from_str(url)?).await?;
    let there = "SELECT COUNT(*) AS n FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')";
    holds(&mut connection, there).await
}

async fn holds<C>(connection: &mut C, there: &'static str) -> Result<Schema, sqlx::Error>
where
    C: sqlx::Connection,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
    for<'q> <C::Database as Database>::Arguments: IntoArguments<C::Database>,
    for<'r> i64: sqlx::Decode<'r, C::Database> + sqlx::Type<C::Database>,
    for<'n> &'n str: sqlx::ColumnIndex<<C::Database as Database>::Row>,
{
    let known = migrate::known();
    let table: i64 = sqlx::query(there).fetch_one(&mut *connection).await?.try_get("n")?;
    if table == 0 {
        return Ok(Schema::Holds { version: 0, known });
    }
    let newest = "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) AS version FROM _sqlx_migrations";
    let version = sqlx::query(newest).fetch_one(&mut *connection).await?.try_get("version")?;
    Ok(Schema::Holds { version, known })
}
