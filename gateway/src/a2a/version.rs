//! Which version of the protocol a caller speaks. Only 1.0 is spoken here; a patch number does not count.

use a2a::{ErrorKind, ProtocolError, VERSION, VERSION_HEADER};
use axum::{extract::Request, http::HeaderMap, middleware::Next, response::Response};

/// What the caller asked for, for the handlers to refuse in their own binding's form.
#[derive(Clone)]
pub(crate) struct Asked(Result<(), ProtocolError>);

impl Asked {
    pub(crate) fn accepted(&self) -> Result<(), ProtocolError> {
        self.0.clone()
    }
}

pub(crate) async fn check(mut request: Request, next: Next) -> Response {
    let asked = Asked(judge(request.headers(), request.uri().query()));
    request.extensions_mut().insert(asked);
    next.run(request).await
}

/// An empty value stands for 0.3. Without any, the names of methods and routes tell the versions apart, so a caller
/// who leaves the header out is served.
fn judge(headers: &HeaderMap, query: Option<&str>) -> Result<(), ProtocolError> {
    let named = headers.get(VERSION_HEADER).map(|value| value.to_str().unwrap_or("?"));
    let in_query = || {
        let pairs = query?.split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(VERSION_HEADER)).map(|(_, value)| value)
    };
    match named.or_else(in_query) {
        None => Ok(()),
        Some(version) if is_ours(version.trim()) => Ok(()),
        Some("") => Err(refusal("0.3 (an empty A2A-Version)")),
        Some(version) => Err(refusal(&version.chars().take(20).collect::<String>())),
    }
}

fn is_ours(version: &str) -> bool {
    let patch = version.strip_prefix(VERSION);
    patch.is_some_and(|rest| {
        rest.is_empty()
            || rest.strip_prefix('.').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    })
}

pub(super) fn refusal(version: &str) -> ProtocolError {
    let message = format!("A2A {version} is not spoken here: this agent speaks {VERSION}");
    ProtocolError::new(ErrorKind::VersionNotSupported, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(header: Option<&str>, query: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(VERSION_HEADER, header.parse().unwrap());
        }
        judge(&headers, query).is_ok()
    }

    #[test]
    fn one_point_nought_by_any_patch_and_nothing_else() {
        for version in ["1.0", "1.0.1", " 1.0 "] {
            assert!(served(Some(version), None), "{version}");
        }
        for version in ["", "0.3", "1", "1.1", "1.00", "1.0.", "1.0.x", "2.0", "x"] {
            assert!(!served(Some(version), None), "{version}");
        }
        assert!(served(None, None));
        assert!(served(None, Some("pageSize=1&A2A-Version=1.0")));
        assert!(!served(None, Some("A2A-Version=0.3")));
        assert!(served(Some("1.0"), Some("A2A-Version=0.3")), "the header counts first");
    }
}
