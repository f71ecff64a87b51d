//! One source may not crowd out the others: requests a second by address, answered 429 beyond. What is believed is not
//! counted: Meta's signed deliveries, and a peer that bears the link's secret.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota};
use tower_governor::{
    GovernorError, GovernorLayer, governor::GovernorConfigBuilder, key_extractor::PeerIpKeyExtractor,
};

use crate::{error::Problem, state::Config};

/// Requests of one address at once, before the rate counts.
const BURST_SECONDS: u32 = 10;

/// `routes`, each request counted against its source.
pub(crate) fn limited(routes: Router, config: &Config) -> Router {
    let per_second = config.source_per_second;
    if per_second == 0 {
        return routes;
    }
    let governor = GovernorConfigBuilder::default()
        .key_extractor(PeerIpKeyExtractor)
        .per_nanosecond(1_000_000_000 / u64::from(per_second))
        .burst_size(per_second.saturating_mul(BURST_SECONDS))
        .finish();
    // `None` only for a rate or a burst of zero.
    let Some(governor) = governor else { return routes };
    routes.layer(GovernorLayer::new(Arc::new(governor)).error_handler(refused))
}

fn refused(error: GovernorError) -> axum::http::Response<axum::body::Body> {
    let GovernorError::TooManyRequests { wait_time, .. } = error else {
        return Problem::internal().into_response();
    };
    too_many(wait_time.max(1))
}

fn too_many(seconds: u64) -> Response {
    let detail = format!("too many requests from this address; come again in {seconds} s");
    let mut response =
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Counts requests that were not believed, by source. Believed ones cost nothing.
#[derive(Clone)]
pub(crate) struct Strangers(Option<Arc<DefaultKeyedRateLimiter<IpAddr>>>);

/// Sources remembered before the idle ones are dropped.
const REMEMBERED: usize = 10_000;

impl Strangers {
    pub(crate) fn new(config: &Config) -> Self {
        let rate = NonZeroU32::new(config.source_per_second);
        Self(rate.map(|rate| Arc::new(DefaultKeyedRateLimiter::keyed(Quota::per_second(rate)))))
    }

    /// Whether `source` was refused more often than it may be.
    fn is_too_much(&self, source: IpAddr) -> bool {
        let Some(limiter) = &self.0 else { return false };
        if limiter.len() > REMEMBERED {
            limiter.retain_recent();
        }
        limiter.check_key(&source).is_err()
    }
}

/// Stands in an answer to somebody who proved who they are.
#[derive(Clone, Copy)]
pub(crate) struct Believed;

/// Lets a request through, and holds its source back once it is refused too often.
pub(crate) async fn strangers(
    State(strangers): State<Strangers>,
    ConnectInfo(source): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    // Whoever is believed and errs is no stranger: their mistake stays theirs to read.
    let believed = response.extensions().get::<Believed>().is_some();
    if !believed && response.status().is_client_error() && strangers.is_too_much(source.ip()) {
        return too_many(1);
    }
    response
}
