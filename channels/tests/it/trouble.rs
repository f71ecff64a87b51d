//! Answers that are lost, and an account that is the problem: nothing twice, nothing burned.

use domain::{
    inbound::Mend,
    outbound::{DeliveryState, SendOutcome},
};
use serde_json::json;

use crate::stage::{FRANK, Stage, outbound, text};

async fn open() -> Stage {
    let stage = Stage::new().await;
    stage.frank("text", json!({ "body": "Hello" })).await;
    stage.take();
    stage
}

fn next(fault: serde_json::Value) -> serde_json::Value {
    json!({ "target": "send", "trigger": { "next": 1 }, "fault": fault })
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_the_status_that_carries_our_id() {
    let stage = open().await;
    stage.fault(next(json!({ "kind": "answer_lost", "ms": 60_000 }))).await;
    let outcome = stage.send("o1", text("Taken, and nobody said so")).await;
    assert!(matches!(outcome, SendOutcome::Unknown { .. }), "{outcome:?}");
    stage.advance(2_000).await;
    let statuses = stage.statuses();
    assert_eq!(statuses[0].outbox.as_ref().map(|id| id.as_str()), Some("o1"));
    assert_eq!(statuses[0].state, DeliveryState::Sent);
    assert_eq!(stage.on_the_phone().await.len(), 1);
}

#[tokio::test]
async fn a_gateway_in_between_leaves_it_unknown() {
    let stage = open().await;
    for status in [500, 502, 504] {
        stage.fault(next(json!({ "kind": "http", "status": status }))).await;
        let outcome = stage.send("o1", text("x")).await;
        assert!(matches!(outcome, SendOutcome::Unknown { .. }), "{status}: {outcome:?}");
    }
}

#[tokio::test]
async fn nothing_listens_means_nothing_was_sent() {
    let stage = Stage::with(|ours| ours.api_base_url = "http://127.0.0.1:9".into(), |_| {}).await;
    let outcome = stage.send("o1", text("x")).await;
    assert!(matches!(outcome, SendOutcome::RetryAt { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_dead_token_pauses_the_channel_and_no_message_is_blamed() {
    let stage = open().await;
    stage.fault(next(json!({ "kind": "expired_token" }))).await;
    let outcome = stage.send("o1", text("x")).await;
    assert!(
        matches!(&outcome, SendOutcome::PauseChannel { reason } if reason.contains("WHATSAPP_ACCESS_TOKEN"))
    );
    assert!(matches!(stage.send("o1", text("x")).await, SendOutcome::Sent { .. }), "and then tried again");
}

#[tokio::test]
async fn a_blocked_account_pauses_and_a_person_who_cannot_be_reached_does_not() {
    let stage = open().await;
    stage.control(reqwest::Method::PATCH, "/account", json!({ "blocked_code": 131_031 })).await;
    assert!(matches!(stage.send("o1", text("x")).await, SendOutcome::PauseChannel { .. }));
    let stage = Stage::new().await;
    let stranger = outbound("o1", "491700000000", text("x"));
    assert!(matches!(stage.send_as(&stranger, stage.now()).await, SendOutcome::Sent { .. }));
    stage.advance(1_000).await;
    let failed = stage.statuses().remove(0);
    assert_eq!((failed.state, failed.mend), (DeliveryState::Failed, Some(Mend::Unreachable)));
    assert!(failed.reason.unwrap().contains("131026"));
}

#[tokio::test]
async fn a_message_that_fails_after_it_was_taken_says_what_to_do() {
    let stage = open().await;
    stage.fault(next(json!({ "kind": "fail_later", "code": 130_429 }))).await;
    assert!(matches!(stage.send("o1", text("x")).await, SendOutcome::Sent { .. }));
    stage.advance(1_000).await;
    assert_eq!(stage.statuses()[0].mend, Some(Mend::Again { after_ms: 10_000 }));
}

#[tokio::test]
async fn what_was_not_planned_is_refused_rather_than_cut() {
    let stage = open().await;
    let outcome = stage.send_as(&outbound("o1", FRANK, text(&"x ".repeat(4_000))), stage.now()).await;
    assert!(matches!(outcome, SendOutcome::Refused { .. }));
    assert!(stage.on_the_phone().await.is_empty());
}
