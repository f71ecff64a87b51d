//! The list of threads, one of them and its messages: whole, in order, found by what staff type, stable while more comes.

use std::time::Duration;

use domain::{clock::Millis, contact::Role, message::Part, staff::ConsoleRole};
use serde_json::{Value, json};

use crate::{
    app::{NOW, house, on_each},
    talk::{ids, recording},
};

#[tokio::test]
async fn a_thread_shows_who_talks_and_what_waits() {
    on_each("thread_whole", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        let frank = app.person("Frank Vogel", "4915155512345", Role::Technician).await;
        let asked = app.writes(&frank, "Rohr ist dicht,\n was nun?").await;

        let list = staff.get("/api/comms/threads").await;
        assert_eq!(list.status, 200, "{}", list.text);
        let list = list.json();
        assert!(list["as_of_seq"].is_i64() && list["next_cursor"].is_null());
        let thread = &list["items"][0];
        assert_eq!(thread["id"], frank.held.id.0);
        assert_eq!((&thread["agent"], &thread["channel"]), (&json!("field"), &json!("whatsapp")));
        assert_eq!(thread["contact"]["name"], "Frank Vogel");
        assert_eq!(thread["contact"]["roles"], json!(["technician"]));
        assert_eq!(thread["contact"]["identities"], json!([{"kind": "phone", "value": "4915155512345"}]));
        assert_eq!(thread["owner"], json!({"kind": "agent", "name": "field", "user_id": null}));
        assert_eq!((&thread["unread"], &thread["status"]), (&json!(1), &json!("open")));
        assert_eq!(thread["waiting_since"], "2025-11-20T12:00:00.000Z");
        assert_eq!(
            thread["window"],
            json!({"open": true, "until": "2025-11-21T12:00:00.000Z"}),
            "WhatsApp's day"
        );
        assert_eq!(thread["last"]["preview"], "Rohr ist dicht, was nun?");
        assert_eq!(thread["last"]["author"]["name"], "Frank Vogel");
        assert_eq!(thread["last"]["message_id"], asked.0);

        let said = app.answers(&frank, "Ich frage nach.").await;
        let one = staff.get(&frank.path("")).await.json();
        assert_eq!((&one["waiting_since"], &one["unread"]), (&Value::Null, &json!(1)));
        assert_eq!(one["last"]["status"]["state"], "queued");
        assert_eq!((&one["jobs"], &one["questions"]), (&json!([]), &json!([])));

        let messages = staff.get(&frank.path("/messages")).await.json();
        assert_eq!(ids(&messages), [asked.0, said.0]);
        let (heard, said) = (&messages["items"][0], &messages["items"][1]);
        assert_eq!((&heard["direction"], &heard["author"]["type"]), (&json!("in"), &json!("contact")));
        assert_eq!((&heard["status"], &heard["late"]), (&Value::Null, &json!(false)));
        assert_eq!(heard["parts"], json!([{"type": "text", "text": "Rohr ist dicht,\n was nun?"}]));
        assert_eq!((&said["direction"], &said["author"]["type"]), (&json!("out"), &json!("agent")));
        assert!(heard["seq"].as_i64() < said["seq"].as_i64());
    })
    .await;
}

#[tokio::test]
async fn a_stranger_waits_for_staff() {
    on_each("thread_stranger", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Auditor).await;
        let somebody = app.stranger("491701112233").await;
        app.writes(&somebody, "Bin ich hier richtig?").await;
        let thread = staff.get(&somebody.path("")).await.json();
        assert_eq!(thread["owner"], json!({"kind": "none", "name": null, "user_id": null}));
        assert_eq!((&thread["contact"], &thread["address"]), (&Value::Null, &json!("491701112233")));
        assert!(thread["waiting_since"].is_string(), "nobody answered: {thread}");
        let messages = staff.get(&somebody.path("/messages")).await.json();
        assert_eq!(messages["items"][0]["author"], json!({"type": "contact", "id": null, "name": ""}));
    })
    .await;
}

