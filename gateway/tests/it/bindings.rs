//! Both bindings and what stands before them: the secret, the version, the size, the card, broken requests.

use serde_json::{Value, json};

use crate::app::{self, SECRET, from_field, from_stranger, job, on_each};

#[tokio::test]
async fn without_the_secret_nothing_but_the_card_is_shown() {
    on_each("auth", |db| async move {
        let office = app::office(&db).await;
        let routes = [
            ("POST", "/"),
            ("POST", "/message:send"),
            ("POST", "/message:stream"),
            ("GET", "/tasks"),
            ("GET", "/tasks/JOB-1"),
            ("POST", "/tasks/JOB-1:cancel"),
            ("GET", "/tasks/JOB-1/pushNotificationConfigs"),
            ("GET", "/extendedAgentCard"),
            ("POST", "/process_job"),
        ];
        for (method, path) in routes {
            for (secret, code) in
                [(None, "unauthorized"), (Some("wrong"), "wrong_secret"), (Some(""), "unauthorized")]
            {
                let mut request = office.request(method, path).header("A2A-Version", "0.3");
                if let Some(secret) = secret {
                    request = request.bearer_auth(secret);
                }
                let answer = office.answer(request.json(&job("JOB-1"))).await;
                assert_eq!(
                    (answer.status, answer.json()["code"].as_str()),
                    (401, Some(code)),
                    "{method} {path}"
                );
                assert_eq!(answer.header("content-type"), "application/problem+json");
                assert!(answer.header("www-authenticate").starts_with("Bearer"));
                assert!(!answer.text.contains(SECRET));
            }
        }
        assert_eq!(office.answer(office.request("GET", "/.well-known/agent-card.json")).await.status, 200);
        assert!(office.job("JOB-1").await.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_card_is_cached_by_its_tag() {
    on_each("card", |db| async move {
        let office = app::office(&db).await;
        let first = office.answer(office.request("GET", "/.well-known/agent-card.json")).await;
        let card = first.json();
        assert_eq!(first.header("content-type"), "application/json");
        assert!(first.header("cache-control").contains("max-age="));
        assert_eq!(card["supportedInterfaces"][0]["protocolBinding"], "JSONRPC");
        assert_eq!(card["supportedInterfaces"][1]["protocolBinding"], "HTTP+JSON");
        assert_eq!(card["supportedInterfaces"][0]["protocolVersion"], "1.0");
        assert_eq!(card["supportedInterfaces"][0]["url"], format!("{}/", office.url));
        assert_eq!(
            (&card["capabilities"]["streaming"], &card["capabilities"]["pushNotifications"]),
            (&json!(false), &json!(true))
        );
        assert_eq!(card["securitySchemes"]["link"]["httpAuthSecurityScheme"]["scheme"], "Bearer");
        let tag = first.header("etag");
        for (given, status) in [
            (tag.to_owned(), 304),
            (format!("\"x\", W/{tag}"), 304),
            ("*".to_owned(), 304),
            ("\"x\"".to_owned(), 200),
        ] {
            let again = office.request("GET", "/.well-known/agent-card.json").header("if-none-match", &given);
            let again = office.answer(again).await;
            assert_eq!((again.status, again.header("etag")), (status, tag), "{given}");
        }
    })
    .await;
}

#[tokio::test]
async fn broken_requests_have_their_codes_and_never_a_500() {
    on_each("broken", |db| async move {
        let office = app::office(&db).await;
        let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
        let nested = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"SendMessage\",\"params\":{deep}}}");
        let cases: Vec<(Vec<u8>, i64, Value)> = vec![
            (b"".to_vec(), -32700, Value::Null),
            (b"{".to_vec(), -32700, Value::Null),
            (b"\xff\xfe".to_vec(), -32700, Value::Null),
            (deep.into_bytes(), -32700, Value::Null),
            (nested.into_bytes(), -32700, Value::Null),
            (b"[]".to_vec(), -32600, Value::Null),
            (b"\"x\"".to_vec(), -32600, Value::Null),
            (br#"{"jsonrpc":"2.0","method":"GetTask","params":{"id":"x"}}"#.to_vec(), -32600, Value::Null),
            (br#"{"jsonrpc":"2.0","id":[1],"method":"GetTask"}"#.to_vec(), -32600, Value::Null),
            (br#"{"jsonrpc":"1.0","id":1,"method":"GetTask"}"#.to_vec(), -32600, json!(1)),
            (br#"{"jsonrpc":"2.0","id":1,"method":"Nothing"}"#.to_vec(), -32601, json!(1)),
            (br#"{"jsonrpc":"2.0","id":1,"method":"message/send"}"#.to_vec(), -32009, json!(1)),
            (br#"{"jsonrpc":"2.0","id":1,"method":"GetTask","params":[]}"#.to_vec(), -32602, json!(1)),
            (br#"{"jsonrpc":"2.0","id":1,"method":"GetTask","params":{}}"#.to_vec(), -32602, json!(1)),
            (br#"{"jsonrpc":"2.0","id":1,"method":"GetTask","params":{"id":{}}}"#.to_vec(), -32602, json!(1)),
            (
                br#"{"jsonrpc":"2.0","id":1.5,"method":"GetTask","params":{"id":"x"}}"#.to_vec(),
                -32001,
                json!(1.5),
            ),
            (
                br#"{"jsonrpc":"2.0","id":"a","method":"SendStreamingMessage","params":{}}"#.to_vec(),
                -32004,
                json!("a"),
            ),
            (
                br#"{"jsonrpc":"2.0","id":"a","method":"SubscribeToTask","params":{"id":"x"}}"#.to_vec(),
                -32004,
                json!("a"),
            ),
            (br#"{"jsonrpc":"2.0","id":"a","method":"GetExtendedAgentCard"}"#.to_vec(), -32004, json!("a")),
        ];
        for (body, code, id) in cases {
            let shown = String::from_utf8_lossy(&body[..body.len().min(100)]).into_owned();
            let request =
                office.request("POST", "/").bearer_auth(SECRET).header("content-type", "application/json");
            let answer = office.answer(request.body(body)).await;
            let value = answer.json();
            assert_eq!(
                (answer.status, value["error"]["code"].as_i64(), &value["id"]),
                (200, Some(code), &id),
                "{shown}"
            );
            assert!(!value["error"]["message"].as_str().unwrap().is_empty());
            assert_eq!(value["error"]["data"][0]["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
        }
    })
    .await;
}

#[tokio::test]
async fn only_version_one_is_spoken_in_either_binding() {
    on_each("version", |db| async move {
        let office = app::office(&db).await;
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "ListTasks"});
        for (version, spoken) in [("1.0", true), ("1.0.1", true), ("0.3", false), ("", false), ("2.0", false)]
        {
            let rpc =
                office.request("POST", "/").bearer_auth(SECRET).header("A2A-Version", version).json(&body);
            let rpc = office.answer(rpc).await.json();
            assert_eq!(rpc["error"]["code"].as_i64(), (!spoken).then_some(-32009), "{version:?}");
            let http = office.request("GET", "/tasks").bearer_auth(SECRET).header("A2A-Version", version);
            let http = office.answer(http).await;
            assert_eq!(http.status, if spoken { 200 } else { 400 }, "{version:?}");
            if !spoken {
                assert_eq!(http.json()["error"]["details"][0]["reason"], "VERSION_NOT_SUPPORTED");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_http_binding_does_the_same_things() {
    on_each("http", |db| async move {
        let office = app::office(&db).await;
        let sent = office.post("/message:send", &from_stranger("m-1", json!({"data": job("JOB-1")}))).await;
        assert_eq!((sent.status, sent.header("content-type")), (200, "application/a2a+json"));
        assert_eq!(sent.json()["task"]["id"], "JOB-1");
        assert_eq!(
            office.get("/tasks/JOB-1?historyLength=0").await.json()["status"]["state"],
            "TASK_STATE_WORKING"
        );
        let listed =
            office.get("/tasks?pageSize=1&includeArtifacts=true&status=TASK_STATE_WORKING").await.json();
        assert_eq!((&listed["totalSize"], &listed["nextPageToken"]), (&json!(1), &json!("")));
        let cancelled =
            office.answer(office.request("POST", "/tasks/JOB-1:cancel").bearer_auth(SECRET)).await;
        assert_eq!(cancelled.json()["status"]["state"], "TASK_STATE_CANCELED", "{}", cancelled.text);
        let cases = [
            ("GET", "/tasks/NONE", 404, "TASK_NOT_FOUND"),
            ("GET", "/tasks/%00", 404, "TASK_NOT_FOUND"),
            ("POST", "/tasks/%00:cancel", 404, "TASK_NOT_FOUND"),
            ("GET", "/tasks?contextId=%00", 400, "INVALID_PARAMS"),
            ("GET", "/tasks?pageToken=1~%00", 400, "INVALID_PARAMS"),
            ("GET", "/tasks/JOB-1/pushNotificationConfigs/%00", 404, "TASK_NOT_FOUND"),
            ("GET", "/tasks?pageSize=many", 400, "INVALID_PARAMS"),
            ("GET", "/tasks?pageSize=1000", 400, "INVALID_PARAMS"),
            ("POST", "/tasks/JOB-1:cancel", 400, "TASK_NOT_CANCELABLE"),
            ("POST", "/tasks/JOB-1%3Acancel", 400, "TASK_NOT_CANCELABLE"),
            ("POST", "/tasks/JOB-1:subscribe", 400, "UNSUPPORTED_OPERATION"),
            ("GET", "/tasks/JOB-1:subscribe", 400, "UNSUPPORTED_OPERATION"),
            ("POST", "/tasks/JOB-1:dance", 404, "METHOD_NOT_FOUND"),
            ("POST", "/message:stream", 400, "UNSUPPORTED_OPERATION"),
            ("POST", "/message:send", 400, "INVALID_PARAMS"),
            ("GET", "/extendedAgentCard", 400, "UNSUPPORTED_OPERATION"),
            ("GET", "/tasks/NONE/pushNotificationConfigs", 404, "TASK_NOT_FOUND"),
        ];
        for (method, path, status, reason) in cases {
            let answer = office.answer(office.request(method, path).bearer_auth(SECRET)).await;
            assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
            let error = &answer.json()["error"];
            assert_eq!(
                (&error["code"], &error["details"][0]["reason"]),
                (&json!(status), &json!(reason)),
                "{path}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_size_the_type_and_the_route_are_checked() {
    on_each("size", |db| async move {
        let office = app::office(&db).await;
        let mut big = job("JOB-1");
        big["padding"] = json!("x".repeat((1 << 20) - big.to_string().len() - 13));
        assert_eq!(big.to_string().len(), 1 << 20);
        assert_eq!(office.post("/process_job", &big).await.status, 202, "exactly 1 MiB is taken");
        big["padding"] = json!("x".repeat(1 << 20));
        for path in ["/process_job", "/", "/message:send"] {
            let answer = office.post(path, &big).await;
            assert_eq!(
                (answer.status, answer.json()["code"].as_str()),
                (413, Some("payload_too_large")),
                "{path}"
            );
        }
        let typed = |kind: &str| {
            office.request("POST", "/").bearer_auth(SECRET).header("content-type", kind).body("{}")
        };
        assert_eq!(office.answer(typed("text/plain")).await.status, 415);
        assert_eq!(office.answer(typed("application/x-www-form-urlencoded")).await.status, 415);
        for kind in ["application/json; charset=utf-8", "application/a2a+json", "Application/JSON"] {
            assert_eq!(office.answer(typed(kind)).await.status, 200, "{kind}");
        }
        for (method, path, status, code) in [
            ("GET", "/nothing", 404, "not_found"),
            ("DELETE", "/", 405, "method_not_allowed"),
            ("PUT", "/process_job", 405, "method_not_allowed"),
        ] {
            let answer = office.answer(office.request(method, path).bearer_auth(SECRET)).await;
            assert_eq!(
                (answer.status, answer.json()["code"].as_str()),
                (status, Some(code)),
                "{method} {path}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn each_answer_bears_a_request_id() {
    on_each("request_id", |db| async move {
        let office = app::office(&db).await;
        let given = office.request("GET", "/tasks").bearer_auth(SECRET).header("x-request-id", "abc-1");
        assert_eq!(office.answer(given).await.header("x-request-id"), "abc-1");
        for odd in ["a b", "<script>", &"x".repeat(65)] {
            let own = office.answer(office.request("GET", "/tasks").header("x-request-id", odd)).await;
            assert_eq!((own.status, own.header("x-request-id").len()), (401, 36), "{odd}");
        }
        let sent = office.call("SendMessage", from_field("out-1", "reported", &job("JOB-1"))).await;
        assert!(sent["error"].is_null());
    })
    .await;
}
