//! A job's life over both doors of the office: taken in once, corrected, withdrawn, asked for, listed.

use domain::{id::JobId, job::JobNotice};
use serde_json::{Value, json};
use store::office::job as table;

use crate::app::{self, App, from_field, from_stranger, job, on_each, with};

fn task(answer: &Value) -> &Value {
    assert!(answer["error"].is_null(), "{answer}");
    &answer["result"]["task"]
}

fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {answer}"))
}

async fn close(app: &App, id: &'static str, reason: &'static str) {
    app.gateway
        .store
        .write(move |tx| Box::pin(async move { table::reject(tx, &JobId::from(id), reason, app::NOW).await }))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_reported_job_is_taken_once_however_often_it_is_told() {
    on_each("once", |db| async move {
        let office = app::office(&db).await;
        let message = from_field("out-1", "reported", &job("JOB-789-001"));
        let first = office.call("SendMessage", message.clone()).await;
        assert_eq!(task(&first)["id"], "JOB-789-001");
        assert_eq!(task(&first)["contextId"], "JOB-789-001");
        assert_eq!(task(&first)["status"]["state"], "TASK_STATE_WORKING");
        assert_eq!(office.rung(), 1);
        // The same message, the same job in another message, and the same job by the plain door.
        assert_eq!(office.call("SendMessage", message).await, first);
        let again = from_field("out-2", "reported", &job("JOB-789-001"));
        assert_eq!(office.call("SendMessage", again).await, first);
        let plain = office.post("/process_job", &job("JOB-789-001")).await;
        assert_eq!(
            (plain.status, plain.json()),
            (202, json!({"job_id": "JOB-789-001", "state": "received"}))
        );
        let arrivals = office.arrivals().await;
        assert_eq!(arrivals.len(), 1);
        let (channel, external, to, peer, notice) = &arrivals[0];
        let names = [channel, external, to, peer].map(String::as_str);
        assert_eq!(names, ["link:field", "out-1", "office", "field"]);
        assert!(
            matches!(notice, JobNotice::Reported { report } if report.work_done == "Repaired the sink pipe")
        );
        assert_eq!(office.job("JOB-789-001").await.unwrap().peer, Some("field".into()));
    })
    .await;
}

#[tokio::test]
async fn many_callers_at_once_make_one_job() {
    on_each("race", |db| async move {
        let office = app::office(&db).await;
        let (message, plain) = (from_field("out-1", "reported", &job("JOB-1")), job("JOB-1"));
        let calls = (0..16).map(|n| {
            let (office, message, plain) = (&office, message.clone(), plain.clone());
            async move {
                if n % 2 == 0 {
                    assert_eq!(task(&office.call("SendMessage", message).await)["id"], "JOB-1");
                } else {
                    assert_eq!(office.post("/process_job", &plain).await.status, 202);
                }
            }
        });
        futures::future::join_all(calls).await;
        assert_eq!(office.arrivals().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn other_data_under_the_same_id_is_a_conflict_on_both_doors() {
    on_each("conflict", |db| async move {
        let office = app::office(&db).await;
        office.call("SendMessage", from_field("out-1", "reported", &job("JOB-1"))).await;
        let other = with(job("JOB-1"), "hours_worked", json!(9));
        let refused = office.call("SendMessage", from_field("out-2", "reported", &other)).await;
        assert_eq!((code(&refused), &refused["error"]["data"][0]["reason"]), (409, &json!("JOB_CONFLICT")));
        let plain = office.post("/process_job", &other).await;
        assert_eq!((plain.status, plain.json()["code"].as_str()), (409, Some("job_conflict")));
        assert_eq!(plain.header("content-type"), "application/problem+json");
        assert_eq!(office.arrivals().await.len(), 1);
        assert_eq!(office.job("JOB-1").await.unwrap().report.hours_worked.to_string(), "1.5");
    })
    .await;
}

#[tokio::test]
async fn a_correction_replaces_an_open_job_and_an_old_report_does_not_come_back() {
    on_each("correct", |db| async move {
        let office = app::office(&db).await;
        let report = from_field("out-1", "reported", &job("JOB-1"));
        office.call("SendMessage", report.clone()).await;
        let two = with(job("JOB-1"), "hours_worked", json!(2));
        let correction = from_field("out-2", "corrected", &two);
        for _ in 0..2 {
            assert_eq!(task(&office.call("SendMessage", correction.clone()).await)["id"], "JOB-1");
        }
        // The first message's repeat is the first message: it changes nothing and is no conflict.
        assert_eq!(task(&office.call("SendMessage", report).await)["id"], "JOB-1");
        let stored = office.job("JOB-1").await.unwrap();
        assert_eq!((stored.revision, stored.report.hours_worked.to_string().as_str()), (2, "2"));
        let notices: Vec<_> = office.arrivals().await.into_iter().map(|row| row.4).collect();
        assert!(
            matches!(&notices[..], [JobNotice::Reported { .. }, JobNotice::Corrected { .. }]),
            "{notices:?}"
        );

        // A correction whose report never came is the report.
        let late = from_field("out-3", "corrected", &job("JOB-2"));
        assert_eq!(task(&office.call("SendMessage", late).await)["id"], "JOB-2");
        close(&office, "JOB-1", "double").await;
        let three = from_field("out-4", "corrected", &with(job("JOB-1"), "hours_worked", json!(3)));
        assert_eq!(code(&office.call("SendMessage", three).await), -32004);
    })
    .await;
}

#[tokio::test]
async fn a_withdrawal_is_good_until_the_job_is_closed() {
    on_each("withdraw", |db| async move {
        let office = app::office(&db).await;
        office.call("SendMessage", from_field("out-1", "reported", &job("JOB-1"))).await;
        let metadata = json!({channels::link::wire::EXTENSION:
            {"notice": "withdrawn", "from": "field", "id": "out-2", "reason": "wrong customer"}});
        let cancel = json!({"id": "JOB-1", "metadata": metadata});
        for _ in 0..2 {
            let answer = office.call("CancelTask", cancel.clone()).await;
            assert_eq!(answer["result"]["status"]["state"], "TASK_STATE_CANCELED", "{answer}");
            assert_eq!(answer["result"]["status"]["message"]["parts"][0]["text"], "wrong customer");
        }
        // Somebody else's second withdrawal finds the job closed, as the protocol wants it.
        assert_eq!(code(&office.call("CancelTask", json!({"id": "JOB-1"})).await), -32002);
        let arrivals = office.arrivals().await;
        assert_eq!(arrivals.len(), 2);
        assert!(matches!(&arrivals[1].4, JobNotice::Withdrawn { reason, .. } if reason == "wrong customer"));

        office.call("SendMessage", from_field("out-3", "reported", &job("JOB-2"))).await;
        close(&office, "JOB-2", "not ours").await;
        assert_eq!(code(&office.call("CancelTask", json!({"id": "JOB-2"})).await), -32002);
        assert_eq!(code(&office.call("CancelTask", json!({"id": "JOB-3"})).await), -32001);
        assert_eq!(code(&office.call("CancelTask", json!({})).await), -32602);
        let rejected = office.call("GetTask", json!({"id": "JOB-2"})).await;
        assert_eq!(rejected["result"]["status"]["state"], "TASK_STATE_REJECTED");
        assert_eq!(rejected["result"]["artifacts"][0]["parts"][0]["data"]["note"], "not ours");
    })
    .await;
}

#[tokio::test]
async fn a_plain_caller_hears_each_fault_by_its_path() {
    on_each("plain", |db| async move {
        let office = app::office(&db).await;
        let faulty = with(with(job("JOB-1"), "hours_worked", json!("two")), "customer_id", json!(789));
        let answer = office.post("/process_job", &faulty).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (422, Some("invalid_job")));
        let fields: Vec<_> =
            answer.json()["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
        assert_eq!(fields, ["customer_id", "hours_worked"]);
        for (body, code) in
            [("{", "malformed_json"), ("", "malformed_json"), ("[]", "invalid_job"), ("7", "invalid_job")]
        {
            let request = office.request("POST", "/process_job").bearer_auth(app::SECRET);
            let answer = office.answer(request.header("content-type", "application/json").body(body)).await;
            assert_eq!((answer.status, answer.json()["code"].as_str()), (422, Some(code)), "{body}");
        }
        // Doubts of business are the office agent's.
        let doubtful = with(with(job("JOB-2"), "hours_worked", json!(400)), "customer_id", json!("nobody"));
        assert_eq!(office.post("/process_job", &doubtful).await.status, 202);
        let arrivals = office.arrivals().await;
        let (channel, external, _, peer, _) = &arrivals[0];
        assert_eq!([channel, external, peer].map(String::as_str), ["link:", "job:JOB-2", ""]);
        assert_eq!(office.job("JOB-2").await.unwrap().peer, None);
    })
    .await;
}

#[tokio::test]
async fn tasks_are_listed_newest_change_first_page_by_page() {
    on_each("list", |db| async move {
        let office = app::office(&db).await;
        for n in 1..=5 {
            db.clock.advance(std::time::Duration::from_secs(1));
            let id = format!("JOB-{n}");
            office.call("SendMessage", from_field(&format!("out-{n}"), "reported", &job(&id))).await;
        }
        close(&office, "JOB-3", "no").await;
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let params = json!({"pageSize": 2, "pageToken": token, "status": "TASK_STATE_WORKING"});
            let page = office.call("ListTasks", params).await["result"].clone();
            assert_eq!((&page["totalSize"], &page["pageSize"]), (&json!(4), &json!(2)));
            seen.extend(page["tasks"].as_array().unwrap().iter().map(|task| task["id"].clone()));
            token = page["nextPageToken"].as_str().unwrap().to_owned();
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, ["JOB-5", "JOB-4", "JOB-2", "JOB-1"]);
        let all = office.call("ListTasks", json!({})).await["result"].clone();
        assert_eq!(
            (&all["totalSize"], &all["pageSize"], &all["nextPageToken"]),
            (&json!(5), &json!(50), &json!(""))
        );
        assert!(all["tasks"].as_array().unwrap().iter().all(|task| task.get("artifacts").is_none()));
        let rejected =
            json!({"status": "TASK_STATE_REJECTED", "includeArtifacts": true, "contextId": "JOB-3"});
        let rejected = office.call("ListTasks", rejected).await["result"].clone();
        assert_eq!(rejected["tasks"][0]["artifacts"][0]["artifactId"], "settlement");
        // JOB-4 came four seconds after the start.
        let since = json!({"statusTimestampAfter": "2025-11-20T12:00:04Z"});
        assert_eq!(office.call("ListTasks", since).await["result"]["totalSize"], 2);
        for (params, field) in [
            (json!({"pageSize": 0}), "pageSize"),
            (json!({"pageSize": 101}), "pageSize"),
            (json!({"pageToken": "junk"}), "pageToken"),
            (json!({"status": "DREAMING"}), "status"),
            (json!({"statusTimestampAfter": "yesterday"}), "statusTimestampAfter"),
            (json!({"historyLength": -1}), "historyLength"),
        ] {
            let refused = office.call("ListTasks", params).await;
            assert_eq!(code(&refused), -32602);
            assert_eq!(refused["error"]["data"][1]["fieldViolations"][0]["field"], field, "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_invoiced_job_is_completed_with_its_settlement() {
    on_each("invoiced", |db| async move {
        let office = app::office(&db).await;
        office.call("SendMessage", from_stranger("m", json!({"data": job("JOB-1")}))).await;
        app::invoice(&db, "JOB-1").await;
        let task = office.call("GetTask", json!({"id": "JOB-1"})).await["result"].clone();
        assert_eq!(task["status"]["state"], "TASK_STATE_COMPLETED");
        let data = &task["artifacts"][0]["parts"][0]["data"];
        assert_eq!((&data["status"], &data["job_id"]), (&json!("completed"), &json!("JOB-1")));
        assert_eq!(data["invoice_id"], "RE-2025-0001");
        assert_eq!(code(&office.call("CancelTask", json!({"id": "JOB-1"})).await), -32002);
    })
    .await;
}
