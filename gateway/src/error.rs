//! What goes wrong, as a caller is told: `application/problem+json` (RFC 9457) with a stable `code`. Knows no route.
//! The A2A bindings have their own forms, in `a2a`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes;

/// One field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// A path from the body's root: `materials_used[0].quantity`; empty for the body itself.
    pub field: String,
    pub detail: String,
}

/// A refusal. `type` is left out, which RFC 9457 reads as `about:blank`: the code says it all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    #[serde(skip)]
    #[schema(ignore)]
    pub(crate) http: StatusCode,
    title: &'static str,
    status: u16,
    /// For programs; never changes its meaning.
    code: &'static str,
    /// For people.
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
}

impl Problem {
    pub(crate) fn new(http: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        debug_assert!(
            codes::known(code),
            "{code} is not in codes.rs, so nobody at the console has words for it"
        );
        let title = http.canonical_reason().unwrap_or("Error");
        Self { http, title, status: http.as_u16(), code, detail: detail.into(), errors: Vec::new() }
    }

    pub(crate) fn with_fields(mut self, errors: Vec<FieldProblem>) -> Self {
        self.errors = errors;
        self
    }

    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "malformed_json", detail)
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something broke on our side; it is in the log",
        )
    }

    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
    }
}

/// Logged here, once; the caller learns only whether to come back.
impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        if error.is_passing() {
            tracing::warn!(%error, "a request met a database that did not answer");
            return Self::unavailable("the database does not answer just now; try again");
        }
        tracing::error!(%error, "a request failed");
        Self::internal()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.http, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self.http {
            StatusCode::UNAUTHORIZED => {
                headers
                    .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"plumbline\""));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}
