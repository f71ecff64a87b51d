//! What an earlier release kept as it was is sealed at the start, and another key is no reason not to start.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;

const KEY: &str = "console:model.openai.api_key";
const SECRET: &str = "sk-plain-0123456789";

fn settings(folder: &std::path::Path, key: &str) -> Settings {
    let url = format!("sqlite://{}/house.db", folder.display());
    let mut variables = BTreeMap::from([("DATABASE_URL".to_owned(), url)]);
    if !key.is_empty() {
        variables.insert("PLUMBLINE_SETTINGS_KEY".to_owned(), key.to_owned());
    }
    Settings::load(&Sources { variables, ..Sources::default() }).unwrap()
}

async fn raw(store: &Store) -> String {
    setting::get(&mut store.reader(), KEY).await.unwrap().unwrap()
}

fn shown(settings: &Settings) -> String {
    format!("{:?}", settings.model)
}

#[tokio::test]
async fn plain_secrets_are_sealed_at_the_start_and_another_key_leaves_them_out() {
    let folder = tempfile::tempdir().unwrap();
    let own = settings(folder.path(), "");
    let store = Store::open(&own.database).await.unwrap();
    let kept = json!({ "text": SECRET, "at": 1, "by": "Olga" }).to_string();
    let open = json!({ "text": "1500", "at": 1, "by": "Olga" }).to_string();
    store
        .write(move |tx| {
            Box::pin(async move {
                setting::put(tx, "console:turns.gather_ms", &open).await?;
                setting::put(tx, KEY, &kept).await
            })
        })
        .await
        .unwrap();

    let started = own.clone().with_console(&store).await.unwrap();
    assert_eq!(started.belt.turns.gather_ms, 1500);
    assert!(!shown(&started).contains(SECRET));
    let sealed = raw(&store).await;
    assert!(sealed.contains("sealed:1:") && sealed.contains("Olga") && !sealed.contains(SECRET), "{sealed}");
    let again = stored(&store, &own.vault(), true).await.unwrap();
    assert_eq!(again.get("model.openai.api_key").map(String::as_str), Some(SECRET));
    assert!(folder.path().join("settings-key").exists());
    own.clone().with_console(&store).await.unwrap();
    assert_eq!(raw(&store).await, sealed, "once");

    let other = settings(folder.path(), "another key of sufficient length");
    let started = other.clone().with_console(&store).await.unwrap();
    assert_eq!(started.belt.turns.gather_ms, 1500, "what is not sealed holds");
    let console = AtTheConsole::of(&other, Arc::new(Notify::new()));
    let text: serde_json::Value = serde_json::from_str(&sealed).unwrap();
    let why = console.open("model.openai.api_key", text["text"].as_str().unwrap()).unwrap_err();
    assert!(why.contains("model.openai.api_key") && why.contains("PLUMBLINE_SETTINGS_KEY"), "{why}");
    assert!(console.seal("model.openai.api_key", "x").unwrap().starts_with("sealed:1:"));
    assert_eq!(console.seal("turns.gather_ms", "7").as_deref(), Ok("7"), "what is no secret stays readable");
}