#[tokio::test]
async fn pages_are_stable_while_messages_arrive() {
    on_each("thread_pages", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        let mut talks = Vec::new();
        for n in 0..7 {
            let talk = app.person(&format!("P{n}"), &format!("49151000000{n}"), Role::Technician).await;
            app.writes(&talk, "hallo").await;
            db.clock.advance(Duration::from_secs(1));
            talks.push(talk);
        }
        let expected: Vec<String> = talks.iter().rev().map(|talk| talk.held.id.0.clone()).collect();
        let first = staff.get("/api/comms/threads?limit=3").await.json();
        assert_eq!(ids(&first), expected[..3]);
        // One of the first page moves to the top, one that was not read yet too: neither shows twice, no other is lost.
        app.writes(&talks[5], "noch etwas").await;
        let mut seen = ids(&first);
        let mut cursor = first["next_cursor"].as_str().map(str::to_owned);
        while let Some(next) = cursor {
            let page = staff.get(&format!("/api/comms/threads?limit=3&cursor={next}")).await.json();
            seen.extend(ids(&page));
            cursor = page["next_cursor"].as_str().map(str::to_owned);
        }
        assert_eq!(seen, expected);

        let talk = &talks[0];
        let mut said = Vec::new();
        for n in 0..9 {
            said.push(app.writes(talk, &format!("{n}")).await.0);
            db.clock.advance(Duration::from_secs(1));
        }
        let page = staff.get(&talk.path("/messages?limit=4")).await.json();
        assert_eq!(ids(&page), said[5..]);
        app.writes(talk, "dazwischen").await;
        let before = page["older"].as_str().unwrap();
        let older = staff.get(&talk.path(&format!("/messages?limit=4&before={before}"))).await.json();
        assert_eq!(ids(&older), said[1..5]);
        let newer = staff.get(&talk.path(&format!("/messages?limit=3&after={}", said[4]))).await.json();
        assert_eq!((ids(&newer), newer["newer"].is_string()), (said[5..8].to_vec(), true));
        let around = staff.get(&talk.path(&format!("/messages?limit=4&around={}", said[4]))).await.json();
        assert_eq!(ids(&around), said[2..6]);
    })
    .await;
}

#[tokio::test]
async fn a_message_that_was_long_under_way_stands_where_it_was_written() {
    on_each("thread_late", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        let first = app.writes(&frank, "eins").await;
        db.clock.advance(Duration::from_secs(3_600));
        let second = app.writes(&frank, "zwei").await;
        db.clock.advance(Duration::from_secs(60));
        let late = app.hears(&frank, vec![Part::text("war unterwegs")], Millis(NOW.0 + 60_000)).await;
        let page = staff.get(&frank.path("/messages")).await.json();
        assert_eq!(ids(&page), [first.0, late.0, second.0.clone()]);
        assert_eq!((&page["items"][1]["late"], &page["items"][2]["late"]), (&json!(true), &json!(false)));
        let thread = staff.get(&frank.path("")).await.json();
        assert_eq!((&thread["last"]["message_id"], &thread["unread"]), (&json!(second.0), &json!(3)));
    })
    .await;
}

fn search(typed: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("search", typed).finish();
    format!("/api/comms/threads?{query}")
}

