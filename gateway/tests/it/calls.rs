//! Calls by telephone: told by a signed webhook or written down by staff, linked by number, heard by who may.

use channels::whatsapp::signature::sign;
use domain::{
    contact::Role,
    customer::Customer,
    inbound::Inbound,
    message::{Media, MediaSource},
    staff::ConsoleRole,
};
use serde_json::{Value, json};
use store::{Error, audit, call, office};

use crate::{
    app::{self, APP_SECRET, Answer, App, on_each},
    live_client::Client,
    staff::Console,
    talk::ids,
};

const WEBHOOK: &str = "/api/comms/webhooks/telephony";
const CALLS: &str = "/api/comms/calls";
/// The smallest thing that is an Ogg page.
const OGG: &[u8] =
    b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0";

async fn tells(app: &App, body: &Value) -> Answer {
    let body = body.to_string();
    let signature = sign(&APP_SECRET.into(), body.as_bytes());
    app.answer(app.request("POST", WEBHOOK).header("x-hub-signature-256", signature).body(body)).await
}

fn call(state: &str, at: &str) -> Value {
    json!({
        "call_id": "c-1", "state": state, "direction": "in", "from": "+49 151 55512345", "to": "030 1234567", "at": at
    })
}

async fn only(console: &Console<'_>) -> Value {
    let list = console.get(CALLS).await.json();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{list}");
    items[0].clone()
}

