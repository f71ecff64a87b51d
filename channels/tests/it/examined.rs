//! The connectivity test against an account in order, and in each state that an operator meets.

use plumbline_channels::whatsapp::doctor::{Check, Verdict};
use serde_json::json;

use crate::{kinds::submit_templates, stage::Stage};

fn of<'c>(checks: &'c [Check], name: &str) -> &'c Check {
    checks.iter().find(|check| check.name == name).unwrap()
}

#[tokio::test]
async fn an_account_in_order_passes() {
    let stage = Stage::new().await;
    submit_templates(&stage).await;
    let checks = stage.channel.examine(Some(&stage.webhook)).await;
    for check in &checks {
        assert_eq!(check.verdict, Verdict::Pass, "{check:?}");
    }
    assert_eq!(checks.len(), 7);
}

#[tokio::test]
async fn each_fault_names_its_screen() {
    let stage = Stage::new().await;
    let checks = stage.channel.examine(None).await;
    assert_eq!(of(&checks, "templates").verdict, Verdict::Warn);
    assert!(of(&checks, "templates").mend.contains("config/templates"));
    assert_eq!(of(&checks, "public address").verdict, Verdict::Skipped);
    let other = url::Url::parse("http://127.0.0.1:9/whatsapp/webhook").unwrap();
    let checks = stage.channel.examine(Some(&other)).await;
    assert_eq!(of(&checks, "webhook address").verdict, Verdict::Fail);
    assert_eq!(of(&checks, "public address").verdict, Verdict::Fail);
    stage.control(reqwest::Method::PATCH, "/account", json!({ "subscribed": false })).await;
    let checks = stage.channel.examine(None).await;
    assert_eq!(of(&checks, "subscription").verdict, Verdict::Fail, "{:?}", of(&checks, "subscription"));
    stage.control(reqwest::Method::PATCH, "/account", json!({ "access_token": "another" })).await;
    let checks = stage.channel.examine(None).await;
    let number = of(&checks, "phone number");
    assert!(number.verdict == Verdict::Fail && number.mend.contains("System users"), "{number:?}");
    assert!(checks[1..].iter().all(|check| check.verdict == Verdict::Skipped));
}
