//! The databases that a story is told on: a new file on SQLite, a new database on Postgres. The tests of `gateway` and
//! `runtime` take this file in too, so it knows nothing of stores. What a crate tells its stories with stands beside its own.

use std::{path::Path, process::Command};

/// Tells `story` on each database there is, by the URL of an empty one. Postgres is where `PLUMBLINE_TEST_POSTGRES` says.
pub async fn on_each_url(name: &str, story: impl AsyncFn(String)) {
    let folder = tempfile::tempdir().unwrap();
    story(sqlite_in(folder.path())).await;
    match std::env::var("PLUMBLINE_TEST_POSTGRES") {
        Ok(admin) => story(create(&admin, name)).await,
        Err(_) if std::env::var("PLUMBLINE_CI").is_ok() => panic!("CI must have PLUMBLINE_TEST_POSTGRES"),
        Err(_) => eprintln!("SKIPPED on Postgres: {name} (set PLUMBLINE_TEST_POSTGRES to a server's URL)"),
    }
}

/// The database of a folder.
pub fn sqlite_in(folder: &Path) -> String {
    format!("sqlite://{}/story.db", folder.display())
}

/// A new, empty database on the server of `admin`; an older one of the same name goes. Each crate has names of its own, for
/// their tests may run at once.
fn create(admin: &str, name: &str) -> String {
    let name = format!("{}_{name}", env!("CARGO_PKG_NAME").replace('-', "_"));
    for statement in
        [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")]
    {
        let done = Command::new("psql")
            .args(["-qd", admin, "-c", "SET client_min_messages = warning", "-c", &statement])
            .status()
            .unwrap();
        assert!(done.success(), "{statement}");
    }
    let (server, _) = admin.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}
