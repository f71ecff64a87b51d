//! Who is who: strangers and customers, links, merges, and what staff note beside a thread.

use std::time::Duration;

use domain::{
    contact::{Identity, IdentityKind, Role},
    customer::Customer,
    staff::ConsoleRole,
};
use serde_json::{Value, json};
use store::{contact, journal, office::customer, turn};

use crate::{
    app::{App, NOW, house, on_each},
    talk::ids,
};

async fn customer(app: &App, id: &str, name: &str, phone: &str) {
    let customer = Customer {
        id: id.into(),
        name: name.to_owned(),
        street: "Schillerstraße 12".to_owned(),
        postal_code: "10117".to_owned(),
        city: "Berlin".to_owned(),
        phone: phone.to_owned(),
        email: String::new(),
        contract: String::new(),
    };
    app.gateway
        .store
        .write(move |tx| Box::pin(async move { customer::put(tx, &customer).await }))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_stranger_is_linked_and_unlinked() {
    on_each("people_link", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        customer(&app, "789", "Klaus Müller", "030 / 555 66 77").await;
        customer(&app, "790", "Bürogemeinschaft", "+49 (30) 5556677").await;
        let somebody = app.stranger("49305556677").await;
        app.writes(&somebody, "Hallo?").await;
        let link = somebody.path("/link-person");
        let named = staff.post(&link, &json!({"new": {"name": "Klaus", "role": "customer"}})).await;
        assert_eq!(named.status, 200, "{}", named.text);
        let named = named.json();
        assert_eq!(
            (&named["contact"]["name"], &named["contact"]["roles"]),
            (&json!("Klaus"), &json!(["customer"]))
        );
        assert_eq!(named["contact"]["identities"], json!([{"kind": "phone", "value": "49305556677"}]));
        let one = staff.get(&somebody.path("")).await.json();
        assert_eq!(ids(&json!({"items": one["suggested_customers"]})), ["789", "790"], "two have the number");
        let linked = staff.post(&link, &json!({"customer_id": "789"})).await.json();
        assert_eq!(linked["customer"], json!({"id": "789", "name": "Klaus Müller"}));
        let found = staff.get("/api/comms/threads?search=m%C3%BCller").await.json();
        assert_eq!(ids(&found), [somebody.held.id.0.as_str()], "by the customer's name too");

        let taken = staff.post(&link, &json!({"new": {"name": "Other", "role": "technician"}})).await;
        assert_eq!((taken.status, &taken.json()["code"]), (409, &json!("has_a_person")));
        let unlinked = staff.delete(&link).await.json();
        assert_eq!(unlinked["customer"], Value::Null);
        let unlinked = staff.delete(&link).await.json();
        assert_eq!(unlinked["contact"]["roles"], json!([]));
        assert_eq!(
            unlinked["contact"]["identities"][0]["value"], "49305556677",
            "the number is the stranger's"
        );
        assert_eq!(staff.delete(&link).await.json()["code"], "not_linked");
        for body in [
            json!({}),
            json!({"customer_id": "1"}),
            json!({"contact_id": "nope"}),
            json!({"contact_id": "a", "customer_id": "b"}),
            json!({"new": {"name": " ", "role": "customer"}}),
            json!({"new": {"name": "x", "role": "boss"}}),
            json!({"new": {"name": "x", "role": "customer", "phone": "abc"}}),
        ] {
            assert_eq!(staff.post(&link, &body).await.status, 422, "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn two_who_are_one_are_merged_and_parted() {
    on_each("people_merge", |db| async move {
        let app = house(&db).await;
        let chief = app.as_user(ConsoleRole::Dispatcher).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "eins").await;
        db.clock.advance(Duration::from_secs(1));
        let twin = app.person("F. Vogel", "4917088877766", Role::Customer).await;
        app.writes(&twin, "zwei").await;
        let (from, into) = (twin.person.clone().unwrap(), frank.person.clone().unwrap());
        let path = format!("/api/comms/contacts/{from}/merge");
        let merged = chief.post(&path, &json!({"into": into.0})).await;
        assert_eq!(merged.status, 200, "{}", merged.text);
        let merged = merged.json();
        assert_eq!(merged["contact"]["roles"], json!(["technician", "customer"]));
        assert_eq!(merged["contact"]["identities"].as_array().unwrap().len(), 2);
        let mut tx = app.gateway.store.reader();
        for number in ["4915155512345", "4917088877766"] {
            let known = contact::find(&mut tx, &[Identity::phone(number)]).await.unwrap().unwrap();
            assert_eq!(known.id, into, "either number is one person's");
        }
        let detail = chief.get(&format!("/api/comms/contacts/{from}")).await.json();
        assert_eq!(detail["id"], into.0, "who was merged is that person");
        let threads = ids(&json!({"items": detail["threads"]}));
        assert_eq!(threads, [twin.held.id.0.clone(), frank.held.id.0.clone()]);
        let said = chief.get(&twin.path("/messages")).await.json();
        assert_eq!(said["items"][0]["author"]["name"], "F. Vogel", "who said it keeps the name");
        let people = chief.get("/api/comms/contacts").await.json();
        assert_eq!(ids(&people), [into.0.as_str()]);
        assert_eq!(chief.post(&path, &json!({"into": into.0})).await.json()["code"], "already_merged");
        assert_eq!(chief.post(&path, &json!({"into": from.0})).await.status, 422);

        let undo = format!("/api/comms/contacts/merges/{}/undo", merged["undo"].as_str().unwrap());
        let parted = chief.post(&undo, &json!({})).await.json();
        assert_eq!(parted["contact"]["roles"], json!(["customer"]));
        assert_eq!(parted["other"]["roles"], json!(["technician"]));
        let known = contact::find(&mut tx, &[Identity::phone("4917088877766")]).await.unwrap().unwrap();
        assert_eq!(known.id, from);
        assert_eq!(chief.get(&twin.path("")).await.json()["contact"]["id"], from.0);
        assert_eq!(chief.post(&undo, &json!({})).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn people_and_customers_are_found() {
    on_each("people_find", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        for (n, name) in ["Ärnst", "Bert", "Cora", "Dora"].into_iter().enumerate() {
            app.person(name, &format!("4915155512{n}00"), Role::Technician).await;
            customer(&app, &format!("{n}"), &format!("Kunde {name}"), "").await;
        }
        let only = app.gateway.ids.clone();
        app.gateway
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let id = contact::create(tx, &only, "pipe_fan", &[], NOW).await?;
                    let username = Identity { kind: IdentityKind::Username, value: "Pipe_Fan".to_owned() };
                    contact::replace_identities(tx, &id, &[], &[username]).await
                })
            })
            .await
            .unwrap();
        for (list, names) in [
            ("contacts", vec!["Ärnst", "Bert", "Cora", "Dora", "pipe_fan"]),
            ("contacts?role=technician", vec!["Ärnst", "Bert", "Cora", "Dora"]),
            ("contacts?search=aernst", vec!["Ärnst"]),
            ("contacts?search=PIPE_F", vec!["pipe_fan"]),
            ("contacts?search=2100", vec!["Bert"]),
            ("customers?search=KUNDE%20D", vec!["Kunde Dora"]),
            ("customers?search=schillerstra", vec!["Kunde Ärnst", "Kunde Bert", "Kunde Cora", "Kunde Dora"]),
            ("customers?search=%25", vec![]),
        ] {
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let sign = if list.contains('?') { '&' } else { '?' };
                let page = staff.get(&format!("/api/comms/{list}{sign}limit=2{cursor}")).await;
                assert_eq!(page.status, 200, "{list}: {}", page.text);
                let page = page.json();
                let names = page["items"].as_array().unwrap().iter();
                found.extend(names.map(|item| item["name"].as_str().unwrap().to_owned()));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(found, names, "{list}");
        }
        assert_eq!(
            staff.get("/api/comms/customers/1").await.json()["address"],
            "Schillerstraße 12, 10117 Berlin"
        );
        assert_eq!(staff.get("/api/comms/customers/9").await.status, 404);
        let patch = json!({"name": "Ernst Ä.", "roles": ["office", "technician"], "language": "de"});
        let person = ids(&staff.get("/api/comms/contacts?search=aernst").await.json()).remove(0);
        let changed = staff.patch(&format!("/api/comms/contacts/{person}"), &patch).await.json();
        assert_eq!(
            (&changed["name"], &changed["roles"]),
            (&json!("Ernst Ä."), &json!(["office", "technician"]))
        );
        assert_eq!(staff.patch("/api/comms/contacts/nope", &patch).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn notes_and_tasks_stay_in_the_house() {
    on_each("people_notes", |db| async move {
        let app = house(&db).await;
        let ana = app.as_named("Ana", ConsoleRole::Staff).await;
        let ben = app.as_named("Ben", ConsoleRole::Staff).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        let made = ana.post(&frank.path("/notes"), &json!({"text": "Schlüssel beim Nachbarn"})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let note = format!("/api/comms/notes/{}", made.json()["id"].as_str().unwrap());
        assert_eq!(made.json()["author"]["name"], "Ana");
        assert_eq!(ben.patch(&note, &json!({"text": "anders"})).await.status, 403);
        assert_eq!(ana.patch(&note, &json!({"text": "neu"})).await.json()["text"], "neu");
        assert_eq!(ids(&ben.get(&frank.path("/notes")).await.json()).len(), 1);
        assert_eq!(ben.get(&frank.path("/messages")).await.json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(ana.delete(&note).await.status, 204);
        assert_eq!(ana.delete(&note).await.status, 404);

        let task = json!({"title": "Anrufen", "due_at": "2025-11-21T08:00:00Z", "assignee": "me"});
        let task = ana.post(&frank.path("/tasks"), &task).await;
        assert_eq!(task.status, 201, "{}", task.text);
        let id = task.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(task.json()["assignee"]["name"], "Ana");
        db.clock.advance(Duration::from_secs(1));
        let alone = ben.post("/api/comms/tasks", &json!({"title": "Kaffee"})).await.json();
        let alone = alone["id"].as_str().unwrap().to_owned();
        for (query, found) in [
            ("", vec![&id, &alone]),
            ("?assignee=me", vec![&id]),
            ("?due=2025-11-21T09:00:00Z", vec![&id]),
            ("?due=2025-11-21T07:00:00Z", vec![]),
            ("?done=true", vec![]),
        ] {
            let tasks = ids(&ana.get(&format!("/api/comms/tasks{query}")).await.json());
            assert_eq!(tasks.iter().collect::<Vec<_>>(), found, "{query}");
        }
        assert_eq!(ids(&ana.get(&frank.path("/tasks")).await.json()), [id.as_str()]);
        let done =
            ben.patch(&format!("/api/comms/tasks/{id}"), &json!({"done": true, "due_at": null})).await.json();
        assert_eq!((&done["done"], &done["due_at"]), (&json!(true), &Value::Null));
        assert_eq!(ids(&ana.get("/api/comms/tasks?done=false").await.json()), [alone]);
        for body in [json!({"title": ""}), json!({"title": "a\nb"}), json!({"title": "x", "due_at": "bald"})]
        {
            assert_eq!(ana.post("/api/comms/tasks", &body).await.status, 422, "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_agents_steps_are_shown_without_their_secrets() {
    on_each("people_steps", |db| async move {
        let app = house(&db).await;
        let staff = app.as_user(ConsoleRole::Auditor).await;
        let frank = app.person("Frank", "4915155512345", Role::Technician).await;
        app.writes(&frank, "hallo").await;
        let (ids, held) = (app.gateway.ids.clone(), frank.held.clone());
        let taken = app.gateway.store.write(move |tx| {
            Box::pin(async move {
                turn::schedule(tx, &ids, &held, NOW, NOW, NOW).await?;
                let lease = NOW.plus(Duration::from_secs(9));
                let taken = turn::claim(tx, &"field".into(), NOW, lease, 1).await?.remove(0);
                for (seq, kind, key) in
                    [(1, journal::Kind::Model, "model:1"), (2, journal::Kind::Tool, "call-1")]
                {
                    let entry = journal::Entry {
                        key: key.to_owned(),
                        seq,
                        kind,
                        name: "x".to_owned(),
                        effect: domain::tool::Effect::Pure,
                        request: json!({"token": "sk-0123456789abcdef"}).to_string(),
                        result: Some("ok".to_owned()),
                        tokens_in: 1_000,
                        tokens_out: 200,
                        started: NOW,
                        finished: Some(NOW.plus(Duration::from_millis(1_500))),
                    };
                    journal::put(tx, &taken.id, std::slice::from_ref(&entry)).await?;
                }
                Ok(taken.id)
            })
        });
        let turn = taken.await.unwrap();
        let turns = staff.get(&frank.path("/turns")).await.json();
        let shown = &turns["items"][0];
        assert_eq!((&shown["id"], &shown["state"]), (&json!(turn.0), &json!("running")));
        assert_eq!((&shown["model_rounds"], &shown["tool_calls"]), (&json!(1), &json!(1)));
        assert_eq!((&shown["tokens_in"], &shown["cost_micros"]), (&json!(2_000), &Value::Null));
        let steps = staff.get(&frank.path(&format!("/turns/{turn}/steps"))).await;
        assert!(!steps.text.contains("sk-"), "{}", steps.text);
        let steps = steps.json();
        assert_eq!(
            (&steps["items"][0]["kind"], &steps["items"][1]["duration_ms"]),
            (&json!("model"), &json!(1_500))
        );
        let other = app.person("Gerd", "4915155512346", Role::Technician).await;
        app.writes(&other, "hallo").await;
        assert_eq!(staff.get(&other.path(&format!("/turns/{turn}/steps"))).await.status, 404);
    })
    .await;
}
