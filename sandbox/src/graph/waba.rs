//! The WhatsApp Business Account: its numbers, the apps subscribed to it, and its webhook override.
//! An override is set only after its callback passed the handshake.

use std::sync::Arc;

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::refusal::Refusal;
use super::{Answer, Outcome, fields, health, phone, success, wrong_method};
use crate::hub::Hub;
use crate::webhook::handshake;
use crate::world::account::Callback;

pub(super) fn node(hub: &Arc<Hub>, call: &Call) -> Outcome {
    if call.method != Method::GET {
        return wrong_method(call);
    }
    let view = hub.read(|world| {
        let account = &world.account;
        let view = json!({
            "id": account.waba_id, "name": account.verified_name, "currency": "EUR", "timezone_id": "54",
            "message_template_namespace": "sandbox", "account_review_status": "APPROVED", "country": "DE",
            "business_verification_status": if account.business_verified { "verified" } else { "not_verified" },
            "ownership_type": "SELF", "status": "ACTIVE", "marketing_messages_onboarding_status": "ELIGIBLE",
            "owner_business_info": { "id": account.business_id, "name": account.verified_name },
            "whatsapp_business_manager_messaging_limit": account.messaging_limit,
            "health_status": health::of(world, "WABA", &account.waba_id, None),
        });
        fields::select(&view, call.text("fields"), &["name", "currency", "timezone_id", "message_template_namespace"])
    });
    Ok(Answer::Body(view))
}

pub(super) fn phone_numbers(hub: &Arc<Hub>, call: &Call) -> Outcome {
    if call.method != Method::GET {
        return wrong_method(call);
    }
    let default = &[
        "verified_name",
        "code_verification_status",
        "display_phone_number",
        "quality_rating",
        "platform_type",
        "throughput",
        "webhook_configuration",
    ];
    let number = hub.read(|world| fields::select(&phone::view(world), call.text("fields"), default));
    let cursor = "MAZDZD";
    Ok(Answer::Body(
        json!({ "data": [number], "paging": { "cursors": { "before": cursor, "after": cursor } } }),
    ))
}

pub(super) async fn subscribed_apps(hub: &Arc<Hub>, call: &Call) -> Outcome {
    match call.method {
        Method::GET => Ok(Answer::Body(hub.read(|world| {
            let account = &world.account;
            let mut app = json!({ "whatsapp_business_api_data": {
                "id": account.app_id, "name": account.app_name, "link": format!("https://www.facebook.com/games/?app_id={}", account.app_id),
            } });
            if let Some(callback) = &account.waba_callback {
                app["override_callback_uri"] = json!(callback.url);
            }
            json!({ "data": if account.subscribed { vec![app] } else { Vec::new() } })
        }))),
        Method::POST => {
            let wants_override = call.text("override_callback_uri").is_some();
            if wants_override && !hub.read(|world| world.account.subscribed) {
                return Err(Refusal::invalid(
                    "Before override the current callback uri, your app must be subscribed to receive messages for \
                     WhatsApp Business Account.",
                ));
            }
            // Without an override the call subscribes and clears what was overridden.
            let callback = override_of(hub, &call.params).await?;
            hub.act(|world| {
                world.account.subscribed = true;
                world.account.waba_callback = callback;
            });
            success()
        }
        Method::DELETE => {
            hub.act(|world| {
                world.account.subscribed = false;
                world.account.waba_callback = None;
            });
            success()
        }
        _ => wrong_method(call),
    }
}

/// The override a request asks for, verified; none or an empty one clears.
pub(super) async fn override_of(
    hub: &Arc<Hub>,
    given: &Map<String, Value>,
) -> Result<Option<Callback>, Refusal> {
    let text = |name: &str| given.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let Some(url) = text("override_callback_uri") else { return Ok(None) };
    let token = text("verify_token").ok_or_else(|| Refusal::required("verify_token"))?;
    handshake::verify(hub, url, token).await.map_err(|reason| handshake::refusal(&reason))?;
    Ok(Some(Callback { url: url.to_owned(), verify_token: token.to_owned() }))
}
