//! A hold from the command line, and counting instead of forgetting.

use std::collections::BTreeMap;

use clap::Parser as _;
use domain::contact::{Identity, Role};
use store::contact as people;

use super::*;
use crate::{
    cli::{Cli, Command},
    commands::{self, contact, retention},
    settings::{Settings, Sources},
};

async fn said(settings: &Settings, words: &[&str]) -> Result<String, Failure> {
    let mut out = Vec::new();
    let all = ["plumbline"].iter().chain(words);
    match Cli::try_parse_from(all).unwrap().command.unwrap() {
        Command::Contact(asked) => contact::asked(settings, asked, &mut out).await?,
        Command::Retention { dry_run } => retention::run(settings, dry_run, &mut out).await?,
        other => panic!("{other:?}"),
    }
    Ok(String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn a_person_is_counted_held_released_and_erased() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/house.db", folder.path().display());
    let variables = BTreeMap::from([("DATABASE_URL".to_owned(), url)]);
    let settings = Settings::load(&Sources { variables, ..Sources::default() }).unwrap();
    let store = commands::open(&settings).await.unwrap();
    let ids = commands::ids();
    let known = [Identity::phone("493023125001")];
    let put = store.write(move |tx| {
        Box::pin(async move {
            people::register(tx, &ids, "Frank", Role::Technician, &known, SystemClock.now()).await
        })
    });
    let frank = put.await.unwrap();

    let counted = said(&settings, &["contact", "erase", "030 23125001", "--dry-run"]).await.unwrap();
    assert!(counted.contains("numbers and names they write by  1"), "{counted}");
    assert!(counted.ends_with("Nothing was changed.\n") && !counted.contains("on hold"), "{counted}");
    let held = said(&settings, &["contact", "hold", "030 23125001"]).await.unwrap();
    assert!(held.starts_with(&format!("{frank} is on hold")), "{held}");
    let counted = said(&settings, &["contact", "erase", "030 23125001", "--dry-run"]).await.unwrap();
    assert!(counted.contains("They are on hold"), "{counted}");
    let refused = said(&settings, &["contact", "erase", "030 23125001"]).await.unwrap_err().to_string();
    assert!(refused.contains("a legal hold stands"), "{refused}");
    let nobody = said(&settings, &["contact", "hold", "030 1"]).await.unwrap_err().to_string();
    assert!(nobody.contains("there is no contact or customer \"030 1\""), "{nobody}");
    let odd = said(&settings, &["contact", "hold", "030 23125001", "--dry-run"]).await.unwrap_err();
    assert_eq!(odd.code(), 2, "{odd}");

    let due = said(&settings, &["retention", "--dry-run"]).await.unwrap();
    assert!(due.contains("messages with files") && due.ends_with("Nothing was changed.\n"), "{due}");
    assert!(said(&settings, &["retention"]).await.unwrap().contains("gone"));
    said(&settings, &["contact", "release", "030 23125001"]).await.unwrap();
    let erased = said(&settings, &["contact", "erase", "030 23125001"]).await.unwrap();
    assert!(erased.contains("is erased"), "{erased}");
    assert_eq!(audit::verify(&mut store.reader()).await.unwrap(), Ok(3), "held, released, erased");
}
