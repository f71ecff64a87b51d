//! Takes out of the files of SQLite what was deleted: the index of words merges the parts that still held it, and the log is
//! copied back and cut. Freed pages are overwritten when they are freed (`lite.rs`). PostgreSQL does the like by itself, with
//! its VACUUM; nothing is done there.

use super::{
    Db, Store,
    lite::{self, Lite},
};
use crate::{args, error::Error};

impl Store {
    /// # Errors
    /// [`Error::Database`].
    pub async fn compact(&self) -> Result<(), Error> {
        let Db::Sqlite { place, .. } = &*self.db else { return Ok(()) };
        let merge = "INSERT INTO message_words (message_words) VALUES ('optimize')";
        self.write(move |tx| Box::pin(async move { tx.exec(merge, args![]).await.map(|_| ()) })).await?;
        let (file, wait) = place.clone();
        let cut = move || -> Result<(), Error> {
            let connection = lite::writer(&file, wait)?;
            // What somebody reads meanwhile stays in the log until it is cut the next time.
            Lite::new(connection).rows("PRAGMA wal_checkpoint(TRUNCATE)", &[], 1)?;
            Ok(())
        };
        tokio::task::spawn_blocking(cut).await.map_err(|_| Error::Closed)?
    }
}
