//! SQLite's readers: threads with a connection each, which take what is to be read in turn. A read waits for a free
//! reader, never for the writer.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{
    lite::{self, Lite},
    tx::Tx,
};
use crate::error::Error;

/// Reads that may wait. A full queue makes the callers wait, never memory grow.
const QUEUE: usize = 1024;

type Job = Box<dyn FnOnce(&mut Tx) + Send>;

#[derive(Clone)]
pub struct Readers(mpsc::Sender<Job>);

impl Readers {
    /// Starts `count` readers of the database at `file`.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub(super) fn start(file: &Path, wait: Duration, count: u32) -> Result<Self, Error> {
        let (sender, queue) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..count.max(1) {
            let (connection, queue) = (lite::reader(file, wait)?, Arc::clone(&queue));
            let runtime = tokio::runtime::Handle::current();
            std::thread::Builder::new()
                .name("store-reader".to_owned())
                .spawn(move || {
                    let _runtime = runtime.enter();
                    run(connection, &queue);
                })
                .map_err(|error| Error::Open(format!("no thread for a reader of the database: {error}")))?;
        }
        Ok(Self(sender))
    }

    /// Runs `look` on a free reader.
    ///
    /// # Errors
    /// What `look` fails with, or [`Error::Closed`].
    pub(super) async fn run<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Tx) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            // The caller may have gone.
            let _ = sender.send(look(tx));
        });
        self.0.send(job).await.map_err(|_| Error::Closed)?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// As [`Readers::run`], for several statements: in one transaction, so that the pages which one has read serve the next.
    ///
    /// # Errors
    /// As [`Readers::run`].
    pub(super) async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Tx) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run(move |tx| {
            tx.connection()?.exec("BEGIN", &[])?;
            let seen = look(tx);
            let ended = tx.connection()?.exec("COMMIT", &[]);
            let seen = seen?;
            ended?;
            Ok(seen)
        })
        .await
    }
}

/// Until every sender is gone.
fn run(connection: Connection, queue: &Mutex<mpsc::Receiver<Job>>) {
    let mut tx = Tx::Sqlite(Lite::new(connection));
    loop {
        // Held while waiting: the others wait for it, and each job wakes one of them.
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let Some(job) = job else { return };
        job(&mut tx);
    }
}
