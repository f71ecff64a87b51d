//! Files that staff bring: what they are is read from their first bytes, never believed; pictures lose their place; they are
//! kept under names of our own until a message carries them.

use std::{path::Path, time::Duration};

use axum::{
    Json,
    extract::{DefaultBodyLimit, Multipart, State, multipart::MultipartError},
    http::StatusCode,
};
use bytes::Bytes;
use domain::{id::UploadId, message::MediaKind, staff::Permission};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use store::upload::{self, Upload};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{field::invalid, threads::refusal::note};
use crate::{error::Problem, picture, staff::Principal, state::Gateway};

/// The largest file that there may be room for; what staff may bring is configured.
const LARGEST_MIB: usize = 100;
/// Characters of a file's name.
const NAME: usize = 120;
/// Files of one user that are not sent yet, of the last hour.
const WAITING: i64 = 60;
const HOUR: Duration = Duration::from_secs(3600);

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(post)).layer(DefaultBodyLimit::max((LARGEST_MIB + 1) * 1024 * 1024))
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
struct UploadForm {
    /// JPEG, PNG, WebP, GIF; AAC, AMR, MP3, MP4, Ogg, WAV or WebM audio; MP4 or 3GP video; PDF, office documents, text.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

#[derive(Serialize, ToSchema)]
struct UploadView {
    /// For `upload_id` of a message.
    id: String,
    /// As the file's first bytes say.
    mime: String,
    /// What it goes out as: `image`, `audio`, `video` or `document`.
    kind: &'static str,
    name: String,
    bytes: u64,
}

/// Bring a file that a message is to carry
#[utoipa::path(
    post,
    path = "/uploads",
    tag = "uploads",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = UploadView),
        (status = 400, description = "`broken_body`: no form, or it broke off", body = Problem),
        (status = 403, description = "`forbidden`: needs `thread.reply`", body = Problem),
        (status = 413, description = "`payload_too_large`", body = Problem),
        (status = 415, description = "`type_not_allowed`", body = Problem),
        (status = 422, description = "`invalid`: no file in the form", body = Problem),
        (status = 429, description = "`too_many_uploads`", body = Problem),
    )
)]
async fn post(
    State(gateway): State<Gateway>,
    principal: Principal,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<(StatusCode, Json<UploadView>), Problem> {
    principal.require(Permission::ThreadReply)?;
    let now = gateway.now();
    let hour = i64::try_from(HOUR.as_millis()).unwrap_or(0);
    let since = domain::clock::Millis(now.0.saturating_sub(hour));
    if upload::waiting(&mut gateway.store.reader(), &principal.user, since).await? >= WAITING {
        let detail = format!("{WAITING} files of the last hour are not sent yet: send some, or wait");
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_uploads", detail));
    }
    let (name, bytes) = file(form.map_err(|_| broken())?, gateway.config.upload_mib.min(LARGEST_MIB)).await?;
    let mime = sniffed(&bytes).ok_or_else(|| {
        let detail = "pictures, recordings, MP4 and 3GP videos, PDF, office documents and text are taken";
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "type_not_allowed", detail)
    })?;
    let bytes = cleaned(bytes, mime).ok_or_else(|| invalid("file", "the picture is broken"))?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let path =
        gateway.config.media_folder.join("uploads").join(format!("{}.{}", gateway.ids.token(), ending(mime)));
    keep(&path, &bytes).await?;
    let kept = Upload {
        id: UploadId::new(&gateway.ids),
        user: principal.user.clone(),
        mime: mime.to_owned(),
        name,
        bytes: bytes.len() as u64,
        path: path.to_string_lossy().into_owned(),
        sha256,
    };
    let row = kept.clone();
    gateway
        .store
        .write(move |tx| {
            Box::pin(async move {
                upload::put(tx, &row, now).await?;
                note(tx, &principal, "uploaded", row.id.as_str(), now).await
            })
        })
        .await?;
    let kind = kind_of(&kept.mime).as_str();
    let view = UploadView { id: kept.id.0, kind, mime: kept.mime, name: kept.name, bytes: kept.bytes };
    Ok((StatusCode::CREATED, Json(view)))
}

async fn file(mut form: Multipart, largest_mib: usize) -> Result<(String, Bytes), Problem> {
    let largest = largest_mib.saturating_mul(1024 * 1024);
    let too_large = || {
        let detail = format!("the file is larger than {largest_mib} MiB");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", detail)
    };
    let trouble = |error: &MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { too_large() } else { broken() }
    };
    while let Some(mut field) = form.next_field().await.map_err(|error| trouble(&error))? {
        if field.name() != Some("file") {
            continue;
        }
        let name = named(field.file_name().unwrap_or_default());
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|error| trouble(&error))? {
            if bytes.len() + chunk.len() > largest {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        if bytes.is_empty() {
            return Err(invalid("file", "the file is empty"));
        }
        return Ok((name, bytes.into()));
    }
    Err(invalid("file", "the form has no field `file`"))
}

