//! Where a statement runs: in the writer's transaction, or read-only on the pool. The table modules take `&mut Tx` and
//! do not know which.

use futures::TryStreamExt as _;
use sqlx::{
    Arguments as _, PgPool, Postgres, Sqlite, SqlitePool, Transaction, postgres::PgArguments,
    sqlite::SqliteArguments,
};

use super::value::{Row, Val};
use crate::error::Error;

pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
    ReadSqlite(SqlitePool),
    ReadPg(PgPool),
}

/// Runs `$query` (a sqlx query bound to no executor yet) wherever `$tx` stands.
macro_rules! on {
    ($tx:expr, $sql:expr, $args:expr, $method:ident, $wrap:ident) => {
        match $tx {
            Tx::Sqlite(tx) => {
                let query = sqlx::query_with($sql, sqlite($args)?);
                on!(@$wrap Sqlite, query.$method(&mut **tx))
            }
            Tx::ReadSqlite(pool) => {
                let query = sqlx::query_with($sql, sqlite($args)?);
                on!(@$wrap Sqlite, query.$method(&*pool))
            }
            Tx::Pg(tx) => {
                let query = sqlx::query_with($sql, postgres($args)?);
                on!(@$wrap Pg, query.$method(&mut **tx))
            }
            Tx::ReadPg(pool) => {
                let query = sqlx::query_with($sql, postgres($args)?);
                on!(@$wrap Pg, query.$method(&*pool))
            }
        }
    };
    (@affected $kind:ident, $run:expr) => { $run.await?.rows_affected() };
    (@optional $kind:ident, $run:expr) => { $run.await?.map(Row::$kind) };
    (@all $kind:ident, $run:expr) => { $run.map_ok(Row::$kind).try_collect().await? };
}

impl Tx {
    /// Runs `sql` and says how many rows it changed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn exec(&mut self, sql: &'static str, args: Vec<Val>) -> Result<u64, Error> {
        Ok(on!(self, sql, args, execute, affected))
    }

    /// The first row of `sql`, if any.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn row(&mut self, sql: &'static str, args: Vec<Val>) -> Result<Option<Row>, Error> {
        Ok(on!(self, sql, args, fetch_optional, optional))
    }

    /// All rows of `sql`. The statement itself carries the limit.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn rows(&mut self, sql: &'static str, args: Vec<Val>) -> Result<Vec<Row>, Error> {
        Ok(on!(self, sql, args, fetch, all))
    }

    /// Whether this is Postgres, for the few places where one text cannot serve both.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Pg(_) | Self::ReadPg(_))
    }

    /// Makes the claims of one table take turns. On SQLite the one writer does; on Postgres an advisory lock until the
    /// transaction's end. Claims take many rows at a time, so taking turns costs little.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn one_claim_at_a_time(&mut self, table: i64) -> Result<(), Error> {
        if self.is_postgres() {
            self.row("SELECT 1 AS locked FROM (SELECT pg_advisory_xact_lock($1)) AS l", crate::args![table])
                .await?;
        }
        Ok(())
    }
}

fn sqlite(values: Vec<Val>) -> Result<SqliteArguments, Error> {
    let mut bound = SqliteArguments::default();
    for value in values {
        match value {
            Val::Int(v) => bound.add(v),
            Val::Text(v) => bound.add(v),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(bound)
}

fn postgres(values: Vec<Val>) -> Result<PgArguments, Error> {
    let mut bound = PgArguments::default();
    for value in values {
        match value {
            Val::Int(v) => bound.add(v),
            Val::Text(v) => bound.add(v),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(bound)
}
