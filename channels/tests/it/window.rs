//! The 24-hour window: counted here, re-checked at the moment of sending, and Meta's word taken where it differs.

use domain::{
    clock::Millis,
    inbound::Mend,
    message::Part,
    outbound::{Content, SendOutcome},
};
use serde_json::json;

use crate::{
    kinds::submit_templates,
    stage::{DAY_MS, FRANK, Stage, outbound, question, text},
};

async fn closed() -> Stage {
    let stage = Stage::new().await;
    submit_templates(&stage).await;
    stage.frank("text", json!({ "body": "Hello" })).await;
    stage.advance(DAY_MS + 1_000).await;
    stage.take();
    stage
}

/// As the outbox would send it: what we know is that the person wrote a day ago.
async fn late(stage: &Stage, id: &str, content: Content) -> SendOutcome {
    let heard = Millis(stage.now().0 - DAY_MS - 1_000);
    stage.send_as(&outbound(id, FRANK, content), heard).await
}

#[tokio::test]
async fn beyond_the_window_a_text_goes_as_the_template() {
    let stage = closed().await;
    let outcome = late(&stage, "o1", text("The job is settled.\n\nInvoice RE-2026-0001.")).await;
    assert!(matches!(outcome, SendOutcome::Sent { .. }), "{outcome:?}");
    let phone = stage.on_the_phone().await;
    assert_eq!(phone[0]["kind"], "template");
    assert!(
        phone[0]["shown"]["body"].as_str().unwrap().contains("The job is settled. · Invoice RE-2026-0001.")
    );
    stage.advance(1_000).await;
    assert!(stage.statuses().iter().all(|status| status.mend.is_none()));
}

#[tokio::test]
async fn a_question_beyond_the_window_is_answered_by_its_quick_reply() {
    let stage = closed().await;
    let outcome = late(&stage, "o1", question("Create the invoice?", &["Create", "Not now"])).await;
    assert!(matches!(outcome, SendOutcome::Sent { .. }), "{outcome:?}");
    stage.advance(1_000).await;
    stage.take();
    stage.frank("press", json!({ "title": "1" })).await;
    assert_eq!(stage.messages()[0].parts, [Part::Choice { id: "token-0".into(), title: "1".into() }]);
}

#[tokio::test]
async fn what_fits_into_no_template_waits_and_says_why() {
    let stage = closed().await;
    let long = text(&"A long report. ".repeat(100));
    let SendOutcome::Wait { until, reason } = late(&stage, "o1", long.clone()).await else { panic!() };
    assert_eq!(until, Millis(stage.now().0 + 3_600_000));
    assert!(reason.contains("24-hour window") && reason.contains("too long for the template"), "{reason}");
    assert!(stage.on_the_phone().await.is_empty());
    let facts = plumbline_channels::channel::Facts {
        now: stage.now(),
        last_inbound: Millis(0),
        queued: Millis(stage.now().0 - 72 * 3_600_000),
    };
    use plumbline_channels::channel::Channel as _;
    let outcome = stage.channel.send(&outbound("o1", FRANK, long), &facts).await;
    assert!(
        matches!(&outcome, SendOutcome::Refused { reason } if reason.contains("72 hours")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn without_an_approved_template_it_waits() {
    let stage = Stage::new().await;
    let outcome = late(&stage, "o1", text("Hello")).await;
    assert!(
        matches!(&outcome, SendOutcome::Wait { reason, .. } if reason.contains("not approved")),
        "{outcome:?}"
    );
    let reaction = Content::Reaction { to: "w".into(), emoji: None };
    assert!(matches!(late(&stage, "o2", reaction).await, SendOutcome::Refused { .. }));
}

#[tokio::test]
async fn where_meta_says_closed_at_once_the_template_follows_once() {
    let stage = closed().await;
    stage.control(reqwest::Method::PATCH, "/switches", json!({ "window_sync": true })).await;
    let outcome = stage.send("o1", text("Hello")).await;
    assert!(matches!(outcome, SendOutcome::Sent { .. }), "{outcome:?}");
    let phone = stage.on_the_phone().await;
    assert_eq!((phone.len(), phone[0]["kind"].as_str()), (1, Some("template")));
}

#[tokio::test]
async fn where_meta_says_closed_afterwards_the_status_calls_for_the_template() {
    let stage = closed().await;
    assert!(matches!(stage.send("o1", text("Hello")).await, SendOutcome::Sent { .. }));
    stage.advance(1_000).await;
    let failed = stage.statuses().remove(0);
    assert_eq!((failed.outbox.unwrap().0.as_str(), failed.mend), ("o1", Some(Mend::WindowClosed)));
}
