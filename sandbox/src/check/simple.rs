//! The small kinds: text, reaction, location and the five media kinds.
//! It never opens a medium; whether an id exists is not its business.

use serde_json::Value;

use super::{Object, length, optional_text};
use crate::graph::refusal::Refusal;

pub(super) fn text(content: &Object) -> Result<(), Refusal> {
    let body = optional_text(content, "body")?.ok_or_else(|| Refusal::required("text['body']"))?;
    if body.trim().is_empty() {
        return Err(Refusal::required("text['body']"));
    }
    if length(&body) > 4096 {
        return Err(Refusal::invalid("Param text['body'] must be at most 4096 characters long."));
    }
    match content.get("preview_url") {
        None | Some(Value::Null | Value::Bool(_)) => Ok(()),
        Some(_) => Err(Refusal::invalid("Param text['preview_url'] must be a boolean.")),
    }
}

pub(super) fn reaction(content: &Object) -> Result<(), Refusal> {
    let message = optional_text(content, "message_id")?.unwrap_or_default();
    if message.is_empty() {
        return Err(Refusal::required("reaction['message_id']"));
    }
    let emoji = optional_text(content, "emoji")?.ok_or_else(|| Refusal::required("reaction['emoji']"))?;
    // One emoji may be many code points (skin tone, flags, families), but never a word or a sentence.
    let plain = emoji.chars().any(|c| c.is_alphabetic() || c.is_whitespace());
    if plain || length(&emoji) > 16 {
        return Err(Refusal::value("Reaction emoji is invalid. Only one emoji is allowed"));
    }
    Ok(())
}

pub(super) fn location(content: &Object) -> Result<(), Refusal> {
    for (name, max) in [("latitude", 90.0), ("longitude", 180.0)] {
        let degrees = match content.get(name) {
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.trim().parse::<f64>().ok(),
            None | Some(Value::Null) => return Err(Refusal::required(&format!("location['{name}']"))),
            Some(_) => None,
        };
        if !degrees.is_some_and(|degrees| degrees.abs() <= max) {
            return Err(Refusal::value(format!("Location {name} is invalid")));
        }
    }
    for (name, max) in [("name", 1000), ("address", 1000)] {
        if optional_text(content, name)?.is_some_and(|text| length(&text) > max) {
            return Err(Refusal::value(format!("Location {name} is too long. Max length is {max}")));
        }
    }
    Ok(())
}

pub(super) fn media(kind: &str, content: &Object) -> Result<(), Refusal> {
    id_or_link(kind, content)?;
    if let Some(caption) = optional_text(content, "caption")? {
        if matches!(kind, "audio" | "sticker") && !caption.is_empty() {
            return Err(Refusal::invalid(format!("Unexpected key \"caption\" on param \"{kind}\".")));
        }
        if length(&caption) > 1024 {
            return Err(Refusal::invalid(format!(
                "Param {kind}['caption'] must be at most 1024 characters long."
            )));
        }
    }
    if kind != "document" && optional_text(content, "filename")?.is_some_and(|name| !name.is_empty()) {
        return Err(Refusal::invalid(format!("Unexpected key \"filename\" on param \"{kind}\".")));
    }
    if optional_text(content, "filename")?.is_some_and(|name| length(&name) > 240) {
        return Err(Refusal::invalid("Param document['filename'] must be at most 240 characters long."));
    }
    match content.get("voice") {
        None | Some(Value::Null | Value::Bool(_)) => Ok(()),
        Some(_) => Err(Refusal::invalid(format!("Param {kind}['voice'] must be a boolean."))),
    }
}

/// Exactly one of `id` and `link`; a link must be http(s).
pub(crate) fn id_or_link(kind: &str, content: &Object) -> Result<(), Refusal> {
    let id = match content.get("id") {
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => optional_text(content, "id")?,
    };
    match (id, optional_text(content, "link")?) {
        (Some(_), Some(_)) => {
            Err(Refusal::invalid(format!("Only one of {kind}['id'] and {kind}['link'] is allowed.")))
        }
        (None, None) => {
            Err(Refusal::invalid(format!("The parameter {kind}['id'] or {kind}['link'] is required.")))
        }
        (Some(id), None) if !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) => Ok(()),
        (Some(id), None) => Err(Refusal::invalid(format!(
            "Param {kind}['id'] must be a valid WhatsApp media ID - got \"{id}\"."
        ))),
        (None, Some(link)) => match url::Url::parse(&link) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && link.len() <= 2048 => Ok(()),
            _ => Err(Refusal::invalid(format!("Param {kind}['link'] is not a valid URI."))),
        },
    }
}
