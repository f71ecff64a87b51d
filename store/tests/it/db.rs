//! What a story of the store is told with.

use std::{future::Future, sync::Arc};

use domain::{
    clock::{ManualClock, Millis},
    id::Ids,
};
use plumbline_store::{Config, Store};

use crate::databases::on_each_url;

/// A store, how it was opened, and ids.
pub struct Db {
    pub store: Store,
    pub config: Config,
    pub ids: Arc<Ids>,
}

/// One transaction that must succeed.
macro_rules! tx {
    ($db:expr, |$tx:ident| $body:expr) => {
        $db.store.write(move |$tx| Box::pin(async move { $body })).await.unwrap()
    };
}
pub(crate) use tx;

/// Tells `story` on each database there is.
pub async fn on_each<F, Fut>(name: &str, story: F)
where
    F: Fn(Db) -> Fut,
    Fut: Future<Output = ()>,
{
    on_each_url(name, async |url| story(open(url).await).await).await;
}

async fn open(url: String) -> Db {
    let config = Config { url, ..Config::default() };
    let clock = Arc::new(ManualClock::at(Millis(1_000_000)));
    let store = Store::open(&config).await.unwrap();
    Db { store, config, ids: Arc::new(Ids::new(clock, [7; 32])) }
}
