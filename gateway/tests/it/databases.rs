//! Fresh databases for a test: a file of its own on SQLite, a database of its own on Postgres.

use std::{future::Future, sync::Arc};

use domain::clock::ManualClock;
use store::Store;

use crate::app::NOW;

/// A database for one telling.
pub struct Db {
    pub store: Store,
    pub clock: Arc<ManualClock>,
    _folder: Option<tempfile::TempDir>,
}

/// Tells `story` on each database there is. Postgres is where `PLUMBLINE_TEST_POSTGRES` says.
pub async fn on_each<F, Fut>(name: &str, story: F)
where
    F: Fn(Db) -> Fut,
    Fut: Future<Output = ()>,
{
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/gateway.db", folder.path().display());
    story(open(url, Some(folder)).await).await;
    match std::env::var("PLUMBLINE_TEST_POSTGRES") {
        Ok(admin) => story(open(create(&admin, name), None).await).await,
        Err(_) if std::env::var("PLUMBLINE_CI").is_ok() => panic!("CI must have PLUMBLINE_TEST_POSTGRES"),
        Err(_) => eprintln!("SKIPPED on Postgres: {name} (set PLUMBLINE_TEST_POSTGRES to a server's URL)"),
    }
}

impl Db {
    pub fn over(store: Store) -> Self {
        Self { store, clock: Arc::new(ManualClock::at(NOW)), _folder: None }
    }
}

async fn open(url: String, folder: Option<tempfile::TempDir>) -> Db {
    let store = Store::open(&store::Config { url, ..store::Config::default() }).await.unwrap();
    Db { _folder: folder, ..Db::over(store) }
}

/// A database of one's own, where one of both is enough.
pub async fn sqlite() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/gateway.db", folder.path().display());
    (folder, open(url, None).await)
}

/// A new, empty database on the server of `admin`; an older one of the same name goes.
fn create(admin: &str, name: &str) -> String {
    let name = format!("plumbline_gateway_{name}");
    for statement in
        [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")]
    {
        let done = std::process::Command::new("psql")
            .args(["-qd", admin, "-c", "SET client_min_messages = warning", "-c", &statement])
            .status()
            .unwrap();
        assert!(done.success(), "{statement}");
    }
    let (server, _) = admin.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}
