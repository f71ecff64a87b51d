//! The one door to the model: what was said becomes text here, and older talk is cut to a budget.

use domain::{
    id::JobId,
    job::JobNotice,
    message::{Author, Card, Direction, Media, MediaKind, MediaSource, Message, Part},
};
use serde_json::{Value, json};

use super::machine::Heard;
use crate::model::{Image, Spoken};

/// Characters of one person's message that the model is given; the whole stays in the store.
const MESSAGE_CHARS: usize = 12_000;
/// Characters of an old message that names a job or an invoice, once the budget no longer carries it whole.
const FACT_CHARS: usize = 160;
/// A token is about four bytes in the languages people write in here.
const BYTES_PER_TOKEN: u64 = 4;
/// The share of the budget for what is left of older talk: a third of what the newest may take.
const OLDER_SHARE: u64 = 4;

/// Renders one message. `customer` names the customer of a job, where known.
#[must_use]
pub fn hear(message: &Message, customer: Option<&str>) -> Heard {
    let text = parts(&message.parts, customer);
    let images = message.parts.iter().filter_map(image).collect();
    Heard { text: clip(&text, MESSAGE_CHARS), images }
}

fn image(part: &Part) -> Option<Image> {
    match part {
        Part::Media(Media { kind: MediaKind::Image, mime, source, .. }) => match source {
            MediaSource::File(source) | MediaSource::Url(source) => {
                Some(Image { mime: mime.clone(), source: source.clone() })
            }
            MediaSource::Provider(_) | MediaSource::Missing(_) => None,
        },
        _ => None,
    }
}

/// `parts` as text, a line each: words as they are, everything else announced in square brackets.
#[must_use]
pub fn parts(parts: &[Part], customer: Option<&str>) -> String {
    let lines: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Part::Text { text } => text.clone(),
            Part::Options { titles } => {
                titles.iter().map(|title| format!("[{title}]")).collect::<Vec<_>>().join(" ")
            }
            Part::Choice { title, .. } => title.clone(),
            Part::Media(media) => media_line(media),
            Part::Location { latitude, longitude, name } => {
                format!("[location] {latitude}, {longitude} {}", name.as_deref().unwrap_or_default())
                    .trim_end()
                    .into()
            }
            Part::Contacts { cards } => cards.iter().map(card_line).collect::<Vec<_>>().join("\n"),
            Part::Reaction { emoji: Some(emoji), .. } => format!("[reaction] {emoji}"),
            Part::Reaction { emoji: None, .. } => "[reaction taken away]".to_owned(),
            Part::Form { name, fields } => format!("[form {name}] {fields}"),
            Part::Order { note, items } => {
                let items: Vec<String> =
                    items.iter().map(|i| format!("{}x {}", i.quantity, i.product)).collect();
                format!("[order] {} {}", items.join(", "), note.as_deref().unwrap_or_default())
                    .trim_end()
                    .into()
            }
            Part::Edited { .. } => "[corrects an earlier message, which now reads:]".to_owned(),
            Part::Deleted { .. } => "[took an earlier message back]".to_owned(),
            Part::Referral { headline, .. } => {
                format!("[came from] {}", headline.as_deref().unwrap_or("an advertisement"))
            }
            Part::Job(notice) => notice_line(notice, customer),
            Part::HandedBack { by, note } => format!(
                "[note: {by} answered this person by hand until now; what they said stands above as yours. Go on from \
                 there and repeat nothing of it.] {}",
                note.as_deref().unwrap_or_default()
            )
            .trim_end()
            .to_owned(),
            Part::Erased => "[erased]".to_owned(),
            Part::Unsupported { kind, .. } => format!("[unsupported: {kind}]"),
        })
        .collect();
    lines.join("\n")
}

fn media_line(media: &Media) -> String {
    let kind = media.kind.as_str();
    if let MediaSource::Missing(why) = &media.source {
        return format!("[{kind}] could not be fetched: {why}");
    }
    match (&media.transcript, media.caption.as_deref().or(media.name.as_deref())) {
        (Some(heard), _) => format!("[{kind}, transcribed] {heard}"),
        (None, Some(words)) => format!("[{kind}] {words}"),
        (None, None) => format!("[{kind}]"),
    }
}

