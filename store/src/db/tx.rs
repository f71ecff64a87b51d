//! Where a statement runs: in the writer's transaction, or read-only on a reader. The table modules take `&mut Tx` and
//! do not know which.

use futures::future::BoxFuture;
use sqlx::{Arguments as _, PgPool, Postgres, Transaction, pool::PoolConnection, postgres::PgArguments};

use super::{
    crash,
    lite::{self, LiteRow},
    readers::Readers,
    value::{Row, Val},
};
use crate::error::Error;

pub enum Tx {
    /// On the thread that owns the connection.
    Sqlite(rusqlite::Connection),
    Pg(Change),
    /// Each statement on whichever reader is free.
    ReadSqlite(Readers),
    ReadPg(PgPool),
    /// Several reads on one connection.
    LookPg(PoolConnection<Postgres>),
    /// A single statement, which commits itself; nothing after it.
    OnePg(Option<PgPool>),
}

/// A transaction on Postgres, and what is done last in it.
pub struct Change {
    tx: Transaction<'static, Postgres>,
    last: Vec<Last>,
}

/// A part of a change that is done at its end.
type Last = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<(), Error>> + Send>;

/// Runs `$query` (a sqlx query bound to no executor yet) wherever on Postgres `$tx` stands.
macro_rules! on_postgres {
    ($tx:expr, $query:expr, $method:ident) => {
        match $tx {
            Tx::Pg(change) => $query.$method(&mut *change.tx).await?,
            Tx::LookPg(connection) => $query.$method(&mut **connection).await?,
            Tx::ReadPg(pool) => $query.$method(&*pool).await?,
            Tx::OnePg(pool) => $query.$method(&pool.take().ok_or(Error::Closed)?).await?,
            Tx::Sqlite(_) | Tx::ReadSqlite(_) => return Err(Error::Closed),
        }
    };
}

impl Tx {
    /// A transaction on Postgres.
    pub(super) async fn begin(pool: &PgPool) -> Result<Self, Error> {
        Ok(Self::Pg(Change { tx: pool.begin().await?, last: Vec::new() }))
    }

    /// Does what was put last, and commits.
    pub(super) async fn commit(mut self) -> Result<(), Error> {
        let last = match &mut self {
            Self::Pg(change) => std::mem::take(&mut change.last),
            _ => Vec::new(),
        };
        for part in last {
            part(&mut self).await?;
        }
        if let Self::Pg(change) = self {
            crash::before_commit();
            change.tx.commit().await?;
            crash::after_commit();
        }
        Ok(())
    }

    /// Does `part` at the end of the change, for what locks a row that many changes want: whoever has that lock must want no
    /// other. SQLite's one writer locks nothing, and does it at once.
    ///
    /// # Errors
    /// What `part` fails with, here or at the end.
    pub async fn last<F>(&mut self, part: F) -> Result<(), Error>
    where
        F: for<'t> FnOnce(&'t mut Self) -> BoxFuture<'t, Result<(), Error>> + Send + 'static,
    {
        match self {
            Self::Pg(change) => {
                change.last.push(Box::new(part));
                Ok(())
            }
            _ => part(self).await,
        }
    }

    /// Runs `sql` and says how many rows it changed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn exec(&mut self, sql: &'static str, args: Vec<Val>) -> Result<u64, Error> {
        match self {
            Self::Sqlite(connection) => Ok(lite::exec(connection, sql, &args)?),
            Self::ReadSqlite(readers) => {
                readers.run(move |tx| Ok(lite::exec(tx.connection()?, sql, &args)?)).await
            }
            _ => {
                let query = sqlx::query_with(sql, postgres(args)?);
                Ok(on_postgres!(self, query, execute).rows_affected())
            }
        }
    }

    /// The first row of `sql`, if any.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn row(&mut self, sql: &'static str, args: Vec<Val>) -> Result<Option<Row>, Error> {
        match self {
            Self::Sqlite(_) | Self::ReadSqlite(_) => {
                Ok(self.lite(sql, args, 1).await?.pop().map(Row::Sqlite))
            }
            _ => {
                let query = sqlx::query_with(sql, postgres(args)?);
                Ok(on_postgres!(self, query, fetch_optional).map(Row::Pg))
            }
        }
    }

    /// All rows of `sql`. The statement itself carries the limit.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn rows(&mut self, sql: &'static str, args: Vec<Val>) -> Result<Vec<Row>, Error> {
        match self {
            Self::Sqlite(_) | Self::ReadSqlite(_) => {
                Ok(self.lite(sql, args, usize::MAX).await?.into_iter().map(Row::Sqlite).collect())
            }
            _ => {
                let query = sqlx::query_with(sql, postgres(args)?);
                Ok(on_postgres!(self, query, fetch_all).into_iter().map(Row::Pg).collect())
            }
        }
    }

    async fn lite(&mut self, sql: &'static str, args: Vec<Val>, limit: usize) -> Result<Vec<LiteRow>, Error> {
        match self {
            Self::ReadSqlite(readers) => {
                readers.run(move |tx| Ok(lite::rows(tx.connection()?, sql, &args, limit)?)).await
            }
            _ => Ok(lite::rows(self.connection()?, sql, &args, limit)?),
        }
    }

    /// SQLite's connection, on the thread that owns it.
    fn connection(&self) -> Result<&rusqlite::Connection, Error> {
        match self {
            Self::Sqlite(connection) => Ok(connection),
            _ => Err(Error::Closed),
        }
    }

    /// Whether this is Postgres, for the few places where one text cannot serve both.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        !matches!(self, Self::Sqlite(_) | Self::ReadSqlite(_))
    }

    /// For the claims of a queue: until the transaction's end Postgres walks indexes in their order and stops at the limit.
    /// Its own choice goes by statistics, and those of a queue were taken when it was empty, or never: it then sorts the
    /// whole backlog for each batch. For the same reason a claim asks "is there none before it" with a scalar subquery, which
    /// goes by its own index for each row: a join with what seems to hold one row goes by any.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn walk_indexes(&mut self) -> Result<(), Error> {
        if self.is_postgres() {
            let settings =
                "SELECT set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true),
                                   set_config('enable_bitmapscan', 'off', true),
                                   set_config('enable_hashjoin', 'off', true),
                                   set_config('enable_mergejoin', 'off', true)";
            self.row(settings, Vec::new()).await?;
        }
        Ok(())
    }

    /// Makes the transactions that name `what` take turns. On SQLite the one writer does; on Postgres an advisory lock
    /// until the transaction's end.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn one_at_a_time(&mut self, what: i64) -> Result<(), Error> {
        if self.is_postgres() {
            self.row("SELECT 1 AS locked FROM (SELECT pg_advisory_xact_lock($1)) AS l", crate::args![what])
                .await?;
        }
        Ok(())
    }
}

/// The statement `$text`; on Postgres it locks the rows of `$of` that it finds and passes by those that another
/// transaction has locked. SQLite's one writer has the whole database anyway.
#[macro_export]
macro_rules! locking {
    ($tx:expr, $of:literal, $text:literal) => {
        if $tx.is_postgres() { concat!($text, " FOR UPDATE OF ", $of, " SKIP LOCKED") } else { $text }
    };
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
