//! The same JSON, written by one implementation and read by the other: ours against the official crate `a2a-lf`.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use a2a as official;
use plumbline_a2a as ours;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// What we write, the official crate reads; what it writes again, we read as the same value.
fn there_and_back<O, P>(mine: &O) -> P
where
    O: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    P: Serialize + DeserializeOwned,
{
    let written = serde_json::to_value(mine).unwrap();
    let theirs: P = serde_json::from_value(written.clone()).unwrap_or_else(|e| panic!("{e}: {written}"));
    let back = serde_json::to_value(&theirs).unwrap();
    let read: O = serde_json::from_value(back.clone()).unwrap_or_else(|e| panic!("{e}: {back}"));
    assert_eq!(&read, mine, "{back}");
    theirs
}

fn message() -> ours::Message {
    ours::Message {
        message_id: "m-1".to_owned(),
        context_id: Some("JOB-789-001".to_owned()),
        role: ours::Role::User,
        parts: vec![
            ours::Part::data(json!({"job_id": "JOB-789-001", "hours_worked": 1.5})),
            ours::Part::text("hello"),
        ],
        metadata: json!({"urn:x": {"notice": "reported"}}).as_object().cloned(),
        extensions: vec!["urn:x".to_owned()],
        reference_task_ids: vec!["t-0".to_owned()],
        ..ours::Message::default()
    }
}

fn task(state: ours::TaskState) -> ours::Task {
    ours::Task {
        id: "JOB-789-001".to_owned(),
        context_id: Some("JOB-789-001".to_owned()),
        status: ours::TaskStatus {
            state,
            message: Some(ours::Message { role: ours::Role::Agent, ..message() }),
            timestamp: Some("2026-11-20T10:00:00Z".to_owned()),
        },
        artifacts: vec![ours::Artifact {
            artifact_id: "settlement".to_owned(),
            name: Some("Settlement".to_owned()),
            parts: vec![ours::Part::data(json!({"status": "completed"}))],
            ..ours::Artifact::default()
        }],
        history: vec![message()],
        metadata: None,
    }
}

#[test]
fn a_message_is_the_same_on_both_sides() {
    let request = ours::request::SendMessage {
        message: Some(message()),
        configuration: Some(ours::request::SendConfiguration {
            accepted_output_modes: vec!["application/json".to_owned()],
            task_push_notification_config: Some(ours::push::PushConfig {
                id: Some("c".to_owned()),
                url: "http://127.0.0.1:1/a2a/push".to_owned(),
                token: Some("t".to_owned()),
                authentication: Some(ours::push::Authentication {
                    scheme: "Bearer".to_owned(),
                    credentials: Some("s".to_owned()),
                }),
                task_id: Some("t-1".to_owned()),
            }),
            history_length: Some(0),
            return_immediately: true,
        }),
        metadata: None,
    };
    let theirs: official::SendMessageRequest = there_and_back(&request);
    assert_eq!(theirs.message.message_id, "m-1");
    assert_eq!(theirs.message.parts.len(), 2);
    let configuration = theirs.configuration.unwrap();
    assert_eq!(configuration.return_immediately, Some(true));
    assert_eq!(configuration.task_push_notification_config.unwrap().authentication.unwrap().scheme, "Bearer");
}

#[test]
fn a_task_in_each_state_is_the_same_on_both_sides() {
    use ours::TaskState::*;
    for state in [Submitted, Working, Completed, Failed, Canceled, InputRequired, Rejected, AuthRequired] {
        let terminal = state.is_terminal();
        let theirs: official::Task = there_and_back(&task(state));
        assert_eq!(theirs.status.state.is_terminal(), terminal);
    }
    let pushed = ours::stream::StreamResponse {
        task: Some(task(Completed)),
        ..ours::stream::StreamResponse::default()
    };
    let theirs: official::StreamResponse = there_and_back(&pushed);
    assert!(matches!(theirs, official::StreamResponse::Task(_)));
    let listed = ours::request::ListTasksResponse {
        tasks: vec![task(Working)],
        next_page_token: String::new(),
        page_size: 50,
        total_size: 1,
    };
    let theirs: official::ListTasksResponse = there_and_back(&listed);
    assert_eq!(theirs.next_page_token, "");
}

#[test]
fn a_card_is_the_same_on_both_sides() {
    use ours::card::*;
    let card = AgentCard {
        name: "Office".to_owned(),
        description: "Bills jobs".to_owned(),
        supported_interfaces: vec![Interface {
            url: "http://127.0.0.1:8001/".to_owned(),
            protocol_binding: JSONRPC.to_owned(),
            protocol_version: ours::VERSION.to_owned(),
        }],
        version: "0.1.0".to_owned(),
        capabilities: Capabilities { push_notifications: true, ..Capabilities::default() },
        security_schemes: [(
            "link".to_owned(),
            SecurityScheme {
                http_auth_security_scheme: Some(HttpAuth {
                    scheme: "Bearer".to_owned(),
                    description: "d".to_owned(),
                }),
            },
        )]
        .into(),
        security_requirements: vec![SecurityRequirement {
            schemes: [("link".to_owned(), Scopes::default())].into(),
        }],
        default_input_modes: vec!["application/json".to_owned()],
        default_output_modes: vec!["application/json".to_owned()],
        skills: vec![Skill {
            id: "bill".to_owned(),
            name: "Bill a job".to_owned(),
            description: "d".to_owned(),
            tags: vec!["billing".to_owned()],
            examples: vec![],
        }],
        provider: None,
    };
    let theirs: official::AgentCard = there_and_back(&card);
    assert_eq!(theirs.supported_interfaces[0].protocol_version, "1.0");
    assert!(theirs.security_schemes.unwrap().contains_key("link"));
}

#[test]
fn every_error_has_the_official_code_and_reason() {
    let ours_alone = [ours::ErrorKind::Conflict, ours::ErrorKind::Unavailable];
    for kind in ours::ErrorKind::ALL.into_iter().filter(|kind| !ours_alone.contains(kind)) {
        let code =
            official::errors::reason_to_error_code(kind.reason()).unwrap_or_else(|| panic!("{kind:?}"));
        assert_eq!(i64::from(code), kind.code(), "{kind:?}");
        assert_eq!(ours::ErrorKind::of_code(kind.code()), Some(kind));
        let written = serde_json::to_value(ours::ProtocolError::new(kind, "why").to_rpc()).unwrap();
        let theirs: official::JsonRpcError = serde_json::from_value(written).unwrap();
        assert_eq!(theirs.data.unwrap()[0]["reason"], kind.reason());
    }
}

#[test]
fn what_the_official_crate_refuses_is_still_read() {
    let odd = json!({
        "id": "t", "kind": "task", "future": {"x": 1}, "history": null, "artifacts": null,
        "status": {"state": "TASK_STATE_DREAMING", "timestamp": ""}
    });
    assert!(serde_json::from_value::<official::Task>(odd.clone()).is_err());
    let read: ours::Task = serde_json::from_value(odd).unwrap();
    assert_eq!(read.status.state, ours::TaskState::Unknown("TASK_STATE_DREAMING".to_owned()));
    assert_eq!((read.context_id, read.status.timestamp), (None, None));
    let snake: ours::Message =
        serde_json::from_value(json!({"message_id": "m", "role": 1, "parts": null})).unwrap();
    assert_eq!((snake.message_id.as_str(), &snake.role), ("m", &ours::Role::User));
    let empty: ours::request::SendMessage =
        serde_json::from_value(Value::Object(serde_json::Map::new())).unwrap();
    assert_eq!(empty, ours::request::SendMessage::default());
}
