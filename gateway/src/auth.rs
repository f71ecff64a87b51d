//! Who may speak on the link: whoever bears its secret. Says nothing about roles of people.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use crate::{a2a::AgentState, error::Problem, source::Believed};

/// Lets through only what bears the agent's secret.
pub(crate) async fn bearer(State(state): State<AgentState>, request: Request, next: Next) -> Response {
    match check(request.headers(), &state.agent.secret) {
        Ok(()) => {
            let mut response = next.run(request).await;
            response.extensions_mut().insert(Believed);
            response
        }
        Err(problem) => problem.into_response(),
    }
}

fn check(headers: &HeaderMap, secret: &SecretString) -> Result<(), Problem> {
    let unauthorized = |code, detail: &str| Problem::new(StatusCode::UNAUTHORIZED, code, detail);
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        let detail = "send the link's secret as `Authorization: Bearer ...` (AGENT_LINK_SECRET)";
        return Err(unauthorized("unauthorized", detail));
    };
    let given = value.to_str().ok().and_then(|text| text.split_once(' '));
    let token = match given {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => {
            return Err(unauthorized(
                "unauthorized",
                "the Authorization header must be `Bearer` and a secret",
            ));
        }
    };
    // An empty secret would let everybody in.
    let expected = secret.expose_secret();
    if !expected.is_empty() && bool::from(token.as_bytes().ct_eq(expected.as_bytes())) {
        return Ok(());
    }
    let detail = "the bearer secret is not this agent's: AGENT_LINK_SECRET must be the same on both sides";
    Err(unauthorized("wrong_secret", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(header: Option<&[u8]>, secret: &str) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert(header::AUTHORIZATION, value.try_into().unwrap());
        }
        check(&headers, &secret.into()).is_ok()
    }

    #[test]
    fn only_the_whole_secret_opens() {
        assert!(given(Some(b"Bearer s3cret"), "s3cret"));
        assert!(given(Some(b"bearer  s3cret "), "s3cret"));
        for header in
            [&b"Bearer s3cre"[..], b"Bearer s3cret2", b"Bearer ", b"Basic s3cret", b"s3cret", b"Bearer \xff"]
        {
            assert!(!given(Some(header), "s3cret"), "{header:?}");
        }
        assert!(!given(None, "s3cret"));
        assert!(!given(Some(b"Bearer "), ""));
    }
}
