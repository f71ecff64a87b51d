//! What every request passes: a handler that panics, one that hangs, and a house that is full.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use domain::{
    clock::{ManualClock, Millis},
    id::Ids,
};
use serde_json::Value;
use tower::ServiceExt as _;

use super::*;
use crate::{Admission, Config, Waker};

fn staff() -> crate::staff::Staff {
    // Whoever installed it first, it is the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = channels::transport::Config::default();
    let transport =
        channels::transport::Transport::new(channels::transport::client(&config).unwrap(), &config);
    crate::staff::Staff::new(crate::staff::Config::default(), &"not a secret".into(), None, transport)
        .unwrap()
}

fn firm() -> domain::firm::Firm {
    let shipped =
        [include_str!("../../config/firm.toml"), include_str!("../../config/billing.toml")].concat();
    let layer: toml::Table = toml::from_str(&shipped).unwrap();
    layer["firm"].clone().try_into().unwrap()
}

async fn guarded_by(config: Config, routes: Router) -> (tempfile::TempDir, Router) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/router.db", folder.path().display());
    let store = store::Store::open(&store::Config { url, ..store::Config::default() }).await.unwrap();
    let clock = Arc::new(ManualClock::at(Millis(1)));
    let ids = Arc::new(Ids::new(clock.clone(), [1; 32]));
    let live = crate::live::Live::new(crate::live::Config::default(), None);
    let (staff, firm) = (staff(), Arc::new(firm()));
    let gateway = Gateway {
        store,
        clock,
        ids,
        waker: Waker::none(),
        staff,
        firm,
        live,
        means: Default::default(),
        config,
        admission: Admission::default(),
    };
    (folder, guarded(routes, &gateway))
}

async fn ask(router: &Router, path: &str) -> (StatusCode, Value) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    assert!(response.headers().contains_key("x-request-id"));
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

async fn panics() -> &'static str {
    panic!("the secret is 42")
}

#[tokio::test]
async fn a_panic_is_one_requests_500_and_tells_nothing() {
    let routes = Router::new().route("/", get(panics));
    let (_folder, router) = guarded_by(Config::default(), routes).await;
    for _ in 0..2 {
        let (status, problem) = ask(&router, "/").await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::INTERNAL_SERVER_ERROR, Some("internal")));
        assert!(!problem.to_string().contains("42"));
    }
    assert_eq!(ask(&router, "/nothing").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_request_that_hangs_is_given_up_also_while_it_waits_for_a_place() {
    let hang = get(|| tokio::time::sleep(Duration::from_secs(3_600)));
    let config = Config { concurrent: 1, request_seconds: 1, ..Config::default() };
    let (_folder, router) = guarded_by(config, Router::new().route("/", hang)).await;
    let ((first, _), (second, problem)) = tokio::join!(ask(&router, "/"), ask(&router, "/"));
    assert_eq!((first, second), (StatusCode::SERVICE_UNAVAILABLE, StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(problem["code"], "unavailable");
}
