//! Staff answer by hand: once however often it is sent, within the channel's rules, and the agent keeps quiet meanwhile.

use std::time::Duration;

use domain::{contact::Role, outbound::DeliveryState, staff::ConsoleRole};
use serde_json::json;
use store::{audit, outbox};

use crate::{
    app::{App, house, house_with_media, on_each},
    talk::{ids, text},
};

/// What waits to be sent, as the delivery stage takes it: the contents' JSON and whether it is dropped.
pub async fn queued(app: &App) -> Vec<(serde_json::Value, bool)> {
    let now = app.gateway.clock.now();
    let channel = "whatsapp".into();
    let taken = app
        .gateway
        .store
        .write(move |tx| {
            Box::pin(
                async move { outbox::claim(tx, &channel, now, now.plus(Duration::from_secs(1)), 10).await },
            )
        })
        .await
        .unwrap();
    taken.into_iter().map(|row| (json!(row.outbound.content), row.stale)).collect()
}

#[tokio::test]
async fn an_answer_by_hand_takes_the_thread_over() {
    on_each("reply_takes_over", |db| async move {
        let app = house(&db).await;
        let staff = app.as_named("Ana", ConsoleRole::Staff).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "Ist jemand da?").await;
        let sent = staff.post(&frank.path("/messages"), &text("Ja, ich bin dran.\nAna")).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
        let sent = sent.json();
        assert_eq!((&sent["direction"], &sent["author"]["type"]), (&json!("out"), &json!("staff")));
        assert_eq!((&sent["author"]["name"], &sent["status"]["state"]), (&json!("Ana"), &json!("queued")));
        assert!(app.rung() > 0, "the belt is woken");
        let thread = staff.get(&frank.path("")).await.json();
        assert_eq!(thread["owner"], json!({"kind": "staff", "name": "Ana", "user_id": staff.id.0}));
        assert_eq!((&thread["owner_version"], thread["waiting_since"].is_null()), (&json!(1), true));
        let queued = queued(&app).await;
        assert_eq!(queued, [(json!({"content": "text", "text": "Ja, ich bin dran.\nAna"}), false)]);
        let mut tx = app.gateway.store.reader();
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Ok(2), "taken over, and sent");

        let colleague = app.as_named("Ben", ConsoleRole::Dispatcher).await;
        assert_eq!(colleague.post(&frank.path("/messages"), &text("auch ich")).await.status, 201);
        let thread = staff.get(&frank.path("")).await.json();
        assert_eq!(thread["owner"]["name"], "Ana", "a colleague's answer takes nothing from her");
    })
    .await;
}

