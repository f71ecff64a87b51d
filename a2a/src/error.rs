//! The protocol's errors: one kind, three renderings (JSON-RPC code, HTTP status, AIP-193 status). Never holds the
//! inner workings of a fault: what stands here is told to strangers.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Section 5.4 of the specification, the codes of JSON-RPC 2.0, and one of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    TaskNotFound,
    TaskNotCancelable,
    PushNotificationNotSupported,
    UnsupportedOperation,
    ContentTypeNotSupported,
    InvalidAgentResponse,
    ExtendedCardNotConfigured,
    ExtensionSupportRequired,
    VersionNotSupported,
    ParseError,
    InvalidRequest,
    MethodNotFound,
    InvalidParams,
    Internal,
    /// The same job with other data. The protocol has no word for it; the code is in the room that JSON-RPC leaves to
    /// applications.
    Conflict,
    /// Overload or a database that is away: the same request may succeed later.
    Unavailable,
}

/// The domain of the protocol's own reasons.
const PROTOCOL: &str = "a2a-protocol.org";
const HOUSE: &str = "plumbline";
const ERROR_INFO: &str = "type.googleapis.com/google.rpc.ErrorInfo";
const BAD_REQUEST: &str = "type.googleapis.com/google.rpc.BadRequest";

impl ErrorKind {
    pub const ALL: [Self; 16] = [
        Self::TaskNotFound,
        Self::TaskNotCancelable,
        Self::PushNotificationNotSupported,
        Self::UnsupportedOperation,
        Self::ContentTypeNotSupported,
        Self::InvalidAgentResponse,
        Self::ExtendedCardNotConfigured,
        Self::ExtensionSupportRequired,
        Self::VersionNotSupported,
        Self::ParseError,
        Self::InvalidRequest,
        Self::MethodNotFound,
        Self::InvalidParams,
        Self::Internal,
        Self::Conflict,
        Self::Unavailable,
    ];

    /// JSON-RPC code, HTTP status, AIP-193 status, reason.
    const fn row(self) -> (i64, u16, &'static str, &'static str) {
        match self {
            Self::TaskNotFound => (-32001, 404, "NOT_FOUND", "TASK_NOT_FOUND"),
            Self::TaskNotCancelable => (-32002, 400, "FAILED_PRECONDITION", "TASK_NOT_CANCELABLE"),
            Self::PushNotificationNotSupported => {
                (-32003, 400, "FAILED_PRECONDITION", "PUSH_NOTIFICATION_NOT_SUPPORTED")
            }
            Self::UnsupportedOperation => (-32004, 400, "FAILED_PRECONDITION", "UNSUPPORTED_OPERATION"),
            Self::ContentTypeNotSupported => (-32005, 400, "INVALID_ARGUMENT", "CONTENT_TYPE_NOT_SUPPORTED"),
            Self::InvalidAgentResponse => (-32006, 500, "INTERNAL", "INVALID_AGENT_RESPONSE"),
            Self::ExtendedCardNotConfigured => {
                (-32007, 400, "FAILED_PRECONDITION", "EXTENDED_AGENT_CARD_NOT_CONFIGURED")
            }
            Self::ExtensionSupportRequired => {
                (-32008, 400, "FAILED_PRECONDITION", "EXTENSION_SUPPORT_REQUIRED")
            }
            Self::VersionNotSupported => (-32009, 400, "FAILED_PRECONDITION", "VERSION_NOT_SUPPORTED"),
            Self::ParseError => (-32700, 400, "INVALID_ARGUMENT", "PARSE_ERROR"),
            Self::InvalidRequest => (-32600, 400, "INVALID_ARGUMENT", "INVALID_REQUEST"),
            Self::MethodNotFound => (-32601, 404, "NOT_FOUND", "METHOD_NOT_FOUND"),
            Self::InvalidParams => (-32602, 400, "INVALID_ARGUMENT", "INVALID_PARAMS"),
            Self::Internal => (-32603, 500, "INTERNAL", "INTERNAL_ERROR"),
            Self::Conflict => (409, 409, "ALREADY_EXISTS", "JOB_CONFLICT"),
            Self::Unavailable => (503, 503, "UNAVAILABLE", "UNAVAILABLE"),
        }
    }

    #[must_use]
    pub const fn code(self) -> i64 {
        self.row().0
    }

    #[must_use]
    pub const fn http(self) -> u16 {
        self.row().1
    }

    #[must_use]
    pub const fn reason(self) -> &'static str {
        self.row().3
    }

    #[must_use]
    pub fn of_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    fn domain(self) -> &'static str {
        if matches!(self, Self::Conflict | Self::Unavailable) { HOUSE } else { PROTOCOL }
    }
}

/// One field that is wrong: where it is and what is expected there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldViolation {
    /// A path from the request's own root: `message.parts`.
    pub field: String,
    pub description: String,
}

/// An error as it is told to the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolError {
    pub kind: ErrorKind,
    pub message: String,
    pub fields: Vec<FieldViolation>,
}

impl ProtocolError {
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), fields: Vec::new() }
    }

    /// Wrong parameters, with the field that is wrong.
    #[must_use]
    pub fn field(field: impl Into<String>, description: impl Into<String>) -> Self {
        let violation = FieldViolation { field: field.into(), description: description.into() };
        let message = format!("{}: {}", violation.field, violation.description);
        Self { kind: ErrorKind::InvalidParams, message, fields: vec![violation] }
    }

    /// The typed details that both bindings carry.
    fn details(&self) -> Vec<Value> {
        let mut details = vec![json!({
            "@type": ERROR_INFO, "reason": self.kind.reason(), "domain": self.kind.domain(), "metadata": {}
        })];
        if !self.fields.is_empty() {
            details.push(json!({ "@type": BAD_REQUEST, "fieldViolations": self.fields }));
        }
        details
    }

    /// The error object of a JSON-RPC response.
    #[must_use]
    pub fn to_rpc(&self) -> crate::rpc::ErrorObject {
        crate::rpc::ErrorObject {
            code: self.kind.code(),
            message: self.message.clone(),
            data: Some(Value::Array(self.details())),
        }
    }

    /// The body of an HTTP+JSON answer, after AIP-193.
    #[must_use]
    pub fn to_http(&self) -> Value {
        let (_, status, name, _) = self.kind.row();
        json!({ "error": { "code": status, "status": name, "message": self.message, "details": self.details() } })
    }
}
