//! Fresh databases for a test: a file of its own on SQLite, a database of its own on Postgres.

use std::future::Future;

use store::Store;

/// Tells `story` on each database there is. Postgres is where `PLUMBLINE_TEST_POSTGRES` says.
pub async fn on_each<F, Fut>(name: &str, story: F)
where
    F: Fn(Store) -> Fut,
    Fut: Future<Output = ()>,
{
    let folder = tempfile::tempdir().unwrap();
    story(open(format!("sqlite://{}/{name}.db", folder.path().display())).await).await;
    match std::env::var("PLUMBLINE_TEST_POSTGRES") {
        Ok(admin) => story(open(create(&admin, name)).await).await,
        Err(_) if std::env::var("PLUMBLINE_CI").is_ok() => panic!("CI must have PLUMBLINE_TEST_POSTGRES"),
        Err(_) => eprintln!("SKIPPED on Postgres: {name} (set PLUMBLINE_TEST_POSTGRES to a server's URL)"),
    }
}

async fn open(url: String) -> Store {
    Store::open(&store::Config { url, ..store::Config::default() }).await.unwrap()
}

/// A new, empty database on the server of `admin`; an older one of the same name goes.
fn create(admin: &str, name: &str) -> String {
    let name = format!("plumbline_belt_{name}");
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
