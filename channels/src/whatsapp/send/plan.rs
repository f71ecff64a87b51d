//! One thing to say as the messages that WhatsApp takes, in order. Called when it is queued, so that each message is a
//! row of its own: what was accepted is never sent again because of what was not. Planning a plan changes nothing.

use domain::{
    message::{Media, MediaKind},
    outbound::Content,
};

use super::{
    shape::{self, BODY, TEXT},
    split::{split, units},
};

/// The messages that `content` makes. Only the last can be answered by its options.
#[must_use]
pub fn plan(content: &Content) -> Vec<Content> {
    match content {
        Content::Text { text } => texts(text),
        Content::Question { question, text, choices } => {
            let whole = shape::question(text, choices);
            if units(whole.body()) <= whole.limit() {
                return vec![content.clone()];
            }
            let (before, text, choices) = match &whole {
                shape::Shape::Text(body) => {
                    let (before, last) = tail(body, TEXT);
                    (before, last, Vec::new())
                }
                shaped => {
                    let legend = units(shaped.body()).saturating_sub(units(text.trim()));
                    let (before, last) = tail(text, BODY.saturating_sub(legend));
                    (before, last, choices.clone())
                }
            };
            let last = Content::Question { question: question.clone(), text, choices };
            before.into_iter().chain([last]).collect()
        }
        Content::Media(media) => captioned(media),
        Content::LocationRequest { text } => {
            let (before, text) = tail(text, BODY);
            before.into_iter().chain([Content::LocationRequest { text }]).collect()
        }
        Content::ContactRequest { text } => {
            let (before, text) = tail(text, BODY);
            before.into_iter().chain([Content::ContactRequest { text }]).collect()
        }
        Content::Reply { quotes, body } => {
            let mut parts = plan(body).into_iter();
            let first =
                parts.next().map(|body| Content::Reply { quotes: quotes.clone(), body: Box::new(body) });
            first.into_iter().chain(parts).collect()
        }
        Content::Template(_) | Content::Reaction { .. } | Content::Job(_) => vec![content.clone()],
    }
}

fn texts(text: &str) -> Vec<Content> {
    if units(text) <= TEXT {
        return vec![Content::Text { text: text.to_owned() }];
    }
    split(text, TEXT).into_iter().map(|text| Content::Text { text }).collect()
}

/// The last piece of `text` that fits into `limit`, and what comes before it as texts of their own.
fn tail(text: &str, limit: usize) -> (Vec<Content>, String) {
    let text = text.trim();
    let last = split(text, limit).pop().unwrap_or_default();
    let before = text.strip_suffix(last.as_str()).unwrap_or_default().trim();
    (if before.is_empty() { Vec::new() } else { texts(before) }, last)
}

/// Recordings and stickers carry no caption, and others no long one: it follows as a text.
fn captioned(media: &Media) -> Vec<Content> {
    let caption = media.caption.as_deref().map(str::trim).unwrap_or_default();
    let carries = !matches!(media.kind, MediaKind::Audio | MediaKind::Sticker);
    if caption.is_empty() || (carries && units(caption) <= BODY) {
        return vec![Content::Media(media.clone())];
    }
    let bare = Content::Media(Media { caption: None, ..media.clone() });
    [bare].into_iter().chain(texts(caption)).collect()
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
