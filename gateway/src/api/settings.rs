//! The settings that staff may change: shown with where each comes from, secrets by their end alone; stored in the
//! database over the configuration files and under the environment. Most take effect within a moment in every process, and
//! each says whether. Never hands out a secret, keeps each sealed, and none in events or the audit log.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use domain::{clock::Millis, staff::Permission};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{audit, event, setting};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{at, field::invalid};
use crate::{
    configuration::{Configuration, Entry, Stored},
    error::Problem,
    guard::Read,
    staff::Principal,
    state::Gateway,
};

/// Settings changed at once.
const AT_ONCE: usize = 50;
/// The longest value, in characters.
const VALUE: usize = 4_096;
/// A shorter secret shows nothing of itself.
const SHOWS_ITS_END: usize = 16;

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(list, change))
}

/// One setting.
#[derive(Serialize, ToSchema)]
struct SettingView {
    /// As in config/default.toml: `section.key`.
    key: &'static str,
    secret: bool,
    /// What is set; null for a secret.
    value: Value,
    /// Whether a secret is set.
    is_set: bool,
    /// The last four characters of a secret that is long enough.
    ends_in: Option<String>,
    /// `default`, `console`, a file, or a variable of the environment.
    origin: String,
    /// The variable of the environment that sets it: then it can not be changed here.
    fixed_by: Option<String>,
    /// When it was last set at the console, and by whom.
    set_at: Option<String>,
    set_by: Option<String>,
    /// When a change holds: `now`, within a moment in every process; `restart`, from the next start of each.
    effective: &'static str,
    /// Why what was set here does not hold, and the mend; null where it does.
    trouble: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Settings {
    items: Vec<SettingView>,
    as_of_seq: i64,
}

/// What the database keeps of one setting.
#[derive(Serialize, Deserialize)]
struct Kept {
    text: String,
    at: Millis,
    by: String,
    #[serde(skip)]
    trouble: Option<String>,
}

/// Settings, secrets masked
#[utoipa::path(
    get,
    path = "/settings",
    operation_id = "list_settings",
    tag = "settings",
    responses(
        (status = 200, body = Settings),
        (status = 403, description = "`forbidden`: needs `settings.view`", body = Problem),
        (status = 404, description = "`not_found`: this house keeps none", body = Problem),
    )
)]
async fn list(State(gateway): State<Gateway>, principal: Principal) -> Result<Json<Settings>, Problem> {
    principal.require(Permission::SettingsView)?;
    shown(&gateway).await.map(Json)
}

