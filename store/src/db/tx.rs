//! Where a statement runs: in the writer's transaction, or read-only on a reader. The table modules take `&mut Tx` and
//! do not know which.

use futures::future::BoxFuture;

use super::{
    change::Change,
    lite::Lite,
    lite_row::LiteRow,
    pg::{self, Answer, Client, Pool},
    query::{Asked, Query},
    readers::Readers,
    value::{Row, Val},
};
use crate::error::Error;

pub enum Tx {
    /// On the thread that owns the connection.
    Sqlite(Lite),
    Pg(Change),
    /// Each statement on whichever reader is free.
    ReadSqlite(Readers),
    ReadPg(Pool),
    /// Several reads on one connection.
    LookPg(Client),
    /// A single statement, which commits itself; nothing after it.
    OnePg(Option<Pool>),
}

/// A statement that must find or change a row, as each database has it.
#[derive(Clone, Copy, Debug)]
pub struct Fence {
    pub sqlite: &'static str,
    pub postgres: &'static str,
    /// It changes nothing.
    pub reads: bool,
}

impl Tx {
    /// Does what was put last, and commits.
    pub(super) async fn commit(mut self) -> Result<(), Error> {
        let last = match &mut self {
            Self::Pg(change) => change.take_last(),
            _ => Vec::new(),
        };
        for part in last {
            part(&mut self).await?;
        }
        match self {
            Self::Pg(change) => change.commit().await,
            _ => Ok(()),
        }
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
                change.put_last(Box::new(part));
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
            Self::Sqlite(lite) => Ok(lite.exec(sql, &args)?),
            Self::ReadSqlite(readers) => readers.run(move |tx| Ok(tx.connection()?.exec(sql, &args)?)).await,
            _ => Ok(self.pg_one(sql, args).await?.changed),
        }
    }

    /// Runs `sql`, and nobody asks what came of it: within a change on Postgres it goes there with what is asked next, and
    /// its failure is told then, by the commit at the latest.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn run(&mut self, sql: &'static str, args: Vec<Val>) -> Result<(), Error> {
        match self {
            Self::Pg(change) => Box::pin(change.run(sql, args)).await,
            _ => self.exec(sql, args).await.map(drop),
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
            _ => Ok(self.pg_one(sql, args).await?.rows.into_iter().next().map(Row::Pg)),
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
            _ => Ok(self.pg_one(sql, args).await?.rows.into_iter().map(Row::Pg).collect()),
        }
    }

    /// Asks what `query` says: on Postgres all of it goes there and back as one.
    ///
    /// # Errors
    /// [`Error::Database`], or what its rows are not understood for.
    pub async fn query<T>(&mut self, query: Query<T>) -> Result<T, Error> {
        let asked = query.asked;
        let found: Vec<Vec<Row>> = match self {
            Self::Sqlite(lite) => all_lite(lite, &asked)?,
            Self::ReadSqlite(readers) => readers.look(move |tx| all_lite(tx.connection()?, &asked)).await?,
            _ => {
                let answers = Box::pin(self.pg(&asked)).await?.into_iter();
                answers.map(|answer| answer.rows.into_iter().map(Row::Pg).collect()).collect()
            }
        };
        (query.read)(&mut found.into_iter())
    }

    /// Makes the whole change fail with [`Error::Fenced`] unless `fence` finds or changes a row; see [`must!`](crate::must).
    ///
    /// # Errors
    /// [`Error::Fenced`], within a change on Postgres with what is asked next, by the commit at the latest;
    /// [`Error::Database`].
    pub async fn must(&mut self, fence: Fence, args: Vec<Val>) -> Result<(), Error> {
        match self {
            Self::Sqlite(_) | Self::ReadSqlite(_) => {
                let found = if fence.reads {
                    !self.lite(fence.sqlite, args, 1).await?.is_empty()
                } else {
                    self.exec(fence.sqlite, args).await? > 0
                };
                if found { Ok(()) } else { Err(Error::Fenced) }
            }
            Self::Pg(change) => Box::pin(change.must(fence.postgres, args)).await,
            _ => self.pg_one(fence.postgres, args).await.map(drop).map_err(pg::fenced),
        }
    }

    async fn pg_one(&mut self, sql: &'static str, args: Vec<Val>) -> Result<Answer, Error> {
        // On the heap, here as elsewhere: every change on SQLite would be as large as a connection to Postgres.
        Box::pin(self.pg(&[(sql, args)])).await?.pop().ok_or(Error::Closed)
    }

    async fn pg(&mut self, asked: &[Asked]) -> Result<Vec<Answer>, Error> {
        match self {
            Self::Pg(change) => change.ask(asked).await,
            Self::LookPg(client) => pg::together(client, asked).await,
            Self::ReadPg(pool) => pg::together(&pg::free(pool).await?, asked).await,
            Self::OnePg(pool) if asked.len() == 1 => {
                let pool = pool.take().ok_or(Error::Closed)?;
                pg::together(&pg::free(&pool).await?, asked).await
            }
            Self::OnePg(_) | Self::Sqlite(_) | Self::ReadSqlite(_) => Err(Error::Closed),
        }
    }

    async fn lite(&mut self, sql: &'static str, args: Vec<Val>, limit: usize) -> Result<Vec<LiteRow>, Error> {
        match self {
            Self::ReadSqlite(readers) => {
                readers.run(move |tx| Ok(tx.connection()?.rows(sql, &args, limit)?)).await
            }
            _ => Ok(self.connection()?.rows(sql, &args, limit)?),
        }
    }

    /// SQLite's connection, on the thread that owns it.
    pub(super) fn connection(&self) -> Result<&Lite, Error> {
        match self {
            Self::Sqlite(lite) => Ok(lite),
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
            self.run(settings, Vec::new()).await?;
        }
        Ok(())
    }

    /// A change of many conversations gives way to those of one: on Postgres it fails where it would wait for long for a row,
    /// before the server (after a second) finds two that wait for each other and lets either fail.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn gives_way(&mut self) -> Result<(), Error> {
        if self.is_postgres() {
            self.run("SELECT set_config('lock_timeout', '300ms', true)", Vec::new()).await?;
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
            self.run("SELECT 1 AS locked FROM (SELECT pg_advisory_xact_lock($1)) AS l", crate::args![what])
                .await?;
        }
        Ok(())
    }
}

