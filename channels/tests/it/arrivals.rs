//! Every kind in, and deliveries that are repeated, gathered, swapped, lost or signed by somebody else: each arrival once.

use domain::{
    inbound::Inbound,
    message::{MediaKind, MediaSource, Part},
    outbound::DeliveryState,
};
use serde_json::json;

use crate::stage::{FRANK, Stage, text};

fn names(stage: &Stage) -> Vec<String> {
    let messages = stage.messages();
    messages.iter().map(|message| domain::message::words(&message.parts)).collect()
}

#[tokio::test]
async fn every_kind_comes_in_as_what_it_is() {
    let stage = Stage::new().await;
    let first = stage.frank("text", json!({ "body": "Rohr für Müller 🔧 a/b <x> @y" })).await;
    let first = first["message_id"].as_str().unwrap().to_owned();
    stage
        .frank(
            "location",
            json!({ "latitude": 52.5, "longitude": 13.4, "name": "Meier", "address": "Berlin" }),
        )
        .await;
    stage.frank("reaction", json!({ "message_id": first, "emoji": "🔧" })).await;
    stage.frank("edit", json!({ "message_id": first, "body": "two hours" })).await;
    stage.frank("revoke", json!({ "message_id": first })).await;
    let cards = json!([{ "name": { "formatted_name": "Klaus Meier" }, "phones": [{ "phone": "+49 30 1" }] }]);
    stage.frank("contacts", json!({ "contacts": cards })).await;
    stage.frank("flow", json!({ "response": { "hours": 2 } })).await;
    stage
        .frank(
            "order",
            json!({ "catalog_id": "9", "product_items": [{ "product_retailer_id": "G", "quantity": 2 }] }),
        )
        .await;
    stage.frank("unsupported", json!({})).await;
    stage.frank("raw", json!({ "kind": "hologram", "content": { "depth": 3 } })).await;
    let parts: Vec<Vec<Part>> = stage.messages().into_iter().map(|message| message.parts).collect();
    assert_eq!(parts[0], [Part::text("Rohr für Müller 🔧 a/b <x> @y")]);
    assert!(matches!(&parts[1][..], [Part::Location { name: Some(name), .. }] if name == "Meier, Berlin"));
    assert_eq!(parts[2], [Part::Reaction { to: first.clone(), emoji: Some("🔧".into()) }]);
    assert_eq!(parts[3], [Part::Edited { of: first.clone() }, Part::text("two hours")]);
    assert_eq!(parts[4], [Part::Deleted { of: first }]);
    assert!(matches!(&parts[5][..], [Part::Contacts { cards }] if cards[0].phones == ["+49 30 1"]));
    assert_eq!(parts[6], [Part::Form { name: "flow".into(), fields: json!({ "hours": 2 }) }]);
    assert!(matches!(&parts[7][..], [Part::Order { items, .. }] if items[0].quantity == "2"));
    assert!(matches!(&parts[8][..], [Part::Unsupported { kind, .. }] if kind == "poll_creation"));
    assert!(
        matches!(&parts[9][..], [Part::Unsupported { kind, raw }] if kind == "hologram" && raw["hologram"]["depth"] == 3)
    );
    assert_eq!(parts.len(), 10);
}

