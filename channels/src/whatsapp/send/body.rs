//! The JSON of a send. Pure: one message in, one body out. Never decides whether it may go.

use std::collections::BTreeMap;

use domain::{
    address::Address,
    language::{self, Language},
    message::{Media, MediaKind, MediaSource},
    outbound::{Content, Template},
    question::Choice,
};
use serde_json::{Value, json};

use super::shape::{self, Shape};
use crate::whatsapp::numbers;

/// What a body is made of besides its content.
pub(super) struct Envelope<'a> {
    pub to: &'a Address,
    /// Comes back with each status (`biz_opaque_callback_data`, at most 512 characters).
    pub our_id: &'a str,
    /// On the button that opens a list, by language: at most 20 characters.
    pub list_labels: &'a BTreeMap<String, String>,
    pub language: Language,
}

/// Why there is no body: a sentence.
pub(super) type Unsayable = &'static str;

impl Envelope<'_> {
    /// The body that says `content`; a file must be with the provider already, or at an address.
    pub(super) fn body(&self, content: &Content) -> Result<Value, Unsayable> {
        let (quotes, content) = match content {
            Content::Reply { quotes, body } => (Some(quotes), body.as_ref()),
            other => (None, other),
        };
        let (kind, object) = self.object(content)?;
        let mut body = json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "type": kind, kind: object,
            "biz_opaque_callback_data": self.our_id,
        });
        let (key, value) = recipient(&self.to.external)?;
        body[key] = json!(value);
        if let Some(quotes) = quotes {
            body["context"] = json!({ "message_id": quotes });
        }
        Ok(body)
    }

    fn object(&self, content: &Content) -> Result<(&'static str, Value), Unsayable> {
        Ok(match content {
            Content::Text { text } => ("text", text_object(text)?),
            Content::Question { text, choices, .. } => self.question(text, choices)?,
            Content::Media(media) => media_object(media)?,
            Content::Template(template) => ("template", template_object(template)),
            Content::Reaction { to, emoji } => {
                ("reaction", json!({ "message_id": to, "emoji": emoji.as_deref().unwrap_or_default() }))
            }
            Content::LocationRequest { text } => {
                ("interactive", request("location_request_message", "send_location", text)?)
            }
            Content::ContactRequest { text } => {
                ("interactive", request("request_contact_info", "request_contact_info", text)?)
            }
            Content::Reply { .. } => return Err("a reply cannot hold another reply"),
            Content::Job(_) => return Err("news of a job is for agents, not for people"),
        })
    }

    fn question(&self, text: &str, choices: &[Choice]) -> Result<(&'static str, Value), Unsayable> {
        Ok(match shape::question(text, choices) {
            Shape::Text(body) => ("text", text_object(&body)?),
            Shape::Buttons { body, buttons } => {
                let buttons: Vec<Value> = buttons
                    .into_iter()
                    .map(|button| json!({ "type": "reply", "reply": { "id": button.id, "title": button.title } }))
                    .collect();
                let object =
                    json!({ "type": "button", "body": { "text": body }, "action": { "buttons": buttons } });
                ("interactive", object)
            }
            Shape::List { body, rows } => {
                let rows: Vec<Value> = rows
                    .into_iter()
                    .map(|row| match row.description {
                        Some(description) => {
                            json!({ "id": row.id, "title": row.title, "description": description })
                        }
                        None => json!({ "id": row.id, "title": row.title }),
                    })
                    .collect();
                let action = json!({ "button": self.label(&body), "sections": [{ "rows": rows }] });
                ("interactive", json!({ "type": "list", "body": { "text": body }, "action": action }))
            }
        })
    }

    fn label(&self, text: &str) -> &str {
        let spoken = language::detect(text).unwrap_or(self.language);
        self.list_labels.get(spoken.as_str()).map_or("…", String::as_str)
    }
}

/// The field that names the recipient. A scoped id in `to` would be accepted and never delivered.
pub(super) fn recipient(external: &str) -> Result<(&'static str, String), Unsayable> {
    if numbers::is_user_id(external) {
        return Ok(("recipient", external.to_owned()));
    }
    // Without the plus sign Meta takes the digits for a number within our own country.
    let digits = numbers::digits(external).ok_or("the address is neither a number nor an id of WhatsApp")?;
    Ok(("to", format!("+{digits}")))
}

fn text_object(text: &str) -> Result<Value, Unsayable> {
    if text.trim().is_empty() {
        return Err("there is nothing to say");
    }
    let preview = text.contains("https://") || text.contains("http://");
    Ok(json!({ "body": text, "preview_url": preview }))
}

fn request(kind: &str, action: &str, text: &str) -> Result<Value, Unsayable> {
    if text.trim().is_empty() {
        return Err("a request needs words");
    }
    Ok(json!({ "type": kind, "body": { "text": text }, "action": { "name": action } }))
}

fn media_object(media: &Media) -> Result<(&'static str, Value), Unsayable> {
    let mut object = match &media.source {
        MediaSource::Provider(id) => json!({ "id": id }),
        MediaSource::Url(link) => json!({ "link": link }),
        MediaSource::File(_) => return Err("the file was not uploaded"),
        MediaSource::Missing(_) => return Err("the file is not there"),
    };
    match media.kind {
        MediaKind::Audio => object["voice"] = json!(media.voice),
        MediaKind::Document => {
            object["filename"] = json!(media.name.as_deref().unwrap_or("document"));
        }
        MediaKind::Image | MediaKind::Video | MediaKind::Sticker => {}
    }
    if let Some(caption) = media.caption.as_deref().filter(|caption| !caption.trim().is_empty())
        && !matches!(media.kind, MediaKind::Audio | MediaKind::Sticker)
    {
        object["caption"] = json!(caption);
    }
    Ok((media.kind.as_str(), object))
}

fn template_object(template: &Template) -> Value {
    let mut components = Vec::new();
    if !template.body.is_empty() {
        let values: Vec<Value> =
            template.body.iter().map(|text| json!({ "type": "text", "text": text })).collect();
        components.push(json!({ "type": "body", "parameters": values }));
    }
    for (index, payload) in template.payloads.iter().enumerate() {
        components.push(json!({
            "type": "button", "sub_type": "quick_reply", "index": index.to_string(),
            "parameters": [{ "type": "payload", "payload": payload }],
        }));
    }
    json!({ "name": template.name, "language": { "code": template.language }, "components": components })
}

/// Marks a message of a person's, and those before it, as read; with `typing` it also says that an answer is being
/// written, for 25 seconds or until it comes.
pub(super) fn receipt(message: &str, typing: bool) -> Value {
    let mut body = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": message });
    if typing {
        body["typing_indicator"] = json!({ "type": "text" });
    }
    body
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
