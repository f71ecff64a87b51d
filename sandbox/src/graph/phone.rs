//! The phone number node: fields, webhook override, registration, profile, username, block list.
//! It never sends messages; that edge has its own file.

use std::sync::Arc;

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::refusal::Refusal;
use super::{Answer, Outcome, fields, health, success, waba, wrong_method};
use crate::check::{length, product};
use crate::hub::Hub;
use crate::world::World;

const DEFAULT_FIELDS: &[&str] = &[
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "webhook_configuration",
];

/// Everything that is known of the number.
pub(super) fn view(world: &World) -> Value {
    let account = &world.account;
    let url = |callback: &Option<crate::world::account::Callback>| {
        callback.as_ref().map(|callback| callback.url.clone())
    };
    let mut automation = json!({ "id": account.phone_number_id });
    merge(&mut automation, &account.automation);
    let mut webhooks = Map::new();
    for (name, callback) in [
        ("phone_number", &account.phone_callback),
        ("whatsapp_business_account", &account.waba_callback),
        ("application", &account.app_callback),
    ] {
        if let Some(url) = url(callback) {
            webhooks.insert(name.into(), json!(url));
        }
    }
    json!({
        "id": account.phone_number_id, "verified_name": account.verified_name,
        "display_phone_number": account.display_phone_number, "quality_rating": account.quality_rating,
        "quality_score": { "score": account.quality_rating }, "platform_type": "CLOUD_API",
        "throughput": { "level": if world.limits.throughput_per_s >= 1_000 { "HIGH" } else { "STANDARD" } },
        "status": if account.registered { "CONNECTED" } else { "DISCONNECTED" },
        "code_verification_status": "VERIFIED", "name_status": "APPROVED", "account_mode": "LIVE",
        "is_on_biz_app": false, "is_official_business_account": false, "is_pin_enabled": account.pin.is_some(),
        "is_preverified_number": false, "last_onboarded_time": "2026-01-01T00:00:00+0000",
        "messaging_limit_tier": account.messaging_limit,
        "whatsapp_business_manager_messaging_limit": account.messaging_limit,
        "webhook_configuration": webhooks, "health_status": health::of(world, "PHONE_NUMBER", &account.phone_number_id, None),
        "search_visibility": "NON_VISIBLE", "username": account.username,
        "host_platform": "CLOUD_API", "country_dial_code": "49",
        "conversational_automation": automation,
        "official_business_account": { "oba_status": "NOT_STARTED" }, "account_review_status": "APPROVED",
        "new_name_status": "NONE", "certificate": "", "eligibility_for_api_business_global_search": "NON_ELIGIBLE",
    })
}

pub(super) async fn node(hub: &Arc<Hub>, call: &Call) -> Outcome {
    match call.method {
        Method::GET => {
            let answer = hub.read(|world| fields::select(&view(world), call.text("fields"), DEFAULT_FIELDS));
            Ok(Answer::Body(answer))
        }
        Method::POST => {
            let given = call.params.get("webhook_configuration").cloned().unwrap_or(Value::Null);
            // Form callers write the object as a string.
            let given = given.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(given);
            if !given.is_null() {
                let callback = waba::override_of(hub, given.as_object().unwrap_or(&Map::new())).await?;
                hub.act(|world| world.account.phone_callback = callback);
            }
            success()
        }
        _ => wrong_method(call),
    }
}

/// Puts what `from` holds into `into`.
fn merge(into: &mut Value, from: &Value) {
    for (name, value) in from.as_object().into_iter().flatten() {
        into[name] = value.clone();
    }
}

