//! What is checked of a field before it is believed: ids in paths, words in bodies. Knows no resource.

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, StatusCode, request::Parts},
};
use serde::{Deserialize, Deserializer};

use crate::error::{FieldProblem, Problem};

/// The longest id.
const ID: usize = 128;

/// The id in the path. What cannot be one names nothing.
pub(crate) struct Id<T>(pub T);

impl<T: From<String>, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(id)) if is_id(&id) => Ok(Self(T::from(id))),
            _ => Err(nothing("nothing has that id")),
        }
    }
}

pub(crate) fn is_id(id: &str) -> bool {
    (1..=ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic())
}

pub(crate) fn nothing(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", detail)
}

/// A body whose field `field` cannot be used.
pub(crate) fn invalid(field: &str, detail: impl Into<String>) -> Problem {
    let errors = vec![FieldProblem { field: field.to_owned(), detail: detail.into() }];
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "the body has a field that cannot be used")
        .with_fields(errors)
}

/// Words of several lines: not blank, at most `most` characters, no control characters but line feeds and tabs.
///
/// # Errors
/// 422 `invalid`.
pub(crate) fn text(field: &str, text: &str, most: usize) -> Result<String, Problem> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    let sane = !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t'));
    if text.is_empty() || text.chars().count() > most || !sane {
        return Err(invalid(field, format!("1 to {most} characters, and none that nobody can see")));
    }
    Ok(text.to_owned())
}

/// Words of one line.
///
/// # Errors
/// 422 `invalid`.
pub(crate) fn line(field: &str, line: &str, most: usize) -> Result<String, Problem> {
    let line = text(field, line, most)?;
    if line.contains(['\n', '\t']) {
        return Err(invalid(field, "it must be one line"));
    }
    Ok(line)
}

/// A time as RFC 3339 writes it.
///
/// # Errors
/// 422 `invalid`.
pub(crate) fn time(field: &str, text: &str) -> Result<domain::clock::Millis, Problem> {
    let read: Result<jiff::Timestamp, _> = text.parse();
    read.map(|at| domain::clock::Millis(at.as_millisecond()))
        .map_err(|_| invalid(field, "it must be a time like 2026-11-21T08:00:00Z"))
}

/// Characters of a caller's own key of a request.
const KEY: usize = 64;

/// The caller's own key of a request, where they gave one: its repeat is the same request.
///
/// # Errors
/// 422 `invalid_key`.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(given) = headers.get("idempotency-key") else { return Ok(None) };
    match given.to_str() {
        Ok(key) if (1..=KEY).contains(&key.chars().count()) => Ok(Some(key.to_owned())),
        _ => {
            let detail = format!("Idempotency-Key: it must have 1 to {KEY} characters");
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_key", detail))
        }
    }
}

/// Tells a field that is null from one that is not there.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}
