//! What each of Meta's answers means to the operator.

use bytes::Bytes;
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::json;

use super::*;

fn answer(status: u16, body: &Value) -> Answer {
    let body = Bytes::from(body.to_string());
    Answer { status: StatusCode::from_u16(status).unwrap(), headers: HeaderMap::new(), body }
}

#[test]
fn a_refusal_says_which_part_is_wrong() {
    let of = |code: i64, subcode: i64| {
        let (says, mend) =
            refusal(&answer(400, &json!({ "error": { "code": code, "error_subcode": subcode } })));
        format!("{says}: {mend}")
    };
    assert!(of(190, 463).starts_with("the access token is expired"));
    assert!(of(190, 467).starts_with("the access token is wrong"));
    assert!(of(100, 33).contains("WHATSAPP_PHONE_NUMBER_ID"));
    assert!(of(10, 0).contains("whatsapp_business_messaging"));
    assert!(of(200, 0).contains("whatsapp_business_messaging"));
    assert!(refusal(&answer(404, &json!("nginx"))).1.contains("WHATSAPP_API_BASE_URL"));
}

#[test]
fn numbers_that_cannot_work_are_told() {
    let of = |platform: &str, status: &str, quality: &str| {
        of_number(
            &json!({ "display_phone_number": "+49 30 1", "verified_name": "P", "platform_type": platform,
            "status": status, "quality_rating": quality }),
        )
        .verdict
    };
    assert_eq!(of("CLOUD_API", "CONNECTED", "GREEN"), Verdict::Pass);
    assert_eq!(of("ON_PREMISE", "CONNECTED", "GREEN"), Verdict::Fail);
    assert_eq!(of("CLOUD_API", "PENDING", "GREEN"), Verdict::Warn);
    assert_eq!(of("CLOUD_API", "CONNECTED", "RED"), Verdict::Warn);
    assert_eq!(of_number(&json!({})).verdict, Verdict::Pass, "what Meta leaves out is no fault");
}

#[test]
fn the_worst_entity_decides_the_health() {
    let entity = |verdict: &str| {
        json!({ "entity_type": "WABA", "can_send_message": verdict,
        "errors": [{ "error_code": 141_006, "error_description": "no payment", "possible_solution": "add a card" }],
        "additional_info": ["not verified"] })
    };
    let of = |entities: &[&str]| {
        let entities: Vec<Value> = entities.iter().map(|verdict| entity(verdict)).collect();
        of_health(&json!({ "health_status": { "can_send_message": "AVAILABLE", "entities": entities } }))
    };
    assert_eq!(of(&["AVAILABLE"]).verdict, Verdict::Pass);
    let limited = of(&["AVAILABLE", "LIMITED"]);
    assert_eq!(
        (limited.verdict, limited.says.as_str()),
        (Verdict::Warn, "sending is limited by WABA: not verified")
    );
    let blocked = of(&["LIMITED", "BLOCKED"]);
    assert_eq!((blocked.verdict, blocked.mend.as_str()), (Verdict::Fail, "add a card"));
    assert_eq!(of_health(&json!({})).verdict, Verdict::Skipped);
}

#[test]
fn nothing_comes_in_without_a_subscription_and_an_address() {
    assert_eq!(of_subscription(&json!({ "data": [] })).verdict, Verdict::Fail);
    let app = json!({ "data": [{ "whatsapp_business_api_data": { "name": "Plumbline", "id": "1" } }] });
    assert_eq!(of_subscription(&app).says, "subscribed: Plumbline");
    let own = Url::parse("https://plumb.example/whatsapp/webhook").unwrap();
    let of =
        |configured: Value| of_callback(&json!({ "webhook_configuration": configured }), Some(&own)).verdict;
    assert_eq!(of(json!({ "application": own.as_str() })), Verdict::Pass);
    assert_eq!(
        of(json!({ "application": own.as_str(), "phone_number": "https://old.example/x" })),
        Verdict::Fail
    );
    assert_eq!(of(json!({})), Verdict::Warn);
}

#[test]
fn tokens_and_templates() {
    let scopes = ["whatsapp_business_messaging", "whatsapp_business_management"];
    let token = |valid: bool, scopes: &[&str], expires: i64| {
        of_token(&json!({ "data": { "is_valid": valid, "scopes": scopes, "expires_at": expires } }))
    };
    assert_eq!(token(true, &scopes, 0).verdict, Verdict::Pass);
    assert_eq!(token(true, &scopes, 1_795_165_200).verdict, Verdict::Warn);
    assert_eq!(token(true, &scopes[..1], 0).verdict, Verdict::Fail);
    assert_eq!(token(false, &scopes, 0).verdict, Verdict::Fail);
    let of = |status: &str| {
        of_templates(
            &json!({ "data": [{ "name": "n", "language": "de", "status": status }] }),
            &["n"],
            &["de"],
        )
    };
    assert_eq!(of("APPROVED").verdict, Verdict::Pass);
    assert_eq!(of("PENDING").says, "not approved: n (de)");
    assert_eq!(of_templates(&json!({}), &[], &["de"]).verdict, Verdict::Warn);
}