/// `conversational_automation`: at most four ice breakers of 80 characters and thirty commands of 32 with 256 of hint.
pub(super) fn automation(hub: &Arc<Hub>, call: &Call) -> Outcome {
    if call.method != Method::POST {
        return wrong_method(call);
    }
    let mut changes = json!({});
    if let Some(welcome) = call.params.get("enable_welcome_message") {
        changes["enable_welcome_message"] = json!(matches!(welcome, Value::Bool(true)) || welcome == "true");
    }
    if let Some(prompts) = call.params.get("prompts") {
        let fits = |one: &Value| one.as_str().is_some_and(|text| length(text) <= 80);
        changes["prompts"] = within(prompts, 4, fits, "prompts")?;
    }
    if let Some(commands) = call.params.get("commands") {
        let short =
            |one: &Value, name: &str, most| one[name].as_str().is_some_and(|text| length(text) <= most);
        let fits = |one: &Value| short(one, "command_name", 32) && short(one, "command_description", 256);
        changes["commands"] = within(commands, 30, fits, "commands")?;
    }
    hub.act(|world| merge(&mut world.account.automation, &changes));
    success()
}

fn within(given: &Value, most: usize, fits: impl Fn(&Value) -> bool, name: &str) -> Result<Value, Refusal> {
    match given.as_array() {
        Some(all) if all.len() <= most && all.iter().all(fits) => Ok(given.clone()),
        _ => Err(Refusal::invalid(format!("Param {name} is not a list of at most {most} fitting entries."))),
    }
}

/// `settings`: calling and where messages are stored, as they were set.
pub(super) fn settings(hub: &Arc<Hub>, call: &Call) -> Outcome {
    match call.method {
        Method::GET => Ok(Answer::Body(hub.read(|world| world.account.settings.clone()))),
        Method::POST => {
            let mut changes = json!({});
            for name in ["calling", "storage_configuration", "user_identity_change", "payload_encryption"] {
                if let Some(value) = call.params.get(name).filter(|value| value.is_object()) {
                    changes[name] = value.clone();
                }
            }
            if changes.as_object().is_none_or(Map::is_empty) {
                return Err(Refusal::invalid("At least one setting must be given."));
            }
            hub.act(|world| merge(&mut world.account.settings, &changes));
            success()
        }
        _ => wrong_method(call),
    }
}

/// `request_code` and `verify_code`: any code of six digits is the right one.
pub(super) fn code(call: &Call) -> Outcome {
    if call.method != Method::POST {
        return wrong_method(call);
    }
    if call.path.last().is_some_and(|edge| edge == "request_code") {
        if !matches!(call.text("code_method"), Some("SMS" | "VOICE")) {
            return Err(Refusal::invalid("Param code_method must be one of {SMS, VOICE}."));
        }
        return call.text("language").map_or_else(|| Err(Refusal::required("language")), |_| success());
    }
    let code = match call.params.get("code") {
        Some(Value::String(code)) => code.clone(),
        Some(Value::Number(code)) => code.to_string(),
        _ => return Err(Refusal::required("code")),
    };
    if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal { message: "(#136025) Verify code error".into(), ..Refusal::code(136_025) });
    }
    success()
}

/// `register` needs a six-digit PIN, the same one as last time; `deregister` needs nothing.
pub(super) fn register(hub: &Arc<Hub>, call: &Call) -> Outcome {
    if call.method != Method::POST {
        return wrong_method(call);
    }
    if call.path.last().is_some_and(|edge| edge == "deregister") {
        hub.act(|world| world.account.registered = false);
        return success();
    }
    product(&call.params)?;
    let pin = match call.params.get("pin") {
        Some(Value::String(pin)) => pin.clone(),
        Some(Value::Number(pin)) => pin.to_string(),
        _ => return Err(Refusal::required("pin")),
    };
    if pin.len() != 6 || !pin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::invalid("Param pin must be 6 characters long."));
    }
    hub.act(|world| {
        if world.account.pin.as_ref().is_some_and(|own| *own != pin) {
            return Err(Refusal::code(133_005));
        }
        world.account.pin = Some(pin);
        world.account.registered = true;
        Ok(())
    })?;
    success()
}

const PROFILE: &[(&str, usize)] = &[
    ("about", 139),
    ("address", 256),
    ("description", 512),
    ("email", 128),
    ("vertical", 64),
    ("profile_picture_handle", 4096),
];

