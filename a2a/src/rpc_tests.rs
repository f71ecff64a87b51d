//! What is no JSON-RPC request, and under which id it is answered.

use super::*;

fn refused(body: &str) -> (Value, ErrorKind) {
    let refused = Request::read(body.as_bytes()).expect_err(body);
    (refused.id, refused.error.kind)
}

#[test]
fn a_request_is_read() {
    let request =
        Request::read(br#"{"jsonrpc":"2.0","id":7,"method":"GetTask","params":{"id":"x"},"extra":1}"#)
            .unwrap();
    assert_eq!(request.id, json!(7));
    assert_eq!(request.method, "GetTask");
    assert_eq!(request.params["id"], "x");
    let bare = Request::read(br#"{"jsonrpc":"2.0","id":"a","method":"ListTasks"}"#).unwrap();
    assert!(bare.params.is_empty());
}

#[test]
fn every_breach_has_its_code_and_its_id() {
    use ErrorKind::{InvalidParams, InvalidRequest, ParseError};
    let cases = [
        ("", Value::Null, ParseError),
        ("{", Value::Null, ParseError),
        ("\u{feff}{}", Value::Null, ParseError),
        ("[]", Value::Null, InvalidRequest),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"GetTask"}]"#, Value::Null, InvalidRequest),
        ("7", Value::Null, InvalidRequest),
        ("null", Value::Null, InvalidRequest),
        (r#"{"jsonrpc":"2.0","method":"GetTask"}"#, Value::Null, InvalidRequest),
        (r#"{"jsonrpc":"2.0","id":null,"method":"GetTask"}"#, Value::Null, InvalidRequest),
        (r#"{"jsonrpc":"2.0","id":true,"method":"GetTask"}"#, Value::Null, InvalidRequest),
        (r#"{"jsonrpc":"2.0","id":{},"method":"GetTask"}"#, Value::Null, InvalidRequest),
        (r#"{"id":1,"method":"GetTask"}"#, json!(1), InvalidRequest),
        (r#"{"jsonrpc":2.0,"id":1,"method":"GetTask"}"#, json!(1), InvalidRequest),
        (r#"{"jsonrpc":"1.0","id":"a","method":"GetTask"}"#, json!("a"), InvalidRequest),
        (r#"{"jsonrpc":"2.0","id":1}"#, json!(1), InvalidRequest),
        (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, json!(1), InvalidRequest),
        (r#"{"jsonrpc":"2.0","id":1,"method":"GetTask","params":[1]}"#, json!(1), InvalidParams),
        (r#"{"jsonrpc":"2.0","id":1,"method":"GetTask","params":"x"}"#, json!(1), InvalidParams),
    ];
    for (body, id, kind) in cases {
        assert_eq!(refused(body), (id, kind), "{body}");
    }
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    let body = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(refused(&body), (Value::Null, ErrorKind::ParseError));
}
