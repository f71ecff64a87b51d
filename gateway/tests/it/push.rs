//! The end of a job on its way back: the field agent's receiver, and the places that strangers register.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, http::HeaderMap, routing::post};
use channels::{
    channel::{Channel as _, Facts},
    link::{Subscribers, wire},
    transport::{self, Transport},
};
use domain::{
    address::{Address, ChannelName},
    clock::Millis,
    id::OutboxId,
    job::{JobNotice, Settlement, SettlementStatus},
    outbound::{Content, Outbound, SendOutcome},
};
use plumbline_gateway::StoredTargets;
use serde_json::{Value, json};

use crate::app::{self, NOW, from_stranger, job, on_each};

fn settlement() -> Settlement {
    Settlement {
        job_id: "JOB-1".into(),
        status: SettlementStatus::Completed,
        note: "goodwill".to_owned(),
        invoice_id: Some("RE-2025-0001".into()),
    }
}

#[tokio::test]
async fn a_push_is_stored_once() {
    on_each("push_once", |db| async move {
        let field = app::field(&db).await;
        let notice = JobNotice::Settled(settlement());
        let mut task = wire::settled_task(&settlement(), NOW);
        task.metadata = Some(wire::Envelope::new(&notice, &"office".into(), "out-9").metadata());
        let ours = json!({ "task": task });
        for _ in 0..2 {
            assert_eq!(field.post("/a2a/push", &ours).await.status, 204);
        }
        let arrivals = field.arrivals().await;
        assert_eq!(arrivals.len(), 1);
        let (channel, external, to, peer, told) = &arrivals[0];
        assert_eq!(
            [channel, external, to, peer].map(String::as_str),
            ["link:office", "out-9", "field", "office"]
        );
        assert_eq!(told, &notice);
    })
    .await;
}

#[tokio::test]
async fn a_foreign_offices_pushes_tell_the_end_once() {
    on_each("push_foreign", |db| async move {
        let field = app::field(&db).await;
        let (task, context) = ("0ab1", "JOB-1");
        let events = [
            json!({"task": {"id": task, "contextId": context, "status": {"state": "TASK_STATE_SUBMITTED"}}}),
            json!({"statusUpdate": {"taskId": task, "contextId": context, "status": {"state": "TASK_STATE_WORKING"}}}),
            json!({"artifactUpdate": {"taskId": task, "contextId": context, "lastChunk": true,
                "artifact": {"artifactId": "a", "parts": [{"data": settlement()}]}}}),
            json!({"statusUpdate": {"taskId": task, "contextId": context, "status": {"state": "TASK_STATE_COMPLETED"}}}),
            json!({"message": {"messageId": "m", "role": "ROLE_AGENT", "parts": [{"text": "hello"}]}}),
            json!({}),
        ];
        for event in &events {
            assert_eq!(field.post("/a2a/push", event).await.status, 204, "{event}");
        }
        let arrivals = field.arrivals().await;
        assert_eq!(arrivals.len(), 1);
        assert_eq!(arrivals[0].4, JobNotice::Settled(settlement()));
    })
    .await;
}

#[tokio::test]
async fn a_push_needs_the_secret_and_a_shape() {
    on_each("push_shape", |db| async move {
        let field = app::field(&db).await;
        let body = json!({"task": {"id": "JOB-1", "status": {"state": "TASK_STATE_COMPLETED"}}});
        let stranger = field.answer(field.request("POST", "/a2a/push").json(&body)).await;
        assert_eq!(stranger.status, 401);
        let wrong = field.answer(field.request("POST", "/a2a/push").bearer_auth("wrong").json(&body)).await;
        assert_eq!(wrong.json()["code"], "wrong_secret");
        let long = json!({"task": {"id": "x".repeat(201), "status": {"state": "TASK_STATE_COMPLETED"}}});
        for odd in [json!([]), json!({"task": 7}), json!({"task": {"id": 7}}), long] {
            let answer = field.post("/a2a/push", &odd).await;
            assert_eq!(
                (answer.status, answer.json()["code"].as_str()),
                (422, Some("malformed_json")),
                "{odd}"
            );
        }
        assert!(field.arrivals().await.is_empty());
        let office = app::office(&db).await;
        assert_eq!(office.post("/a2a/push", &body).await.status, 404, "the office is told nothing this way");
    })
    .await;
}

