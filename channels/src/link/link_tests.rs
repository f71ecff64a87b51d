//! The link against a peer on a real socket that answers as each test says: what is sent, and what each answer means.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, response::IntoResponse};
use domain::{
    address::Address,
    clock::Millis,
    id::OutboxId,
    job::{JobReport, Settlement, SettlementStatus},
};

use super::*;
use crate::transport::{self, Config};

const NOW: Millis = Millis(1_700_000_000_000);

type Answering = (u16, &'static str, String);

struct Seen {
    path: String,
    headers: HeaderMap,
    body: Value,
}

/// A peer that gives the answers in order, the last one again and again, and keeps what it was asked.
#[derive(Clone)]
struct Peer {
    url: Url,
    /// Status, `Retry-After`, body.
    answers: Arc<Mutex<Vec<Answering>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Peer {
    async fn start(answers: Vec<(u16, &'static str, Value)>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let mut answers: Vec<_> = answers.into_iter().map(|(s, h, body)| (s, h, body.to_string())).collect();
        answers.reverse();
        let peer = Self { url, answers: Arc::new(Mutex::new(answers)), seen: Arc::default() };
        let app = Router::new().fallback(answer).with_state(peer.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        peer
    }

    fn link(&self) -> Link {
        link(self.url.clone())
    }

    fn bodies(&self) -> Vec<Value> {
        self.seen.lock().unwrap().iter().map(|seen| seen.body.clone()).collect()
    }
}

async fn answer(
    State(peer): State<Peer>,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    peer.seen.lock().unwrap().push(Seen { path: uri.path().to_owned(), headers, body });
    let (status, retry_after, body) = {
        let mut answers = peer.answers.lock().unwrap();
        if answers.len() > 1 { answers.pop().unwrap() } else { answers.last().cloned().unwrap() }
    };
    if status == 0 {
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    let mut headers = HeaderMap::new();
    if !retry_after.is_empty() {
        headers.insert("retry-after", retry_after.parse().unwrap());
    }
    (StatusCode::from_u16(status).unwrap_or(StatusCode::OK), headers, body)
}

fn link(url: Url) -> Link {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Config { total_seconds: 1, ..Config::default() };
    let transport = Transport::new(transport::client(&config).unwrap(), &config);
    let own_url = Some(Url::parse("http://127.0.0.1:8002").unwrap());
    let ends = Ends { from: "field".into(), peer: "office".into(), url, own_url, secret: "s3cret".into() };
    Link::new(ends, transport)
}

fn report() -> JobReport {
    let value = json!({
        "job_id": "JOB-789-001", "technician": "Frank", "customer_id": "789", "work_done": "Repaired the sink pipe",
        "hours_worked": 1.5
    });
    report::read(&value, "").unwrap()
}

fn outbound(notice: JobNotice, attempts: u32) -> Outbound {
    Outbound {
        id: OutboxId::from("out-1"),
        to: Address::new(ChannelName::link("office"), "JOB-789-001"),
        conversation: "c".into(),
        content: Content::Job(notice),
        turn: None,
        speaker: String::new(),
        attempts,
    }
}

async fn send(link: &Link, notice: JobNotice, attempts: u32) -> SendOutcome {
    link.send(&outbound(notice, attempts), &Facts { now: NOW, last_inbound: Millis(0), queued: Millis(0) })
        .await
}

fn reported() -> JobNotice {
    JobNotice::Reported { report: report() }
}

fn withdrawn() -> JobNotice {
    JobNotice::Withdrawn { job_id: "JOB-789-001".into(), reason: "wrong customer".to_owned() }
}

fn task(id: &str, state: &str) -> Value {
    json!({"id": id, "contextId": "JOB-789-001", "status": {"state": state,
        "message": {"messageId": "m", "role": "ROLE_AGENT", "parts": [{"text": "not that one"}]}}})
}

fn result(result: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": "out-1", "result": result})
}

fn error(code: i64) -> Value {
    json!({"jsonrpc": "2.0", "id": "out-1", "error": {"code": code, "message": "because"}})
}

#[tokio::test]
async fn a_report_is_one_send_message_with_our_id_our_secret_and_our_address() {
    let peer =
        Peer::start(vec![(200, "", result(json!({"task": task("JOB-789-001", "TASK_STATE_WORKING")})))])
            .await;
    let sent = SendOutcome::Sent { external: "JOB-789-001".to_owned() };
    assert_eq!(send(&peer.link(), reported(), 0).await, sent);
    assert_eq!(send(&peer.link(), reported(), 3).await, sent);
    let bodies = peer.bodies();
    assert_eq!(bodies[1]["method"], "ListTasks");
    assert_eq!(bodies[0], bodies[2], "a repeat is the same request");
    let seen = peer.seen.lock().unwrap();
    assert_eq!((seen[0].path.as_str(), &seen[0].headers["a2a-version"]), ("/", &"1.0".parse().unwrap()));
    assert_eq!(seen[0].headers["authorization"], "Bearer s3cret");
    let params = &bodies[0]["params"];
    assert_eq!(bodies[0]["method"], "SendMessage");
    assert_eq!(params["message"]["messageId"], "out-1");
    assert_eq!(params["message"]["contextId"], "JOB-789-001");
    assert_eq!(params["message"]["parts"][0]["data"]["hours_worked"], 1.5);
    assert_eq!(params["message"]["metadata"][wire::EXTENSION]["notice"], "reported");
    assert_eq!(params["configuration"]["returnImmediately"], true);
    let push = &params["configuration"]["taskPushNotificationConfig"];
    assert_eq!(push["url"], "http://127.0.0.1:8002/a2a/push");
    assert_eq!(push["authentication"], json!({"scheme": "Bearer", "credentials": "s3cret"}));
}

#[tokio::test]
async fn each_answer_to_a_report_has_its_meaning() {
    let working = |id| result(json!({"task": task(id, "TASK_STATE_WORKING")}));
    let rejected = |id| result(json!({"task": task(id, "TASK_STATE_REJECTED")}));
    let cases: Vec<(u16, Value, &str)> = vec![
        (200, working("t-77"), "sent t-77"),
        (200, rejected("t-77"), "refused not that one"),
        // The job itself, refused by staff since: it was taken, and its end comes on its own way.
        (200, rejected("JOB-789-001"), "sent JOB-789-001"),
        (200, result(json!({"message": {"messageId": "m-5", "parts": []}})), "sent m-5"),
        (200, result(json!({"task": task("t", "TASK_STATE_FROM_THE_FUTURE")})), "sent t"),
        (200, result(json!({"task": {"id": 7}})), "again"),
        (200, json!("<html>"), "again"),
        (200, json!({"jsonrpc": "2.0"}), "again"),
        (200, error(409), "refused because"),
        (200, error(-32602), "refused because"),
        (200, error(-32009), "refused because"),
        (200, error(-32603), "again"),
        (200, error(503), "again"),
        (200, error(-32050), "again"),
        (400, json!({}), "refused the peer answered 400"),
        (413, json!({}), "refused the peer answered 413"),
        (408, json!({}), "again"),
        (500, json!({}), "again"),
        (502, json!({}), "again"),
        (301, json!({}), "again OFFICE_AGENT_URL"),
        (404, json!({}), "again OFFICE_AGENT_URL"),
        (401, json!({}), "again AGENT_LINK_SECRET"),
        (403, json!({}), "again AGENT_LINK_SECRET"),
    ];
    for (status, body, expected) in cases {
        let peer = Peer::start(vec![(status, "", body.clone())]).await;
        let said = match send(&peer.link(), reported(), 0).await {
            SendOutcome::Sent { external } => format!("sent {external}"),
            SendOutcome::Refused { reason } => format!("refused {reason}"),
            SendOutcome::RetryAt { at, reason } => {
                assert!(at > NOW, "{status} {body}");
                assert!(!reason.contains("s3cret"));
                format!("again {reason}")
            }
            other => panic!("{status} {body}: {other:?}"),
        };
        let (verb, rest) = expected.split_once(' ').unwrap_or((expected, ""));
        assert!(said.starts_with(verb) && said.contains(rest), "{status} {body}: {said}");
    }
}

#[tokio::test]
async fn a_peer_that_asks_for_time_gets_it_within_reason() {
    let after = |wait: u64| NOW.plus(Duration::from_secs(wait));
    // 2023-11-14T22:13:20Z is NOW; the date is a minute later.
    let cases = [
        ("7", after(7)),
        ("Tue, 14 Nov 2023 22:14:20 GMT", after(60)),
        ("999999", after(3_600)),
        ("soon", after(2)),
        ("", after(2)),
    ];
    for (header, expected) in cases {
        let peer = Peer::start(vec![(429, header, json!({}))]).await;
        match send(&peer.link(), reported(), 1).await {
            SendOutcome::RetryAt { at, .. } => assert_eq!(at, expected, "{header}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_peer_that_is_down_or_silent_or_endless_is_tried_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let silent = Peer::start(vec![(0, "", json!({}))]).await;
    let endless = Peer::start(vec![(200, "", json!("x".repeat(2 << 20)))]).await;
    for (link, why) in [
        (link(nobody), "no connection"),
        (silent.link(), "in time"),
        (endless.link(), "longer than 1024 KiB"),
    ] {
        match send(&link, reported(), 0).await {
            SendOutcome::RetryAt { reason, .. } => assert!(reason.contains(why), "{reason}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_withdrawal_cancels_the_task_that_the_job_names() {
    let peer = Peer::start(vec![(200, "", result(task("JOB-789-001", "TASK_STATE_CANCELED")))]).await;
    let sent = SendOutcome::Sent { external: "JOB-789-001".to_owned() };
    assert_eq!(send(&peer.link(), withdrawn(), 0).await, sent);
    let body = &peer.bodies()[0];
    assert_eq!(
        (body["method"].as_str(), body["params"]["id"].as_str()),
        (Some("CancelTask"), Some("JOB-789-001"))
    );
    let envelope = &body["params"]["metadata"][wire::EXTENSION];
    assert_eq!(
        (envelope["id"].as_str(), envelope["reason"].as_str()),
        (Some("out-1"), Some("wrong customer"))
    );
}

#[tokio::test]
async fn a_foreign_peers_task_is_found_by_its_context() {
    let listed = result(json!({"tasks": [task("t-77", "TASK_STATE_WORKING")], "nextPageToken": ""}));
    let cancelled = result(task("t-77", "TASK_STATE_CANCELED"));
    let peer =
        Peer::start(vec![(200, "", error(-32001)), (200, "", listed.clone()), (200, "", cancelled)]).await;
    assert_eq!(send(&peer.link(), withdrawn(), 0).await, SendOutcome::Sent { external: "t-77".to_owned() });
    let methods: Vec<_> =
        peer.bodies().iter().map(|body| body["method"].as_str().unwrap().to_owned()).collect();
    assert_eq!(methods, ["CancelTask", "ListTasks", "CancelTask"]);

    let unknown = Peer::start(vec![(200, "", error(-32001)), (200, "", result(json!({"tasks": []})))]).await;
    assert_eq!(
        send(&unknown.link(), withdrawn(), 0).await,
        SendOutcome::Refused { reason: "because".to_owned() }
    );
}

#[tokio::test]
async fn a_foreign_peer_that_took_the_job_before_its_answer_was_lost_is_not_asked_twice() {
    let listed = |id| result(json!({"tasks": [task(id, "TASK_STATE_WORKING")]}));
    let peer = Peer::start(vec![(200, "", listed("t-77"))]).await;
    assert_eq!(send(&peer.link(), reported(), 1).await, SendOutcome::Sent { external: "t-77".to_owned() });
    assert_eq!(peer.bodies().len(), 1);

    // Our own office answers a repeat as it answered the first; it alone knows whether the data are the same.
    let ours = Peer::start(vec![(200, "", listed("JOB-789-001")), (200, "", error(409))]).await;
    assert!(matches!(send(&ours.link(), reported(), 1).await, SendOutcome::Refused { .. }));
    let unlisting = Peer::start(vec![
        (200, "", error(-32601)),
        (200, "", result(json!({"task": task("t-78", "TASK_STATE_WORKING")}))),
    ])
    .await;
    assert_eq!(
        send(&unlisting.link(), reported(), 1).await,
        SendOutcome::Sent { external: "t-78".to_owned() }
    );
}

#[tokio::test]
async fn a_task_that_cannot_be_cancelled_is_refused_unless_it_already_is() {
    for (state, expected) in [
        ("TASK_STATE_CANCELED", SendOutcome::Sent { external: "JOB-789-001".to_owned() }),
        ("TASK_STATE_COMPLETED", SendOutcome::Refused { reason: "because".to_owned() }),
    ] {
        let peer =
            Peer::start(vec![(200, "", error(-32002)), (200, "", result(task("JOB-789-001", state)))]).await;
        assert_eq!(send(&peer.link(), withdrawn(), 1).await, expected);
    }
}

#[tokio::test]
async fn a_settlement_is_pushed_to_the_peers_receiver() {
    let peer = Peer::start(vec![(204, "", Value::Null)]).await;
    let settlement = Settlement {
        job_id: "JOB-789-001".into(),
        status: SettlementStatus::Completed,
        note: "goodwill".to_owned(),
        invoice_id: Some("RE-2026-0001".into()),
    };
    let notice = JobNotice::Settled(settlement);
    assert_eq!(
        send(&peer.link(), notice.clone(), 0).await,
        SendOutcome::Sent { external: "out-1".to_owned() }
    );
    assert_eq!(peer.seen.lock().unwrap()[0].path, PUSH_PATH);
    let event: StreamResponse = serde_json::from_value(peer.bodies()[0].clone()).unwrap();
    assert_eq!(news::read(&event), Some(news::Ended { key: "out-1".to_owned(), notice }));

    let refusing = Peer::start(vec![(404, "", Value::Null)]).await;
    let lost = JobNotice::Refused { job_id: "JOB-1".into(), reason: "no".to_owned() };
    assert!(matches!(send(&refusing.link(), lost, 0).await, SendOutcome::RetryAt { .. }));
}

struct Targets(Vec<PushConfig>);

#[async_trait]
impl PushTargets for Targets {
    async fn of(&self, _job: &JobId) -> Result<Vec<PushConfig>, String> {
        Ok(self.0.clone())
    }
}

#[tokio::test]
async fn subscribers_are_all_told_and_all_again_when_one_was_away() {
    let well = Peer::start(vec![(200, "", Value::Null)]).await;
    let ill = Peer::start(vec![(500, "", Value::Null), (200, "", Value::Null)]).await;
    let target = |peer: &Peer| PushConfig {
        url: peer.url.join("/hook").unwrap().into(),
        token: Some("tok".to_owned()),
        authentication: Some(Authentication {
            scheme: "Basic".to_owned(),
            credentials: Some("YTpi".to_owned()),
        }),
        ..PushConfig::default()
    };
    let Link { transport, .. } = link(well.url.clone());
    let channel = Subscribers::new(
        "office".into(),
        Arc::new(Targets(vec![target(&ill), target(&well)])),
        transport.clone(),
    );
    let settlement = Settlement {
        job_id: "JOB-1".into(),
        status: SettlementStatus::Rejected,
        note: "twice".to_owned(),
        invoice_id: None,
    };
    let outbound = outbound(JobNotice::Settled(settlement), 0);
    let facts = Facts { now: NOW, last_inbound: Millis(0), queued: Millis(0) };
    assert!(matches!(channel.send(&outbound, &facts).await, SendOutcome::RetryAt { .. }));
    assert_eq!(channel.send(&outbound, &facts).await, SendOutcome::Sent { external: "out-1".to_owned() });
    assert_eq!(well.bodies().len(), 2);
    {
        let seen = well.seen.lock().unwrap();
        assert_eq!(seen[0].path, "/hook");
        assert_eq!(seen[0].headers["authorization"], "Basic YTpi");
        assert_eq!(seen[0].headers["x-a2a-notification-token"], "tok");
        assert_eq!(seen[0].body["task"]["status"]["state"], "TASK_STATE_REJECTED");
    }
    let gone = Peer::start(vec![(503, "", Value::Null)]).await;
    let channel =
        Subscribers::new("office".into(), Arc::new(Targets(vec![target(&gone)])), transport.clone());
    for (attempts, kept) in [(18, true), (19, false)] {
        let outcome = channel.send(&Outbound { attempts, ..outbound.clone() }, &facts).await;
        assert_eq!(matches!(outcome, SendOutcome::RetryAt { .. }), kept, "{outcome:?}");
    }
    let nobody = Subscribers::new("office".into(), Arc::new(Targets(vec![])), transport);
    assert!(matches!(nobody.send(&outbound, &facts).await, SendOutcome::Sent { .. }));
}
