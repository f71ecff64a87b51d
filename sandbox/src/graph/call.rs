//! One Graph API call, read: version prefix off, parameters of query, form and JSON in one map.
//! It never judges a parameter.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, Method, header};
use bytes::Bytes;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::hub::Hub;

pub(crate) const ME: &str = "100000000000001";
const JSON_MOST: usize = 3 * 1024 * 1024;
/// The largest document, and room for the multipart frame.
pub(crate) const UPLOAD_MOST: usize = 101 * 1024 * 1024;

pub(crate) struct Call {
    pub method: Method,
    pub path: Vec<String>,
    /// Query, then form fields or the JSON body on top.
    pub params: Map<String, Value>,
    pub headers: HeaderMap,
    pub raw: Bytes,
    pub file: Option<File>,
}

/// The file part of an upload.
pub(crate) struct File {
    pub name: Option<String>,
    pub mime: Option<String>,
    pub bytes: Bytes,
}

/// What the first segment of a path names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Node {
    Phone,
    Waba,
    App,
    Template,
    Media,
    Upload,
    Me,
    Unknown,
}

pub(crate) fn node(hub: &Arc<Hub>, id: &str) -> Node {
    hub.read(|world| {
        let account = &world.account;
        if id == account.phone_number_id {
            Node::Phone
        } else if id == account.waba_id {
            Node::Waba
        } else if id == account.app_id || id == "app" {
            Node::App
        } else if world.templates.by_id(id).is_some() {
            Node::Template
        } else if world.shelf.get(id, world.now).is_some() {
            Node::Media
        } else if id.starts_with("upload:") {
            Node::Upload
        } else if id == "me" || id == ME {
            Node::Me
        } else {
            Node::Unknown
        }
    })
}

impl Call {
    pub(crate) async fn read(request: Request) -> Result<Self, Refusal> {
        let path = segments(request.uri().path());
        let mut params = Map::new();
        merge_form(&mut params, request.uri().query().unwrap_or_default().as_bytes());
        let method = request.method().clone();
        let headers = request.headers().clone();
        let kind =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut call = Self { method, path, params, headers: headers.clone(), raw: Bytes::new(), file: None };
        if kind.starts_with("multipart/form-data") {
            call.multipart(request).await?;
            return Ok(call);
        }
        let upload = call.path.first().is_some_and(|id| id.starts_with("upload:"));
        let most = if upload { UPLOAD_MOST } else { JSON_MOST };
        call.raw = to_bytes(request.into_body(), most)
            .await
            .map_err(|_| Refusal::invalid("The request body is too large.").http(413))?;
        if upload || call.raw.is_empty() {
            return Ok(call);
        }
        if kind.starts_with("application/x-www-form-urlencoded") {
            let raw = call.raw.clone();
            merge_form(&mut call.params, &raw);
            return Ok(call);
        }
        match serde_json::from_slice(&call.raw) {
            Ok(Value::Object(body)) => call.params.extend(body),
            Ok(_) | Err(_) => {
                return Err(Refusal {
                    details: None,
                    ..Refusal::invalid("The request body is not a valid JSON object.")
                });
            }
        }
        Ok(call)
    }

    async fn multipart(&mut self, request: Request) -> Result<(), Refusal> {
        let bad = || Refusal::invalid("The multipart body could not be read.");
        let mut parts = Multipart::from_request(request, &()).await.map_err(|_| bad())?;
        while let Some(part) = parts.next_field().await.map_err(|_| bad())? {
            let name = part.name().unwrap_or_default().to_owned();
            if name == "file" {
                let (file_name, mime) =
                    (part.file_name().map(str::to_owned), part.content_type().map(str::to_owned));
                let bytes = part.bytes().await.map_err(|_| bad())?;
                self.file = Some(File { name: file_name, mime, bytes });
            } else {
                let text = part.text().await.map_err(|_| bad())?;
                self.params.insert(name, Value::String(text));
            }
        }
        Ok(())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.params.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The token of the header, or of the query as server-side calls may have it.
    pub(crate) fn token(&self) -> Option<&str> {
        let header = self.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = header.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| {
            scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth")
        });
        bearer.map(|(_, token)| token.trim()).or_else(|| self.text("access_token"))
    }

    /// A media URL must point where the caller came in.
    pub(crate) fn base_url(&self, hub: &Hub) -> String {
        let host = self.headers.get(header::HOST).and_then(|value| value.to_str().ok());
        match (&hub.config.public_url, host) {
            (None, Some(host)) => format!("http://{host}"),
            (Some(url), _) => url.trim_end_matches('/').to_owned(),
            (None, None) => hub.base_url.clone(),
        }
    }
}

/// Path segments without the version prefix; doubled and trailing slashes do not count.
fn segments(path: &str) -> Vec<String> {
    let mut all: Vec<String> =
        path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
    if all.first().is_some_and(|first| is_version(first)) {
        all.remove(0);
    }
    all
}

fn is_version(segment: &str) -> bool {
    let parts = segment.strip_prefix('v').and_then(|rest| rest.split_once('.'));
    let digits = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    parts.is_some_and(|(major, minor)| digits(major) && digits(minor))
}

fn merge_form(params: &mut Map<String, Value>, encoded: &[u8]) {
    for (name, value) in url::form_urlencoded::parse(encoded) {
        params.insert(name.into_owned(), Value::String(value.into_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn any_version_and_stray_slashes_are_taken() {
        assert_eq!(segments("/v26.0/123/messages"), ["123", "messages"]);
        assert_eq!(segments("/v9.1//123/"), ["123"]);
        assert_eq!(segments("/123/messages"), ["123", "messages"]);
        assert_eq!(segments("/version/1"), ["version", "1"]);
    }
}
