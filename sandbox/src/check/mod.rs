//! The shape of a message body: every limit that can be judged from the request alone.
//! It never looks at people, media or templates; what needs the world is checked in `graph::send`.

mod contacts;
mod interactive;
mod list;
mod simple;
mod template;

use serde_json::{Map, Value};

use crate::graph::refusal::Refusal;
use crate::switches::Switches;

pub(crate) use template::{check_button_param, media_parameter};

pub(crate) type Object = Map<String, Value>;

/// A body that passed, reduced to what the rest needs.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub kind: String,
    pub content: Value,
    pub to: Option<String>,
    pub recipient: Option<String>,
    pub group: bool,
    pub reply_to: Option<String>,
    pub opaque: Option<String>,
    pub identity_hash: Option<String>,
}

const KINDS: &[&str] = &[
    "audio",
    "contacts",
    "document",
    "image",
    "interactive",
    "location",
    "reaction",
    "sticker",
    "template",
    "text",
    "video",
];

/// Checks envelope and content of a message to be sent.
pub(crate) fn message(body: &Object, switches: &Switches) -> Result<Checked, Refusal> {
    product(body)?;
    let to = text_or_number(body, "to")?;
    let recipient = optional_text(body, "recipient")?;
    if to.is_none() && recipient.is_none() {
        return Err(Refusal::required("to"));
    }
    let group = match optional_text(body, "recipient_type")?.as_deref() {
        None | Some("individual") => false,
        Some("group") => true,
        Some(other) => {
            return Err(Refusal::invalid(format!(
                "Param recipient_type must be one of {{INDIVIDUAL, GROUP}} - got \"{other}\"."
            )));
        }
    };
    let kind =
        optional_text(body, "type")?.map_or_else(|| "text".to_owned(), |kind| kind.to_ascii_lowercase());
    if !KINDS.contains(&kind.as_str()) {
        let all = KINDS.iter().map(|kind| kind.to_ascii_uppercase()).collect::<Vec<_>>().join(", ");
        return Err(Refusal::invalid(format!("Param type must be one of {{{all}}} - got \"{kind}\".")));
    }
    let content = body.get(&kind).filter(|value| !value.is_null()).ok_or_else(|| Refusal::required(&kind))?;
    dispatch(&kind, content, switches)?;
    let opaque = optional_text(body, "biz_opaque_callback_data")?;
    if opaque.as_ref().is_some_and(|data| data.chars().count() > 512) {
        return Err(Refusal::invalid("Param biz_opaque_callback_data must be at most 512 characters long."));
    }
    Ok(Checked {
        content: content.clone(),
        to,
        recipient,
        group,
        reply_to: reply_to(body)?,
        opaque,
        identity_hash: optional_text(body, "recipient_identity_key_hash")?,
        kind,
    })
}

fn dispatch(kind: &str, content: &Value, switches: &Switches) -> Result<(), Refusal> {
    if kind == "contacts" {
        return contacts::check(content);
    }
    let object = content
        .as_object()
        .ok_or_else(|| Refusal::invalid(format!("Param {kind} must be a JSON object.")))?;
    match kind {
        "text" => simple::text(object),
        "reaction" => simple::reaction(object),
        "location" => simple::location(object),
        "interactive" => interactive::check(object, switches),
        "template" => template::check(object),
        media => simple::media(media, object),
    }
}

/// `messaging_product` must be there and be WhatsApp.
pub(crate) fn product(body: &Object) -> Result<(), Refusal> {
    match body.get("messaging_product").and_then(Value::as_str) {
        Some(product) if product.eq_ignore_ascii_case("whatsapp") => Ok(()),
        Some(other) => Err(Refusal::invalid(format!(
            "Param messaging_product must be one of {{WHATSAPP}} - got \"{other}\"."
        ))),
        None => Err(Refusal::required("messaging_product")),
    }
}

fn reply_to(body: &Object) -> Result<Option<String>, Refusal> {
    match body.get("context") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(context)) => optional_text(context, "message_id")?
            .map_or_else(|| Err(Refusal::required("context['message_id']")), |id| Ok(Some(id))),
        Some(_) => Err(Refusal::invalid("Param context must be a JSON object.")),
    }
}

/// A string that may be absent or null.
pub(crate) fn optional_text(object: &Object, name: &str) -> Result<Option<String>, Refusal> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Refusal::invalid(format!("Param {name} must be a string."))),
    }
}

fn text_or_number(object: &Object, name: &str) -> Result<Option<String>, Refusal> {
    match object.get(name) {
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        _ => optional_text(object, name).map(|text| text.filter(|text| !text.trim().is_empty())),
    }
}

/// Length as people count: Unicode scalar values.
pub(crate) fn length(text: &str) -> usize {
    text.chars().count()
}

/// A required text of an interactive part, between 1 and `max` characters.
pub(crate) fn sized<'a>(object: &'a Object, name: &str, what: &str, max: usize) -> Result<&'a str, Refusal> {
    let text = object.get(name).and_then(Value::as_str).unwrap_or_default();
    if text.trim().is_empty() || length(text) > max {
        return Err(Refusal::value(format!("{what} length invalid. Min length: 1, Max length: {max}")));
    }
    Ok(text)
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
