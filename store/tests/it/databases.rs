//! Fresh databases for a test: a file of its own on SQLite, a database of its own on Postgres.

use std::{future::Future, sync::Arc};

use domain::{
    clock::{ManualClock, Millis},
    id::Ids,
};
use plumbline_store::{Config, Store};

/// What a story is told with.
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

/// Tells `story` on each database there is. Postgres is where `PLUMBLINE_TEST_POSTGRES` says.
pub async fn on_each<F, Fut>(name: &str, story: F)
where
    F: Fn(Db) -> Fut,
    Fut: Future<Output = ()>,
{
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/{name}.db", folder.path().display());
    story(open(url).await).await;
    match std::env::var("PLUMBLINE_TEST_POSTGRES") {
        Ok(admin) => story(open(create(&admin, name).await).await).await,
        Err(_) if std::env::var("PLUMBLINE_CI").is_ok() => panic!("CI must have PLUMBLINE_TEST_POSTGRES"),
        Err(_) => eprintln!("SKIPPED on Postgres: {name} (set PLUMBLINE_TEST_POSTGRES to a server's URL)"),
    }
}

async fn open(url: String) -> Db {
    let config = Config { url, ..Config::default() };
    let clock = Arc::new(ManualClock::at(Millis(1_000_000)));
    let store = Store::open(&config).await.unwrap();
    Db { store, config, ids: Arc::new(Ids::new(clock, [7; 32])) }
}

/// A new, empty database on the server of `admin`; an older one of the same name goes.
async fn create(admin: &str, name: &str) -> String {
    let name = format!("plumbline_story_{name}");
    let (server, connection) = tokio_postgres::connect(admin, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    server.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
    server.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (server, _) = admin.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}
