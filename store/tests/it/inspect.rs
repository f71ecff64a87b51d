//! Looking at a database changes nothing: it is absent, current, or of another version.

use plumbline_store::{
    Config, Error, Store,
    db::{Schema, inspect},
};

use crate::db::on_each;

#[tokio::test]
async fn a_database_of_ours_holds_what_this_program_knows() {
    on_each("inspect", |db| async move {
        let Schema::Holds { version, known } = inspect(&db.config).await.unwrap() else { panic!("absent") };
        assert!(version > 0 && version == known);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("house.db");
    let config = Config { url: format!("sqlite://{}", path.display()), ..Config::default() };
    assert_eq!(inspect(&config).await.unwrap(), Schema::Absent);
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());

    std::fs::write(&path, b"").unwrap();
    assert!(matches!(inspect(&config).await.unwrap(), Schema::Holds { version: 0, .. }));

    std::fs::write(&path, b"this is no database, whatever its name says, and it is long enough").unwrap();
    let error = inspect(&config).await.unwrap_err();
    assert!(matches!(&error, Error::Open(why) if why.contains("house.db")), "{error}");
}

#[tokio::test]
async fn a_newer_database_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let config =
        Config { url: format!("sqlite://{}/house.db", folder.path().display()), ..Config::default() };
    let store = Store::open(&config).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'later', 1, x'00', 0)";
    store.write(move |tx| Box::pin(async move { tx.exec(newer, vec![]).await })).await.unwrap();
    let Schema::Holds { version, known } = inspect(&config).await.unwrap() else { panic!("absent") };
    assert_eq!(version, 9999);
    let refused = Store::open(&config).await.err().unwrap();
    assert!(matches!(refused, Error::Newer { found: 9999, known: k } if k == known), "{refused}");
}
