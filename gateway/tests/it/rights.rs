//! A person asks for what is kept about them, and for its end, through the house's own door.

use std::io::{Cursor, Read as _};

use domain::{
    contact::Role,
    customer::Customer,
    job::JobReport,
    message::{Media, MediaKind, MediaSource, Part},
    staff::ConsoleRole,
};
use serde_json::{Value, json};
use store::{
    audit, contact,
    office::{customer, job as table},
};

use crate::app::{NOW, house_with_media, job, on_each};

const JOB: &str = "JOB-789-001";

fn picture(path: &std::path::Path) -> Part {
    Part::Media(Media {
        kind: MediaKind::Image,
        mime: "image/png".to_owned(),
        name: Some("bath.png".to_owned()),
        caption: None,
        source: MediaSource::File(path.display().to_string()),
        transcript: None,
        voice: false,
        sha256: None,
    })
}

#[tokio::test]
async fn a_person_is_handed_out_as_an_archive_and_then_erased() {
    on_each("rights_api", |db| async move {
        let folder = tempfile::tempdir().unwrap();
        let app = house_with_media(&db, folder.path()).await;
        let owner = app.as_user(ConsoleRole::Owner).await;
        let clara = app.person("Clara Zander", "4915155512345", Role::Customer).await;
        let other = app.person("Otto Vogel", "4915155599999", Role::Customer).await;
        app.writes(&clara, "Der Zapfhahn tropft").await;
        app.writes(&other, "Zander mit Soße").await;
        app.writes(&other, "[erased]").await;
        let (inside, outside) = (folder.path().join("bath.png"), folder.path().with_extension("png"));
        std::fs::write(&inside, b"picture").unwrap();
        std::fs::write(&outside, b"somebody's own file").unwrap();
        let now = app.gateway.clock.now();
        app.hears(&clara, vec![picture(&inside), picture(&outside)], now).await;
        let id = clara.person.clone().unwrap();
        let path = |what: &str| format!("/api/comms/contacts/{id}/{what}");

        for role in [ConsoleRole::Dispatcher, ConsoleRole::Staff, ConsoleRole::Auditor] {
            let user = app.as_user(role).await;
            assert_eq!(user.get(&path("export")).await.status, 403, "{role}");
            assert_eq!(user.post(&path("erase"), &json!({})).await.status, 403, "{role}");
        }
        let admin = app.as_user(ConsoleRole::Admin).await;
        assert_eq!(admin.post(&path("erase"), &json!({})).await.status, 403, "it cannot be undone");

        let archive = owner.bytes(&path("export")).await;
        let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let messages = read("messages-0001.json");
        assert!(messages.contains("Zapfhahn") && !messages.contains("Soße"), "{messages}");
        assert_eq!(serde_json::from_str::<Value>(&read("contacts.json")).unwrap()[0]["name"], "Clara Zander");
        assert_eq!(read("media/00001-bath.png"), "picture");
        let about: Value = serde_json::from_str(&read("about.json")).unwrap();
        assert_eq!(about["files_not_kept"].as_array().unwrap().len(), 1, "{about}");

        let erased = owner.post(&path("erase"), &json!({})).await;
        assert_eq!((erased.status, &erased.json()["open_jobs"]), (200, &json!([])), "{}", erased.text);
        assert!(!inside.exists() && outside.exists(), "only what lies in the media folder is ours");
        assert_eq!(owner.post(&path("erase"), &json!({})).await.status, 200, "again is no mistake");
        let shown = owner.get(&path("")).await.text + &owner.get(&clara.path("/messages")).await.text;
        for trace in ["Clara", "Zander", "4915155512345", "Zapfhahn"] {
            assert!(!shown.contains(trace), "{trace}: {shown}");
        }
        // That it was erased is a fact, not words like anybody's.
        let page = owner.get(&clara.path("/messages")).await.json();
        assert_eq!(page["items"][0]["parts"], json!([{"type": "erased"}]));
        let last = owner.get(&clara.path("")).await.json()["last"].clone();
        assert_eq!((&last["kind"], &last["preview"]), (&json!("erased"), &json!("")));
        let page = owner.get(&other.path("/messages")).await.json();
        assert_eq!(page["items"][1]["parts"], json!([{"type": "text", "text": "[erased]"}]));
        assert_eq!(owner.get("/api/comms/threads?search=Zapfhahn").await.json()["items"], json!([]));
        let kept = owner.get(&other.path("/messages")).await.text;
        assert!(kept.contains("mit Soße"), "{kept}");
        let mut tx = app.gateway.store.reader();
        assert!(audit::verify(&mut tx).await.unwrap().is_ok());
        let told: Vec<String> =
            audit::list(&mut tx, None, 100).await.unwrap().into_iter().map(|entry| entry.action).collect();
        assert!(["contact_exported", "contact_erased"].iter().all(|action| told.iter().any(|t| t == action)));
        assert!(contact::holders(&mut tx, Role::Customer).await.unwrap().iter().all(|one| one.id != id));
        assert_eq!(owner.post("/api/comms/contacts/nobody/erase", &json!({})).await.status, 404);
        assert_eq!(owner.get("/api/comms/contacts/nobody/export").await.status, 404);
        std::fs::remove_file(outside).unwrap();
    })
    .await;
}

