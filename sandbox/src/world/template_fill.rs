//! Filling a template in: are these the parameters it wants, and what does the phone show.
//! It never sends; it judges one request against one template.

use serde_json::{Value, json};

use super::template::Template;
use super::template_rules::placeholders;
use crate::check::{check_button_param, media_parameter};
use crate::graph::refusal::Refusal;

/// Checks the components of a send and renders what the person will see.
pub(crate) fn fill(template: &Template, content: &Value) -> Result<Value, Refusal> {
    let given = content["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let header = header(template, parameters(given, "header"))?;
    let body = template.component("BODY").and_then(|body| body["text"].as_str()).unwrap_or_default();
    let body = text("body", body, parameters(given, "body"), template.named())?;
    let buttons = buttons(template, given)?;
    let footer = template.component("FOOTER").and_then(|footer| footer["text"].as_str());
    Ok(json!({ "header": header, "body": body, "footer": footer, "buttons": buttons }))
}

fn parameters<'a>(given: &'a [Value], kind: &str) -> &'a [Value] {
    given
        .iter()
        .find(|component| component["type"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(kind)))
        .and_then(|component| component["parameters"].as_array())
        .map_or(&[], Vec::as_slice)
}

fn header(template: &Template, given: &[Value]) -> Result<Value, Refusal> {
    let Some(header) = template.component("HEADER") else { return Ok(Value::Null) };
    let format = header["format"].as_str().unwrap_or("TEXT").to_ascii_uppercase();
    if format == "TEXT" {
        let shown = text("header", header["text"].as_str().unwrap_or_default(), given, template.named())?;
        return Ok(json!({ "type": "text", "text": shown }));
    }
    let received = given
        .first()
        .and_then(|parameter| parameter["type"].as_str())
        .unwrap_or("UNKNOWN")
        .to_ascii_uppercase();
    if received != format {
        return Err(Refusal::code(132_012)
            .details(format!("header: Format mismatch, expected {format}, received {received}")));
    }
    let lower = format.to_ascii_lowercase();
    let parameter = given.first().unwrap_or(&Value::Null);
    if format != "LOCATION" {
        media_parameter(parameter, &lower)?;
    }
    Ok(json!({ "type": lower, lower.as_str(): parameter[&lower] }))
}

/// Counts the parameters of a text and puts them in.
fn text(part: &str, text: &str, given: &[Value], named: bool) -> Result<String, Refusal> {
    let wanted = placeholders(text);
    if given.len() != wanted.len() {
        return Err(Refusal::code(132_000).details(format!(
            "{part}: number of localizable_params ({}) does not match the expected number of params ({})",
            given.len(),
            wanted.len()
        )));
    }
    let mut shown = text.to_owned();
    for (at, name) in wanted.iter().enumerate() {
        let parameter = if named {
            given
                .iter()
                .find(|parameter| parameter["parameter_name"].as_str() == Some(name.as_str()))
                .ok_or_else(|| {
                    Refusal::invalid_details(format!("{part}: Parameter name is missing or empty: {name}"))
                })?
        } else {
            &given[at]
        };
        let value = value_of(parameter);
        if value.contains(['\n', '\t']) || value.contains("     ") {
            let complaint =
                "Param text cannot have new-line/tab characters or more than 4 consecutive spaces";
            return Err(Refusal::code(132_018).details(complaint));
        }
        shown =
            shown.replace(&format!("{{{{{name}}}}}"), &value).replace(&format!("{{{{ {name} }}}}"), &value);
    }
    if crate::check::length(&shown) > if part == "header" { 60 } else { 1024 } {
        return Err(Refusal::code(132_005).details(format!("{part}: translated text too long")));
    }
    Ok(shown)
}

fn value_of(parameter: &Value) -> String {
    let value = parameter["text"]
        .as_str()
        .or_else(|| parameter["currency"]["fallback_value"].as_str())
        .or_else(|| parameter["date_time"]["fallback_value"].as_str());
    value.unwrap_or_default().to_owned()
}

/// The buttons as the phone shows them, with the payload a press will send.
fn buttons(template: &Template, given: &[Value]) -> Result<Vec<Value>, Refusal> {
    let mut shown = Vec::new();
    for (at, button) in template.buttons().iter().enumerate() {
        let kind = button["type"].as_str().unwrap_or_default().to_ascii_uppercase();
        let own = given.iter().find(|component| is_button(component, at));
        let value = own.and_then(|component| component["parameters"].get(0));
        let variable = button["url"].as_str().is_some_and(|url| url.contains("{{"));
        if kind == "URL" && variable {
            check_button_param(at, "Url", own)?;
        }
        if kind == "COPY_CODE" {
            check_button_param(at, "CopyCode", own)?;
        }
        let label = button["text"].as_str().unwrap_or("Copy code");
        let payload = value.and_then(|value| value["payload"].as_str()).unwrap_or(label);
        let url = button["url"].as_str().map(|url| {
            let tail = value.and_then(|value| value["text"].as_str()).unwrap_or_default();
            placeholders(url)
                .first()
                .map_or_else(|| url.to_owned(), |name| url.replace(&format!("{{{{{name}}}}}"), tail))
        });
        shown.push(json!({ "type": kind, "text": label, "payload": payload, "url": url }));
    }
    Ok(shown)
}

fn is_button(component: &Value, at: usize) -> bool {
    let kind = component["type"].as_str().unwrap_or_default();
    let index = match &component["index"] {
        Value::String(text) => text.parse().unwrap_or(usize::MAX),
        Value::Number(number) => {
            number.as_u64().and_then(|index| usize::try_from(index).ok()).unwrap_or(usize::MAX)
        }
        _ => 0,
    };
    (kind.eq_ignore_ascii_case("button") || kind.eq_ignore_ascii_case("buttons")) && index == at
}

#[cfg(test)]
#[path = "template_fill_tests.rs"]
mod tests;