#[tokio::test]
async fn one_key_is_one_message() {
    on_each("reply_key", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        let path = frank.path("/messages");
        let body = json!({"text": "einmal", "client_msg_id": "01JKEY"});
        let sends = (0..6).map(|_| staff.post(&path, &body));
        let answers = futures::future::join_all(sends).await;
        assert!(answers.iter().all(|answer| answer.status == 201), "{}", answers[0].text);
        let first = answers[0].json();
        assert!(answers.iter().all(|answer| answer.json()["id"] == first["id"]));
        assert_eq!(first["client_msg_id"], "01JKEY");
        let header = staff.request("POST", &path).header("idempotency-key", "01JKEY").json(&text("einmal"));
        let repeated = app.answer(header).await;
        assert_eq!((&repeated.json()["id"], repeated.header("idempotent-replayed")), (&first["id"], "true"));

        let other = staff.post(&path, &json!({"text": "anders", "client_msg_id": "01JKEY"})).await;
        assert_eq!((other.status, &other.json()["code"]), (409, &json!("key_reused")));
        let elsewhere = app.person("Gerd", "4915155512346", Role::Technician).await;
        app.writes(&elsewhere, "hallo").await;
        let elsewhere = staff.post(&elsewhere.path("/messages"), &body).await;
        assert_eq!(elsewhere.json()["code"], "key_reused");
        let colleague = app.as_named("Ben", ConsoleRole::Staff).await;
        let theirs = colleague.post(&path, &body).await.json();
        assert_ne!(theirs["id"], first["id"], "keys are each user's own");
        for key in ["", "with space", "ä", &"x".repeat(65)] {
            let refused = staff.post(&path, &json!({"text": "x", "client_msg_id": key})).await;
            assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("invalid_key")), "{key}");
        }
        let page = staff.get(&path).await.json();
        assert_eq!(page["items"].as_array().unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn outside_the_window_only_a_template_goes() {
    on_each("reply_window", |db| async move {
        let folder = tempfile::tempdir().unwrap();
        let app = house_with_media(&db, folder.path()).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        db.clock.advance(Duration::from_secs(24 * 3600));
        let staff = app.as_user(ConsoleRole::Staff).await;
        assert_eq!(staff.get(&frank.path("")).await.json()["window"]["open"], false);
        let path = frank.path("/messages");
        for body in [text("zu spät"), json!({"text": "a", "buttons": ["b"]})] {
            let refused = staff.post(&path, &body).await;
            assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("window_closed")));
        }
        let thread = staff.get(&frank.path("")).await.json();
        assert_eq!(thread["owner"]["kind"], "agent", "nothing was taken over for nothing");
        let offered = staff.get("/api/comms/templates").await.json();
        assert_eq!(offered["items"][1]["values"], 2);
        let wrong = json!({"template": {"name": "visit", "language": "de", "values": ["Montag"]}});
        assert_eq!(staff.post(&path, &wrong).await.status, 422);
        let body =
            json!({"template": {"name": "visit", "language": "de", "values": ["Montag", "acht\n Uhr"]}});
        let sent = staff.post(&path, &body).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
        let parts = sent.json()["parts"].clone();
        assert_eq!(parts[0]["text"], "Dürfen wir am Montag um acht Uhr kommen?");
        assert_eq!(parts[1]["options"], json!([{"title": "Ja"}, {"title": "Nein"}]));
        let (content, _) = queued(&app).await.remove(0);
        assert_eq!(
            (&content["content"], &content["body"]),
            (&json!("template"), &json!(["Montag", "acht Uhr"]))
        );
        db.clock.advance(Duration::from_secs(60));
        app.writes(&frank, "ja gern").await;
        assert_eq!(
            staff.post(&path, &text("Bis dann")).await.status,
            201,
            "the person's word opens it again"
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_goes_out_as_what_it_is() {
    on_each("reply_upload", |db| async move {
        let folder = tempfile::tempdir().unwrap();
        let app = house_with_media(&db, folder.path()).await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        let asked = app.writes(&frank, "Habt ihr den Plan?").await;
        let upload = async |name: &str, bytes: Vec<u8>| {
            let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
            let form = reqwest::multipart::Form::new().part("file", part);
            app.answer(staff.request("POST", "/api/comms/uploads").multipart(form)).await
        };
        let kept = upload("../Plan.pdf", b"%PDF-1.7 plan".to_vec()).await;
        assert_eq!(kept.status, 201, "{}", kept.text);
        let kept = kept.json();
        assert_eq!((&kept["mime"], &kept["kind"]), (&json!("application/pdf"), &json!("document")));
        assert_eq!((&kept["name"], &kept["bytes"]), (&json!("Plan.pdf"), &json!(13)));
        let body = json!({"upload_id": kept["id"], "caption": "Bitte sehr", "reply_to": asked.0});
        let sent = staff.post(&frank.path("/messages"), &body).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
        let sent = sent.json();
        assert_eq!(
            (&sent["reply_to"], &sent["parts"][0]["caption"]),
            (&json!(asked.0), &json!("Bitte sehr"))
        );
        let file = staff.get(sent["parts"][0]["url"].as_str().unwrap()).await;
        assert_eq!((file.status, file.text.as_str()), (200, "%PDF-1.7 plan"));
        let (content, _) = queued(&app).await.remove(0);
        assert_eq!(
            (&content["content"], &content["quotes"]),
            (&json!("reply"), &json!(format!("wamid.{asked}")))
        );
        assert_eq!(content["body"]["kind"], "document");

        let again = staff.post(&frank.path("/messages"), &body).await;
        assert_eq!(again.status, 422, "it was sent: {}", again.text);
        let large = upload("x.txt", vec![b'x'; 1024 * 1024 + 1]).await;
        assert_eq!((large.status, &large.json()["code"]), (413, &json!("payload_too_large")));
        let program = upload("x.pdf", b"MZ\x90\0\x03\0\0\0\x04\0\0\0".to_vec()).await;
        assert_eq!((program.status, &program.json()["code"]), (415, &json!("type_not_allowed")));
        assert_eq!(upload("x.txt", Vec::new()).await.status, 422);
        let no_form = staff.post("/api/comms/uploads", &json!({})).await;
        assert_eq!(no_form.status, 400, "{}", no_form.text);
        let other = app.as_named("Ben", ConsoleRole::Staff).await;
        let kept = upload("y.txt", b"mine".to_vec()).await.json();
        let stolen = other.post(&frank.path("/messages"), &json!({"upload_id": kept["id"]})).await;
        assert_eq!(stolen.status, 422, "a file is its owner's until it is sent");
    })
    .await;
}

#[tokio::test]
async fn a_failed_message_is_tried_anew_and_only_once() {
    on_each("reply_retry", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        let long = "wort ".repeat(1_500);
        let sent = staff.post(&frank.path("/messages"), &text(&long)).await.json();
        let id = sent["id"].as_str().unwrap();
        let retry = format!("/api/comms/messages/{id}/retry");
        assert_eq!(staff.post(&retry, &json!({})).await.json()["code"], "not_failed");
        // The first of its two rows fails, the second arrives.
        for state in [DeliveryState::Failed, DeliveryState::Delivered] {
            let now = app.gateway.clock.now();
            let settled = app.gateway.store.write(move |tx| {
                Box::pin(async move {
                    let lease = now.plus(Duration::from_secs(1));
                    let taken = outbox::claim(tx, &"whatsapp".into(), now, lease, 10).await?;
                    let outcome = outbox::Outcome {
                        state,
                        due: now,
                        provider_id: None,
                        reason: Some("WhatsApp is down"),
                    };
                    outbox::settle(tx, &taken[0], &outcome, now).await
                })
            });
            settled.await.unwrap();
        }
        let page = staff.get(&frank.path("/messages")).await.json();
        let status = &page["items"][1]["status"];
        assert_eq!((&status["state"], &status["retryable"]), (&json!("failed"), &json!(true)), "{status}");
        assert_eq!(status["reason"], "WhatsApp is down");
        let nothing = json!({});
        let again = futures::future::join_all((0..3).map(|_| staff.post(&retry, &nothing))).await;
        assert_eq!(again.iter().filter(|answer| answer.status == 201).count(), 1, "{}", again[0].text);
        let page = staff.get(&frank.path("/messages")).await.json();
        assert_eq!(ids(&page).len(), 2, "it is the same message");
        assert_eq!(page["items"][1]["status"]["state"], "queued");
        assert_eq!(queued(&app).await.len(), 1, "only what failed goes again");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_said_is_refused() {
    on_each("reply_refused", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Owner).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        let job = app.talk("office", None, "link:field", "JOB-1-001").await;
        app.writes(&job, "x").await;
        let refused = staff.post(&job.path("/messages"), &text("hallo")).await;
        assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("not_a_person")));
        for body in [
            json!({}),
            text(""),
            text(" \n "),
            text("nul \u{0} byte"),
            text(&"x".repeat(16_001)),
            json!({"text": "a", "upload_id": "b"}),
            json!({"caption": "a"}),
            json!({"buttons": ["a"]}),
            json!({"text": "a", "buttons": ["b", "B"]}),
            json!({"text": "a", "buttons": ["", "b"]}),
            json!({"text": "a", "buttons": (0..11).map(|n| n.to_string()).collect::<Vec<_>>()}),
            json!({"template": {"name": "no", "language": "de"}}),
            json!({"upload_id": "nul\u{0}"}),
            json!({"text": 1}),
            json!({"text": "a", "more": 1}),
        ] {
            let refused = staff.post(&frank.path("/messages"), &body).await;
            assert_eq!(refused.status, 422, "{body}: {}", refused.text);
        }
        let quote = staff.post(&frank.path("/messages"), &json!({"text": "a", "reply_to": "nope"})).await;
        assert_eq!((quote.status, &quote.json()["code"]), (409, &json!("not_quotable")));
        let thread = staff.get(&frank.path("")).await.json();
        assert_eq!(thread["owner"]["kind"], "agent");
    })
    .await;
}

#[tokio::test]
async fn an_auditor_changes_nothing() {
    on_each("reply_auditor", |db| async move {
        let app = house(&db).await;
        let auditor = app.as_user(ConsoleRole::Auditor).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        let heard = app.writes(&frank, "hallo").await;
        let person = frank.person.clone().unwrap();
        let thread = |rest: &str| frank.path(rest);
        for (method, path, verb) in [
            ("POST", thread("/messages"), "thread.reply"),
            ("POST", format!("/api/comms/messages/{heard}/retry"), "thread.reply"),
            ("POST", "/api/comms/uploads".to_owned(), "thread.reply"),
            ("POST", thread("/take-over"), "thread.take_over"),
            ("POST", thread("/hand-back"), "thread.take_over"),
            ("PATCH", thread(""), "thread.assign"),
            ("POST", thread("/unread"), "thread.assign"),
            ("POST", thread("/notes"), "thread.note"),
            ("POST", thread("/tasks"), "thread.note"),
            ("POST", "/api/comms/tasks".to_owned(), "thread.note"),
            ("PATCH", format!("/api/comms/contacts/{person}"), "contact.edit"),
            ("POST", thread("/link-person"), "contact.edit"),
            ("DELETE", thread("/link-person"), "contact.edit"),
            ("POST", format!("/api/comms/contacts/{person}/merge"), "contact.merge"),
            ("POST", "/api/comms/contacts/merges/x/undo".to_owned(), "contact.merge"),
        ] {
            let body = match path.rsplit('/').next().unwrap() {
                "notes" => json!({"text": "x"}),
                "tasks" => json!({"title": "x"}),
                "merge" => json!({"into": "x"}),
                _ => json!({}),
            };
            let refused = auditor.send(method, &path, &body).await;
            assert_eq!(refused.status, 403, "{method} {path}: {}", refused.text);
            assert!(refused.text.contains(verb), "{method} {path}: {}", refused.text);
            let nobody = app.answer(app.request(method, &path).json(&body)).await;
            assert_eq!(nobody.status, 401, "{method} {path}");
        }
        for path in [thread(""), thread("/messages"), thread("/notes"), thread("/tasks"), thread("/turns")] {
            assert_eq!(auditor.get(&path).await.status, 200, "{path}");
        }
        let staff = app.as_user(ConsoleRole::Staff).await;
        let merge = staff.post(&format!("/api/comms/contacts/{person}/merge"), &json!({"into": "x"})).await;
        assert_eq!(merge.status, 403, "only dispatchers and above merge");
    })
    .await;
}
