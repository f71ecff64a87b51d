//! Limits are kept here before Meta has to say it; where it says so all the same, the documented waits.

use domain::outbound::SendOutcome;
use serde_json::json;

use crate::stage::{FRANK, Stage, outbound, text};

#[tokio::test]
async fn our_own_pace_keeps_within_metas_limits() {
    let stage = Stage::with(|ours| ours.throughput_per_second = 60, |_| {}).await;
    stage.frank("text", json!({ "body": "Hello" })).await;
    let (mut sent, mut waited, mut n) = (0, 0, 0);
    while sent < 60 {
        n += 1;
        match stage.send(&format!("o{n}"), text("x")).await {
            SendOutcome::Sent { .. } => sent += 1,
            SendOutcome::Wait { until, .. } => {
                waited += 1;
                stage.advance(until.0 - stage.now().0).await;
            }
            other => panic!("Meta had to say it: {other:?}"),
        }
    }
    assert!(waited > 10, "{waited}: beyond the burst there is one each six seconds");
    assert!(stage.now().0 - crate::stage::START >= 15 * 6_000);
    assert_eq!(stage.on_the_phone().await.len(), 60);
}

#[tokio::test]
async fn the_next_message_waits_for_the_one_before() {
    let stage = Stage::with(|ours| ours.order_gap_ms = 2_000, |_| {}).await;
    stage.frank("text", json!({ "body": "Hello" })).await;
    assert!(matches!(stage.send("o1", text("1")).await, SendOutcome::Sent { .. }));
    let SendOutcome::Wait { until, .. } = stage.send("o2", text("2")).await else { panic!() };
    assert_eq!(until.0 - stage.now().0, 2_000);
    stage.advance(2_000).await;
    assert!(matches!(stage.send("o2", text("2")).await, SendOutcome::Sent { .. }));
}

#[tokio::test]
async fn what_meta_says_is_waited_for() {
    let stage = Stage::new().await;
    stage.frank("text", json!({ "body": "Hello" })).await;
    let next = |fault| json!({ "target": "send", "trigger": { "next": 1 }, "fault": fault });
    let wait = |outcome: SendOutcome| match outcome {
        SendOutcome::RetryAt { at, .. } => (at.0 - stage.now().0) / 1000,
        other => panic!("{other:?}"),
    };
    stage.fault(next(json!({ "kind": "error", "code": 130_429, "retry_after_s": 7 }))).await;
    assert_eq!(wait(stage.send("o1", text("x")).await), 7);
    for (attempts, seconds) in [(0, 1), (1, 4), (2, 16), (3, 64)] {
        stage.fault(next(json!({ "kind": "error", "code": 131_056 }))).await;
        let mut again = outbound("o2", FRANK, text("x"));
        again.attempts = attempts;
        assert_eq!(wait(stage.send_as(&again, stage.now()).await), seconds);
    }
    stage.fault(next(json!({ "kind": "error", "code": 131_016 }))).await;
    assert_eq!(wait(stage.send("o3", text("x")).await), 5);
    assert!(matches!(stage.send("o1", text("x")).await, SendOutcome::Sent { .. }));
}
