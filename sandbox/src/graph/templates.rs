//! Templates over the Graph API: list with filters and pages, create, edit, delete, one by id.
//! The life cycle itself is in `world::template_states`.

use std::sync::Arc;

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::call::Call;
use super::refusal::Refusal;
use super::{Answer, Outcome, fields, health, success, wrong_method};
use crate::hub::Hub;
use crate::world::World;
use crate::world::template::Template;

const DEFAULT_FIELDS: &[&str] =
    &["name", "parameter_format", "components", "language", "status", "category", "sub_category"];
const PAGE: usize = 25;
const PAGE_MOST: usize = 1_000;

pub(super) fn edge(hub: &Arc<Hub>, call: &Call) -> Outcome {
    match call.method {
        Method::GET => list(hub, call),
        Method::POST => hub.act(|world| world.create_template(&call.params)).map(Answer::Body),
        Method::DELETE => {
            let mut ids: Vec<String> = match call.params.get("hsm_ids") {
                Some(Value::Array(list)) => list.iter().filter_map(crate::world::sending::id_text).collect(),
                Some(Value::String(text)) => text
                    .trim_matches(['[', ']'])
                    .split(',')
                    .map(|id| id.trim_matches(['"', ' ']).to_owned())
                    .collect(),
                _ => Vec::new(),
            };
            ids.extend(call.text("hsm_id").map(str::to_owned));
            hub.act(|world| world.delete_templates(call.text("name"), &ids))?;
            success()
        }
        _ => wrong_method(call),
    }
}

pub(super) fn node(hub: &Arc<Hub>, call: &Call) -> Outcome {
    let id = call.path.first().map_or("", String::as_str);
    match call.method {
        Method::GET => hub.read(|world| {
            let template = world.templates.by_id(id).ok_or_else(|| Refusal::no_object(id, "get"))?;
            let mut view = template.view();
            view["health_status"] = health::of(world, "MESSAGE_TEMPLATE", id, Some(template));
            Ok(Answer::Body(fields::select(&view, call.text("fields"), DEFAULT_FIELDS)))
        }),
        Method::POST => {
            hub.act(|world| world.edit_template(id, &call.params))?;
            success()
        }
        Method::DELETE => {
            hub.act(|world| world.delete_templates(None, &[id.to_owned()]))?;
            success()
        }
        _ => wrong_method(call),
    }
}

fn list(hub: &Arc<Hub>, call: &Call) -> Outcome {
    let base_url = call.base_url(hub);
    let limit = call.text("limit").map_or(Ok(PAGE), str::parse).unwrap_or(PAGE).clamp(1, PAGE_MOST);
    hub.read(|world| {
        let all: Vec<&Template> =
            world.templates.all.iter().filter(|template| wanted(template, call)).collect();
        let position = |cursor: &str| {
            let id = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|raw| String::from_utf8(raw).ok())?;
            all.iter().position(|template| template.id == id)
        };
        let bad = || Refusal::invalid("Invalid cursors values: Must be a valid cursor").subcode(1_349_131);
        let (start, end) = match (call.text("after"), call.text("before")) {
            (Some(after), _) => (position(after).ok_or_else(bad)? + 1, all.len()),
            (None, Some(before)) => {
                let end = position(before).ok_or_else(bad)?;
                (end.saturating_sub(limit), end)
            }
            (None, None) => (0, all.len()),
        };
        let end = end.min(start + limit);
        let page = &all[start.min(end)..end];
        let data: Vec<Value> = page
            .iter()
            .map(|template| fields::select(&template.view(), call.text("fields"), DEFAULT_FIELDS))
            .collect();
        let mut answer = json!({ "data": data });
        if let (Some(first), Some(last)) = (page.first(), page.last()) {
            let cursor = |template: &Template| URL_SAFE_NO_PAD.encode(&template.id);
            answer["paging"]["cursors"] = json!({ "before": cursor(first), "after": cursor(last) });
            let base = format!("{base_url}/v26.0/{}/message_templates?limit={limit}", world.account.waba_id);
            if end < all.len() {
                answer["paging"]["next"] = json!(format!("{base}&after={}", cursor(last)));
            }
            if start > 0 {
                answer["paging"]["previous"] = json!(format!("{base}&before={}", cursor(first)));
            }
        }
        if let Some(summary) = call.text("summary") {
            answer["summary"] = summed(world, summary, all.len());
        }
        Ok(Answer::Body(answer))
    })
}

fn summed(world: &World, asked: &str, matching: usize) -> Value {
    let all = json!({
        "total_count": matching, "message_template_count": world.templates.all.len(),
        "message_template_limit": world.limits.templates, "are_translations_complete": true,
    });
    let mut summary = json!({});
    for name in fields::names(asked) {
        if let Some(value) = all.get(&name) {
            summary[&name] = value.clone();
        }
    }
    summary
}

fn wanted(template: &Template, call: &Call) -> bool {
    let status = serde_json::to_value(template.status).unwrap_or_default();
    let has = |name: &str, own: &str| match call.params.get(name) {
        Some(Value::String(text)) if !text.is_empty() => {
            // Lists come as JSON arrays or separated by commas.
            text.trim_matches(['[', ']'])
                .split(',')
                .any(|one| one.trim_matches(['"', ' ']).eq_ignore_ascii_case(own))
        }
        _ => true,
    };
    let contains = |name: &str, text: &str| call.text(name).is_none_or(|part| text.contains(part));
    let content = Value::Array(template.components.clone()).to_string();
    contains("name", &template.name)
        && contains("content", &content)
        && call
            .text("name_or_content")
            .is_none_or(|part| template.name.contains(part) || content.contains(part))
        && has("status", status.as_str().unwrap_or_default())
        && has("category", &template.category)
        && has("language", &template.language)
}