#[tokio::test]
async fn staff_find_what_they_look_for() {
    on_each("thread_search", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        let frank = app.person("Jörg Weiß", "4915155512345", Role::Technician).await;
        let other = app.person("O'Neil %_", "4917099988877", Role::Technician).await;
        let job = app.talk("office", None, "link:field", "JOB-1-001").await;
        app.writes(&frank, "Der Absperrhahn tropft").await;
        app.writes(&other, "alles gut 100%").await;
        app.writes(&job, "Absperrhahn").await;
        store::search::fill(&app.gateway.store, NOW).await.unwrap();
        let (frank, other) = (frank.held.id.0, other.held.id.0);
        for (typed, found) in [
            ("jörg", vec![&frank]),
            ("WEISS", vec![&frank]),
            ("2345", vec![&frank]),
            ("+49 151 555-12345", vec![&frank]),
            ("0151 / 555 12345", vec![&frank]),
            ("absperr", vec![&frank]),
            ("tropft der", vec![&frank]),
            ("100%", vec![&other]),
            ("'", vec![&other]),
            ("%", vec![&other]),
            ("_", vec![&other]),
            ("absperrhahn gut", vec![]),
            ("' OR 1=1 --", vec![]),
            ("\" NEAR(x)", vec![]),
            ("a & b | !c:*", vec![]),
            ("words:tropft", vec![]),
            ("\\", vec![]),
            ("😀", vec![]),
        ] {
            let answer = staff.get(&search(typed)).await;
            assert_eq!(answer.status, 200, "{typed}: {}", answer.text);
            let ids = ids(&answer.json());
            assert_eq!(ids.iter().collect::<Vec<_>>(), found, "{typed}");
        }
        let nul = staff.get(&search("a\0b")).await;
        assert!(nul.status < 500, "{}", nul.text);
        let jobs = staff.get("/api/comms/threads?channel=link").await.json();
        assert_eq!(ids(&jobs), [job.held.id.0]);
    })
    .await;
}

