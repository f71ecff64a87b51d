//! The files of messages. Whoever reads one is asked each time; a browser is told to show only what cannot act, and to
//! believe no other type than ours.

use std::path::PathBuf;

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{
    id::MessageId,
    message::{Media, MediaSource, Part},
    staff::Permission,
};
use tower_http::services::ServeFile;
use utoipa::IntoResponses;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::field::{is_id, nothing};
use crate::{error::Problem, staff::Principal, state::Gateway};

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(get))
}

/// The file of a message's part
///
/// Takes `Range`, so that recordings can be wound.
#[utoipa::path(
    get,
    path = "/messages/{id}/media/{n}",
    tag = "threads",
    params(("id" = String, Path), ("n" = u16, Path, description = "The part's place in `parts`, from 0")),
    responses(
        Served,
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`: no such message or part, or the file is not kept", body = Problem),
    )
)]
async fn get(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path((id, n)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    principal.require(Permission::ThreadView)?;
    let missing = || nothing("there is no such file");
    let n: usize = n.parse().map_err(|_| missing())?;
    let id = if is_id(&id) { MessageId(id) } else { return Err(missing()) };
    let message = store::message::get(&mut gateway.store.reader(), &id).await?.ok_or_else(missing)?;
    let Some(Part::Media(media)) = message.parts.get(n) else { return Err(missing()) };
    serve(&gateway, media, id.as_str(), &headers).await
}

/// How a file is answered.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes what `serve` answers")]
pub(crate) enum Served {
    /// The file
    #[response(status = 200, content_type = "application/octet-stream")]
    Whole(Vec<u8>),
    /// The part of it that `Range` names
    #[response(status = 206, content_type = "application/octet-stream")]
    Part(Vec<u8>),
    /// Not changed since `If-Modified-Since`
    #[response(status = 304)]
    Unchanged,
    /// No such range
    #[response(status = 416)]
    OutOfRange,
}

/// The file of `media`, which belongs to `of`: whole, or the part that the headers ask for.
///
/// # Errors
/// 404 `not_found` where it is not kept.
pub(crate) async fn serve(
    gateway: &Gateway,
    media: &Media,
    of: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let missing = || nothing("there is no such file");
    let path = kept(gateway, media).await.ok_or_else(missing)?;
    let mime = essence(&media.mime);
    let mut request = Request::new(Body::empty());
    for name in [header::RANGE, header::IF_MODIFIED_SINCE, header::IF_RANGE] {
        if let Some(value) = headers.get(&name) {
            request.headers_mut().insert(name, value.clone());
        }
    }
    let served = ServeFile::new(path).try_call(request).await.map_err(|error| {
        tracing::warn!(%error, of, "a file could not be read");
        missing()
    })?;
    if served.status() == StatusCode::NOT_FOUND {
        return Err(missing());
    }
    let mut response = served.map(Body::new).into_response();
    guard(response.headers_mut(), media, &mime);
    Ok(response)
}

/// Where the file is, if it lies in the media folder: what a message names elsewhere is nobody's to read from here.
async fn kept(gateway: &Gateway, media: &Media) -> Option<PathBuf> {
    let MediaSource::File(path) = &media.source else { return None };
    let folder = tokio::fs::canonicalize(&gateway.config.media_folder).await.ok()?;
    let path = tokio::fs::canonicalize(path).await.ok()?;
    path.starts_with(&folder).then_some(path)
}

fn essence(mime: &str) -> String {
    mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// What a browser shows in place. What could hold scripts is only ever saved.
fn is_shown(mime: &str) -> bool {
    matches!(mime, "image/jpeg" | "image/png" | "image/webp" | "image/gif" | "application/pdf")
        || mime.starts_with("audio/")
        || mime.starts_with("video/")
}

fn guard(headers: &mut HeaderMap, media: &Media, mime: &str) {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        (header::CACHE_CONTROL, "private, max-age=3600"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let kind = HeaderValue::from_str(mime).ok().filter(|_| !mime.is_empty());
    headers
        .insert(header::CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    let how = if is_shown(mime) { "inline" } else { "attachment" };
    let name = media.name.clone().unwrap_or_else(|| media.kind.as_str().to_owned());
    if let Ok(value) = HeaderValue::from_str(&disposition(how, &name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
}

/// RFC 6266: the name for all, and as it is for those that read UTF-8.
fn disposition(how: &str, name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ". -_".contains(c) { c } else { '_' }).collect();
    let coded: String = name
        .bytes()
        .map(|b| match b {
            b if b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_') => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect();
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(
            disposition("attachment", "Grö\"ße\r\n.pdf"),
            "attachment; filename=\"Gr___e.pdf\"; filename*=UTF-8''Gr%C3%B6%22%C3%9Fe.pdf"
        );
    }

    #[test]
    fn what_can_hold_scripts_is_not_shown() {
        for mime in ["text/html", "image/svg+xml", "application/xml", "text/plain", ""] {
            assert!(!is_shown(mime), "{mime}");
        }
    }
}