fn card_line(card: &Card) -> String {
    let known = [card.name.as_ref(), card.organisation.as_ref()].into_iter().flatten();
    let known: Vec<&str> = known.chain(&card.phones).chain(&card.emails).map(String::as_str).collect();
    format!("[contact] {}", known.join(", "))
}

fn notice_line(notice: &JobNotice, customer: Option<&str>) -> String {
    let (word, mut body) = match notice {
        JobNotice::Reported { report } => ("job reported", json!(report)),
        JobNotice::Corrected { report } => ("job corrected", json!(report)),
        JobNotice::Withdrawn { job_id, reason } => ("job withdrawn", told(job_id, reason)),
        JobNotice::Settled(settlement) => ("job settled", json!(settlement)),
        JobNotice::Refused { job_id, reason } => ("job refused", told(job_id, reason)),
    };
    if let (Value::Object(fields), Some(name)) = (&mut body, customer) {
        fields.insert("customer".to_owned(), json!(name));
    }
    format!("[{word}] {body}")
}

fn told(job_id: &JobId, reason: &str) -> Value {
    json!({ "job_id": job_id, "reason": reason })
}

/// Older talk within `budget` tokens: the newest messages whole; of those before, the lines that name a job or an
/// invoice, shortened; and how many were left out.
#[must_use]
pub fn history(messages: &[Message], budget: u64) -> Vec<Spoken> {
    let spoken: Vec<Spoken> = messages.iter().map(speak).filter(|s| !s.text.is_empty()).collect();
    let bytes = budget.saturating_mul(BYTES_PER_TOKEN);
    let older_bytes = bytes / OLDER_SHARE;
    let whole = tail_within(&spoken, bytes - older_bytes);
    let (older, newest) = spoken.split_at(spoken.len() - whole);
    let mut history = Vec::with_capacity(newest.len() + 1);
    history.extend(summary(older, older_bytes));
    history.extend_from_slice(newest);
    history
}

fn speak(message: &Message) -> Spoken {
    let by_agent = match message.author {
        Author::Agent(_) | Author::Phone => true,
        // What staff ask at the console is said to the agent.
        Author::Staff(_) => message.direction != Direction::In,
        // A note for the agent was said to nobody, and of a stranger nobody is kept but the house.
        Author::House => message.direction == Direction::Out,
        Author::Contact(_) | Author::Peer(_) => false,
    };
    Spoken { by_agent, text: clip(&parts(&message.parts, None), MESSAGE_CHARS) }
}

/// How many of the last of `spoken` fit into `bytes`.
fn tail_within(spoken: &[Spoken], bytes: u64) -> usize {
    let mut used = 0;
    spoken
        .iter()
        .rev()
        .take_while(|s| {
            used += s.text.len() as u64;
            used <= bytes
        })
        .count()
}

fn summary(older: &[Spoken], bytes: u64) -> Option<Spoken> {
    let mut facts: Vec<String> = Vec::new();
    let mut used = 0;
    for spoken in older.iter().rev().filter(|s| names_a_job(&s.text)) {
        let line = clip(&spoken.text.replace('\n', " "), FACT_CHARS);
        used += line.len() as u64;
        if used > bytes {
            break;
        }
        facts.push(line);
    }
    facts.reverse();
    let left_out = older.len() - facts.len();
    (!older.is_empty()).then(|| Spoken {
        by_agent: false,
        text: format!("[earlier, shortened; {left_out} messages left out]\n{}", facts.join("\n"))
            .trim_end()
            .to_owned(),
    })
}

fn names_a_job(text: &str) -> bool {
    text.contains("JOB-") || text.contains("RE-")
}

fn clip(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}... [{} characters in all]", &text[..end], text.chars().count()),
    }
}

#[cfg(test)]
#[path = "transcript_tests.rs"]
mod tests;
