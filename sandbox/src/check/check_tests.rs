//! The limits of the reference, one by one, with Meta's wording.

use serde_json::{Value, json};

use super::message;
use crate::graph::refusal::Refusal;
use crate::switches::Switches;

fn check(kind: &str, content: Value) -> Result<(), Refusal> {
    let body = json!({ "messaging_product": "whatsapp", "to": "+491713920017", "type": kind, kind: content });
    message(body.as_object().unwrap(), &Switches::default()).map(drop)
}

fn details(kind: &str, content: Value) -> String {
    let refusal = check(kind, content).unwrap_err();
    assert_eq!(refusal.code, 131_009, "{refusal:?}");
    refusal.details.unwrap()
}

fn complaint(kind: &str, content: Value) -> String {
    let refusal = check(kind, content).unwrap_err();
    assert_eq!(refusal.code, 100, "{refusal:?}");
    refusal.message
}

fn buttons(titles: &[&str]) -> Value {
    let buttons: Vec<Value> = titles
        .iter()
        .enumerate()
        .map(|(at, title)| json!({ "type": "reply", "reply": { "id": format!("b{at}"), "title": title } }))
        .collect();
    json!({ "type": "button", "body": { "text": "Which?" }, "action": { "buttons": buttons } })
}

fn list(rows: usize, title: &str, body: usize) -> Value {
    let rows: Vec<Value> = (0..rows).map(|at| json!({ "id": format!("r{at}"), "title": title })).collect();
    json!({ "type": "list", "body": { "text": "x".repeat(body) },
            "action": { "button": "Choose", "sections": [{ "rows": rows }] } })
}

#[test]
fn text_has_a_length() {
    check("text", json!({ "body": "é".repeat(4096) })).unwrap();
    assert_eq!(
        complaint("text", json!({ "body": "x".repeat(4097) })),
        "(#100) Param text['body'] must be at most 4096 characters long."
    );
    assert_eq!(complaint("text", json!({ "body": " " })), "(#100) The parameter text['body'] is required.");
}

#[test]
fn buttons_are_few_short_and_different() {
    check("interactive", buttons(&["Yes", "No", "Later"])).unwrap();
    assert_eq!(
        details("interactive", buttons(&["1", "2", "3", "4"])),
        "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3"
    );
    assert_eq!(
        details("interactive", buttons(&["This title is too long"])),
        "Button title length invalid. Min length: 1, Max length: 20"
    );
    assert_eq!(details("interactive", buttons(&["Yes", "Yes"])), "Duplicated button title: Yes");
    let mut spaced = buttons(&["Yes"]);
    spaced["action"]["buttons"][0]["reply"]["id"] = json!(" yes");
    assert_eq!(details("interactive", spaced), "Button id must not have leading or trailing spaces");
    let mut wordy = buttons(&["Yes"]);
    wordy["body"]["text"] = json!("x".repeat(1025));
    assert_eq!(details("interactive", wordy), "Body text length invalid. Min length: 1, Max length: 1024");
}

#[test]
fn lists_have_ten_rows_in_all() {
    check("interactive", list(10, "Row", 4096)).unwrap();
    assert_eq!(details("interactive", list(11, "Row", 10)), "Total row count exceed max allowed count: 10");
    assert_eq!(
        details("interactive", list(1, "A title far beyond the limit", 10)),
        "Row title is too long. Max length is 24"
    );
    let strict = Switches { list_body_max: 1024, ..Switches::default() };
    let body = json!({ "messaging_product": "whatsapp", "to": "1", "type": "interactive", "interactive": list(1, "Row", 1025) });
    assert!(message(body.as_object().unwrap(), &strict).is_err());
    let mut header = list(1, "Row", 10);
    header["header"] = json!({ "type": "image", "image": { "id": "1" } });
    assert_eq!(
        details("interactive", header),
        "Header type image is not supported for interactive type list"
    );
}

#[test]
fn media_needs_exactly_one_source() {
    check("image", json!({ "id": "123", "caption": "x".repeat(1024) })).unwrap();
    check("audio", json!({ "link": "https://example.org/a.ogg", "voice": true })).unwrap();
    assert!(complaint("image", json!({})).contains("image['id'] or image['link']"));
    assert!(complaint("image", json!({ "id": "123", "caption": "x".repeat(1025) })).contains("1024"));
    assert!(complaint("audio", json!({ "id": "123", "caption": "no" })).contains("caption"));
}

#[test]
fn places_may_be_numbers_or_numerals() {
    check("location", json!({ "latitude": "52.5", "longitude": 13.4 })).unwrap();
    assert_eq!(
        details("location", json!({ "latitude": 91, "longitude": 0 })),
        "Location latitude is invalid"
    );
}

#[test]
fn contacts_tolerate_nulls() {
    let card = json!([{ "name": { "formatted_name": "Frank", "first_name": "Frank", "last_name": null }, "phones": [], "org": null }]);
    check("contacts", card).unwrap();
    assert!(
        complaint("contacts", json!([{ "name": { "formatted_name": "Frank" } }])).contains("At least one")
    );
}

#[test]
fn reactions_are_one_emoji_or_none() {
    check("reaction", json!({ "message_id": "wamid.x", "emoji": "👩🏽‍🔧" })).unwrap();
    check("reaction", json!({ "message_id": "wamid.x", "emoji": "" })).unwrap();
    assert!(check("reaction", json!({ "message_id": "wamid.x", "emoji": "fine" })).is_err());
}

#[test]
fn template_types_come_in_any_case() {
    let template = json!({ "name": "t", "language": { "code": "en" }, "components": [
        { "type": "BODY", "parameters": [{ "type": "text", "text": "x" }] },
        { "type": "button", "sub_type": "quick_reply", "index": 0, "parameters": [{ "type": "payload", "payload": "p" }] },
    ] });
    check("template", template).unwrap();
    let empty = json!({ "name": "t", "language": { "code": "en" }, "components": [
        { "type": "body", "parameters": [{ "type": "text" }] } ] });
    let refusal = check("template", empty).unwrap_err();
    assert_eq!(refusal.details.unwrap(), "Parameter 'text' is mandatory for component parameter type 'text'");
}

#[test]
fn the_envelope_is_checked() {
    let refuse = |body: Value| message(body.as_object().unwrap(), &Switches::default()).unwrap_err().message;
    assert_eq!(refuse(json!({ "to": "1" })), "(#100) The parameter messaging_product is required.");
    assert_eq!(refuse(json!({ "messaging_product": "whatsapp" })), "(#100) The parameter to is required.");
    assert!(
        refuse(json!({ "messaging_product": "whatsapp", "to": "1", "type": "fax" }))
            .contains("Param type must be one of {AUDIO,")
    );
}
