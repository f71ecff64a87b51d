//! One source may not crowd out the others: requests a second by address, answered 429 beyond. Meta's signed deliveries
//! are not counted: they have a place of their own.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::IntoResponse as _,
};
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
    let detail = format!("too many requests from this address; come again in {} s", wait_time.max(1));
    let mut response =
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait_time.max(1)));
    response
}
