//! Counts, formats and buttons of filled templates, with the wording of captures.

use serde_json::{Value, json};

use super::super::template::{Status, Template};
use super::fill;

fn template(components: Value) -> Template {
    Template {
        id: "1".into(),
        name: "t".into(),
        language: "en_US".into(),
        category: "UTILITY".into(),
        status: Status::Approved,
        components: components.as_array().unwrap().clone(),
        parameter_format: "POSITIONAL".into(),
        quality: "GREEN".into(),
        rejected_reason: "NONE".into(),
        created_ms: 0,
        changed_ms: 0,
    }
}

#[test]
fn the_count_must_match() {
    let three = template(json!([{ "type": "BODY", "text": "{{1}} {{2}} {{3}}" }]));
    let one = json!({ "components": [{ "type": "body", "parameters": [{ "type": "text", "text": "a" }] }] });
    let refusal = fill(&three, &one).unwrap_err();
    assert_eq!(refusal.code, 132_000);
    assert_eq!(
        refusal.details.unwrap(),
        "body: number of localizable_params (1) does not match the expected number of params (3)"
    );
}

#[test]
fn a_media_header_is_checked_before_the_counts() {
    let image =
        template(json!([{ "type": "HEADER", "format": "IMAGE" }, { "type": "BODY", "text": "{{1}}" }]));
    let refusal = fill(&image, &json!({})).unwrap_err();
    assert_eq!(refusal.code, 132_012);
    assert_eq!(refusal.details.unwrap(), "header: Format mismatch, expected IMAGE, received UNKNOWN");
    let empty =
        json!({ "components": [{ "type": "header", "parameters": [{ "type": "image", "image": {} }] }] });
    assert_eq!(fill(&image, &empty).unwrap_err().code, 132_018);
}

#[test]
fn a_url_with_a_variable_needs_its_value() {
    let url = template(json!([{ "type": "BODY", "text": "Hi" }, { "type": "BUTTONS", "buttons": [
        { "type": "QUICK_REPLY", "text": "Ok" }, { "type": "URL", "text": "Open", "url": "https://x.example/{{1}}" }] }]));
    let refusal = fill(&url, &json!({})).unwrap_err();
    assert_eq!(refusal.details.unwrap(), "buttons: Button at index 1 of type Url requires a parameter");
    let shown = fill(
        &url,
        &json!({ "components": [
            { "type": "button", "sub_type": "url", "index": "1", "parameters": [{ "type": "text", "text": "42" }] },
            { "type": "BUTTON", "sub_type": "quick_reply", "index": 0, "parameters": [{ "type": "payload", "payload": "ok:1" }] },
        ] }),
    )
    .unwrap();
    assert_eq!(shown["buttons"][0]["payload"], "ok:1");
    assert_eq!(shown["buttons"][1]["url"], "https://x.example/42");
}
