//! The content of what a person sends: from the words of the control API to the objects of webhooks.
//! It reads the chat to find what is pressed or quoted; it never changes it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::World;
use super::acts::Draft;
use super::chance::Direction;
use super::media;
use super::message::Message;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Text {
    pub body: String,
    pub reply_to: Option<String>,
    pub forwarded: bool,
    pub frequently_forwarded: bool,
    pub referral: Option<Value>,
}

/// One option of a message: by its id, or its title. Without a message id the latest one that has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Choice {
    pub message_id: Option<String>,
    pub id: Option<String>,
    pub title: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Media {
    pub media_id: String,
    pub kind: Option<String>,
    pub caption: Option<String>,
    #[serde(default)]
    pub voice: bool,
    #[serde(default)]
    pub animated: bool,
    pub reply_to: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Location {
    pub latitude: f64,
    pub longitude: f64,
    pub name: Option<String>,
    pub address: Option<String>,
    pub reply_to: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contacts {
    pub contacts: Value,
    pub reply_to: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    pub catalog_id: String,
    pub product_items: Value,
    #[serde(default)]
    pub text: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Flow {
    pub response: Value,
    pub message_id: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Unsupported {
    pub kind: Option<String>,
    pub code: Option<i64>,
}

/// What stands in the webhook; inbound media get their URL here, fresh each time.
pub(crate) fn wire(world: &World, draft: &Draft) -> Value {
    let mut content = draft.content.clone();
    let is_media = ["image", "video", "audio", "document", "sticker"].contains(&draft.kind.as_str());
    if is_media
        && world.switches.media_url
        && let Some(id) = content["id"].as_str()
    {
        let path = media::download_path(id, &world.account.app_secret, world.now);
        content["url"] = json!(format!("{}{path}", world.base_url));
    }
    content
}

fn quote(world: &World, draft: &mut Draft, reply_to: Option<String>) -> Result<(), String> {
    let Some(id) = reply_to else { return Ok(()) };
    let message = world.messages.get(&id).ok_or_else(|| format!("no message {id}"))?;
    draft.riders["context"]["id"] = json!(id);
    draft.riders["context"]["from"] = match message.direction {
        Direction::Out => json!(world.account.digits()),
        Direction::In => json!(world.people.get(&message.person).map(|person| person.wire_name())),
    };
    draft.reply_to = Some(id);
    Ok(())
}

pub(crate) fn text(world: &World, text: Text) -> Result<Draft, String> {
    if text.body.trim().is_empty() {
        return Err("body: some text is needed".into());
    }
    if text.body.len() > 65_536 {
        return Err("body: at most 65536 bytes".into());
    }
    let mut draft = Draft::new("text", json!({ "body": text.body }));
    quote(world, &mut draft, text.reply_to)?;
    for (name, on) in [("forwarded", text.forwarded), ("frequently_forwarded", text.frequently_forwarded)] {
        if on {
            draft.riders["context"][name] = json!(true);
        }
    }
    if let Some(referral) = text.referral {
        draft.from_ad = true;
        draft.riders["referral"] = referral;
    }
    Ok(draft)
}

pub(crate) fn press(world: &World, person: &str, choice: &Choice) -> Result<Draft, String> {
    let (message, option) = find(world, person, choice, |message| match message.kind.as_str() {
        "interactive" => list(&message.content["action"]["buttons"])
            .map(|button| (text_of(&button["reply"]["id"]), text_of(&button["reply"]["title"]), Value::Null))
            .collect(),
        "template" => list(&message.shown.as_ref().unwrap_or(&Value::Null)["buttons"])
            .filter(|button| button["type"] == "QUICK_REPLY")
            .map(|button| (text_of(&button["payload"]), text_of(&button["text"]), Value::Null))
            .collect(),
        _ => Vec::new(),
    })?;
    let (id, title, _) = option;
    let mut draft = if message.kind == "template" {
        Draft::new("button", json!({ "payload": id, "text": title }))
    } else {
        let reply = json!({ "type": "button_reply", "button_reply": { "id": id, "title": title } });
        Draft::new("interactive", reply)
    };
    quote(world, &mut draft, Some(message.id.clone()))?;
    Ok(draft)
}

pub(crate) fn pick(world: &World, person: &str, choice: &Choice) -> Result<Draft, String> {
    let (message, (id, title, description)) = find(world, person, choice, |message| {
        list(&message.content["action"]["sections"])
            .flat_map(|section| list(&section["rows"]))
            .map(|row| (text_of(&row["id"]), text_of(&row["title"]), row["description"].clone()))
            .collect()
    })?;
    let mut reply = json!({ "type": "list_reply", "list_reply": { "id": id, "title": title } });
    if description.as_str().is_some_and(|text| !text.is_empty()) {
        reply["list_reply"]["description"] = description;
    }
    let mut draft = Draft::new("interactive", reply);
    quote(world, &mut draft, Some(message.id.clone()))?;
    Ok(draft)
}

type Choices = Vec<(String, String, Value)>;

/// The newest message on the phone that offers the option.
fn find<'a>(
    world: &'a World,
    person: &str,
    choice: &Choice,
    options: impl Fn(&Message) -> Choices,
) -> Result<(&'a Message, (String, String, Value)), String> {
    let wanted = |(id, title, _): &(String, String, Value)| match (&choice.id, &choice.title) {
        (Some(wanted), _) => wanted == id,
        (None, Some(wanted)) => wanted == title,
        (None, None) => false,
    };
    world
        .messages
        .iter()
        .rev()
        .filter(|message| {
            message.person == person && message.direction == Direction::Out && message.on_phone()
        })
        .filter(|message| choice.message_id.as_ref().is_none_or(|id| *id == message.id))
        .find_map(|message| Some((message, options(message).into_iter().find(wanted)?)))
        .ok_or_else(|| "no message on this phone offers that option".into())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(crate) fn media(world: &World, given: Media) -> Result<Draft, String> {
    let medium =
        world.shelf.get(&given.media_id, world.now).ok_or("media_id: no such file, upload it first")?;
    let own = media::kind_of(&medium.mime).map_or("document", |(kind, _)| kind);
    let kind = given.kind.as_deref().unwrap_or(own);
    if !["image", "video", "audio", "document", "sticker"].contains(&kind) {
        return Err("kind: image, video, audio, document or sticker".into());
    }
    let mut content = json!({ "id": medium.id, "mime_type": medium.mime, "sha256": medium.sha256_base64() });
    match kind {
        "audio" => content["voice"] = json!(given.voice),
        "sticker" => content["animated"] = json!(given.animated),
        "document" => content["filename"] = json!(medium.filename.as_deref().unwrap_or("file")),
        _ => {}
    }
    if let Some(caption) = given.caption.filter(|caption| !caption.is_empty()) {
        content["caption"] = json!(caption);
    }
    let mut draft = Draft::new(kind, content);
    quote(world, &mut draft, given.reply_to)?;
    Ok(draft)
}

pub(crate) fn location(given: &Location) -> Draft {
    let mut content = json!({ "latitude": given.latitude, "longitude": given.longitude });
    for (name, text) in [("name", &given.name), ("address", &given.address)] {
        if let Some(text) = text.as_ref().filter(|text| !text.is_empty()) {
            content[name] = json!(text);
        }
    }
    let mut draft = Draft::new("location", content);
    if let Some(id) = &given.reply_to {
        draft.reply_to = Some(id.clone());
        draft.riders["context"] = json!({ "id": id });
    }
    draft
}

pub(crate) fn contacts(world: &World, given: Contacts) -> Result<Draft, String> {
    let mut draft = Draft::new("contacts", given.contacts);
    quote(world, &mut draft, given.reply_to)?;
    Ok(draft)
}

pub(crate) fn order(given: Order) -> Draft {
    let content =
        json!({ "catalog_id": given.catalog_id, "text": given.text, "product_items": given.product_items });
    Draft::new("order", content)
}

pub(crate) fn flow(world: &World, person: &str, given: Flow) -> Result<Draft, String> {
    let flow = |message: &&Message| message.content["type"] == "flow" && message.direction == Direction::Out;
    let latest = world.messages.of(person).rev().find(flow).map(|message| message.id.clone());
    let reply = json!({ "name": "flow", "body": "Sent", "response_json": given.response.to_string() });
    let mut draft = Draft::new("interactive", json!({ "type": "nfm_reply", "nfm_reply": reply }));
    quote(world, &mut draft, given.message_id.or(latest))?;
    Ok(draft)
}

pub(crate) fn unsupported(world: &World, given: &Unsupported) -> Draft {
    let kind = given.kind.as_deref().unwrap_or("poll_creation");
    let content = if world.switches.unsupported_kind { json!({ "type": kind }) } else { json!({}) };
    let mut draft = Draft::new("unsupported", content);
    draft.riders["errors"] = json!([crate::webhook::payload::error(given.code.unwrap_or(131_051), None)]);
    draft
}
