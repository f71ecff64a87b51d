//! The business account from above: quality, limits, token, blocks, templates, callbacks, raw webhooks.
//! What Meta would announce by webhook is announced.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::{Body, Hubs, Problem, Reply, body};
use crate::webhook::handshake;
use crate::world::World;
use crate::world::account::{Account, Callback};

pub(super) fn view(world: &World) -> Value {
    let mut view = json!(world.account);
    view["app_token"] = json!(world.account.app_token());
    view["base_url"] = json!(world.base_url);
    view
}

pub(super) async fn show(State(hub): Hubs) -> Json<Value> {
    Json(hub.read(view))
}

const FREE: &[&str] = &[
    "access_token",
    "token_expires_ms",
    "app_secret",
    "registered",
    "quality_rating",
    "messaging_limit",
    "marketing_cap",
    "blocked_code",
    "business_verified",
    "verified_name",
    "subscribed",
    "fields",
    "allow_list",
];

/// Changes what Meta or the office would change; `quality_rating` also tells the app.
pub(super) async fn change(State(hub): Hubs, given: Body) -> Reply {
    let changes = body(given)?;
    hub.act(|world| {
        let mut next = json!(world.account);
        for (name, value) in changes.as_object().ok_or_else(|| Problem::bad("a JSON object is expected"))? {
            if !FREE.contains(&name.as_str()) {
                return Err(Problem::bad(format!(
                    "{name} cannot be changed; these can: {}",
                    FREE.join(", ")
                )));
            }
            next[name] = value.clone();
        }
        let next: Account = serde_json::from_value(next).map_err(|error| Problem::bad(error.to_string()))?;
        let before = std::mem::replace(&mut world.account, next);
        announce(world, &before);
        world.tell(json!({ "type": "account" }));
        Ok(Json(view(world)))
    })
}

fn announce(world: &mut World, before: &Account) {
    let account = world.account.clone();
    if before.quality_rating != account.quality_rating {
        let event = if account.quality_rating == "RED" { "FLAGGED" } else { "UNFLAGGED" };
        let value = json!({
            "display_phone_number": account.digits(), "event": event,
            "max_daily_conversations_per_business": account.messaging_limit,
        });
        world.emit_account(
            "phone_number_quality_update",
            &format!("quality {}", account.quality_rating),
            value,
        );
    }
    if before.blocked_code != account.blocked_code {
        let value = match account.blocked_code {
            Some(131_031 | 368) => {
                json!({ "event": "DISABLED_UPDATE", "ban_info": { "waba_ban_state": "DISABLE" } })
            }
            Some(_) => json!({ "event": "ACCOUNT_RESTRICTION", "restriction_info": [
                { "restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING" }] }),
            None => json!({ "event": "DISABLED_UPDATE", "ban_info": { "waba_ban_state": "REINSTATE" } }),
        };
        world.emit_account("account_update", "account update", value);
    }
}

pub(super) async fn template_status(State(hub): Hubs, Path(id): Path<String>, given: Body) -> Reply {
    let given = body(given)?;
    let event = given["status"].as_str().unwrap_or_default().to_ascii_uppercase();
    let done = hub.act(|world| {
        let id = template_id(world, &id);
        world.set_template_status(&id, &event, given["reason"].as_str())
    });
    if done {
        Ok(Json(json!({})))
    } else {
        Err(Problem::bad(format!("no template {id} or no status {event}")))
    }
}

pub(super) async fn template_quality(State(hub): Hubs, Path(id): Path<String>, given: Body) -> Reply {
    let given = body(given)?;
    let score = given["score"].as_str().unwrap_or("GREEN").to_ascii_uppercase();
    let done = hub.act(|world| {
        let id = template_id(world, &id);
        world.set_template_quality(&id, &score)
    });
    if done { Ok(Json(json!({}))) } else { Err(Problem::missing(format!("no template {id}"))) }
}

/// Templates go by id or by name.
fn template_id(world: &World, given: &str) -> String {
    let named = world.templates.all.iter().find(|template| template.name == given);
    named.map_or_else(|| given.to_owned(), |template| template.id.clone())
}

pub(super) async fn webhook(State(hub): Hubs) -> Json<Value> {
    Json(hub.read(|world| {
        let account = &world.account;
        json!({ "application": account.app_callback, "whatsapp_business_account": account.waba_callback,
                "phone_number": account.phone_callback })
    }))
}

/// `{"url": ..., "verify_token": ..., "handshake": true}`; without a URL there is no callback any more.
pub(super) async fn set_webhook(State(hub): Hubs, given: Body) -> Reply {
    let given = body(given)?;
    let Some(url) = given["url"].as_str().filter(|url| !url.is_empty()) else {
        hub.act(|world| world.account.app_callback = None);
        return Ok(Json(json!({})));
    };
    let token = given["verify_token"].as_str().unwrap_or(&hub.config.verify_token).to_owned();
    if given["handshake"].as_bool().unwrap_or(false) {
        handshake::verify(&hub, url, &token).await.map_err(Problem::bad)?;
    } else if url::Url::parse(url).is_err() {
        return Err(Problem::bad("url is not a URL"));
    }
    hub.act(|world| {
        world.account.app_callback = Some(Callback { url: url.to_owned(), verify_token: token });
        world.tell(json!({ "type": "account" }));
    });
    Ok(Json(json!({})))
}

/// Asks the present callback once more.
pub(super) async fn handshake(State(hub): Hubs) -> Reply {
    let callback = hub.read(|world| world.account.callback("messages").cloned());
    let callback = callback.ok_or_else(|| Problem::bad("no callback URL is set"))?;
    handshake::verify(&hub, &callback.url, &callback.verify_token).await.map_err(Problem::bad)?;
    Ok(Json(json!({ "verified": callback.url })))
}

/// `{"field": "messages", "value": {...}}`: signed, logged, retried like any other.
pub(super) async fn raw(State(hub): Hubs, given: Body) -> Reply {
    let given = body(given)?;
    let field = given["field"].as_str().unwrap_or("messages").to_owned();
    if !given["value"].is_object() {
        return Err(Problem::bad("value: a JSON object is expected"));
    }
    let id = hub.act(|world| {
        world.emit_raw(&field, given["value"].clone());
        world.deliveries.next
    });
    Ok(Json(json!({ "delivery": id })))
}