fn record(id: &str, name: &str, phone: &str) -> Customer {
    let [street, postal_code, city, email, contract] = [(); 5].map(|()| String::new());
    Customer {
        id: id.into(),
        name: name.into(),
        street,
        postal_code,
        city,
        phone: phone.into(),
        email,
        contract,
    }
}

#[tokio::test]
async fn a_customer_who_never_wrote_has_the_same_rights_and_one_who_writes_is_a_contact() {
    on_each("rights_customer_api", |db| async move {
        let folder = tempfile::tempdir().unwrap();
        let app = house_with_media(&db, folder.path()).await;
        let owner = app.as_user(ConsoleRole::Owner).await;
        let clara = app.person("Clara Zander", "4915155512345", Role::Customer).await;
        app.writes(&clara, "Frau Storch nebenan hat auch einen").await;
        let put = app.gateway.store.write(|tx| {
            Box::pin(async move {
                customer::put(tx, &record("789", "Clara Zander", "0151 55512345")).await?;
                customer::put(tx, &record("791", "Wilhelmine Storch", "030 5556677")).await?;
                let mut told = job(JOB);
                told["customer_id"] = json!("791");
                let report: JobReport = serde_json::from_value(told).unwrap();
                table::accept(tx, &"field".into(), &report, NOW).await?;
                table::reject(tx, &report.job_id, "Frau Storch has moved", NOW).await
            })
        });
        put.await.unwrap();
        let path = |id: &str, what: &str| format!("/api/comms/customers/{id}/{what}");

        let writes = owner.get(&path("789", "export")).await;
        assert_eq!((writes.status, &writes.json()["code"]), (409, &json!("is_contact")));
        let contact = clara.person.clone().unwrap();
        assert!(writes.text.contains(contact.as_str()), "{}", writes.text);
        assert_eq!(owner.post(&path("789", "erase"), &json!({})).await.status, 409);
        let shown = async |id: &str| owner.get(&format!("/api/comms/customers/{id}")).await.json();
        assert_eq!(shown("789").await["writes_as"], json!([{"id": contact, "name": "Clara Zander"}]));
        let never = shown("791").await;
        assert_eq!((&never["writes_as"], &never["phone"]), (&json!([]), &json!("030 5556677")));
        assert_eq!(owner.get(&path("792", "export")).await.status, 404);
        let admin = app.as_user(ConsoleRole::Admin).await;
        assert_eq!(admin.get(&path("791", "erase")).await.status, 403);
        assert_eq!(admin.post(&path("791", "erase"), &json!({})).await.status, 403);

        let archive = admin.bytes(&path("791", "export")).await;
        let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
        let mut text = String::new();
        archive.by_name("customers.json").unwrap().read_to_string(&mut text).unwrap();
        assert!(text.contains("Wilhelmine Storch") && !text.contains("Zander"), "{text}");
        let before = owner.get(&path("791", "erase")).await.json();
        assert_eq!((&before["open"], &before["kept_invoices"]), (&json!([]), &json!([])));
        let erased = owner.post(&path("791", "erase"), &json!({})).await;
        assert_eq!((erased.status, &erased.json()["open_customers"]), (200, &json!([])), "{}", erased.text);
        let shown = owner.get("/api/comms/customers?search=79").await.text
            + &owner.get("/api/comms/customers/791").await.text
            + &owner.get(&clara.path("/messages")).await.text;
        assert!(!shown.contains("Storch") && !shown.contains("5556677"), "{shown}");
        let told: Vec<(String, String)> = audit::list(&mut app.gateway.store.reader(), None, 100)
            .await
            .unwrap()
            .into_iter()
            .map(|entry| (entry.action, entry.subject))
            .collect();
        for action in ["customer_exported", "customer_erased"] {
            assert!(told.contains(&(action.to_owned(), "customer:791".to_owned())), "{told:?}");
        }
        let left = owner.get(&format!("/api/comms/jobs/{JOB}")).await.json();
        assert_eq!(
            [&left["erased"], &left["location"], &left["work_done"], &left["note"]],
            [&json!(true), &json!(""), &json!(""), &json!("")]
        );
        // The contact goes with the customer that they are.
        let left = owner.get(&format!("/api/comms/contacts/{contact}/erase")).await.json();
        assert_eq!((&left["open"], &left["other_customers"]), (&json!([]), &json!([])), "{left}");
    })
    .await;
}
