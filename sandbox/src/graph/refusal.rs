//! A refused Graph API call and its error envelope.
//! It knows no rule: the places that check decide, this file only words and wraps.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::catalogue;

/// Why a call is refused, in Meta's envelope.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub http: u16,
    pub code: i64,
    pub message: String,
    pub details: Option<String>,
    pub subcode: Option<i64>,
    pub kind: &'static str,
    pub retry_after_s: Option<u64>,
    /// Title and text for people, on management calls. Boxed, since most refusals have none.
    pub user: Option<Box<(String, String)>>,
    pub transient: bool,
}

impl Refusal {
    /// A code with the title and details Meta gives it.
    pub(crate) fn code(code: i64) -> Self {
        let known = catalogue::lookup(code);
        Self {
            http: known.http,
            code,
            message: format!("(#{code}) {}", known.title),
            details: (!known.details.is_empty()).then(|| known.details.to_owned()),
            subcode: None,
            kind: "OAuthException",
            retry_after_s: None,
            user: None,
            transient: matches!(code, 1 | 2 | 131_000 | 131_016 | 131_057),
        }
    }

    /// 100 whose whole complaint stands in the message; such errors carry no `error_data`.
    pub(crate) fn invalid(complaint: impl AsRef<str>) -> Self {
        Self { message: format!("(#100) {}", complaint.as_ref()), details: None, ..Self::code(100) }
    }

    /// 100 with details in `error_data`.
    pub(crate) fn invalid_details(details: impl Into<String>) -> Self {
        Self::code(100).details(details)
    }

    /// 131009: the value of a parameter breaks a rule.
    pub(crate) fn value(details: impl Into<String>) -> Self {
        Self::code(131_009).details(details)
    }

    pub(crate) fn required(path: &str) -> Self {
        Self::invalid(format!("The parameter {path} is required."))
    }

    /// 100/33: no such node, or not visible to this token.
    pub(crate) fn no_object(id: &str, method: &str) -> Self {
        Self {
            message: format!(
                "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
                 permissions, or does not support this operation. Please read the Graph API documentation at \
                 https://developers.facebook.com/docs/graph-api",
                method.to_ascii_lowercase()
            ),
            subcode: Some(33),
            kind: "GraphMethodException",
            details: None,
            ..Self::code(100)
        }
    }

    pub(crate) fn token(subcode: Option<i64>, message: impl Into<String>) -> Self {
        Self { message: message.into(), details: None, subcode, ..Self::code(190) }
    }

    pub(crate) fn details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    pub(crate) fn http(mut self, http: u16) -> Self {
        self.http = http;
        self
    }

    pub(crate) fn subcode(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    pub(crate) fn user(mut self, title: &str, message: &str) -> Self {
        self.user = Some(Box::new((title.to_owned(), message.to_owned())));
        self
    }

    pub(crate) fn body(&self, trace_id: &str) -> Value {
        let mut error = json!({
            "message": self.message, "type": self.kind, "code": self.code, "fbtrace_id": trace_id,
        });
        if let Some(details) = &self.details {
            error["error_data"] = json!({ "messaging_product": "whatsapp", "details": details });
        }
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if let Some(user) = &self.user {
            error["error_user_title"] = json!(user.0);
            error["error_user_msg"] = json!(user.1);
        }
        if self.transient || self.user.is_some() {
            error["is_transient"] = json!(self.transient);
        }
        json!({ "error": error })
    }

    /// The HTTP answer; rate limits carry the headers that tell when to come back.
    pub(crate) fn respond(&self, trace_id: &str, waba_id: &str) -> Response {
        let status = StatusCode::from_u16(self.http).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = (status, Json(self.body(trace_id))).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("OAuth \"Facebook Platform\" \"invalid_token\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            let usage = json!({ waba_id: [{
                "type": "whatsapp", "call_count": 100, "total_cputime": 25, "total_time": 25,
                "estimated_time_to_regain_access": seconds.div_ceil(60),
            }] });
            if let Ok(value) = HeaderValue::from_str(&usage.to_string()) {
                headers.insert("X-Business-Use-Case-Usage", value);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn the_envelope_is_metas() {
        let body =
            Refusal::value("Button title length invalid. Min length: 1, Max length: 20").body("Atrace");
        assert_eq!(
            body.to_string(),
            r#"{"error":{"code":131009,"error_data":{"details":"Button title length invalid. Min length: 1, Max length: 20","messaging_product":"whatsapp"},"fbtrace_id":"Atrace","message":"(#131009) Parameter value is not valid","type":"OAuthException"}}"#
        );
        let gone = Refusal::no_object("42", "GET");
        assert_eq!((gone.http, gone.code, gone.subcode), (400, 100, Some(33)));
        assert!(gone.message.starts_with("Unsupported get request. Object with ID '42' does not exist,"));
    }
}
