//! SQLite's one writer: a thread that takes the closures that wait, runs them in one transaction, commits, and only then
//! answers each. A closure that fails is undone alone (by a savepoint, or one statement by itself); the others commit. No
//! timer: a batch is what waited meanwhile.

use futures::{executor::block_on, future::BoxFuture};
use rusqlite::Connection;
use tokio::{runtime::Handle, sync::mpsc};

use super::{crash, lite::Lite, tx::Tx};
use crate::error::Error;

/// Closures in one commit. Beyond some hundred rows the index work, not the sync, is the cost.
const BATCH: usize = 128;
/// Closures that may wait. A full queue makes the callers wait, never memory grow.
const QUEUE: usize = 1024;

/// Told once the commit is done, or has failed.
type Verdict = Box<dyn FnOnce(Result<(), Error>) + Send>;
/// Runs in the transaction; says whether to keep what it did, and whom to tell afterwards.
pub(super) type Run = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, (bool, Verdict)> + Send>;

pub(super) struct Job {
    pub run: Run,
    /// One statement, which is undone by itself where it fails: it needs no savepoint, and SQLite keeps no copy of each page
    /// that it changes.
    pub is_single: bool,
}

#[derive(Clone)]
pub(super) struct Writer(mpsc::Sender<Job>);

impl Writer {
    /// Starts the writer on `connection`; it ends when the last handle on it is gone.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub(super) fn start(connection: Connection) -> Result<Self, Error> {
        let (sender, queue) = mpsc::channel(QUEUE);
        // A change does nothing but statements; one that waits for something of the runtime all the same finds it.
        let runtime = Handle::current();
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let _runtime = runtime.enter();
                run(connection, queue);
            })
            .map_err(|error| Error::Open(format!("no thread for the writer of the database: {error}")))?;
        Ok(Self(sender))
    }

    pub(super) async fn submit(&self, job: Job) -> Result<(), Error> {
        self.0.send(job).await.map_err(|_| Error::Closed)
    }
}

fn run(connection: Connection, mut queue: mpsc::Receiver<Job>) {
    let mut tx = Tx::Sqlite(Lite::new(connection));
    let mut batch = Vec::with_capacity(BATCH);
    while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
        commit(&mut tx, &mut batch);
    }
}

fn commit(tx: &mut Tx, batch: &mut Vec<Job>) {
    let mut told: Vec<Verdict> = Vec::with_capacity(batch.len());
    match attempt(tx, batch, &mut told) {
        Ok(()) => told.into_iter().for_each(|tell| tell(Ok(()))),
        Err(error) => {
            tracing::warn!(%error, changes = told.len(), "a group of changes was not committed");
            // Where nothing was begun there is nothing to undo.
            let _ = statement(tx, "ROLLBACK");
            told.into_iter().for_each(|tell| tell(Err(Error::Undone(error.to_string()))));
        }
    }
}

/// Jobs that never ran are dropped, and with them their answer channels: their callers see [`Error::Closed`].
fn attempt(tx: &mut Tx, batch: &mut Vec<Job>, told: &mut Vec<Verdict>) -> Result<(), Error> {
    let jobs = batch.drain(..);
    statement(tx, "BEGIN IMMEDIATE")?;
    for job in jobs {
        if job.is_single {
            told.push(block_on((job.run)(tx)).1);
            // Without room SQLite undoes all of it: nothing may follow that would be by itself then.
            stands(tx)?;
            continue;
        }
        statement(tx, "SAVEPOINT change")?;
        let (keep, tell) = block_on((job.run)(tx));
        told.push(tell);
        if !keep {
            statement(tx, "ROLLBACK TO change")?;
        }
        statement(tx, "RELEASE change")?;
    }
    crash::before_commit();
    statement(tx, "COMMIT")?;
    crash::after_commit();
    Ok(())
}

fn stands(tx: &Tx) -> Result<(), Error> {
    match tx {
        Tx::Sqlite(lite) if !lite.is_in_transaction() => {
            Err(Error::Undone("a statement ended the transaction of its group".to_owned()))
        }
        _ => Ok(()),
    }
}

fn statement(tx: &Tx, sql: &'static str) -> Result<(), Error> {
    if let Tx::Sqlite(lite) = tx {
        lite.exec(sql, &[])?;
    }
    Ok(())
}
