//! What a message holds, by its `type`. A type that is not known, or whose object is not as it should be, is kept whole.

use domain::message::{self as said, Media, MediaKind, MediaSource, OrderItem, Part};
use serde_json::{Value, json};

use crate::whatsapp::{media, wire};

/// The parts of the message `item` of type `kind`.
pub(super) fn read(kind: &str, item: &Value) -> Vec<Part> {
    let object = item.get(kind).unwrap_or(&Value::Null);
    let mut parts = known(kind, object).unwrap_or_else(|| vec![unsupported(kind, item)]);
    parts.extend(riders(item));
    parts
}

fn known(kind: &str, object: &Value) -> Option<Vec<Part>> {
    Some(match kind {
        "text" => vec![Part::text(wire::read::<wire::TextBody>(object).body.some()?)],
        "image" => vec![file(MediaKind::Image, object)?],
        "video" => vec![file(MediaKind::Video, object)?],
        "audio" | "voice" => vec![file(MediaKind::Audio, object)?],
        "document" => vec![file(MediaKind::Document, object)?],
        "sticker" => vec![file(MediaKind::Sticker, object)?],
        "location" => vec![place(object)?],
        "contacts" => vec![cards(object)?],
        "reaction" => vec![reaction(object)?],
        "interactive" => vec![interactive(object)?],
        "button" => vec![button(object)?],
        "order" => vec![order(object)?],
        "edit" => edited(object)?,
        "revoke" => {
            vec![Part::Deleted { of: wire::read::<wire::Revoke>(object).original_message_id.some()? }]
        }
        _ => return None,
    })
}

fn unsupported(kind: &str, item: &Value) -> Part {
    let own: wire::Unsupported = wire::read(item.get("unsupported").unwrap_or(&Value::Null));
    let kind = match kind {
        "unsupported" => own.kind.some().unwrap_or_else(|| "unsupported".to_owned()),
        "" => "without a type".to_owned(),
        other => other.chars().take(64).collect(),
    };
    Part::Unsupported { kind, raw: item.clone() }
}

fn file(kind: MediaKind, object: &Value) -> Option<Part> {
    let file: wire::File = wire::read(object);
    Some(Part::Media(Media {
        kind,
        source: MediaSource::Provider(file.id.some()?),
        mime: file.mime_type.some().unwrap_or_else(|| "application/octet-stream".to_owned()),
        name: file.filename.some(),
        caption: file.caption.some(),
        transcript: None,
        voice: file.voice.0,
        sha256: media::sha256_hex(file.sha256.str()),
    }))
}

fn place(object: &Value) -> Option<Part> {
    let place: wire::Place = wire::read(object);
    let (latitude, longitude) = (place.latitude.0?, place.longitude.0?);
    let named: Vec<String> = [place.name.some(), place.address.some()].into_iter().flatten().collect();
    let name = (!named.is_empty()).then(|| named.join(", "));
    Some(Part::Location { latitude, longitude, name })
}

fn cards(object: &Value) -> Option<Part> {
    let cards: Vec<said::Card> = object.as_array()?.iter().map(|card| one_card(wire::read(card))).collect();
    Some(Part::Contacts { cards })
}

fn one_card(card: wire::Card) -> said::Card {
    let name = card.name.0.and_then(|name| {
        let both = [name.first_name.some(), name.last_name.some()].into_iter().flatten().collect::<Vec<_>>();
        name.formatted_name.some().or_else(|| (!both.is_empty()).then(|| both.join(" ")))
    });
    let phones =
        card.phones.0.into_iter().filter_map(|phone| phone.phone.some().or_else(|| phone.wa_id.some()));
    said::Card {
        name,
        phones: phones.collect(),
        emails: card.emails.0.into_iter().filter_map(|email| email.email.some()).collect(),
        organisation: card.org.0.and_then(|org| org.company.some()),
        own: card.origin.str() == "contact_request",
    }
}

/// An empty emoji takes the reaction away, as one that is not there does.
fn reaction(object: &Value) -> Option<Part> {
    let reaction: wire::Reaction = wire::read(object);
    Some(Part::Reaction { to: reaction.message_id.some()?, emoji: reaction.emoji.some() })
}

fn interactive(object: &Value) -> Option<Part> {
    let reply: wire::Interactive = wire::read(object);
    match reply.kind.str() {
        "button_reply" => choice(reply.button_reply.0?),
        "list_reply" => choice(reply.list_reply.0?),
        "nfm_reply" => {
            let form = reply.nfm_reply.0?;
            let name = form.name.some().unwrap_or_else(|| "flow".to_owned());
            let text = form.response_json.0.unwrap_or_default();
            // A string that holds JSON; kept as it is where it does not.
            let fields = serde_json::from_str(&text).unwrap_or_else(|_| json!(text));
            Some(Part::Form { name, fields })
        }
        "call_permission_reply" => {
            let fields = object.get("call_permission_reply")?.clone();
            Some(Part::Form { name: "call_permission".to_owned(), fields })
        }
        _ => None,
    }
}

fn choice(reply: wire::Reply) -> Option<Part> {
    let id = reply.id.some()?;
    Some(Part::Choice { title: reply.title.some().unwrap_or_else(|| id.clone()), id })
}

/// A template's quick reply; without a payload it says no more than its words.
fn button(object: &Value) -> Option<Part> {
    let button: wire::Button = wire::read(object);
    match (button.payload.some(), button.text.some()) {
        (Some(id), title) => Some(Part::Choice { title: title.unwrap_or_else(|| id.clone()), id }),
        (None, Some(text)) => Some(Part::text(text)),
        (None, None) => None,
    }
}

fn order(object: &Value) -> Option<Part> {
    let order: wire::Order = wire::read(object);
    let items: Vec<OrderItem> = order.product_items.0.into_iter().filter_map(ordered).collect();
    let note = order.text.some();
    (!items.is_empty() || note.is_some()).then_some(Part::Order { note, items })
}

fn ordered(item: wire::Item) -> Option<OrderItem> {
    Some(OrderItem {
        product: item.product_retailer_id.some()?,
        quantity: item.quantity.some().unwrap_or_else(|| "1".to_owned()),
        price: item.item_price.some(),
        currency: item.currency.some(),
    })
}

/// The mark of an edit, then what the message holds now.
fn edited(object: &Value) -> Option<Vec<Part>> {
    let of = wire::read::<wire::Edit>(object).original_message_id.some()?;
    let inner = object.get("message")?;
    let kind = inner.get("type").and_then(Value::as_str).unwrap_or_default();
    let now = if kind == "edit" { None } else { known(kind, inner.get(kind)?) };
    let mut parts = vec![Part::Edited { of }];
    parts.extend(now.unwrap_or_else(|| vec![unsupported(kind, inner)]));
    Some(parts)
}

/// What rides beside the content: the advertisement or the product that the person came from.
fn riders(item: &Value) -> Vec<Part> {
    let mut parts = Vec::new();
    if let Some(raw) = item.get("referral").filter(|raw| raw.is_object()) {
        let referral: wire::Referral = wire::read(raw);
        let headline = referral.headline.some().or_else(|| referral.body.some());
        parts.push(Part::Referral {
            headline: headline.or_else(|| referral.source_url.some()),
            raw: raw.clone(),
        });
    }
    let product = item.get("context").and_then(|context| context.get("referred_product"));
    if let Some(raw) = product.filter(|raw| raw.is_object()) {
        let headline = wire::read::<wire::Product>(raw).product_retailer_id.some();
        parts.push(Part::Referral { headline, raw: raw.clone() });
    }
    parts
}
