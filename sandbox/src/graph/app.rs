//! The app: its token, its webhook subscription with the handshake, token inspection, resumable uploads.
//! Uploads for template headers only yield a handle; their bytes are counted and dropped.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::Method;
use serde_json::{Value, json};

use super::call::Call;
use super::refusal::Refusal;
use super::{Answer, Outcome, fields, success, wrong_method};
use crate::hub::Hub;
use crate::webhook::handshake;
use crate::world::account::Callback;

const OBJECT: &str = "whatsapp_business_account";
const SCOPES: &[&str] = &["whatsapp_business_management", "whatsapp_business_messaging"];

pub(super) fn node(hub: &Arc<Hub>, call: &Call) -> Outcome {
    if call.method != Method::GET {
        return wrong_method(call);
    }
    let view = hub.read(|world| json!({ "id": world.account.app_id, "name": world.account.app_name }));
    Ok(Answer::Body(fields::select(&view, call.text("fields"), &["name"])))
}

/// `GET /oauth/access_token?grant_type=client_credentials`: an app token for the app's own affairs.
pub(super) fn access_token(hub: &Arc<Hub>, call: &Call) -> Outcome {
    hub.read(|world| {
        let account = &world.account;
        if call.text("client_id") != Some(&account.app_id) {
            return Err(Refusal {
                details: None,
                message: "Error validating application. Cannot get application info \
                due to a system error."
                    .into(),
                ..Refusal::code(101)
            });
        }
        if call.text("client_secret") != Some(&account.app_secret) {
            return Err(Refusal {
                details: None,
                message: "Error validating client secret.".into(),
                ..Refusal::code(1)
            });
        }
        Ok(Answer::Body(json!({ "access_token": account.app_token(), "token_type": "bearer" })))
    })
}

/// What a token may do and how long it lives.
pub(super) fn debug_token(hub: &Arc<Hub>, call: &Call) -> Outcome {
    if call.token().is_none() {
        return Err(Refusal::token(None, "Invalid OAuth access token - Cannot parse access token"));
    }
    let input = call.text("input_token").ok_or_else(|| Refusal::required("input_token"))?;
    Ok(Answer::Body(hub.read(|world| {
        let account = &world.account;
        let known = input == account.access_token;
        let expires_s = account.token_expires_ms.map_or(0, |until| until / 1_000);
        let expired = account.token_expires_ms.is_some_and(|until| until <= world.now);
        if !known {
            return json!({ "data": { "is_valid": false, "scopes": [], "error": {
                "code": 190, "message": "Invalid OAuth access token - Cannot parse access token" } } });
        }
        let mut data = json!({
            "app_id": account.app_id, "type": "SYSTEM_USER", "application": account.app_name, "is_valid": !expired,
            "expires_at": expires_s, "data_access_expires_at": 0, "issued_at": world.now / 1_000 - 86_400,
            "scopes": SCOPES, "user_id": super::call::ME,
            "granular_scopes": SCOPES.iter().map(|scope| json!({ "scope": scope, "target_ids": [account.waba_id] })).collect::<Vec<_>>(),
        });
        if expired {
            data["error"] = json!({ "code": 190, "subcode": 463, "message": "Error validating access token: Session has expired" });
        }
        json!({ "data": data })
    })))
}

/// Sets, shows or removes where the app's webhooks go; setting performs the handshake first.
pub(super) async fn subscriptions(hub: &Arc<Hub>, call: &Call) -> Outcome {
    match call.method {
        Method::GET => Ok(Answer::Body(hub.read(|world| {
            let Some(callback) = &world.account.app_callback else { return json!({ "data": [] }) };
            let fields: Vec<Value> = world.account.fields.as_ref().map_or_else(Vec::new, |fields| {
                fields.iter().map(|name| json!({ "name": name, "version": "v26.0" })).collect()
            });
            json!({ "data": [{ "object": OBJECT, "callback_url": callback.url, "active": true, "fields": fields }] })
        }))),
        Method::POST => {
            if call.text("object").is_some_and(|object| object != OBJECT) {
                return Err(Refusal::invalid(format!("Param object must be one of {{{OBJECT}}}")));
            }
            let url = call.text("callback_url").ok_or_else(|| Refusal::required("callback_url"))?;
            let token = call.text("verify_token").ok_or_else(|| Refusal::required("verify_token"))?;
            handshake::verify(hub, url, token).await.map_err(|reason| handshake::refusal(&reason))?;
            let fields = chosen(call.params.get("fields"));
            hub.act(|world| {
                world.account.app_callback = Some(Callback { url: url.to_owned(), verify_token: token.to_owned() });
                world.account.fields = fields;
                world.tell(json!({ "type": "account" }));
            });
            success()
        }
        Method::DELETE => {
            hub.act(|world| world.account.app_callback = None);
            success()
        }
        _ => wrong_method(call),
    }
}

fn chosen(fields: Option<&Value>) -> Option<BTreeSet<String>> {
    let names: BTreeSet<String> = match fields? {
        Value::String(text) => text.split(',').map(|name| name.trim().to_owned()).collect(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => return None,
    };
    Some(names.into_iter().filter(|name| !name.is_empty()).collect::<BTreeSet<_>>())
        .filter(|names| !names.is_empty())
}

pub(super) fn open_upload(hub: &Arc<Hub>, call: &Call) -> Outcome {
    if call.method != Method::POST {
        return wrong_method(call);
    }
    if call.params.get("file_type").is_none() {
        return Err(Refusal::required("file_type"));
    }
    let id = hub.act(|world| world.chance.letters(40));
    Ok(Answer::Body(json!({ "id": format!("upload:{id}") })))
}

/// The bytes of an upload session give a handle for template headers and profile pictures.
pub(super) fn upload(hub: &Arc<Hub>, call: &Call) -> Outcome {
    match call.method {
        Method::POST => {
            let handle = hub.act(|world| world.chance.letters(60));
            Ok(Answer::Body(json!({ "h": format!("4::{handle}") })))
        }
        Method::GET => Ok(Answer::Body(json!({ "id": call.path.first(), "file_offset": 0 }))),
        _ => wrong_method(call),
    }
}