async fn upload(console: &Console<'_>, name: &str, bytes: &[u8]) -> Value {
    let part = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name(name.to_owned());
    let form = reqwest::multipart::Form::new().part("file", part);
    let answer = console.app.answer(console.request("POST", "/api/comms/uploads").multipart(form)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

#[tokio::test]
async fn a_call_is_told_bit_by_bit_and_only_moves_forward() {
    on_each("calls_told", |db| async move {
        let folder = tempfile::tempdir().unwrap();
        let app = app::with_telephony(&db, folder.path()).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        let mut live = Client::open(&app).await;
        live.hello(json!({ "token": staff.token })).await;

        assert_eq!(tells(&app, &call("answered", "2025-11-20T11:00:20Z")).await.status, 200);
        let told = live.until(|frame| frame["data"]["scope"] == "call").await;
        assert_eq!(told["data"]["conversation"]["id"], json!(frank.held.id.0), "{told}");
        for (state, at) in [
            ("ringing", "2025-11-20T11:00:00Z"),
            ("ended", "2025-11-20T11:05:20Z"),
            ("answered", "2025-11-20T11:00:20Z"),
            ("missed", "2025-11-20T11:09:00Z"),
        ] {
            for _ in 0..2 {
                assert_eq!(tells(&app, &call(state, at)).await.status, 200, "{state}");
            }
        }
        let shown = only(&staff).await;
        assert_eq!(
            (&shown["state"], &shown["direction"], &shown["source"]),
            (&json!("ended"), &json!("in"), &json!("telephony"))
        );
        assert_eq!((&shown["number"], &shown["line"]), (&json!("4915155512345"), &json!("49301234567")));
        assert_eq!(
            (&shown["started_at"], &shown["ended_at"], &shown["duration_ms"]),
            (&json!("2025-11-20T11:00:00.000Z"), &json!("2025-11-20T11:05:20.000Z"), &json!(300_000))
        );
        assert_eq!(
            (&shown["contact"]["name"], &shown["thread_id"]),
            (&json!("Frank"), &json!(frank.held.id.0))
        );

        let mut with_recording = call("ended", "2025-11-20T11:05:20Z");
        with_recording["recording"] = json!({ "url": "https://records.example.com/1.mp3" });
        for _ in 0..2 {
            assert_eq!(tells(&app, &with_recording).await.status, 200);
        }
        let shown = only(&staff).await;
        assert_eq!(shown["recording"]["state"], "awaited");
        assert!(
            !shown.to_string().contains("records.example.com"),
            "where it lies stays in the house: {shown}"
        );
        let waits = app.inbox().await;
        let [Inbound::Recording { call, media }] = waits.as_slice() else { panic!("{waits:?}") };
        assert_eq!(json!(call), shown["id"]);
        assert_eq!(media.source, MediaSource::Provider("https://records.example.com/1.mp3".into()));
        assert_eq!(staff.get(&format!("{CALLS}/{}/recording", call)).await.status, 404, "it is not here yet");
    })
    .await;
}

#[tokio::test]
async fn nobody_unsigned_tells_of_a_call_and_without_a_secret_there_is_no_door() {
    on_each("calls_signed", |db| async move {
        let folder = tempfile::tempdir().unwrap();
        let app = app::with_telephony(&db, folder.path()).await;
        let body = call("ringing", "2025-11-20T11:00:00Z").to_string();
        let post = |signature: Option<String>, body: String| {
            let request = app.request("POST", WEBHOOK).body(body);
            app.answer(match signature {
                Some(signature) => request.header("x-hub-signature-256", signature),
                None => request,
            })
        };
        let wrong = sign(&"another-secret-entirely".into(), body.as_bytes());
        let right = sign(&APP_SECRET.into(), body.as_bytes());
        assert_eq!(post(None, body.clone()).await.status, 401);
        assert_eq!(post(Some("sha256=zz".into()), body.clone()).await.status, 401);
        assert_eq!(post(Some(wrong), body.clone()).await.status, 403);
        assert_eq!(post(Some(right), body.replace("ringing", "missed")).await.status, 403);
        let large = " ".repeat(70 * 1024);
        assert_eq!(post(Some(sign(&APP_SECRET.into(), large.as_bytes())), large).await.status, 413);
        for wrong in ["", "[]", "{}", "\u{0}", "{\"call_id\": 7}"] {
            let signature = sign(&APP_SECRET.into(), wrong.as_bytes());
            let refused = post(Some(signature), wrong.to_owned()).await;
            assert_eq!((refused.status, &refused.json()["code"]), (422, &json!("malformed_json")), "{wrong}");
        }
        assert_eq!(app.answer(app.request("GET", WEBHOOK)).await.status, 405);
        let owner = app.as_user(ConsoleRole::Owner).await;
        assert_eq!(owner.get(CALLS).await.json()["items"], json!([]));

        let shut = app::house(&db).await;
        assert_eq!(tells(&shut, &call("ringing", "2025-11-20T11:00:00Z")).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_call_from_nobody_known_is_a_customers_by_the_number() {
    on_each("calls_customer", |db| async move {
        let folder = tempfile::tempdir().unwrap();
        let app = app::with_telephony(&db, folder.path()).await;
        let customer = |id: &str, name: &str, phone: &str| -> Customer {
            serde_json::from_value(json!({
                "id": id, "name": name, "street": "", "postal_code": "", "city": "", "phone": phone, "email": "", "contract": ""
            }))
            .unwrap()
        };
        let known = [
            customer("789", "Klaus Meier", "0151 55512345"),
            customer("1", "Zwei", "030 999"),
            customer("2", "Zwilling", "030 / 99 98 887"),
            customer("3", "Zwilling", "+49 30 9998887"),
        ];
        let kept = app.gateway.store.write(move |tx| {
            Box::pin(async move {
                for customer in &known {
                    office::customer::put(tx, customer).await?;
                }
                Ok::<_, Error>(())
            })
        });
        kept.await.unwrap();
        assert_eq!(tells(&app, &call("missed", "2025-11-20T11:00:00Z")).await.status, 200);
        let staff = app.as_user(ConsoleRole::Staff).await;
        let shown = only(&staff).await;
        assert_eq!((&shown["customer"]["name"], &shown["contact"]), (&json!("Klaus Meier"), &json!(null)));
        for (id, from) in [("c-2", "030 9998887"), ("c-3", "anonymous"), ("c-4", "")] {
            let mut body = call("missed", "2025-11-20T12:00:00Z");
            (body["call_id"], body["from"]) = (json!(id), json!(from));
            assert_eq!(tells(&app, &body).await.status, 200, "{id}");
        }
        let list = staff.get(CALLS).await.json();
        let strangers = list["items"].as_array().unwrap().iter().filter(|call| call["customer"].is_null()).count();
        assert_eq!(strangers, 3, "between two nobody guesses: {list}");

        // Somebody who turns out to have the number later has the call too.
        let lisa = app.person("Lisa", "4915155512345", Role::Customer).await;
        let mine = staff.get(&format!("{CALLS}?contact_id={}", lisa.person.clone().unwrap())).await.json();
        assert_eq!(ids(&mine), [shown["id"].as_str().unwrap()]);
    })
    .await;
}

#[tokio::test]
async fn staff_write_a_call_down_with_its_recording() {
    on_each("calls_entered", |db| async move {
        let folder = tempfile::tempdir().unwrap();
        let app = app::with_telephony(&db, folder.path()).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "ruft mich an").await;
        let (anna, auditor) =
            (app.as_user(ConsoleRole::Staff).await, app.as_user(ConsoleRole::Auditor).await);
        let brought = upload(&anna, "anruf.ogg", OGG).await;
        let body = json!({
            "direction": "out", "thread_id": frank.held.id, "started_at": "2025-11-20T11:00:00Z",
            "ended_at": "2025-11-20T11:02:00Z", "note": " Termin am Montag ", "upload_id": brought["id"]
        });
        assert_eq!(auditor.post(CALLS, &body).await.status, 403);
        let send = || {
            let request = anna.request("POST", CALLS).header("idempotency-key", "k1").json(&body);
            app.answer(request)
        };
        let (first, again) = (send().await, send().await);
        assert_eq!((first.status, again.status), (201, 200), "{} {}", first.text, again.text);
        assert_eq!(first.json()["id"], again.json()["id"]);
        let shown = only(&auditor).await;
        assert_eq!((&shown["number"], &shown["note"]), (&json!("4915155512345"), &json!("Termin am Montag")));
        assert_eq!(
            (&shown["duration_ms"], &shown["created_by"]["name"]),
            (&json!(120_000), &json!("the staff"))
        );
        assert_eq!(shown["recording"]["state"], "kept");
        assert!(!shown.to_string().contains("uploads/"), "{shown}");

        let path = format!("{CALLS}/{}", shown["id"].as_str().unwrap());
        let heard = auditor.get(&format!("{path}/recording")).await;
        assert_eq!((heard.status, heard.header("content-type")), (200, "audio/ogg"));
        assert!(heard.header("content-security-policy").contains("sandbox"));
        let piece = auditor.request("GET", &format!("{path}/recording")).header("range", "bytes=4-7");
        let piece = app.answer(piece).await;
        assert_eq!((piece.status, piece.header("content-range").is_empty()), (206, false));
        assert_eq!(app.answer(app.request("GET", &format!("{path}/recording"))).await.status, 401);

        // The belt hears it, and its words stand at the call.
        let waits = app.inbox().await;
        let [Inbound::Recording { call: id, media }] = waits.as_slice() else { panic!("{waits:?}") };
        let (id, media) = (id.clone(), Media { transcript: Some("Montag passt".into()), ..media.clone() });
        let now = app.gateway.clock.now();
        app.gateway
            .store
            .write(move |tx| Box::pin(async move { call::recorded(tx, &id, &media, now).await }))
            .await
            .unwrap();
        assert_eq!(anna.get(&path).await.json()["recording"]["transcript"], "Montag passt");
        let asked = anna.post("/api/comms/recordings/transcribe", &json!({ "call_id": shown["id"] })).await;
        assert_eq!(asked.status, 202, "{}", asked.text);

        let entries = audit::list(&mut app.gateway.store.reader(), None, 20).await.unwrap();
        let told: Vec<&str> = entries.iter().rev().map(|entry| entry.action.as_str()).collect();
        assert_eq!(told, ["uploaded", "call_noted", "call_heard"]);
        assert!(audit::verify(&mut app.gateway.store.reader()).await.unwrap().is_ok());
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_field_by_field() {
    on_each("calls_refused", |db| async move {
        let folder = tempfile::tempdir().unwrap();
        let app = app::with_telephony(&db, folder.path()).await;
        let anna = app.as_user(ConsoleRole::Staff).await;
        let text = upload(&anna, "note.txt", b"words").await;
        let base = json!({ "direction": "in", "number": "0151 55512345" });
        for (field, value, status, code) in [
            ("direction", json!("up"), 422, "invalid"),
            ("state", json!("ringing"), 422, "invalid"),
            ("number", json!("12"), 422, "invalid"),
            ("number", json!(null), 422, "invalid"),
            ("contact_id", json!("nobody"), 422, "invalid"),
            ("thread_id", json!("none"), 422, "invalid"),
            ("started_at", json!("2025-11-20T13:00:00Z"), 422, "invalid"),
            ("started_at", json!("soon"), 422, "invalid"),
            ("ended_at", json!("2025-11-20T11:00:00Z"), 422, "invalid"),
            ("note", json!("x".repeat(4_001)), 422, "invalid"),
            ("upload_id", json!("none"), 404, "not_found"),
            ("upload_id", text["id"].clone(), 422, "not_a_recording"),
            ("colour", json!("red"), 422, "malformed_json"),
        ] {
            let refused = anna.post(CALLS, &app::with(base.clone(), field, value.clone())).await;
            assert_eq!(
                (refused.status, &refused.json()["code"]),
                (status, &json!(code)),
                "{field} {value}: {}",
                refused.text
            );
        }
        let made = anna.post(CALLS, &base).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("{CALLS}/{}", made.json()["id"].as_str().unwrap());
        for (body, status) in [
            (json!({ "note": "Rückruf" }), 200),
            (json!({ "contact_id": "nobody" }), 422),
            (json!({ "contact_id": null, "note": "" }), 200),
            (json!({ "state": "missed" }), 422),
        ] {
            assert_eq!(anna.patch(&path, &body).await.status, status, "{body}");
        }
        assert_eq!(anna.patch(&format!("{CALLS}/none"), &json!({})).await.status, 404);
        for (asked, status) in [
            ("limit=0", 400),
            ("cursor=x", 400),
            ("what=1", 400),
            ("contact_id=nobody", 404),
            ("thread_id=none", 404),
        ] {
            assert_eq!(anna.get(&format!("{CALLS}?{asked}")).await.status, status, "{asked}");
        }
        let transcribe = "/api/comms/recordings/transcribe";
        for (body, status) in [
            (json!({}), 422),
            (json!({ "message_id": "m", "call_id": "c" }), 422),
            (json!({ "call_id": "none" }), 404),
            (json!({ "call_id": made.json()["id"] }), 422),
        ] {
            assert_eq!(anna.post(transcribe, &body).await.status, status, "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_of_calls_neither_skip_nor_repeat_and_follow_a_person_who_is_merged() {
    on_each("calls_pages", |db| async move {
        let folder = tempfile::tempdir().unwrap();
        let app = app::with_telephony(&db, folder.path()).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        let lisa = app.person("Lisa", "4915155512346", Role::Technician).await;
        app.writes(&lisa, "hallo").await;
        for n in 0..5 {
            let mut body = call("missed", &format!("2025-11-20T11:0{}:00Z", n / 2));
            body["call_id"] = json!(format!("c-{n}"));
            if n == 4 {
                body["from"] = json!("+4915155512346");
            }
            assert_eq!(tells(&app, &body).await.status, 200);
        }
        let boss = app.as_user(ConsoleRole::Dispatcher).await;
        let read = async |query: String| {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = boss.get(&format!("{CALLS}?limit=2{query}{cursor}")).await.json();
                seen.extend(ids(&page));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => return seen,
                }
            }
        };
        let all = read(String::new()).await;
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!((all.len(), distinct.len()), (5, 5));
        let of_frank = read(format!("&thread_id={}", frank.held.id)).await;
        assert_eq!(of_frank, all[1..], "Lisa's is the newest");

        let (one, other) = (frank.person.clone().unwrap(), lisa.person.clone().unwrap());
        let merged = boss.post(&format!("/api/comms/contacts/{other}/merge"), &json!({ "into": one })).await;
        assert!(merged.status < 300, "{}", merged.text);
        assert_eq!(read(format!("&contact_id={one}")).await, all);
    })
    .await;
}
