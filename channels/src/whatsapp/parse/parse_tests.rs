//! Bodies of every kind, each a file in `tests/fixtures/whatsapp`, and bodies that nobody would send.

use std::{collections::BTreeSet, path::PathBuf};

use domain::{contact::IdentityKind, inbound::told, message::Part};
use proptest::prelude::*;

use super::*;

const RECEIVED: Millis = Millis(1_795_165_999_000);

fn channel() -> ChannelName {
    ChannelName::from("whatsapp")
}

fn read_body(body: &[u8]) -> Read {
    let channel = channel();
    read(body, &Reading { channel: &channel, phone_number_id: "106540352242922", received: RECEIVED })
}

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/whatsapp")
        .join(format!("{name}.json"));
    std::fs::read(path).unwrap()
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/whatsapp");
    let mut all: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())
        })
        .collect();
    all.sort();
    all
}

#[test]
fn each_kind_becomes_what_it_says() {
    for (name, body) in fixtures() {
        let read = read_body(&body);
        let shown = format!(
            "{}\nkept raw: {}",
            serde_json::to_string_pretty(&read.arrivals).unwrap(),
            read.kept_raw.join(", ")
        );
        insta::with_settings!({ snapshot_path => "../../../tests/fixtures/read", prepend_module_to_snapshot => false,
            omit_expression => true }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}

#[test]
fn a_repeat_has_the_same_name_and_no_other_body_has_it() {
    let mut seen = BTreeSet::new();
    for (name, body) in fixtures() {
        let names =
            |read: Read| read.arrivals.into_iter().map(|arrival| arrival.external).collect::<Vec<_>>();
        let first = names(read_body(&body));
        let spaced: Value = body::json(&body).unwrap();
        assert_eq!(names(read_body(spaced.to_string().as_bytes())), first, "{name}: re-serialised");
        let unique: BTreeSet<&String> = first.iter().collect();
        // The batch holds one change twice.
        assert!(unique.len() == first.len() || name == "batch", "{name}");
        for external in first {
            // Kinds made from one template share their id here; Meta's never do.
            seen.insert((name.clone(), external));
        }
    }
    assert!(seen.len() > 60);
}

#[test]
fn one_bad_item_harms_none_beside_it() {
    let read = read_body(&fixture("batch"));
    let texts: Vec<&str> = read
        .arrivals
        .iter()
        .filter_map(|arrival| match &arrival.body {
            Inbound::Message(message) => message.parts.iter().find_map(|part| match part {
                Part::Text { text } => Some(text.as_str()),
                _ => None,
            }),
            _ => None,
        })
        .collect();
    assert_eq!(texts, ["one", "two", "four", "four"]);
    let statuses = read.arrivals.iter().filter(|arrival| matches!(arrival.body, Inbound::Status(_))).count();
    assert_eq!(statuses, 2);
    // Two messages of nobody, one status that is none, one change without an object; and the picture without a file.
    let notices = read.arrivals.iter().filter(|arrival| matches!(arrival.body, Inbound::Notice(_))).count();
    assert_eq!((notices, read.kept_raw.len()), (4, 5));
}

#[test]
fn a_thousand_updates_in_one_body_are_a_thousand_rows() {
    let message = |n: usize| {
        json!({ "from": "491713920017", "id": format!("wamid.{n}"), "type": "text",
        "timestamp": "1795165200", "text": { "body": "x" } })
    };
    let messages: Vec<Value> = (0..1000).map(message).collect();
    let body =
        json!({ "entry": [{ "changes": [{ "field": "messages", "value": { "messages": messages } }] }] });
    let read = read_body(body.to_string().as_bytes());
    let names: BTreeSet<&str> = read.arrivals.iter().map(|arrival| arrival.external.as_str()).collect();
    assert_eq!(names.len(), 1000);
}

#[test]
fn the_person_is_a_set_and_the_number_is_as_meta_wrote_it() {
    let read = read_body(&fixture("brazilian_mobile"));
    let Inbound::Message(message) = &read.arrivals[0].body else { panic!() };
    assert_eq!(message.from.external, "551187654321");
    let values: Vec<&str> = message.identities.iter().map(|identity| identity.value.as_str()).collect();
    assert_eq!(values, ["551187654321", "5511987654321"], "verbatim first, then the other spelling");
    assert_eq!(told(&message.identities).count(), 1, "the other spelling is not learned");
    let read = read_body(&fixture("user_id_only"));
    let Inbound::Message(message) = &read.arrivals[0].body else { panic!() };
    assert_eq!(message.from.external, "DE.13491208655302741918");
    assert!(message.identities.iter().all(|identity| identity.kind != IdentityKind::Phone));
}

#[test]
fn what_is_no_json_is_kept_too() {
    for body in [&b""[..], b"{", b"\xff\xfe", b"[]", b"7", b"null", b"\"x\""] {
        let read = read_body(body);
        assert_eq!(read.arrivals.len(), 1, "{body:?}");
        assert!(matches!(&read.arrivals[0].body, Inbound::Notice(notice) if notice.kind == "unreadable"));
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read_body(deep.as_bytes()).arrivals.len(), 1);
}

const WORDS: &str = "text image interactive button_reply system edit messages statuses failed calls smb_message_echoes \
    user_id_update user_preferences 1795165200 491713920017";
const KEYS: &str = "entry changes value field messages statuses errors contacts from from_user_id id type text body image \
    interactive button_reply system edit message original_message_id status timestamp context metadata phone_number_id \
    calls event message_echoes user_id_update user_preferences pricing code profile wa_id user_id location latitude order \
    product_items referral reaction message_id nfm_reply response_json";

/// Any JSON, mostly with the keys and words that mean something.
fn any_json() -> impl Strategy<Value = Value> {
    let one_of = |words: &'static str| prop::sample::select(words.split_whitespace().collect::<Vec<_>>());
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z.0-9 ]{0,12}".prop_map(Value::from),
        one_of(WORDS).prop_map(Value::from),
    ];
    leaf.prop_recursive(9, 200, 8, move |inner| {
        let pair = (one_of(KEYS), inner.clone()).prop_map(|(key, value)| (key.to_owned(), value));
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(Value::from),
            prop::collection::vec(pair, 0..8).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_brings_it_down(item in any_json(), field in "messages|calls|smb_message_echoes|user_id_update|user_preferences|x") {
        let whole = read_body(item.to_string().as_bytes());
        prop_assert!(whole.arrivals.iter().all(|arrival| arrival.channel == channel()));
        let wrapped = json!({ "entry": [{ "changes": [{ "field": field, "value": {
            "messages": [item.clone()], "statuses": [item.clone()], "errors": [item.clone()], "calls": [item.clone()],
            "message_echoes": [item.clone()], "user_id_update": [item.clone()], "user_preferences": [item.clone()],
            "contacts": item } }] }] });
        let read = read_body(wrapped.to_string().as_bytes());
        prop_assert!(!read.arrivals.is_empty(), "nothing is dropped");
        for arrival in &read.arrivals {
            prop_assert!(serde_json::to_string(arrival).is_ok());
        }
    }

    #[test]
    fn no_bytes_bring_it_down(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read_body(&bytes).arrivals.len() <= 1);
    }

    #[test]
    fn half_of_a_real_body_is_kept(cut in 0_usize..900) {
        let body = fixture("image");
        let half = &body[..cut.min(body.len() - 2)];
        prop_assert_eq!(read_body(half).arrivals.len(), 1);
    }

    #[test]
    fn escaped_text_is_the_text(text in "\\PC{1,40}") {
        let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        let body = format!(r#"{{"entry":[{{"changes":[{{"field":"messages","value":{{"messages":[
            {{"from":"49171","id":"w","type":"text","text":{{"body":"x{units}"}}}}]}}}}]}}]}}"#);
        let read = read_body(body.as_bytes());
        let Inbound::Message(message) = &read.arrivals[0].body else { panic!("no message") };
        prop_assert_eq!(&message.parts, &vec![Part::text(format!("x{text}"))]);
    }
}
