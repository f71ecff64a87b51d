//! The media shelf: files with the lifetimes Meta gives them, and short-lived URLs to fetch them.
//! Bytes stay in memory, within a total; it never touches the file system.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::person::DAY_MS;
use crate::graph::refusal::Refusal;

const UPLOADED_MS: i64 = 30 * DAY_MS;
const INBOUND_MS: i64 = 7 * DAY_MS;
const URL_S: i64 = 5 * 60;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Medium {
    pub id: String,
    pub mime: String,
    pub filename: Option<String>,
    #[serde(with = "as_base64")]
    pub bytes: Bytes,
    pub expires_ms: i64,
    /// Came from a person, so it lives only a week.
    pub inbound: bool,
}

impl Medium {
    pub(crate) fn uploaded(id: String, mime: &str, filename: Option<String>, bytes: Bytes, now: i64) -> Self {
        Self { id, mime: mime.to_owned(), filename, bytes, expires_ms: now + UPLOADED_MS, inbound: false }
    }

    pub(crate) fn received(id: String, mime: &str, filename: Option<String>, bytes: Bytes, now: i64) -> Self {
        Self { id, mime: mime.to_owned(), filename, bytes, expires_ms: now + INBOUND_MS, inbound: true }
    }

    pub(crate) fn sha256_hex(&self) -> String {
        hex::encode(Sha256::digest(&self.bytes))
    }

    /// The form webhooks use.
    pub(crate) fn sha256_base64(&self) -> String {
        STANDARD.encode(Sha256::digest(&self.bytes))
    }
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Shelf {
    media: BTreeMap<String, Medium>,
}

impl Shelf {
    /// Puts a file on the shelf, dropping what has expired and then what expires soonest.
    pub(crate) fn put(&mut self, medium: Medium, now: i64, files: usize, bytes: usize) {
        self.media.retain(|_, old| old.expires_ms > now);
        let mut total: usize =
            medium.bytes.len() + self.media.values().map(|old| old.bytes.len()).sum::<usize>();
        while self.media.len() >= files || (total > bytes && !self.media.is_empty()) {
            let soonest = self.media.values().min_by_key(|old| old.expires_ms).map(|old| old.id.clone());
            let Some(old) = soonest.and_then(|id| self.media.remove(&id)) else { break };
            total -= old.bytes.len();
        }
        self.media.insert(medium.id.clone(), medium);
    }

    pub(crate) fn get(&self, id: &str, now: i64) -> Option<&Medium> {
        self.media.get(id).filter(|medium| medium.expires_ms > now)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Medium> {
        self.media.remove(id)
    }
}

/// Path and query of a download URL, good for five minutes from `now`.
pub(crate) fn download_path(id: &str, app_secret: &str, now: i64) -> String {
    let until = now / 1_000 + URL_S;
    format!("/whatsapp_business/attachments/?mid={id}&ext={until}&hash={}", url_hash(id, until, app_secret))
}

/// Whether a download URL is ours and still good.
pub(crate) fn download_valid(id: &str, until_s: i64, hash: &str, app_secret: &str, now: i64) -> bool {
    now / 1_000 < until_s && hash == url_hash(id, until_s, app_secret)
}

fn url_hash(id: &str, until_s: i64, app_secret: &str) -> String {
    // HMAC takes keys of any length; the empty digest would merely refuse every download.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()) else { return String::new() };
    mac.update(format!("{id}.{until_s}").as_bytes());
    hex::encode(&mac.finalize().into_bytes()[..16])
}

const AUDIO: usize = 16 * 1024 * 1024;
const DOCUMENT: usize = 100 * 1024 * 1024;
const IMAGE: usize = 5 * 1024 * 1024;
const STICKER: usize = 500 * 1024;

const SUPPORTED: &[(&str, &str, usize)] = &[
    ("audio/aac", "audio", AUDIO),
    ("audio/mp4", "audio", AUDIO),
    ("audio/mpeg", "audio", AUDIO),
    ("audio/amr", "audio", AUDIO),
    ("audio/ogg", "audio", AUDIO),
    ("audio/opus", "audio", AUDIO),
    ("application/vnd.ms-powerpoint", "document", DOCUMENT),
    ("application/msword", "document", DOCUMENT),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document", DOCUMENT),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "document", DOCUMENT),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "document", DOCUMENT),
    ("application/pdf", "document", DOCUMENT),
    ("text/plain", "document", DOCUMENT),
    ("application/vnd.ms-excel", "document", DOCUMENT),
    ("image/jpeg", "image", IMAGE),
    ("image/png", "image", IMAGE),
    ("image/webp", "sticker", STICKER),
    ("video/mp4", "video", AUDIO),
    ("video/3gpp", "video", AUDIO),
];

/// The kind of message a MIME type belongs to, and the size it may have.
pub(crate) fn kind_of(mime: &str) -> Option<(&'static str, usize)> {
    let bare = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    SUPPORTED.iter().find(|(name, ..)| *name == bare).map(|(_, kind, most)| (*kind, *most))
}

/// Refuses an upload of a type or size that Meta does not take.
pub(crate) fn acceptable(mime: &str, size: usize) -> Result<(), Refusal> {
    let Some((kind, most)) = kind_of(mime) else {
        let all = SUPPORTED.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ");
        return Err(Refusal::invalid(format!(
            "Param file must be a file with one of the following types: {all}. Received file of type '{mime}'."
        )));
    };
    if size == 0 {
        return Err(Refusal::invalid("Param file must not be empty."));
    }
    if size > most {
        return Err(Refusal::code(131_053).details(format!(
            "Media file size too big. Max file size we currently support for {kind}: {most} bytes"
        )));
    }
    Ok(())
}

mod as_base64 {
    //! Bytes as base64 in snapshots.

    use super::{Bytes, STANDARD};
    use base64::Engine as _;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map(Bytes::from).map_err(D::Error::custom)
    }
}

#[cfg(test)]
#[path = "media_tests.rs"]
mod tests;
