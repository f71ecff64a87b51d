//! Interactive messages: reply buttons, call to action, location and contact requests, flows, products.
//! Lists have their own file. It never invents a limit that is not documented or captured.

use serde_json::Value;

use super::simple::id_or_link;
use super::{Object, list, optional_text, sized};
use crate::graph::refusal::Refusal;
use crate::switches::Switches;

const KINDS: &[&str] = &[
    "button",
    "list",
    "cta_url",
    "location_request_message",
    "request_contact_info",
    "flow",
    "product",
    "product_list",
    "catalog_message",
    "address_message",
    "call_permission_request",
    "voice_call",
    "carousel",
    "order_details",
    "order_status",
];

pub(super) fn check(content: &Object, switches: &Switches) -> Result<(), Refusal> {
    let kind = optional_text(content, "type")?.ok_or_else(|| Refusal::required("interactive['type']"))?;
    if !KINDS.contains(&kind.as_str()) {
        let all = KINDS.join(", ").to_uppercase();
        return Err(Refusal::invalid(format!(
            "Param interactive['type'] must be one of {{{all}}} - got \"{kind}\"."
        )));
    }
    body_and_footer(&kind, content, switches)?;
    header(&kind, content)?;
    let action = match content.get("action") {
        Some(Value::Object(action)) => action,
        _ => return Err(Refusal::required("interactive['action']")),
    };
    match kind.as_str() {
        "button" => buttons(action),
        "list" => list::check(action),
        "cta_url" => cta_url(action),
        "location_request_message" => named(action, "send_location"),
        "request_contact_info" => named(action, "request_contact_info"),
        "flow" => flow(action),
        _ => Ok(()),
    }
}

fn body_and_footer(kind: &str, content: &Object, switches: &Switches) -> Result<(), Refusal> {
    let max = if kind == "list" { switches.list_body_max } else { 1024 };
    match content.get("body") {
        Some(Value::Object(body)) => {
            sized(body, "text", "Body text", max)?;
        }
        // Single products and call permission requests stand without a body.
        None | Some(Value::Null) if matches!(kind, "product" | "call_permission_request" | "carousel") => {}
        _ => return Err(Refusal::required("interactive['body']")),
    }
    match content.get("footer") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Object(footer)) => sized(footer, "text", "Footer text", 60).map(drop),
        Some(_) => Err(Refusal::invalid("Param interactive['footer'] must be a JSON object.")),
    }
}

fn header(kind: &str, content: &Object) -> Result<(), Refusal> {
    let header = match content.get("header") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(header)) => header,
        Some(_) => return Err(Refusal::invalid("Param interactive['header'] must be a JSON object.")),
    };
    let format =
        optional_text(header, "type")?.ok_or_else(|| Refusal::required("interactive['header']['type']"))?;
    match (format.as_str(), kind) {
        ("text", _) => sized(header, "text", "Header text", 60).map(drop),
        ("image" | "video" | "document", "button" | "cta_url" | "flow" | "carousel") => {
            match header.get(&format) {
                Some(Value::Object(media)) => id_or_link(&format, media),
                _ => Err(Refusal::required(&format!("interactive['header']['{format}']"))),
            }
        }
        _ => {
            Err(Refusal::value(format!("Header type {format} is not supported for interactive type {kind}")))
        }
    }
}

fn buttons(action: &Object) -> Result<(), Refusal> {
    let buttons = action.get("buttons").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if buttons.is_empty() || buttons.len() > 3 {
        return Err(Refusal::value("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3"));
    }
    let (mut titles, mut ids) = (Vec::new(), Vec::new());
    for button in buttons {
        if button.get("type").and_then(Value::as_str) != Some("reply") {
            return Err(Refusal::value("Button type must be reply"));
        }
        let reply = match button.get("reply") {
            Some(Value::Object(reply)) => reply,
            _ => return Err(Refusal::required("interactive['action']['buttons']['reply']")),
        };
        let title = sized(reply, "title", "Button title", 20)?;
        let id = sized(reply, "id", "Button id", 256)?;
        if id.trim() != id {
            return Err(Refusal::value("Button id must not have leading or trailing spaces"));
        }
        if titles.contains(&title) {
            return Err(Refusal::value(format!("Duplicated button title: {title}")));
        }
        if ids.contains(&id) {
            return Err(Refusal::value(format!("Duplicated button id: {id}")));
        }
        titles.push(title);
        ids.push(id);
    }
    Ok(())
}

fn parameters<'a>(action: &'a Object, name: &str) -> Result<&'a Object, Refusal> {
    named(action, name)?;
    match action.get("parameters") {
        Some(Value::Object(parameters)) => Ok(parameters),
        _ => Err(Refusal::required("interactive['action']['parameters']")),
    }
}

fn named(action: &Object, expected: &str) -> Result<(), Refusal> {
    match optional_text(action, "name")? {
        Some(name) if name == expected => Ok(()),
        Some(name) => Err(Refusal::value(format!("Action name must be {expected} - got \"{name}\""))),
        None => Err(Refusal::required("interactive['action']['name']")),
    }
}

fn cta_url(action: &Object) -> Result<(), Refusal> {
    let parameters = parameters(action, "cta_url")?;
    sized(parameters, "display_text", "Display text", 20)?;
    let link = optional_text(parameters, "url")?.unwrap_or_default();
    match url::Url::parse(&link) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(()),
        _ => Err(Refusal::value("Invalid url in cta_url parameters")),
    }
}

fn flow(action: &Object) -> Result<(), Refusal> {
    let parameters = parameters(action, "flow")?;
    let name = |key: &str| parameters.get(key).is_some_and(|value| !value.is_null());
    if !name("flow_id") && !name("flow_name") {
        return Err(Refusal::required("interactive['action']['parameters']['flow_id']"));
    }
    if !name("flow_message_version") {
        return Err(Refusal::required("interactive['action']['parameters']['flow_message_version']"));
    }
    let label = sized(parameters, "flow_cta", "Flow button text", 30)?;
    if label.chars().any(|c| u32::from(c) >= 0x1_F300) {
        return Err(Refusal::value("Flow button text must not contain emoji"));
    }
    Ok(())
}