fn broken() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "broken_body", "send multipart/form-data with a field `file`")
}

/// A file's name as it may be shown and sent on: no folders, nothing that nobody can see.
fn named(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control() && *c != '"').take(NAME).collect();
    let name = name.trim().trim_start_matches('.');
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

/// The type of a file that is taken.
fn sniffed(bytes: &[u8]) -> Option<&'static str> {
    const TAKEN: [&str; 21] = [
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "audio/aac",
        "audio/amr",
        "audio/mpeg",
        "audio/mp4",
        "audio/ogg",
        "audio/wav",
        "audio/webm",
        "video/mp4",
        "video/3gpp",
        "video/webm",
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ];
    let Some(found) = infer::get(bytes) else {
        let plain = std::str::from_utf8(bytes)
            .is_ok_and(|text| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')));
        return plain.then_some("text/plain");
    };
    let usual = match found.mime_type() {
        "audio/m4a" | "audio/x-m4a" => "audio/mp4",
        "audio/x-wav" => "audio/wav",
        // A voice note: Opus in Ogg.
        "audio/opus" => "audio/ogg",
        // The same container holds films: what has no picture track is what a browser's microphone gave.
        "video/webm" if is_sound_alone(bytes) => "audio/webm",
        other => other,
    };
    TAKEN.into_iter().find(|taken| *taken == usual)
}

/// Whether the head of a WebM names a codec of sound and none of pictures.
fn is_sound_alone(bytes: &[u8]) -> bool {
    const HEAD: usize = 4096;
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let names = |codec: &[u8]| head.windows(codec.len()).any(|found| found == codec);
    (names(b"A_OPUS") || names(b"A_VORBIS")) && !names(b"V_VP") && !names(b"V_AV1") && !names(b"V_MPEG")
}

/// What a file of that type goes out as.
pub(crate) fn kind_of(mime: &str) -> MediaKind {
    match mime {
        "image/jpeg" | "image/png" => MediaKind::Image,
        "video/mp4" | "video/3gpp" => MediaKind::Video,
        audio if audio.starts_with("audio/") => MediaKind::Audio,
        _ => MediaKind::Document,
    }
}

fn cleaned(bytes: Bytes, mime: &str) -> Option<Bytes> {
    match mime {
        "image/jpeg" | "image/png" | "image/webp" => picture::without_place(bytes),
        _ => Some(bytes),
    }
}

fn ending(mime: &str) -> &'static str {
    mime.rsplit('/').next().map_or("bin", |last| match last {
        "jpeg" => "jpg",
        "png" => "png",
        "webp" => "webp",
        "gif" => "gif",
        "mpeg" => "mp3",
        "mp4" => "mp4",
        "ogg" => "ogg",
        "pdf" => "pdf",
        "plain" => "txt",
        _ => "bin",
    })
}

/// Whole or not at all.
async fn keep(path: &Path, bytes: &Bytes) -> Result<(), Problem> {
    let failed = |error: std::io::Error| {
        tracing::error!(%error, folder = %path.parent().unwrap_or(path).display(), "an upload cannot be kept");
        Problem::unavailable("the file cannot be kept just now; try again")
    };
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(failed)?;
    }
    let part = path.with_extension("part");
    let written = async {
        let mut file = tokio::fs::File::create(&part).await?;
        tokio::io::AsyncWriteExt::write_all(&mut file, bytes).await?;
        file.sync_all().await?;
        tokio::fs::rename(&part, path).await
    };
    written.await.map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(sniffed(b"\xff\xd8\xff\xe0 and more"), Some("image/jpeg"));
        assert_eq!(sniffed(b"%PDF-1.7 ..."), Some("application/pdf"));
        assert_eq!(sniffed("Größe: 3".as_bytes()), Some("text/plain"));
        assert_eq!(
            sniffed(b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead"),
            Some("audio/ogg")
        );
        let webm = |codecs: &[u8]| {
            [b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm".as_slice(), codecs, &[0; 300]].concat()
        };
        assert_eq!(sniffed(&webm(b"\xd7\x81\x01\x86\x86A_OPUS")), Some("audio/webm"));
        assert_eq!(sniffed(&webm(b"\x86\x85V_VP8 \x86\x86A_OPUS")), Some("video/webm"));
        assert_eq!(sniffed(b"MZ\x90\0\x03\0\0\0\x04"), None, "a program");
        assert_eq!(sniffed(b"\x7fELF\x02\x01\x01"), None);
        assert_eq!(sniffed(b"\0\x01\x02"), None);
    }

    #[test]
    fn a_name_is_only_a_name() {
        for (given, shown) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\a\\b.pdf", "b.pdf"),
            (".env", "env"),
            ("a\"b\r\nc.txt", "abc.txt"),
            ("", "file"),
        ] {
            assert_eq!(named(given), shown);
        }
    }
}
