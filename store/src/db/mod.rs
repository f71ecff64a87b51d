//! The database: opened from a URL, migrated, read on a pool, written through closures. All driver knowledge is in this
//! folder; no table is named here.

pub(crate) mod among;
mod backup;
mod bundle;
mod change;
mod compact;
pub mod crash;
mod dial;
pub mod faults;
mod hint;
mod inspect;
mod lite;
mod lite_row;
mod migrate;
mod open;
mod pg;
mod query;
mod readers;
mod tx;
mod value;
mod writer;

use std::sync::Arc;

use futures::{executor::block_on, future::BoxFuture};
use tokio::sync::{oneshot, watch};

pub use backup::{backup, restore};
pub use inspect::{Schema, inspect};
pub use open::Config;
pub use query::Query;
pub use tx::{Fence, Tx};
pub use value::{Row, Val};

use crate::error::Error;
use change::Change;
use faults::{Fault, Faults};
use pg::Pool;
use readers::Readers;
use writer::Writer;

/// A handle on the database, cheap to clone.
#[derive(Clone)]
pub struct Store {
    db: Arc<Db>,
    /// Counts the commits of this process.
    commits: watch::Sender<u64>,
    /// Counts the hints that other processes committed.
    others: watch::Sender<u64>,
    faults: Option<Faults>,
}

enum Db {
    Sqlite {
        read: Readers,
        write: Writer,
        /// The file, and how long to wait for it.
        place: (std::path::PathBuf, std::time::Duration),
    },
    Pg(Pool),
}

impl Store {
    /// Opens the database that `config` names and brings it to the current schema.
    ///
    /// # Errors
    /// [`Error::Open`] with a sentence for the operator, [`Error::Newer`], [`Error::Migrate`].
    pub async fn open(config: &Config) -> Result<Self, Error> {
        let (commits, others) = (watch::Sender::new(0), watch::Sender::new(0));
        let db = match open::open(config).await? {
            open::Opened::Sqlite(db) => db,
            open::Opened::Postgres(pool, dial) => {
                hint::start(pool.clone(), *dial, commits.subscribe(), others.clone());
                Db::Pg(pool)
            }
        };
        Ok(Self { db: Arc::new(db), commits, others, faults: None })
    }

    /// The same database, on which changes fail as `faults` says.
    #[must_use]
    pub fn with_faults(self, faults: Faults) -> Self {
        Self { faults: Some(faults), ..self }
    }

    /// Runs single statements outside any transaction, on the readers.
    #[must_use]
    pub fn reader(&self) -> Tx {
        match &*self.db {
            Db::Sqlite { read, .. } => Tx::ReadSqlite(read.clone()),
            Db::Pg(pool) => Tx::ReadPg(pool.clone()),
        }
    }

    /// Runs the statements of `look` one after another on one reader: several reads for one way there. On Postgres they may
    /// see what is committed in between.
    ///
    /// # Errors
    /// What `look` returned, or [`Error::Database`].
    pub async fn look<T, F>(&self, look: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        match &*self.db {
            Db::Sqlite { read, .. } => read.look(move |tx| block_on(look(tx))).await,
            Db::Pg(pool) => look(&mut Tx::LookPg(pg::free(pool).await?)).await,
        }
    }

    /// Runs `change` in a transaction and answers after the commit. `change` does nothing but statements: on SQLite
    /// every other change of this process waits for it.
    ///
    /// # Errors
    /// What `change` returned (nothing of it is kept then), or [`Error::Database`] where the commit failed.
    pub async fn write<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        let fault = self.faults.as_ref().map_or(Fault::None, |faults| faults());
        if fault == Fault::Before {
            return Err(Error::Undone("it was told to fail before".to_owned()));
        }
        let done = match &*self.db {
            Db::Sqlite { write, .. } => grouped(write, change, false).await?,
            // On the heap: every change on SQLite would be as large as a connection to Postgres.
            Db::Pg(pool) => Box::pin(committed(pool, change)).await?,
        };
        self.commits.send_modify(|commits| *commits = commits.wrapping_add(1));
        if fault == Fault::After {
            return Err(Error::Undone("it was told to fail after".to_owned()));
        }
        Ok(done)
    }

    /// As [`Store::write`], for a change that is one statement: on Postgres that is a transaction by itself, without the two
    /// ways there and back that begin and end one; on SQLite it needs no savepoint among the others. Once its statement has
    /// succeeded no error of its own undoes it.
    ///
    /// # Errors
    /// As [`Store::write`]; on Postgres [`Error::Closed`] for a second statement.
    pub async fn write_one<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        match &*self.db {
            Db::Pg(pool) if self.faults.is_none() => {
                crash::before_commit();
                let done = change(&mut Tx::OnePg(Some(pool.clone()))).await?;
                crash::after_commit();
                self.commits.send_modify(|commits| *commits = commits.wrapping_add(1));
                Ok(done)
            }
            Db::Sqlite { write, .. } if self.faults.is_none() => {
                let done = grouped(write, change, true).await?;
                self.commits.send_modify(|commits| *commits = commits.wrapping_add(1));
                Ok(done)
            }
            _ => self.write(change).await,
        }
    }

    /// Changes after each commit of this process. A hint: other processes commit too.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// Changes soon after other processes on this database committed. A hint that may be missing: on SQLite it never comes.
    #[must_use]
    pub fn others(&self) -> watch::Receiver<u64> {
        self.others.subscribe()
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &*self.db {
            Db::Sqlite { .. } => "sqlite",
            Db::Pg(_) => "postgres",
        }
    }
}

async fn committed<T, F>(pool: &Pool, change: F) -> Result<T, Error>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
{
    let mut tx = Tx::Pg(Change::begin(pool).await?);
    match change(&mut tx).await {
        Ok(done) => tx.commit().await.map(|()| done),
        Err(error) => {
            if let Tx::Pg(change) = tx {
                change.undo().await;
            }
            Err(error)
        }
    }
}

/// Has the writer run `change` in its next group.
async fn grouped<T, F>(writer: &Writer, change: F, is_single: bool) -> Result<T, Error>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    writer.submit(job(change, sender, is_single)).await?;
    receiver.await.map_err(|_| Error::Closed)?
}

fn job<T, F>(change: F, sender: oneshot::Sender<Result<T, Error>>, is_single: bool) -> writer::Job
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
{
    let run: writer::Run = Box::new(move |tx| {
        Box::pin(async move {
            let done = change(tx).await;
            let keep = done.is_ok();
            let tell: Box<dyn FnOnce(Result<(), Error>) + Send> = Box::new(move |committed| {
                // The caller may have gone; the change stands all the same.
                let _ = sender.send(committed.and(done));
            });
            (keep, tell)
        })
    });
    writer::Job { run, is_single }
}
