//! Who works at the console: let in, raised, let go; and by whom.

use domain::{
    contact::{Identity, Role},
    id::UserId,
    staff::ConsoleRole,
};
use serde_json::json;
use store::{audit, contact, user};

use crate::app::{self, on_each};

#[tokio::test]
async fn only_who_manages_users_lets_people_in_and_nobody_above_themselves() {
    on_each("users_grants", |db| async move {
        let app = app::house(&db).await;
        let invitation = |role: ConsoleRole| json!({"name": format!("New {role}"), "role": role});
        for role in [ConsoleRole::Dispatcher, ConsoleRole::Staff, ConsoleRole::Auditor] {
            let user = app.as_user(role).await;
            let answer = user.post("/api/comms/users", &invitation(ConsoleRole::Staff)).await;
            assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("forbidden")), "{role}");
            assert!(answer.json()["detail"].as_str().unwrap().contains("users.manage"), "{}", answer.text);
            assert_eq!(user.get("/api/comms/users").await.status, 200, "assigning needs the names");
        }
        let admin = app.as_user(ConsoleRole::Admin).await;
        let owner = app.as_user(ConsoleRole::Owner).await;
        assert_eq!(admin.post("/api/comms/users", &invitation(ConsoleRole::Owner)).await.status, 403);
        let invited = admin.post("/api/comms/users", &invitation(ConsoleRole::Dispatcher)).await;
        assert_eq!((invited.status, &invited.json()["user"]["role"]), (201, &json!("dispatcher")));
        let path = invited.json()["login_path"].as_str().unwrap().to_owned();
        let token = path.strip_prefix("/console/login#").unwrap();
        let login = app.request("POST", "/console/login").json(&json!({ "token": token }));
        assert_eq!(app.answer(login).await.json()["name"], "New dispatcher");

        let other = json!({"name": "NEW DISPATCHER", "role": "admin"});
        assert_eq!(admin.post("/api/comms/users", &other).await.json()["code"], "other_role");
        for bad in [
            json!({}),
            json!({"name": "x"}),
            json!({"name": "", "role": "staff"}),
            json!({"name": "x".repeat(201), "role": "staff"}),
            json!({"name": "a\u{7}b", "role": "staff"}),
            json!({"name": "x", "role": "boss"}),
            json!({"name": "x", "role": "staff", "more": 1}),
        ] {
            assert_eq!(admin.post("/api/comms/users", &bad).await.status, 422, "{bad}");
        }
        let owners = format!("/api/comms/users/{}", owner.id);
        assert_eq!(admin.delete(&owners).await.status, 403);
        assert_eq!(admin.patch(&owners, &json!({"role": "staff"})).await.status, 403);
        assert_eq!(owner.delete(&owners).await.json()["code"], "oneself");
        assert_eq!(owner.delete("/api/comms/users/nobody").await.status, 404);
        let names: Vec<String> = owner.get("/api/comms/users").await.json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["name"].as_str().unwrap().to_owned())
            .collect();
        assert!(names.contains(&"New dispatcher".to_owned()), "{names:?}");
    })
    .await;
}

#[tokio::test]
async fn who_is_let_go_or_given_another_role_is_out_at_once() {
    on_each("users_leavers", |db| async move {
        let app = app::house(&db).await;
        let owner = app.as_user(ConsoleRole::Owner).await;
        let ana = app.as_named("Ana", ConsoleRole::Dispatcher).await;
        let path = format!("/api/comms/users/{}", ana.id);

        let ids = app.gateway.ids.clone();
        let contact = app
            .gateway
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let phone = [Identity::phone("4915112345")];
                    contact::register(tx, &ids, "Ana", Role::Office, &phone, app::NOW).await?;
                    contact::register(tx, &ids, "Ana", Role::Customer, &phone, app::NOW).await
                })
            })
            .await
            .unwrap();
        let unknown = owner.patch(&path, &json!({"contact_id": "nobody"})).await;
        assert_eq!((unknown.status, &unknown.json()["errors"][0]["field"]), (422, &json!("contact_id")));
        let linked = owner.patch(&path, &json!({ "contact_id": contact })).await;
        assert_eq!((linked.status, &linked.json()["contact_id"]), (200, &json!(contact)), "{}", linked.text);
        assert_eq!(ana.get("/api/comms/me").await.json()["contact_id"], json!(contact));

        let lowered = owner.patch(&path, &json!({"role": "auditor"})).await;
        assert_eq!((lowered.status, &lowered.json()["role"]), (200, &json!("auditor")), "{}", lowered.text);
        assert_eq!(ana.get("/api/comms/me").await.status, 401, "the old role's token counts no more");

        let again = app.as_named("Ana", ConsoleRole::Auditor).await;
        assert_eq!(again.get("/api/comms/me").await.status, 200);
        assert_eq!(owner.delete(&path).await.status, 204);
        assert_eq!(again.get("/api/comms/me").await.status, 401);
        assert_eq!(owner.delete(&path).await.status, 404);
        let mut tx = app.gateway.store.reader();
        let person = contact::get(&mut tx, &contact).await.unwrap().unwrap();
        assert_eq!(person.roles, [Role::Customer], "she may approve nothing by message either");
        let kept = user::get(&mut tx, &UserId(ana.id.0.clone())).await.unwrap().unwrap();
        assert_eq!(kept.name, "Ana", "the records still name her");
        assert!(kept.removed.is_some());
        assert!(audit::verify(&mut tx).await.unwrap().is_ok_and(|entries| entries >= 3));
    })
    .await;
}

#[tokio::test]
async fn who_is_less_by_now_is_less_at_once() {
    on_each("users_lowered", |db| async move {
        let app = app::house(&db).await;
        let before = app.as_named("Ana", ConsoleRole::Owner).await;
        assert_eq!(before.get("/api/comms/audit").await.status, 200);
        // As `plumbline token` or an identity provider does.
        let after = app.as_named("ana", ConsoleRole::Staff).await;
        assert_eq!(before.id, after.id);
        assert_eq!(
            before.get("/api/comms/audit").await.status,
            403,
            "the token says owner, and the person is none"
        );
        assert_eq!(before.get("/api/comms/me").await.json()["role"], "staff");
        let narrow = app.as_named("Ana", ConsoleRole::Auditor).await;
        app.as_named("Ana", ConsoleRole::Owner).await;
        assert_eq!(narrow.get("/api/comms/me").await.json()["role"], "auditor", "a token never grows");
    })
    .await;
}
