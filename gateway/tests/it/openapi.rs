//! The API's description: whole, sound, and served as it is printed.

use std::collections::BTreeSet;

use domain::staff::ConsoleRole;
use serde_json::Value;

use crate::app::{self, on_each};

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().iter();
        let methods =
            methods.filter(|(name, _)| ["get", "post", "put", "patch", "delete"].contains(&name.as_str()));
        methods.map(|(name, operation)| (path.clone(), name.clone(), operation.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

/// Every `$ref` below `value`.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(to)) = map.get("$ref") {
                found.insert(to.clone());
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_served_as_it_is_printed_and_read_by_its_page() {
    on_each("openapi_served", |db| async move {
        let app = app::house(&db).await;
        let served = app.answer(app.request("GET", "/openapi.json")).await;
        let printed: Value =
            serde_json::from_str(&plumbline_gateway::api::document().to_json().unwrap()).unwrap();
        assert_eq!((served.status, served.json()), (200, printed));
        assert!(
            served.json()["openapi"].as_str().unwrap().starts_with("3.1"),
            "{}",
            served.json()["openapi"]
        );
        let page = app.answer(app.request("GET", "/docs/")).await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-security-policy").contains("script-src 'self';"));
        assert!(!page.text.contains("http://") && !page.text.contains("https://"), "{}", page.text);
        for asset in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"] {
            assert_eq!(
                app.answer(app.request("GET", &format!("/docs/{asset}"))).await.status,
                200,
                "{asset}"
            );
        }
    })
    .await;
}

/// What other programs rely on changes only on purpose: `INSTA_UPDATE=always` writes it anew.
#[test]
fn the_document_changes_only_on_purpose() {
    let document = serde_json::to_value(plumbline_gateway::api::document()).unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_snapshot!("openapi", serde_json::to_string_pretty(&document).unwrap());
    });
}

#[test]
fn every_operation_says_what_it_does_and_how_it_refuses() {
    let document = serde_json::to_value(plumbline_gateway::api::document()).unwrap();
    let mut faults = Vec::new();
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let called = format!("{} {path}", method.to_uppercase());
        if !path.starts_with("/api/") {
            faults.push(format!("{called} is not below /api"));
        }
        if operation["summary"].as_str().is_none_or(|summary| summary.len() < 5) {
            faults.push(format!("{called} has no summary"));
        }
        if operation["tags"].as_array().is_none_or(|tags| tags.len() != 1) {
            faults.push(format!("{called} needs one tag"));
        }
        let named = operation["operationId"].as_str().unwrap_or_default();
        if !names.insert(named.to_owned()) {
            faults.push(format!("{called}: two operations are called {named}"));
        }
        let responses = operation["responses"].as_object().unwrap();
        if !responses.keys().any(|status| status.starts_with('2') || status == "101") {
            faults.push(format!("{called} never succeeds"));
        }
        if !responses.contains_key("401") {
            faults.push(format!("{called} does not say 401"));
        }
    }
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for to in found {
        if document.pointer(to.trim_start_matches('#')).is_none() {
            faults.push(format!("{to} leads nowhere"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[tokio::test]
async fn every_route_of_the_document_is_there_and_shut_to_strangers() {
    on_each("openapi_shut", |db| async move {
        let app = app::house(&db).await;
        let owner = app.as_user(ConsoleRole::Owner).await;
        let document = app.answer(app.request("GET", "/openapi.json")).await.json();
        for (path, method, _) in operations(&document) {
            if path == "/api/live" {
                continue;
            }
            let path: String = path
                .split('/')
                .map(|part| if part.starts_with('{') { "1" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let method = method.to_uppercase();
            let stranger = app.answer(app.request(&method, &path)).await;
            assert_eq!(stranger.status, 401, "{method} {path}: {}", stranger.text);
            if method == "GET" && !path.starts_with("/api/live/") {
                let known = owner.get(&path).await;
                let problem = known.header("content-type").starts_with("application/problem+json");
                let served = known.status < 300 || (known.status < 500 && problem);
                assert!(served, "{method} {path}: {} {}", known.status, known.text);
                assert_ne!(known.status, 405, "{method} {path}");
            }
        }
    })
    .await;
}
