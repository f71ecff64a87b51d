//! What the doctor finds in houses that are well and in houses that are not.

use std::collections::BTreeMap;

use super::*;
use crate::settings::Sources;

fn settings(variables: &[(&str, &str)]) -> Settings {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings::load(&Sources { variables, ..Sources::default() }).unwrap()
}

async fn says(settings: &Settings) -> (bool, String) {
    // As the program does before any command; a second installation changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut out = Vec::new();
    let done = run(settings, &mut out).await;
    (done.is_ok(), String::from_utf8(out).unwrap())
}

/// The line of one check.
fn line<'t>(text: &'t str, check: &str) -> &'t str {
    text.lines().find(|line| line.get(6..).is_some_and(|rest| rest.starts_with(check))).unwrap_or_default()
}

#[tokio::test]
async fn a_fresh_machine_is_well_and_stays_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/data/house.db", folder.path().display());
    let (well, text) = says(&settings(&[("DATABASE_URL", &url)])).await;
    assert!(well, "{text}");
    assert_eq!(line(&text, "database"), "note  database         not there yet: the first start creates it");
    assert!(line(&text, "model").starts_with("ok    model            offline"), "{text}");
    assert!(line(&text, "agents").starts_with("ok    agents           field, office"), "{text}");
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing is made");
    store::Store::open(&store::Config { url: url.clone(), ..store::Config::default() }).await.unwrap();
    let (well, text) = says(&settings(&[("DATABASE_URL", &url)])).await;
    assert!(
        well && line(&text, "database").starts_with("ok    database         at the current schema"),
        "{text}"
    );
}

#[tokio::test]
async fn each_failure_is_a_line_with_its_mend() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("house.db");
    std::fs::write(&file, "this is no database, whatever its name says, and it is long enough for one")
        .unwrap();
    std::fs::create_dir(folder.path().join("agents")).unwrap();
    std::fs::write(
        folder.path().join("agents/stock.toml"),
        "name = \"stock\"\ndescription = \"x\"\nprompt = \"none\"\ntools = []\n",
    )
    .unwrap();
    // Nobody listens on the discard port.
    let (well, text) = says(&settings(&[
        ("DATABASE_URL", &format!("sqlite://{}", file.display())),
        ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"),
        ("PLUMBLINE__FILES__OVERRIDES", &folder.path().display().to_string()),
    ]))
    .await;
    assert!(!well);
    for (check, mend) in [("database", "DATABASE_URL"), ("model", "127.0.0.1:9"), ("agents", "stock")] {
        let line = line(&text, check);
        assert!(line.starts_with("FAIL") && line.contains(mend), "{check}: {text}");
    }
    assert!(line(&text, "configuration").starts_with("ok"));
}

#[tokio::test]
async fn a_taken_port_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let found = ports(&settings(&[("WEBHOOK_PORT", &port)]));
    assert!(
        matches!(&found, Note(sentence) if sentence.contains(&format!("{port} (gateway: "))),
        "{found:?}"
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let found = super::folder(&file.join("data"));
    assert!(matches!(&found, Bad(sentence) if sentence.contains("DATABASE_URL")), "{found:?}");
    assert_eq!(super::folder(folder.path()), Good(folder.path().display().to_string()));
}
