//! Whether a browser was sent by our own page. Asked where a cookie proves who somebody is; a bearer token no other site
//! can make a browser send.

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use url::{Host, Url};

use crate::error::Problem;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Stands for our own page where a browser says neither: no other site may set it without asking us first.
pub(crate) const OWN: HeaderName = HeaderName::from_static("x-plumbline");

/// # Errors
/// 403 `cross_site`.
pub(crate) fn check(headers: &HeaderMap, public_url: Option<&Url>) -> Result<(), Problem> {
    if verdict(headers, public_url).unwrap_or_else(|| headers.contains_key(&OWN)) {
        return Ok(());
    }
    Err(refusal())
}

/// As [`check`], for a request that no cookie proves: who says nothing about a site is no browser.
///
/// # Errors
/// 403 `cross_site`.
pub(crate) fn check_stranger(headers: &HeaderMap, public_url: Option<&Url>) -> Result<(), Problem> {
    if verdict(headers, public_url).unwrap_or(true) {
        return Ok(());
    }
    Err(refusal())
}

fn refusal() -> Problem {
    let detail = "the request came from another site: open the console itself, or send a bearer token";
    Problem::new(StatusCode::FORBIDDEN, "cross_site", detail)
}

/// What the browser says about who sent it, if it says anything.
fn verdict(headers: &HeaderMap, public_url: Option<&Url>) -> Option<bool> {
    if let Some(site) = headers.get(&FETCH_SITE) {
        return Some(site.as_bytes() == b"same-origin");
    }
    let origin = headers.get(header::ORIGIN)?;
    Some(origin.to_str().is_ok_and(|origin| is_ours(origin, headers, public_url)))
}

/// Whether a page came to its browser over a line that others can read: it would keep no cookie of ours.
pub(crate) fn is_open_line(headers: &HeaderMap) -> bool {
    let origin = headers.get(header::ORIGIN).and_then(|origin| Url::parse(origin.to_str().ok()?).ok());
    origin.is_some_and(|origin| origin.scheme() == "http" && !is_this_machine(&origin))
}

/// Whether `url` never leaves the machine it is opened on.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Whether `origin` is where we are: what the world calls us, or the host that the request itself was sent to.
pub(crate) fn is_ours(origin: &str, headers: &HeaderMap, public_url: Option<&Url>) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    if public_url.is_some_and(|ours| ours.origin() == origin.origin()) {
        return true;
    }
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    // TLS may end before us, so the scheme is the origin's own.
    let Ok(here) = Url::parse(&format!("{}://{host}", origin.scheme())) else { return false };
    matches!(origin.scheme(), "http" | "https") && here.origin() == origin.origin()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(named: &[(&str, &str)], public_url: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in named {
            headers.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        let public_url = public_url.map(|url| Url::parse(url).unwrap());
        check(&headers, public_url.as_ref()).is_ok()
    }

    #[test]
    fn only_our_own_page_may() {
        let host = ("host", "127.0.0.1:8010");
        assert!(allowed(&[host, ("sec-fetch-site", "same-origin")], None));
        for site in ["cross-site", "same-site", "none", ""] {
            let own = ("origin", "http://127.0.0.1:8010");
            assert!(!allowed(&[host, ("sec-fetch-site", site), own, ("x-plumbline", "1")], None), "{site}");
        }
        assert!(allowed(&[host, ("origin", "http://127.0.0.1:8010")], None));
        for origin in [
            "http://127.0.0.1:8020",
            "http://evil.example",
            "null",
            "",
            "https://127.0.0.1:8010.evil.example",
        ] {
            assert!(!allowed(&[host, ("origin", origin), ("x-plumbline", "1")], None), "{origin}");
        }
        assert!(!allowed(&[host], None), "who says nothing may be anybody");
        assert!(allowed(&[host, ("x-plumbline", "1")], None));
    }

    #[test]
    fn only_a_line_that_others_read_is_open() {
        let open = |origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            is_open_line(&headers)
        };
        for private in [
            "https://plumb.example",
            "http://127.0.0.1:8010",
            "http://[::1]:8010",
            "http://localhost:8010",
            "null",
        ] {
            assert!(!open(private), "{private}");
        }
        for read in ["http://192.168.1.5:8010", "http://plumb.example", "http://localhost.example"] {
            assert!(open(read), "{read}");
        }
        assert!(!is_open_line(&HeaderMap::new()), "no browser");
    }

    #[test]
    fn what_the_world_calls_us_is_ours_too() {
        let world = Some("https://plumb.example/base");
        assert!(allowed(&[("host", "inside:8010"), ("origin", "https://plumb.example")], world));
        assert!(!allowed(&[("host", "inside:8010"), ("origin", "http://plumb.example")], world));
        assert!(allowed(&[("host", "plumb.example"), ("origin", "https://plumb.example:443")], None));
    }
}
