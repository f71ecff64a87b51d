//! SQLite's one writer: takes the closures that wait, runs them in one transaction, commits, and only then answers each.
//! A closure that fails is undone alone (savepoint); the others commit. No timer: a batch is what waited meanwhile.

use futures::future::BoxFuture;
use sqlx::{Sqlite, SqlitePool, Transaction};
use tokio::sync::mpsc;

use super::{crash, tx::Tx};
use crate::error::Error;

/// Closures in one commit. Beyond some hundred rows the index work, not the sync, is the cost.
const BATCH: usize = 128;
/// Closures that may wait. A full queue makes the callers wait, never memory grow.
const QUEUE: usize = 1024;

/// Told once the commit is done, or has failed.
type Verdict = Box<dyn FnOnce(Result<(), Error>) + Send>;
/// Runs in the transaction; says whether to keep what it did, and whom to tell afterwards.
pub(super) type Job = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, (bool, Verdict)> + Send>;

#[derive(Clone)]
pub(super) struct Writer(mpsc::Sender<Job>);

impl Writer {
    pub(super) fn start(pool: SqlitePool) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(run(pool, receiver));
        Self(sender)
    }

    pub(super) async fn submit(&self, job: Job) -> Result<(), Error> {
        self.0.send(job).await.map_err(|_| Error::Closed)
    }
}

async fn run(pool: SqlitePool, mut queue: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        commit(&pool, std::mem::take(&mut batch)).await;
    }
}

async fn commit(pool: &SqlitePool, batch: Vec<Job>) {
    let mut told: Vec<Verdict> = Vec::with_capacity(batch.len());
    match attempt(pool, batch, &mut told).await {
        Ok(()) => told.into_iter().for_each(|tell| tell(Ok(()))),
        Err(error) => {
            tracing::warn!(%error, changes = told.len(), "a group of changes was not committed");
            told.into_iter().for_each(|tell| tell(Err(Error::Open(error.to_string()))));
        }
    }
}

/// Jobs that never ran are dropped, and with them their answer channels: their callers see [`Error::Closed`].
async fn attempt(pool: &SqlitePool, batch: Vec<Job>, told: &mut Vec<Verdict>) -> Result<(), Error> {
    let mut tx = Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?);
    for job in batch {
        tx.exec("SAVEPOINT change", vec![]).await?;
        let (keep, tell) = job(&mut tx).await;
        told.push(tell);
        if !keep {
            tx.exec("ROLLBACK TO change", vec![]).await?;
        }
        tx.exec("RELEASE change", vec![]).await?;
    }
    if let Tx::Sqlite(tx) = tx {
        finish(tx).await?;
    }
    Ok(())
}

async fn finish(tx: Transaction<'static, Sqlite>) -> Result<(), Error> {
    crash::before_commit();
    tx.commit().await?;
    crash::after_commit();
    Ok(())
}
