//! The stack's limits, on a real socket.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use axum::{Router, routing::post};

use super::*;

async fn server(app: Router) -> url::Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = url::Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

fn transport(config: &Config) -> Transport {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Transport::new(client(config).unwrap(), config)
}

fn post_to(url: &url::Url) -> Request {
    Request::new(reqwest::Method::POST, url.clone())
}

#[tokio::test]
async fn no_more_than_the_allowed_number_is_under_way() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = {
        let (now, most) = (now.clone(), most.clone());
        move || async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(30)).await;
            now.fetch_sub(1, Ordering::SeqCst);
        }
    };
    let url = server(Router::new().route("/", post(counted))).await;
    let transport = transport(&Config { concurrent: 2, ..Config::default() });
    let calls = (0..8).map(|_| {
        let (transport, request) = (transport.clone(), post_to(&url));
        tokio::spawn(async move { transport.call(request).await.unwrap() })
    });
    assert_eq!(transport.room(), 2);
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().status, StatusCode::OK);
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_lost() {
    let url = server(Router::new().route("/", post(|| tokio::time::sleep(Duration::from_secs(20))))).await;
    let transport = transport(&Config { total_seconds: 1, ..Config::default() });
    assert!(matches!(transport.call(post_to(&url)).await, Err(Failure::Lost(_))));
}

#[tokio::test]
async fn who_waits_for_a_place_until_the_time_is_over_has_sent_nothing() {
    let url = server(Router::new().route("/", post(|| tokio::time::sleep(Duration::from_secs(20))))).await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = client(&Config::default()).unwrap();
    let exchange = service_fn(move |request| exchange(client.clone(), request, 1024));
    let one = ConcurrencyLimit::new(exchange, 1);
    let second = tokio::select! {
        biased;
        _ = within(Duration::from_secs(10), one.clone(), post_to(&url)) => panic!("it has the place"),
        second = within(Duration::from_millis(50), one.clone(), post_to(&url)) => second.unwrap_err(),
    };
    // So it may be sent again: nobody has it.
    let failure = failure(&*second, String::new());
    assert!(matches!(&failure, Failure::NotSent(_)), "{failure}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let app = Router::new()
        .route("/", post(|| async { (StatusCode::TEMPORARY_REDIRECT, [("location", "/stolen")], "") }))
        .route("/stolen", post(|| async { "secret" }));
    let url = server(app).await;
    let answer = transport(&Config::default()).call(post_to(&url)).await.unwrap();
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
}

#[tokio::test]
async fn no_listener_means_nothing_was_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = url::Url::parse(&format!("http://user:pass@{}/path", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let failure = transport(&Config::default()).call(post_to(&url)).await.expect_err("nobody listens");
    assert!(matches!(&failure, Failure::NotSent(host) if host.starts_with("127.0.0.1:")), "{failure}");
    assert!(!failure.to_string().contains("pass"), "{failure}");
}