pub(super) fn profile(hub: &Arc<Hub>, call: &Call) -> Outcome {
    match call.method {
        Method::GET => {
            let mut view =
                hub.read(|world| fields::select(&world.account.profile, call.text("fields"), &["about"]));
            view["messaging_product"] = json!("whatsapp");
            Ok(Answer::Body(json!({ "data": [view] })))
        }
        Method::POST => {
            product(&call.params)?;
            let mut changes = Map::new();
            for (name, most) in PROFILE {
                let Some(value) = call.params.get(*name).filter(|value| !value.is_null()) else { continue };
                let text = value
                    .as_str()
                    .ok_or_else(|| Refusal::invalid(format!("Param {name} must be a string.")))?;
                if length(text) > *most {
                    return Err(Refusal::invalid(format!(
                        "Param {name} must be at most {most} characters long."
                    )));
                }
                changes.insert((*name).to_owned(), value.clone());
            }
            if let Some(sites) = call.params.get("websites").and_then(Value::as_array) {
                if sites.len() > 2
                    || sites.iter().any(|site| site.as_str().is_none_or(|site| site.len() > 256))
                {
                    return Err(Refusal::invalid(
                        "Param websites must have at most 2 elements of 256 characters.",
                    ));
                }
                changes.insert("websites".into(), json!(sites));
            }
            hub.act(|world| {
                for (name, value) in changes {
                    world.account.profile[&name] = value;
                }
            });
            success()
        }
        _ => wrong_method(call),
    }
}

pub(super) fn username(hub: &Arc<Hub>, call: &Call) -> Outcome {
    match call.method {
        Method::GET => {
            let name = hub.read(|world| world.account.username.clone());
            let status = if name.is_some() { "approved" } else { "none" };
            Ok(Answer::Body(json!({ "username": name, "status": status })))
        }
        Method::POST => {
            let name = call.text("username").ok_or_else(|| Refusal::required("username"))?;
            let plain =
                name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'.');
            if !(3..=35).contains(&name.len()) || !plain {
                return Err(Refusal {
                    message: "(#147001) Invalid username".into(),
                    ..Refusal::code(147_001)
                });
            }
            hub.act(|world| world.account.username = Some(name.to_owned()));
            Ok(Answer::Body(json!({ "success": true, "status": "approved" })))
        }
        Method::DELETE => {
            hub.act(|world| world.account.username = None);
            success()
        }
        _ => wrong_method(call),
    }
}

/// Blocking keeps the person from being written to; they are not told.
pub(super) fn block_users(hub: &Arc<Hub>, call: &Call) -> Outcome {
    let blocked = call.method == Method::POST;
    if call.method == Method::GET {
        let data: Vec<Value> = hub.read(|world| {
            let blocked = world.people.values().filter(|person| person.blocked_by_business);
            blocked.map(|person| json!({ "messaging_product": "whatsapp", "wa_id": person.phone })).collect()
        });
        return Ok(Answer::Body(json!({ "data": data, "paging": {} })));
    }
    product(&call.params)?;
    let users = call.params.get("block_users").and_then(Value::as_array).cloned().unwrap_or_default();
    let changed: Vec<Value> = hub.act(|world| {
        let mut changed = Vec::new();
        for user in &users {
            let input = user["user"].as_str().unwrap_or_default();
            let digits = crate::world::person::digits_of(input);
            let found =
                world.people.values_mut().find(|p| p.phone.as_deref() == Some(&digits) || p.user_id == input);
            if let Some(person) = found {
                person.blocked_by_business = blocked;
                changed.push(json!({ "input": input, "wa_id": person.phone }));
            }
        }
        changed
    });
    let name = if blocked { "added_users" } else { "removed_users" };
    Ok(Answer::Body(json!({ "messaging_product": "whatsapp", "block_users": { name: changed } })))
}