#[tokio::test]
async fn configs_are_kept_shown_without_secrets_and_deleted() {
    on_each("configs", |db| async move {
        let office = app::office(&db).await;
        let mut params = from_stranger("m-1", json!({"data": job("JOB-1")}));
        params["configuration"] = json!({"taskPushNotificationConfig": {"id": "c-1", "url": "http://127.0.0.1:9/a",
            "token": "tok", "authentication": {"scheme": "Bearer", "credentials": "sesame"}}});
        office.call("SendMessage", params).await;
        let second = json!({"taskId": "JOB-1", "url": "https://example.com/b"});
        let made = office.call("CreateTaskPushNotificationConfig", second).await["result"].clone();
        assert!(!made["id"].as_str().unwrap().is_empty(), "{made}");
        let name = json!({"taskId": "JOB-1", "id": "c-1"});
        let shown = office.call("GetTaskPushNotificationConfig", name.clone()).await["result"].clone();
        assert_eq!(shown, json!({"id": "c-1", "taskId": "JOB-1", "url": "http://127.0.0.1:9/a", "authentication": {"scheme": "Bearer"}}));
        let path = "/tasks/JOB-1/pushNotificationConfigs";
        assert_eq!(office.get(path).await.json()["configs"].as_array().unwrap().len(), 2);
        assert_eq!(office.get(&format!("{path}/c-1")).await.json(), shown);
        for _ in 0..2 {
            assert!(office.call("DeleteTaskPushNotificationConfig", name.clone()).await["error"].is_null());
        }
        assert_eq!(office.call("GetTaskPushNotificationConfig", name).await["error"]["code"], -32001);
        for n in 0..9 {
            let config = json!({"taskId": "JOB-1", "id": format!("n-{n}"), "url": "http://127.0.0.1:9/"});
            let answer = office.call("CreateTaskPushNotificationConfig", config).await;
            assert_eq!(answer["error"]["code"].as_i64(), (n >= 7).then_some(-32600), "{n}: {answer}");
        }
        for (config, code) in [
            (json!({"taskId": "JOB-1", "url": "http://169.254.169.254/"}), -32602),
            (json!({"taskId": "JOB-1", "id": "n-1", "url": "http://a/", "token": "a\nb"}), -32602),
            (json!({"taskId": "NONE", "url": "http://127.0.0.1:9/"}), -32001),
            (json!({"url": "http://127.0.0.1:9/"}), -32602),
        ] {
            let answer = office.call("CreateTaskPushNotificationConfig", config.clone()).await;
            assert_eq!(answer["error"]["code"], code, "{config}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_strangers_receiver_is_told_with_its_own_credentials() {
    on_each("told", |db| async move {
        let heard: Arc<Mutex<Vec<(HeaderMap, Value)>>> = Arc::default();
        let ear = Arc::clone(&heard);
        let hook = post(move |headers: HeaderMap, Json(body): Json<Value>| async move {
            ear.lock().unwrap().push((headers, body));
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", hook)).await.unwrap() });

        let office = app::office(&db).await;
        let mut params = from_stranger("m-1", json!({"data": job("JOB-1")}));
        params["configuration"] = json!({"taskPushNotificationConfig":
            {"url": url, "authentication": {"scheme": "Bearer", "credentials": "sesame"}}});
        office.call("SendMessage", params).await;
        let config = transport::Config::default();
        let transport = Transport::new(transport::client(&config).unwrap(), &config);
        let channel =
            Subscribers::new("office".into(), Arc::new(StoredTargets::new(db.store.clone())), transport);
        let outbound = Outbound {
            id: OutboxId::from("out-1"),
            to: Address::new(ChannelName::link(Subscribers::PEER), "JOB-1"),
            conversation: "c".into(),
            content: Content::Job(JobNotice::Settled(settlement())),
            turn: None,
            speaker: String::new(),
            attempts: 0,
        };
        let outcome =
            channel.send(&outbound, &Facts { now: NOW, last_inbound: Millis(0), queued: Millis(0) }).await;
        assert_eq!(outcome, SendOutcome::Sent { external: "out-1".to_owned() });
        let heard = heard.lock().unwrap();
        let (headers, body) = &heard[0];
        assert_eq!(headers["authorization"], "Bearer sesame");
        assert_eq!(body["task"]["status"]["state"], "TASK_STATE_COMPLETED");
        assert_eq!(body["task"]["artifacts"][0]["parts"][0]["data"]["invoice_id"], "RE-2025-0001");
    })
    .await;
}
