//! JSON-RPC 2.0 as far as A2A uses it: one request, one response. Batches and notifications are refused.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    error::{ErrorKind, ProtocolError},
    method::Method,
    read::or_default,
};

/// A request that keeps the rules of JSON-RPC; its parameters are not looked at yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// A text or a number.
    pub id: Value,
    pub method: String,
    pub params: Map<String, Value>,
}

/// A request that breaks the rules, with the id to answer under: null where it cannot be known.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub id: Value,
    pub error: ProtocolError,
}

impl Request {
    /// Reads one request.
    ///
    /// # Errors
    /// [`Refused`], for the answer.
    pub fn read(body: &[u8]) -> Result<Self, Refused> {
        let refused =
            |id: &Value, kind, why: String| Refused { id: id.clone(), error: ProtocolError::new(kind, why) };
        let value: Value = serde_json::from_slice(body).map_err(|error| {
            refused(&Value::Null, ErrorKind::ParseError, format!("the body is not JSON: {error}"))
        })?;
        let invalid = |id: &Value, why: &str| refused(id, ErrorKind::InvalidRequest, why.to_owned());
        let mut fields = match value {
            Value::Object(fields) => fields,
            Value::Array(_) => {
                return Err(invalid(&Value::Null, "batches are not supported: send one request object"));
            }
            _ => return Err(invalid(&Value::Null, "the body must be a JSON-RPC request object")),
        };
        let id = match fields.remove("id") {
            Some(id @ (Value::String(_) | Value::Number(_))) => id,
            Some(Value::Null) | None => {
                return Err(invalid(
                    &Value::Null,
                    "id is missing: every A2A method has an answer, so notifications are refused",
                ));
            }
            Some(_) => return Err(invalid(&Value::Null, "id must be a text or a number")),
        };
        if fields.get("jsonrpc") != Some(&json!("2.0")) {
            return Err(invalid(&id, "jsonrpc must be exactly \"2.0\""));
        }
        let method = match fields.remove("method") {
            Some(Value::String(method)) if !method.is_empty() => method,
            _ => return Err(invalid(&id, "method is missing or no text")),
        };
        match fields.remove("params") {
            Some(Value::Object(params)) => Ok(Self { id, method, params }),
            Some(Value::Null) | None => Ok(Self { id, method, params: Map::new() }),
            Some(_) => Err(refused(&id, ErrorKind::InvalidParams, "params must be an object".to_owned())),
        }
    }
}

/// The body of a call of `method`.
#[must_use]
pub fn call(id: &str, method: Method, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method.as_str(), "params": params })
}

/// The body of an answer.
#[must_use]
pub fn answer(id: &Value, outcome: Result<Value, ProtocolError>) -> Value {
    match outcome {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error.to_rpc() }),
    }
}

/// A response as it came: a result or an error, by the rules exactly one of them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Response {
    pub result: Option<Value>,
    pub error: Option<ErrorObject>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ErrorObject {
    #[serde(deserialize_with = "or_default")]
    pub code: i64,
    #[serde(deserialize_with = "or_default")]
    pub message: String,
    /// Typed details; some servers put other things here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

#[cfg(test)]
#[path = "rpc_tests.rs"]
mod tests;
