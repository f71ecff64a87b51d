//! A2A clients that are no agents of this house: free text, JSON in text, contexts of their own, the wrong agent.

use serde_json::{Value, json};

use crate::app::{self, App, from_stranger, job, on_each, with};

/// The task of a message that was not taken: rejected, and what it says.
async fn rejected(app: &App, params: Value) -> String {
    let answer = app.call("SendMessage", params).await;
    let task = &answer["result"]["task"];
    assert_eq!(task["status"]["state"], "TASK_STATE_REJECTED", "{answer}");
    assert!(!task["id"].as_str().unwrap().is_empty());
    task["status"]["message"]["parts"][0]["text"].as_str().unwrap().to_owned()
}

fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {answer}"))
}

#[tokio::test]
async fn free_text_is_told_what_is_expected() {
    on_each("free_text", |db| async move {
        let office = app::office(&db).await;
        let says =
            rejected(&office, from_stranger("m-1", json!({"text": "please bill the Meier job"}))).await;
        assert!(says.contains("JSON") && says.contains("\"job_id\""), "{says}");
        let faulty = with(job("JOB-1"), "hours_worked", json!("two"));
        let says = rejected(&office, from_stranger("m-2", json!({"data": faulty}))).await;
        assert!(says.contains("message.parts[0].data.hours_worked must be a number"), "{says}");
        assert!(office.arrivals().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_job_in_text_is_taken_and_its_messages_ids_are_good_within_the_job() {
    on_each("text_job", |db| async move {
        let office = app::office(&db).await;
        for id in ["JOB-1", "JOB-2", "JOB-1"] {
            let text = format!("```json\n{}\n```", job(id));
            let answer = office.call("SendMessage", from_stranger("1", json!({"text": text}))).await;
            assert_eq!(answer["result"]["task"]["id"], id, "{answer}");
        }
        let arrivals = office.arrivals().await;
        let told: Vec<_> =
            arrivals.iter().map(|row| (row.0.as_str(), row.1.as_str(), row.3.as_str())).collect();
        assert_eq!(told, [("link:a2a", "JOB-1/1", "a2a"), ("link:a2a", "JOB-2/1", "a2a")]);
    })
    .await;
}

#[tokio::test]
async fn a_callers_own_context_is_kept() {
    on_each("context", |db| async move {
        let office = app::office(&db).await;
        for id in ["JOB-1", "JOB-2"] {
            let mut params = from_stranger(id, json!({"data": job(id)}));
            params["message"]["contextId"] = json!("session-7");
            let answer = office.call("SendMessage", params).await;
            assert_eq!(answer["result"]["task"]["contextId"], "session-7", "{answer}");
        }
        let listed = office.call("ListTasks", json!({"contextId": "session-7"})).await;
        assert_eq!(listed["result"]["totalSize"], 2);
        let listed = office.call("ListTasks", json!({"contextId": "JOB-2"})).await;
        assert_eq!(listed["result"]["tasks"][0]["contextId"], "session-7");
        let wrong = json!({"message": {"messageId": "x", "role": "ROLE_USER", "taskId": "JOB-1",
            "contextId": "session-8", "parts": [{"data": job("JOB-1")}]}});
        assert_eq!(code(&office.call("SendMessage", wrong).await), -32602);
    })
    .await;
}

#[tokio::test]
async fn a_message_that_continues_a_task_corrects_its_job() {
    on_each("continue", |db| async move {
        let office = app::office(&db).await;
        office.call("SendMessage", from_stranger("m-1", json!({"data": job("JOB-1")}))).await;
        let continued = |message: &str, task: &str, part: Value| {
            json!({"message": {"messageId": message, "role": "ROLE_USER", "taskId": task, "parts": [part]}})
        };
        let two = with(job("JOB-1"), "hours_worked", json!(2));
        let answer = office.call("SendMessage", continued("m-2", "JOB-1", json!({"data": two}))).await;
        assert_eq!(answer["result"]["task"]["id"], "JOB-1", "{answer}");
        assert_eq!(office.job("JOB-1").await.unwrap().revision, 2);
        let cases = [
            (continued("m-3", "JOB-9", json!({"data": job("JOB-9")})), -32001),
            (continued("m-4", "JOB-1", json!({"data": job("JOB-2")})), -32602),
            (continued("m-5", "JOB-1", json!({"text": "make it three hours"})), -32602),
        ];
        for (params, expected) in cases {
            assert_eq!(code(&office.call("SendMessage", params).await), expected);
        }
        office.call("CancelTask", json!({"id": "JOB-1"})).await;
        let late = continued("m-6", "JOB-1", json!({"data": job("JOB-1")}));
        assert_eq!(code(&office.call("SendMessage", late).await), -32004);
    })
    .await;
}

#[tokio::test]
async fn a_message_that_breaks_the_protocols_rules_is_told_where() {
    on_each("rules", |db| async move {
        let office = app::office(&db).await;
        let message = |message: Value| json!({ "message": message });
        let part = json!([{"data": job("JOB-1")}]);
        let cases = [
            (json!({}), "message"),
            (json!({"message": null}), "message"),
            (json!({"message": 7}), "message"),
            (message(json!({"role": "ROLE_USER", "parts": part})), "message.messageId"),
            (message(json!({"messageId": 7, "role": "ROLE_USER", "parts": part})), "message.messageId"),
            (
                message(json!({"messageId": "x".repeat(201), "role": "ROLE_USER", "parts": part})),
                "message.messageId",
            ),
            (
                message(json!({"messageId": "m\u{0}", "role": "ROLE_USER", "parts": part})),
                "message.messageId",
            ),
            (message(json!({"messageId": "m", "role": "ROLE_AGENT", "parts": part})), "message.role"),
            (message(json!({"messageId": "m", "role": "ROLE_USER", "parts": []})), "message.parts"),
            (message(json!({"messageId": "m", "role": "ROLE_USER", "parts": [{}]})), "message.parts[0]"),
            (
                message(json!({"messageId": "m", "role": "ROLE_USER", "parts": [{"text": "a", "data": 1}]})),
                "message.parts[0]",
            ),
            (
                message(json!({"messageId": "m", "role": "ROLE_USER", "parts": [{"text": 7}]})),
                "message.parts[0].text",
            ),
        ];
        for (params, field) in cases {
            let answer = office.call("SendMessage", params.clone()).await;
            assert_eq!(code(&answer), -32602, "{params}");
            assert_eq!(
                answer["error"]["data"][1]["fieldViolations"][0]["field"], field,
                "{params}: {answer}"
            );
        }
        assert!(office.arrivals().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_field_agent_refuses_tasks_politely() {
    on_each("field_refuses", |db| async move {
        let field = app::field(&db).await;
        let says = rejected(&field, from_stranger("m-1", json!({"data": job("JOB-1")}))).await;
        assert!(says.contains("office"), "{says}");
        assert_eq!(code(&field.call("GetTask", json!({"id": "JOB-1"})).await), -32001);
        assert_eq!(code(&field.call("CancelTask", json!({"id": "JOB-1"})).await), -32001);
        assert_eq!(field.call("ListTasks", json!({})).await["result"]["totalSize"], 0);
        let config = json!({"taskId": "JOB-1", "url": "http://127.0.0.1:1/"});
        assert_eq!(code(&field.call("CreateTaskPushNotificationConfig", config).await), -32003);
        assert_eq!(field.post("/process_job", &job("JOB-1")).await.status, 404);
        let card = field.get("/.well-known/agent-card.json").await.json();
        assert_eq!(card["capabilities"]["pushNotifications"], false);
        assert!(card["skills"][0]["description"].as_str().unwrap().contains("Takes no tasks"), "{card}");
    })
    .await;
}