fn all_lite(lite: &Lite, asked: &[Asked]) -> Result<Vec<Vec<Row>>, Error> {
    let all = asked
        .iter()
        .map(|(sql, args)| Ok(lite.rows(sql, args, usize::MAX)?.into_iter().map(Row::Sqlite).collect()));
    all.collect()
}

/// The statement `$text`; on Postgres it locks the rows of `$of` that it finds and passes by those that another
/// transaction has locked. SQLite's one writer has the whole database anyway.
#[macro_export]
macro_rules! locking {
    ($tx:expr, $of:literal, $text:literal) => {
        if $tx.is_postgres() { concat!($text, " FOR UPDATE OF ", $of, " SKIP LOCKED") } else { $text }
    };
}

/// The statement `$text`; on Postgres it waits for the rows that it finds and locks them as an UPDATE does, without writing a
/// version of them. SQLite's one writer has the whole database anyway.
#[macro_export]
macro_rules! locked {
    ($tx:expr, $text:literal) => {
        if $tx.is_postgres() { concat!($text, " FOR NO KEY UPDATE") } else { $text }
    };
}

/// `$text` as a [`Fence`] that must have `found` or `changed` a row. On Postgres the server itself refuses where there is none, by
/// a division by nought, so that nobody has to wait for its answer before the change goes on; what was found is locked there as
/// by an UPDATE.
#[macro_export]
macro_rules! must {
    (found: $text:literal) => { $crate::must!(@ $text, " FOR NO KEY UPDATE", true) };
    (changed: $text:literal) => { $crate::must!(@ $text, " RETURNING 1", false) };
    (@ $text:literal, $postgres:literal, $reads:literal) => {
        $crate::db::Fence {
            sqlite: $text,
            postgres: concat!("WITH held AS (", $text, $postgres, ") SELECT 1 / COUNT(*) AS held FROM held"),
            reads: $reads,
        }
    };
}