#[tokio::test]
async fn files_and_voice_come_with_their_hash() {
    let stage = Stage::new().await;
    let url =
        format!("{}/sandbox/people/technician/upload?voice=true&filename=note.ogg", stage.sandbox.base_url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client
        .post(url)
        .header("content-type", "audio/ogg")
        .body("voice")
        .send()
        .await
        .unwrap()
        .error_for_status()
        .unwrap();
    stage.sandbox.settle().await;
    let heard = stage.messages().remove(0);
    let [Part::Media(media)] = &heard.parts[..] else { panic!("{heard:?}") };
    assert_eq!((media.kind, media.voice), (MediaKind::Audio, true));
    assert!(matches!(&media.source, MediaSource::Provider(_)));
    assert_eq!(media.sha256.as_ref().map(String::len), Some(64));
}

#[tokio::test]
async fn duplicates_arrive_once() {
    let stage = Stage::new().await;
    stage.fault(json!({ "target": "webhook", "fault": { "kind": "duplicate", "copies": 3 } })).await;
    stage.frank("text", json!({ "body": "once" })).await;
    stage.said("o1", text("once too")).await;
    stage.advance(2_000).await;
    let arrivals = stage.take();
    let messages = arrivals.iter().filter(|arrival| matches!(arrival.body, Inbound::Message(_))).count();
    let statuses = arrivals.iter().filter(|arrival| matches!(arrival.body, Inbound::Status(_))).count();
    assert_eq!((messages, statuses), (1, 2));
}

#[tokio::test]
async fn a_batch_of_any_shape_is_all_its_messages_in_order() {
    for shape in ["items", "changes", "entries"] {
        let stage = Stage::new().await;
        stage
            .fault(json!({ "target": "inbound", "fault": { "kind": "batch", "size": 3, "shape": shape } }))
            .await;
        for body in ["1", "2", "3"] {
            stage.frank("text", json!({ "body": body })).await;
        }
        assert_eq!(names(&stage), ["1", "2", "3"], "{shape}");
    }
}

#[tokio::test]
async fn late_swapped_and_lost_deliveries_arrive_once_each() {
    let stage = Stage::new().await;
    stage
        .fault(json!({ "target": "inbound", "trigger": { "next": 1 }, "fault": { "kind": "reorder" } }))
        .await;
    stage.frank("text", json!({ "body": "first" })).await;
    stage.frank("text", json!({ "body": "second" })).await;
    let heard = stage.messages();
    assert_eq!(
        heard.iter().map(|m| domain::message::words(&m.parts)).collect::<Vec<_>>(),
        ["second", "first"]
    );
    stage
        .fault(
            json!({ "target": "inbound", "trigger": { "next": 1 }, "fault": { "kind": "lose", "times": 2 } }),
        )
        .await;
    stage.frank("text", json!({ "body": "lost twice" })).await;
    assert!(stage.messages().is_empty());
    stage.advance(60_000).await;
    let late = stage.messages().remove(0);
    assert_eq!(domain::message::words(&late.parts), "lost twice");
    assert!(late.sent_at < stage.now(), "it was sent when the person sent it");
}

#[tokio::test]
async fn a_wrong_signature_is_refused_and_the_retry_arrives() {
    let stage = Stage::new().await;
    let fault =
        json!({ "target": "inbound", "trigger": { "next": 1 }, "fault": { "kind": "wrong_signature" } });
    stage.fault(fault).await;
    stage.frank("text", json!({ "body": "signed" })).await;
    assert_eq!((stage.refused(), stage.take().len()), (1, 0));
    stage.advance(60_000).await;
    assert_eq!(names(&stage), ["signed"]);
}

#[tokio::test]
async fn either_way_of_escaping_is_signed_and_read() {
    for (unicode, slash) in [(true, true), (false, false), (false, true)] {
        let stage = Stage::with(
            |_| {},
            |meta| {
                meta.switches.escape_unicode = unicode;
                meta.switches.escape_slash = slash;
            },
        )
        .await;
        stage.frank("text", json!({ "body": "für a/b 🔧" })).await;
        assert_eq!(names(&stage), ["für a/b 🔧"]);
    }
}

#[tokio::test]
async fn a_person_who_changes_number_and_id_is_told_as_that() {
    let stage = Stage::new().await;
    stage.frank("change-number", json!({ "phone": "+49 171 392 0099" })).await;
    let changes: Vec<_> = stage
        .take()
        .into_iter()
        .filter_map(|arrival| match arrival.body {
            Inbound::Identity(change) => Some(change),
            _ => None,
        })
        .collect();
    assert_eq!(changes[0].previous[0].value, FRANK);
    assert_eq!(changes[0].current[0].value, "491713920099");
    assert!(changes.len() >= 2, "and the scoped id goes with it");
}

#[tokio::test]
async fn what_staff_type_on_the_phone_comes_in_as_theirs() {
    let stage = Stage::new().await;
    stage.post("/echoes", json!({ "person": "technician", "body": "I'll come at 3" })).await;
    stage.sandbox.settle().await;
    let Inbound::Echo(echo) = stage.take().remove(0).body else { panic!("no echo") };
    assert_eq!((echo.to.external.as_str(), &echo.parts), (FRANK, &vec![Part::text("I'll come at 3")]));
}

#[tokio::test]
async fn a_call_a_consent_and_news_of_the_account_are_kept() {
    let stage = Stage::new().await;
    stage.frank("call", json!({})).await;
    stage.frank("marketing", json!({ "value": "stop" })).await;
    stage.control(reqwest::Method::PATCH, "/account", json!({ "quality_rating": "RED" })).await;
    stage
        .post(
            "/webhook/raw",
            json!({ "field": "account_update", "value": { "event": "ACCOUNT_RESTRICTION" } }),
        )
        .await;
    stage.post("/webhook/raw", json!({ "field": "brand_new", "value": { "x": 1 } })).await;
    stage.sandbox.settle().await;
    let arrivals = stage.take();
    assert!(
        matches!(&arrivals[0].body, Inbound::Message(call) if matches!(&call.parts[0], Part::Unsupported { kind, .. } if kind == "call"))
    );
    let notices: Vec<(String, bool)> = arrivals
        .iter()
        .filter_map(|arrival| match &arrival.body {
            Inbound::Notice(notice) => Some((notice.kind.clone(), notice.urgent)),
            _ => None,
        })
        .collect();
    let expected = [
        ("user_preferences", false),
        ("phone_number_quality_update", true),
        ("account_update", true),
        ("brand_new", false),
    ];
    assert_eq!(notices, expected.map(|(kind, urgent)| (kind.to_owned(), urgent)));
}

#[tokio::test]
async fn statuses_carry_our_id_and_go_forward() {
    let stage = Stage::new().await;
    stage.frank("text", json!({ "body": "Hello" })).await;
    stage.take();
    let ids = stage.said("o1", text("Hi")).await;
    stage.advance(1_000).await;
    stage.frank("read", json!({})).await;
    let statuses = stage.statuses();
    let states: Vec<DeliveryState> = statuses.iter().map(|status| status.state).collect();
    assert_eq!(states, [DeliveryState::Sent, DeliveryState::Delivered, DeliveryState::Read]);
    for status in &statuses {
        assert_eq!(status.outbox.as_ref().map(|id| id.as_str()), Some("o1-0"));
        assert_eq!(status.external, ids[0]);
    }
    assert_eq!(statuses[0].price.as_ref().map(|price| price.category.as_str()), Some("service"));
}