#[tokio::test]
async fn the_index_of_words_misses_and_repeats_nothing() {
    on_each("thread_words", |db| async move {
        let app = house(&db).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        let store = &app.gateway.store;
        for n in 0..3 {
            app.writes(&frank, &format!("Wort{n}")).await;
        }
        assert_eq!(store::search::fill(store, NOW).await.unwrap(), 3);
        assert_eq!(store::search::fill(store, NOW).await.unwrap(), 0);
        db.clock.advance(Duration::from_secs(120));
        let later = Millis(NOW.0 + 120_000);
        store::search::fill(store, later).await.unwrap();
        app.writes(&frank, "Wort3").await;
        assert_eq!(store::search::fill(store, later).await.unwrap(), 1);
        assert_eq!(store::search::fill(store, later).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn filters_and_tabs_agree() {
    on_each("thread_filters", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        let gerd = app.person("Gerd", "4915155512346", Role::Technician).await;
        let somebody = app.stranger("491701112233").await;
        for talk in [&frank, &gerd, &somebody] {
            db.clock.advance(Duration::from_secs(1));
            app.writes(talk, "hallo").await;
        }
        db.clock.advance(Duration::from_secs(1));
        app.answers(&gerd, "ja?").await;
        let patch = json!({"assignee": "me", "labels": ["dringend", "Kunde"], "priority": "high"});
        let patched = staff.patch(&frank.path(""), &patch).await;
        assert_eq!(patched.status, 200, "{}", patched.text);
        assert_eq!(patched.json()["assignee"]["user_id"], staff.id.0);
        assert_eq!(patched.json()["labels"], json!(["Kunde", "dringend"]));
        staff.post(&gerd.path("/take-over"), &json!({})).await;
        staff.patch(&somebody.path(""), &json!({"status": "resolved"})).await;
        let (frank, gerd, somebody) = (frank.held.id.0, gerd.held.id.0, somebody.held.id.0);
        for (query, found) in [
            ("", vec![&gerd, &somebody, &frank]),
            ("assignee=none", vec![&somebody]),
            ("assignee=me", vec![&gerd, &frank]),
            ("label=dringend", vec![&frank]),
            ("owner=agent", vec![&frank]),
            ("owner=me", vec![&gerd]),
            ("owner=staff", vec![&gerd]),
            ("owner=none", vec![&somebody]),
            ("owner=phone", vec![]),
            ("status=open", vec![&gerd, &frank]),
            ("status=resolved", vec![&somebody]),
            ("unread=true", vec![&gerd, &somebody, &frank]),
            ("waiting=true", vec![&frank]),
            ("sort=waiting", vec![&frank]),
            ("approval=true", vec![]),
            ("channel=cli", vec![]),
            ("channel=whatsapp&status=open&label=Kunde", vec![&frank]),
        ] {
            let list = staff.get(&format!("/api/comms/threads?{query}")).await;
            assert_eq!(list.status, 200, "{query}: {}", list.text);
            assert_eq!(ids(&list.json()).iter().collect::<Vec<_>>(), found, "{query}");
        }
        let tabs = staff.get("/api/comms/threads/counts").await.json();
        let figures = ["all", "mine", "unassigned", "agent", "approval", "unread", "waiting"];
        let figures: Vec<i64> = figures.into_iter().map(|tab| tabs[tab].as_i64().unwrap()).collect();
        assert_eq!(figures, [2, 2, 0, 1, 0, 2, 1]);
        let labels = staff.get("/api/comms/labels").await.json();
        assert_eq!(labels["items"][1], json!({"name": "dringend", "threads": 1}));
        for query in ["status=x", "sort=x", "limit=0", "limit=201", "limit=x", "cursor=x", "unread=maybe"] {
            let refused = staff.get(&format!("/api/comms/threads?{query}")).await;
            assert_eq!(refused.status, 400, "{query}: {}", refused.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_is_read_by_those_who_may_and_only_from_the_media_folder() {
    on_each("thread_media", |db| async move {
        let folder = tempfile::tempdir().unwrap();
        let app = crate::app::house_with_media(&db, folder.path()).await;
        let staff = app.as_user(ConsoleRole::Auditor).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        let path = folder.path().join("note.ogg");
        std::fs::write(&path, b"OggS0123456789").unwrap();
        let outside = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(outside.path(), b"secret").unwrap();
        let parts = vec![
            Part::text("hör mal"),
            recording(path.to_str().unwrap()),
            recording(outside.path().to_str().unwrap()),
            recording(&format!("{}/../{}", folder.path().display(), "x")),
        ];
        let heard = app.hears(&frank, parts, NOW).await;
        let page = staff.get(&frank.path("/messages")).await.json();
        let url = page["items"][0]["parts"][1]["url"].as_str().unwrap().to_owned();
        assert_eq!(url, format!("/api/comms/messages/{heard}/media/1"));

        let whole = staff.get(&url).await;
        assert_eq!((whole.status, whole.text.as_str()), (200, "OggS0123456789"));
        assert_eq!(whole.header("content-type"), "audio/ogg");
        assert_eq!(whole.header("x-content-type-options"), "nosniff");
        assert!(
            whole.header("content-disposition").starts_with("inline"),
            "{whole:?}",
            whole = whole.headers
        );
        assert!(whole.header("content-security-policy").contains("sandbox"));
        let part = app.answer(staff.request("GET", &url).header("range", "bytes=4-7")).await;
        assert_eq!((part.status, part.text.as_str()), (206, "0123"));
        assert_eq!(part.header("content-range"), "bytes 4-7/14");

        for n in ["0", "2", "3", "9", "x", "-1"] {
            let refused = staff.get(&format!("/api/comms/messages/{heard}/media/{n}")).await;
            assert_eq!(refused.status, 404, "{n}: {}", refused.text);
        }
        let stranger = app.answer(app.request("GET", &url)).await;
        assert_eq!(stranger.status, 401);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_id_names_nothing() {
    on_each("thread_ids", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Owner).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        let long = "x".repeat(5_000);
        for id in ["nope", "%00", "a%00b", "%F0%9F%98%80", "'", "..%2f..", &long] {
            for rest in ["", "/messages"] {
                let refused = staff.get(&format!("/api/comms/threads/{id}{rest}")).await;
                assert_eq!(refused.status, 404, "{id}{rest}: {}", refused.text);
            }
            let refused = staff.get(&frank.path(&format!("/messages?before={id}"))).await;
            assert!(matches!(refused.status, 400 | 404), "{id}: {} {}", refused.status, refused.text);
        }
    })
    .await;
}
