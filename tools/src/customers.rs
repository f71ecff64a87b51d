//! The firm's customers as tools look for them: the list is read anew only after it has changed. Decides nothing; whom
//! somebody means is `domain::customer`'s to say.

use std::sync::{Arc, Mutex, PoisonError};

use domain::customer::Directory;
use store::{Error, Store, office::customer};

/// Customers beyond which somebody is looked for on a thread of its own: it takes longer than a task should.
const MANY: usize = 500;

/// What is known of the list of one store.
#[derive(Default)]
pub(crate) struct Customers {
    known: Mutex<Option<(i64, Arc<Directory>)>>,
}

impl Customers {
    /// What `look` says of all customers.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        store: &Store,
        look: impl FnOnce(&Directory) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let directory = self.directory(store).await?;
        if directory.len() <= MANY {
            return Ok(look(&directory));
        }
        apart(move || look(&directory)).await
    }

    async fn directory(&self, store: &Store) -> Result<Arc<Directory>, Error> {
        let revision = store.reader().query(customer::revision()).await?;
        if let Some((of, known)) = &*self.known.lock().unwrap_or_else(PoisonError::into_inner)
            && *of == revision
        {
            return Ok(Arc::clone(known));
        }
        // In this order: a list that is newer than its number is read once more, one that is older would stay.
        let (revision, list) = store.reader().query(customer::revision().and(customer::all())).await?;
        let directory = Arc::new(apart(move || Directory::new(list)).await?);
        let known = Some((revision, Arc::clone(&directory)));
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(directory)
    }
}

/// Runs `work` where it holds up no task.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closed)
}
