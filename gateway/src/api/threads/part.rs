//! The parts of a message as JSON, and what a list shows of them in one line. What a provider sent raw, the tokens of
//! options and the places of files stay in the house.

use domain::message::{self as said, Media, MediaSource, Part};
use serde_json::{Value, json};
use store::thread::messages::Said;

/// Characters of a preview.
const PREVIEW: usize = 140;

pub(super) fn all(said: &Said) -> Vec<Value> {
    let message = &said.message;
    let named = |external: &String| said.named.get(external).map(|id| id.0.clone());
    let parts = message.parts.iter().enumerate();
    parts
        .map(|(n, part)| match part {
            Part::Media(media) => {
                self::media(media, &format!("/api/comms/messages/{}/media/{n}", message.id))
            }
            Part::Options { titles } => {
                let options: Vec<Value> = titles.iter().map(|title| json!({ "title": title })).collect();
                json!({ "type": "options", "options": options })
            }
            Part::Reaction { to, emoji } => {
                json!({ "type": "reaction", "message_id": named(to), "emoji": emoji })
            }
            Part::Edited { of } => json!({ "type": "edited", "message_id": named(of) }),
            Part::Deleted { of } => json!({ "type": "deleted", "message_id": named(of) }),
            Part::Choice { title, .. } => json!({ "type": "choice", "title": title }),
            Part::Referral { headline, .. } => json!({ "type": "referral", "headline": headline }),
            Part::Unsupported { kind, .. } => json!({ "type": "unsupported", "kind": kind }),
            Part::Job(notice) => json!({ "type": "job", "job_id": notice.job(), "notice": notice }),
            other => json!(other),
        })
        .collect()
}

fn media(media: &Media, url: &str) -> Value {
    let mut shown = json!({
        "type": "media", "kind": media.kind.as_str(), "mime": media.mime, "name": media.name, "caption": media.caption,
        "transcript": media.transcript, "voice": media.voice,
    });
    match &media.source {
        MediaSource::File(_) => shown["url"] = json!(url),
        MediaSource::Missing(why) => shown["missing"] = json!(why),
        MediaSource::Url(_) | MediaSource::Provider(_) => {
            shown["missing"] = json!("the file is not kept here");
        }
    }
    shown
}

/// What a message mostly is.
pub(super) fn kind(parts: &[Part]) -> &'static str {
    match parts.first() {
        Some(Part::Media(media)) => media.kind.as_str(),
        Some(Part::Location { .. }) => "location",
        Some(Part::Contacts { .. }) => "contacts",
        Some(Part::Reaction { .. }) => "reaction",
        Some(Part::Form { .. }) => "form",
        Some(Part::Order { .. }) => "order",
        Some(Part::Edited { .. }) => "edited",
        Some(Part::Deleted { .. }) => "deleted",
        Some(Part::Job(_)) => "job",
        Some(Part::HandedBack { .. }) => "handed_back",
        Some(Part::Erased) => "erased",
        Some(Part::Unsupported { .. }) => "unsupported",
        Some(Part::Text { .. } | Part::Options { .. } | Part::Choice { .. } | Part::Referral { .. })
        | None => "text",
    }
}

pub(crate) fn preview(parts: &[Part]) -> String {
    let words = said::words(parts);
    let more = parts.iter().find_map(|part| match part {
        Part::Media(media) => media.name.clone(),
        Part::Location { name, .. } => name.clone(),
        Part::Contacts { cards } => cards.first().and_then(|card| card.name.clone()),
        Part::Reaction { emoji, .. } => emoji.clone(),
        Part::Job(notice) => Some(notice.job().0.clone()),
        Part::HandedBack { by, .. } => Some(by.clone()),
        _ => None,
    });
    let words = if words.trim().is_empty() { more.unwrap_or_default() } else { words };
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(PREVIEW) {
        None => line,
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
    }
}
