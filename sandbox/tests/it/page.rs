//! The page's files: all that is referred to is there, served with the right headers, and nothing is foreign.

use std::collections::BTreeSet;

use crate::stage::Stage;

/// Paths of our own files that a file refers to.
fn references(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for quoted in text.split('"').skip(1).step_by(2) {
        if let Some(name) = quoted.strip_prefix("/page/").or_else(|| quoted.strip_prefix("./")) {
            found.insert(name.to_owned());
        }
    }
    found
}

#[tokio::test]
async fn every_file_is_there_and_none_comes_from_elsewhere() {
    let stage = Stage::new().await;
    let index = stage.http.get(stage.url("/")).send().await.unwrap().text().await.unwrap();
    assert!(!index.contains("<style") && !index.contains("style=") && !index.contains("onclick"));
    let mut waiting: Vec<String> = references(&index).into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let response = stage.http.get(stage.url(&format!("/page/{name}"))).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{name}");
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let text = response.text().await.unwrap();
        if name.ends_with(".js") {
            assert!(kind.starts_with("text/javascript"), "{name}: {kind}");
            for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
                assert!(!text.contains(word), "{name} uses {word}");
            }
            waiting.extend(references(&text).into_iter().filter(|name| name.ends_with(".js")));
        }
    }
    assert!(seen.len() > 15, "{seen:?}");
}
