//! Calls of the Graph API: addresses, the bearer, bodies. Knows no message and judges no answer.

use reqwest::{
    Method, Request,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::transport::{Answer, Failure, Transport};

#[derive(Clone)]
pub(super) struct Graph {
    base: Url,
    token: SecretString,
    transport: Transport,
}

/// A file to be uploaded.
pub(super) struct Upload<'a> {
    pub name: &'a str,
    pub mime: &'a str,
    pub bytes: &'a [u8],
}

impl Graph {
    pub(super) fn new(base: Url, token: SecretString, transport: Transport) -> Self {
        Self { base, token, transport }
    }

    /// How many calls can leave at once now.
    pub(super) fn room(&self) -> usize {
        self.transport.room()
    }

    /// `path` below the version: `106540352242922/messages`.
    fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/'));
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, Failure> {
        self.transport.call(self.request(Method::GET, self.url(path, query))).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        let mut request = self.request(Method::POST, self.url(path, &[]));
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(body.to_string().into());
        self.transport.call(request).await
    }

    pub(super) async fn upload(&self, path: &str, upload: &Upload<'_>) -> Result<Answer, Failure> {
        let mut request = self.request(Method::POST, self.url(path, &[]));
        let (kind, body) = form(upload);
        if let Ok(kind) = HeaderValue::from_str(&kind) {
            request.headers_mut().insert(CONTENT_TYPE, kind);
        }
        *request.body_mut() = Some(body.into());
        self.transport.call(request).await
    }

    /// A file at an address that was checked before: the bearer goes with it.
    pub(super) async fn file(&self, url: Url) -> Result<Answer, Failure> {
        self.transport.call(self.request(Method::GET, url)).await
    }

    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// Without a header where the token holds what no header can; Meta's 401 then says so.
    fn request(&self, method: Method, url: Url) -> Request {
        let mut request = Request::new(method, url);
        if let Ok(mut bearer) = HeaderValue::from_str(&format!("Bearer {}", self.token.expose_secret())) {
            bearer.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, bearer);
        }
        request
    }
}

/// The form of an upload (RFC 7578) and its content type. The boundary is made from the bytes, so that it is not in them.
fn form(upload: &Upload<'_>) -> (String, Vec<u8>) {
    let boundary = format!("plumbline-{}", hex::encode(&Sha256::digest(upload.bytes)[..16]));
    let clean = |text: &str| text.replace(|c: char| c.is_control() || matches!(c, '"' | '\\'), "_");
    let mut body = Vec::with_capacity(upload.bytes.len() + 512);
    let mut field = |name: &str, value: &str| {
        let head =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(head.as_bytes());
    };
    field("messaging_product", "whatsapp");
    field("type", upload.mime);
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
        clean(upload.name),
        clean(upload.mime),
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(upload.bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        let upload = Upload { name: "a\"\r\nX: 1.png", mime: "image/png", bytes: b"PNG" };
        let (kind, body) = form(&upload);
        let body = String::from_utf8(body).unwrap();
        assert!(
            body.contains("filename=\"a___X: 1.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--"),
            "{body}"
        );
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        assert_eq!(body.matches(&format!("--{boundary}")).count(), 4);
        assert!(body.ends_with(&format!("--{boundary}--\r\n")));
    }
}
