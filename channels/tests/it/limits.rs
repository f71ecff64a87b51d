//! The pace that we keep lets nothing through that Meta has to say it; where it says so all the same, the documented waits.

use domain::{outbound::SendOutcome, pace::Used};
use plumbline_channels::channel::Channel as _;
use serde_json::json;

use crate::stage::{FRANK, Stage, outbound, text};

#[tokio::test]
async fn the_pace_is_within_metas_limits() {
    let stage = Stage::with(|ours| ours.throughput_per_second = 60, |_| {}).await;
    stage.frank("text", json!({ "body": "Hello" })).await;
    let pace = stage.channel.pace().unwrap();
    let (mut whole, mut person, mut waited) = (Used::default(), Used::default(), 0);
    for n in 0..60 {
        loop {
            match pace.take(whole, person, stage.now()) {
                Ok(used) => break (whole, person) = used,
                Err(held) => stage.advance(held.until.0 - stage.now().0).await,
            }
            waited += 1;
        }
        let outcome = stage.send(&format!("o{n}"), text("x")).await;
        assert!(matches!(outcome, SendOutcome::Sent { .. }), "Meta had to say it: {outcome:?}");
    }
    assert!(waited > 10, "{waited}: beyond the burst there is one each six seconds");
    assert!(stage.now().0 - crate::stage::START >= 15 * 6_000);
    assert_eq!(stage.on_the_phone().await.len(), 60);
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
