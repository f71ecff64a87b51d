//! What is decided about files without touching one: what WhatsApp takes, where from it is fetched, what it is called.
//! Sizes and types: Meta's page "Supported media types".

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::message::{Media, MediaKind};
use url::Url;

pub(super) use crate::fetched::{essence, extension};

const MB: u64 = 1024 * 1024;
const DOCUMENT: u64 = 100 * MB;

/// Hex of a SHA-256 that Meta wrote in base64 (webhooks) or in hex (resolved media).
pub(super) fn sha256_hex(text: &str) -> Option<String> {
    let text = text.trim();
    let bytes = if text.len() == 64 { hex::decode(text).ok()? } else { STANDARD.decode(text).ok()? };
    (bytes.len() == 32).then(|| hex::encode(bytes))
}

/// How a file of `bytes` goes out: as what it is, where WhatsApp takes that, else as a document.
///
/// # Errors
/// A sentence, where it is too large for WhatsApp altogether.
pub(super) fn fit(media: Media, bytes: u64) -> Result<Media, String> {
    let (types, largest): (&[&str], u64) = match media.kind {
        MediaKind::Image => (&["image/jpeg", "image/png"], 5 * MB),
        MediaKind::Audio => (&["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"], 16 * MB),
        MediaKind::Video => (&["video/mp4", "video/3gpp"], 16 * MB),
        MediaKind::Sticker => (&["image/webp"], MB / 2),
        MediaKind::Document => (&[], DOCUMENT),
    };
    if bytes == 0 || bytes > DOCUMENT {
        return Err(format!("the file has {bytes} bytes, and WhatsApp takes 1 to {DOCUMENT}"));
    }
    let own = media.kind == MediaKind::Document || types.contains(&essence(&media.mime).as_str());
    if own && bytes <= largest {
        return Ok(Media { mime: sent_as(&media), ..media });
    }
    Ok(Media { kind: MediaKind::Document, voice: false, ..media })
}

/// The bare `audio/ogg` is refused.
fn sent_as(media: &Media) -> String {
    match essence(&media.mime).as_str() {
        "audio/ogg" => "audio/ogg; codecs=opus".to_owned(),
        _ => media.mime.clone(),
    }
}

/// The name of a file that goes out: Meta tells its kind by the ending.
pub(super) fn upload_name(media: &Media, path: &str) -> String {
    let own = media
        .name
        .clone()
        .or_else(|| std::path::Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned()));
    let stem = own.as_deref().and_then(|name| name.rsplit_once('.').map(|(stem, _)| stem)).unwrap_or("file");
    match media.kind {
        MediaKind::Document => own.unwrap_or_else(|| "document".to_owned()),
        _ => format!("{stem}.{}", extension(&media.mime)),
    }
}

/// Whether the token may go to `url`: our own API's host, or one of Meta's hosts over TLS.
pub(super) fn may_fetch(url: &Url, api: &Url, hosts: &[String]) -> bool {
    let own = url.scheme() == api.scheme()
        && url.host_str() == api.host_str()
        && url.port_or_known_default() == api.port_or_known_default();
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let metas = hosts.iter().any(|known| {
        let known = known.trim().to_ascii_lowercase();
        !known.is_empty() && (host == known || host.ends_with(&format!(".{known}")))
    });
    (own || (metas && url.scheme() == "https" && url.port().is_none()))
        && url.username().is_empty()
        && url.password().is_none()
}

#[cfg(test)]
#[path = "media_tests.rs"]
mod tests;
