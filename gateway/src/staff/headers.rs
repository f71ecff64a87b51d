//! What every answer tells a browser about what it may do with it. Each header is only set where the handler set none.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::state::Gateway;

/// Nothing of an answer is run, shown in a frame or loaded from.
const DATA: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The console: its own modules and styles, no inline code, no third party.
pub(crate) const CONSOLE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; \
     manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'";

/// The page to read the API: its library sets styles of its own.
pub(crate) const DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(self), payment=(), usb=()";

/// For answers that are data.
pub(crate) async fn data(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    set(response.headers_mut(), DATA, &gateway);
    fill(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    response
}

/// For the pages and assets of the console.
pub(crate) async fn console(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    set(response.headers_mut(), CONSOLE, &gateway);
    fill(response.headers_mut(), HeaderName::from_static("permissions-policy"), PERMISSIONS);
    response
}

/// For the page to read the API.
pub(crate) async fn docs(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    set(response.headers_mut(), DOCS, &gateway);
    response
}

fn set(headers: &mut HeaderMap, policy: &'static str, gateway: &Gateway) {
    fill(headers, header::CONTENT_SECURITY_POLICY, policy);
    fill(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    fill(headers, header::REFERRER_POLICY, "no-referrer");
    fill(headers, header::X_FRAME_OPTIONS, "DENY");
    fill(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    fill(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if gateway.staff.desk().public_url.as_ref().is_some_and(|url| url.scheme() == "https") {
        fill(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

fn fill(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
