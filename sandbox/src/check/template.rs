//! The outer shape of a template message: name, language, components and parameters.
//! Whether the template exists and wants these parameters is checked against the shelf, not here.

use serde_json::Value;

use super::simple::id_or_link;
use super::{Object, length, optional_text};
use crate::graph::refusal::Refusal;

pub(super) fn check(content: &Object) -> Result<(), Refusal> {
    let name = optional_text(content, "name")?.unwrap_or_default();
    if name.is_empty() {
        return Err(Refusal::required("template['name']"));
    }
    if length(&name) > 512 {
        return Err(Refusal::invalid("Param template['name'] must be at most 512 characters long."));
    }
    let language = match content.get("language") {
        Some(Value::Object(language)) => language,
        _ => return Err(Refusal::required("template['language']")),
    };
    if optional_text(language, "code")?.unwrap_or_default().is_empty() {
        return Err(Refusal::required("template['language']['code']"));
    }
    let components = match content.get("components") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Array(components)) => components,
        Some(_) => return Err(Refusal::invalid("Param template['components'] must be an array.")),
    };
    components.iter().enumerate().try_for_each(|(at, component)| one(at, component))
}

fn one(at: usize, component: &Value) -> Result<(), Refusal> {
    let path = format!("template['components'][{at}]");
    let component = component
        .as_object()
        .ok_or_else(|| Refusal::invalid(format!("Param {path} must be a JSON object.")))?;
    let kind = optional_text(component, "type")?.unwrap_or_default().to_ascii_lowercase();
    match kind.as_str() {
        "header" | "body" | "footer" | "carousel" | "limited_time_offer" | "order_status" => {}
        "button" | "buttons" => index(component, &path)?,
        _ => {
            return Err(Refusal::invalid(format!(
                "Param {path}['type'] must be one of {{HEADER, BODY, BUTTON, CAROUSEL, LIMITED_TIME_OFFER}} - got \"{kind}\"."
            )));
        }
    }
    let parameters =
        component.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    parameters.iter().try_for_each(parameter)
}

fn index(component: &Object, path: &str) -> Result<(), Refusal> {
    let valid = match component.get("index") {
        Some(Value::String(text)) => text.parse::<u8>().is_ok_and(|index| index < 10),
        Some(Value::Number(number)) => number.as_u64().is_some_and(|index| index < 10),
        // A single quick reply without an index means the first one.
        None | Some(Value::Null) => true,
        Some(_) => false,
    };
    if valid {
        Ok(())
    } else {
        Err(Refusal::invalid(format!("Param {path}['index'] must be between 0 and 9.")))
    }
}

fn parameter(parameter: &Value) -> Result<(), Refusal> {
    let kind = parameter.get("type").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let mandatory = |name: &str| {
        let missing = parameter.get(name).is_none_or(|value| value.is_null() || value.as_str() == Some(""));
        if missing {
            let details = format!("Parameter '{name}' is mandatory for component parameter type '{kind}'");
            return Err(Refusal::invalid_details(details));
        }
        Ok(())
    };
    match kind.as_str() {
        "text" => mandatory("text"),
        "payload" => mandatory("payload"),
        "currency" | "date_time" | "image" | "video" | "document" | "location" | "coupon_code" => {
            mandatory(&kind)
        }
        "" => Err(Refusal::required("type")),
        _ => Ok(()),
    }
}

/// The media object of a header parameter, which must name an id or a link.
pub(crate) fn media_parameter(parameter: &Value, format: &str) -> Result<(), Refusal> {
    match parameter.get(format) {
        Some(Value::Object(media)) if id_or_link(format, media).is_ok() => Ok(()),
        _ => Err(Refusal::code(132_018).details("Either one of media ID or link must be present")),
    }
}

/// A URL button with a variable needs its value.
pub(crate) fn check_button_param(at: usize, kind: &str, given: Option<&Value>) -> Result<(), Refusal> {
    let parameters = given.and_then(|component| component.get("parameters")?.as_array());
    if parameters.is_none_or(Vec::is_empty) {
        let details = format!("buttons: Button at index {at} of type {kind} requires a parameter");
        return Err(Refusal::code(131_008).details(details));
    }
    Ok(())
}
