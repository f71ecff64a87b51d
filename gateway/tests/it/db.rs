//! What a story of the gateway is told over.

use std::{future::Future, sync::Arc};

use domain::clock::ManualClock;
use store::Store;

use crate::{
    app::NOW,
    databases::{on_each_url, sqlite_in},
};

/// A database for one telling.
pub struct Db {
    pub store: Store,
    pub clock: Arc<ManualClock>,
}

impl Db {
    pub fn over(store: Store) -> Self {
        Self { store, clock: Arc::new(ManualClock::at(NOW)) }
    }
}

/// Tells `story` on each database there is.
pub async fn on_each<F, Fut>(name: &str, story: F)
where
    F: Fn(Db) -> Fut,
    Fut: Future<Output = ()>,
{
    on_each_url(name, async |url| story(open(url).await).await).await;
}

/// A database of one's own, where one of both is enough.
pub async fn sqlite() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = open(sqlite_in(folder.path())).await;
    (folder, db)
}

async fn open(url: String) -> Db {
    Db::over(Store::open(&store::Config { url, ..store::Config::default() }).await.unwrap())
}