/// Change settings
///
/// The body names settings by key; null takes back what was set here. All of them are set, or none.
#[utoipa::path(
    patch,
    path = "/settings",
    operation_id = "change_settings",
    tag = "settings",
    request_body(content = std::collections::HashMap<String, Value>, example = json!({"turns.gather_ms": 1500})),
    responses(
        (status = 200, body = Settings),
        (status = 403, description = "`forbidden`: needs `settings.edit`", body = Problem),
        (status = 404, description = "`not_found`: this house keeps none", body = Problem),
        (status = 409, description = "`set_by_environment`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn change(
    State(gateway): State<Gateway>,
    principal: Principal,
    Read(asked): Read<BTreeMap<String, Value>>,
) -> Result<Json<Settings>, Problem> {
    principal.require(Permission::SettingsEdit)?;
    let configuration = configuration(&gateway)?;
    if asked.is_empty() || asked.len() > AT_ONCE {
        return Err(invalid("", format!("name 1 to {AT_ONCE} settings")));
    }
    let mut stored = texts(&kept(&gateway, configuration).await?);
    let known = configuration.entries(&stored);
    let mut changes = Vec::with_capacity(asked.len());
    for (key, value) in asked {
        let entry = known.iter().find(|entry| entry.key == key);
        let entry = entry.ok_or_else(|| invalid(&key, "there is no such setting, or it is not staff's"))?;
        if let Some(variable) = &entry.fixed {
            let detail =
                format!("{key} is set by {variable} in the environment, which is stronger: change it there");
            return Err(Problem::new(StatusCode::CONFLICT, "set_by_environment", detail));
        }
        let text = text(&key, &value)?;
        let sealed = text.as_ref().map(|text| configuration.seal(&key, text)).transpose();
        let sealed = sealed.map_err(|why| invalid(&key, why))?;
        match text {
            Some(text) => stored.insert(key, text),
            None => stored.remove(&key),
        };
        changes.push((entry.key, sealed));
    }
    let keys: Vec<&str> = changes.iter().map(|(key, _)| *key).collect();
    configuration.check(&stored).map_err(|why| invalid(&keys.join(", "), why))?;
    let (body, now) = (json!({ "keys": keys }), gateway.now());
    let (actor, by) = (principal.actor(), principal.name.clone());
    gateway
        .store
        .write(move |tx| {
            Box::pin(async move {
                for (key, text) in &changes {
                    let name = name(key);
                    match text {
                        Some(text) => {
                            let kept = Kept { text: text.clone(), at: now, by: by.clone(), trouble: None };
                            setting::put(tx, &name, &json!(kept).to_string()).await?;
                        }
                        None => setting::remove(tx, &name).await?,
                    }
                }
                event::put(tx, "setting", None, &body, now).await?;
                for (key, text) in changes {
                    let action = if text.is_some() { "setting_set" } else { "setting_unset" };
                    let entry = audit::Entry {
                        actor: actor.clone(),
                        action,
                        subject: key.to_owned(),
                        // A digest of a short secret would give it away.
                        digest: String::new(),
                    };
                    audit::append(tx, &entry, now).await?;
                }
                Ok(())
            })
        })
        .await?;
    configuration.changed();
    shown(&gateway).await.map(Json)
}

fn configuration(gateway: &Gateway) -> Result<&dyn Configuration, Problem> {
    gateway
        .means
        .configuration
        .as_deref()
        .ok_or_else(|| super::field::nothing("this house keeps no settings"))
}

async fn shown(gateway: &Gateway) -> Result<Settings, Problem> {
    let configuration = configuration(gateway)?;
    let as_of_seq = event::last(&mut gateway.store.reader()).await?;
    let kept = kept(gateway, configuration).await?;
    let entries = configuration.entries(&texts(&kept));
    let items = entries.into_iter().map(|entry| view(entry, &kept)).collect();
    Ok(Settings { items, as_of_seq })
}

fn view(entry: Entry, kept: &BTreeMap<String, Kept>) -> SettingView {
    let set = kept.get(entry.key).filter(|_| entry.fixed.is_none());
    let secret = entry.value.as_str().filter(|_| entry.secret).unwrap_or_default();
    let long = secret.chars().count() >= SHOWS_ITS_END;
    let end: String = secret.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    SettingView {
        key: entry.key,
        secret: entry.secret,
        is_set: !matches!(&entry.value, Value::Null) && entry.value != json!(""),
        ends_in: long.then_some(end),
        value: if entry.secret { Value::Null } else { entry.value },
        origin: entry.origin,
        fixed_by: entry.fixed,
        set_at: set.map(|kept| at(kept.at)),
        set_by: set.map(|kept| kept.by.clone()),
        effective: if entry.now { "now" } else { "restart" },
        trouble: set.and_then(|kept| kept.trouble.clone()),
    }
}

/// A value as a variable of the environment would hold it; `None` takes the setting back.
fn text(key: &str, value: &Value) -> Result<Option<String>, Problem> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(_) | Value::Object(_) => {
            return Err(invalid(key, "it must be a text, a number, true or false, or null"));
        }
    };
    if text.chars().count() > VALUE || text.chars().any(char::is_control) {
        return Err(invalid(key, format!("it must be one line of at most {VALUE} characters")));
    }
    Ok(Some(text))
}

async fn kept(
    gateway: &Gateway,
    configuration: &dyn Configuration,
) -> Result<BTreeMap<String, Kept>, Problem> {
    let rows = setting::below(&mut gateway.store.reader(), setting::CONSOLE).await?;
    let read = |(name, value): (String, String)| {
        let key = name.strip_prefix(setting::CONSOLE)?.to_owned();
        let mut kept: Kept = serde_json::from_str(&value).ok()?;
        match configuration.open(&key, &kept.text) {
            Ok(text) => kept.text = text,
            Err(why) => kept.trouble = Some(why),
        }
        Some((key, kept))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// What holds of it.
fn texts(kept: &BTreeMap<String, Kept>) -> Stored {
    let holds = kept.iter().filter(|(_, kept)| kept.trouble.is_none());
    holds.map(|(key, kept)| (key.clone(), kept.text.clone())).collect()
}

fn name(key: &str) -> String {
    format!("{}{key}", setting::CONSOLE)
}
