//! Pages of a list: what a caller asks for, and the cursor that says where the next one begins. Knows no resource.

use axum::{
    extract::{FromRequestParts, rejection::QueryRejection},
    http::{StatusCode, request::Parts},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::error::Problem;

const DEFAULT: u16 = 50;
const MOST: u16 = 200;
/// A longer cursor is none of ours.
const CURSOR: usize = 1024;

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page begins, for `cursor`; null at the end.
    pub next_cursor: Option<String>,
    /// The live stream's position before this was read.
    pub as_of_seq: i64,
}

/// The query as a `T`; a refusal is a 400 `invalid_query`.
pub(crate) struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(asked)) => Ok(Self(asked)),
            Err(QueryRejection::FailedToDeserializeQueryString(error)) => Err(invalid(error.body_text())),
            Err(_) => Err(invalid("the query cannot be read")),
        }
    }
}

/// # Errors
/// 400 `invalid_query` for a limit that is not 1 to 200.
pub(crate) fn limit(asked: Option<u16>) -> Result<usize, Problem> {
    match asked.unwrap_or(DEFAULT) {
        limit @ 1..=MOST => Ok(usize::from(limit)),
        other => Err(invalid(format!("limit is {other}: it must be 1 to {MOST}"))),
    }
}

/// Where `cursor` says a page begins; `None` at the start.
///
/// # Errors
/// 400 `invalid_cursor` for what no answer of ours held.
pub(crate) fn after<T: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<T>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let bytes = (cursor.len() <= CURSOR).then(|| URL_SAFE_NO_PAD.decode(cursor).ok()).flatten();
    let after = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    after.map(Some).ok_or_else(|| {
        let detail = "the cursor is none of ours: take next_cursor as it was given, or leave it out";
        Problem::new(StatusCode::BAD_REQUEST, "invalid_cursor", detail)
    })
}

/// The cursor of the page after `rows`, of which one more than `limit` was read to see whether there is any; that one is
/// dropped.
pub(crate) fn next<T, A: Serialize>(
    rows: &mut Vec<T>,
    limit: usize,
    end: impl Fn(&T) -> A,
) -> Option<String> {
    if rows.len() <= limit {
        return None;
    }
    rows.truncate(limit);
    // What cannot be written as JSON does not occur: cursors are tuples of numbers and texts.
    let end = serde_json::to_vec(&end(rows.last()?)).ok()?;
    Some(URL_SAFE_NO_PAD.encode(end))
}

/// One row more than a page holds.
pub(crate) fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::from(MOST)).saturating_add(1)
}

pub(crate) fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_query", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let mut rows = vec![1, 2, 3];
        let cursor = next(&mut rows, 2, |row| (*row, "x")).unwrap();
        assert_eq!(rows, [1, 2]);
        assert_eq!(after::<(i32, String)>(Some(&cursor)).unwrap(), Some((2, "x".to_owned())));
        assert_eq!(next(&mut rows, 2, |row| *row), None);
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for cursor in ["", "x", "!!", "W10", &"A".repeat(5_000)] {
            assert!(after::<(i64, String)>(Some(cursor)).is_err(), "{cursor}");
        }
        assert!(limit(Some(0)).is_err() && limit(Some(201)).is_err());
        assert_eq!(limit(None).unwrap(), 50);
    }
}
