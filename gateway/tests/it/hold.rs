//! A person on legal hold: nothing of them is erased until it is lifted, and who set and lifted it is known.

use domain::{contact::Role, staff::ConsoleRole};
use serde_json::json;
use store::audit;

use crate::app::{NOW, house, on_each};

#[tokio::test]
async fn whoever_is_on_hold_is_not_erased() {
    on_each("hold_api", |db| async move {
        let app = house(&db).await;
        let owner = app.as_user(ConsoleRole::Owner).await;
        let clara = app.person("Clara", "4915155512345", Role::Customer).await;
        app.writes(&clara, "Der Zapfhahn tropft").await;
        let id = clara.person.clone().unwrap();
        let path = |what: &str| format!("/api/comms/contacts/{id}{what}");
        for role in [ConsoleRole::Admin, ConsoleRole::Dispatcher, ConsoleRole::Staff, ConsoleRole::Auditor] {
            let user = app.as_user(role).await;
            for method in ["PUT", "DELETE"] {
                assert_eq!(user.send(method, &path("/hold"), &json!({})).await.status, 403, "{role}");
            }
        }
        assert_eq!(owner.get(&path("")).await.json()["on_hold_since"], json!(null));
        let nobody = "/api/comms/contacts/nobody/hold";
        assert_eq!(owner.send("PUT", nobody, &json!({})).await.status, 404);

        let held = owner.send("PUT", &path("/hold"), &json!({})).await;
        assert_eq!(held.status, 200, "{}", held.text);
        let since = held.json()["on_hold_since"].clone();
        assert_eq!(since, format!("{:.3}", NOW.timestamp()));
        assert_eq!(owner.send("PUT", &path("/hold"), &json!({})).await.json()["on_hold_since"], since);
        assert_eq!(owner.get(&path("")).await.json()["on_hold_since"], since);
        for despite_open in [false, true] {
            let refused = owner.post(&path("/erase"), &json!({ "despite_open": despite_open })).await;
            assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("on_hold")));
        }
        assert_eq!(owner.get(&path("")).await.json()["name"], "Clara");

        let lifted = owner.send("DELETE", &path("/hold"), &json!({})).await;
        assert_eq!((lifted.status, &lifted.json()["on_hold_since"]), (200, &json!(null)));
        let erased = owner.post(&path("/erase"), &json!({})).await;
        assert_eq!(erased.status, 200, "{}", erased.text);
        let mut tx = app.gateway.store.reader();
        let entries = audit::list(&mut tx, None, 10).await.unwrap();
        let actions: Vec<&str> = entries.iter().rev().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["contact_held", "contact_released", "contact_erased"], "once each");
    })
    .await;
}
