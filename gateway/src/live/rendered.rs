//! One event as frames, made once and shared by all streams: whole for those who joined its conversation, short for all
//! others. Only `prev`, the number before it on the same stream, differs from stream to stream.

use std::sync::OnceLock;

use axum::extract::ws::Utf8Bytes;
use domain::{
    clock::Millis,
    id::{ConversationId, UserId},
    staff::{ConsoleRole, Permission},
};
use serde_json::Value;

use crate::api;

/// How much of an event a stream is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// It joined the conversation, or the event belongs to none.
    Full,
    Summary,
}

/// What one event looks like.
pub(crate) struct Shown {
    pub kind: &'static str,
    /// For those who joined; and for all where `summary` is `None` and it belongs to no conversation.
    pub full: Value,
    /// `None`: only those who joined are told.
    pub summary: Option<Value>,
    pub needs: Permission,
    /// Only this user is told.
    pub only: Option<UserId>,
    /// The id of the client's frame that it answers.
    pub of: Option<String>,
}

pub(crate) struct Rendered {
    pub seq: i64,
    pub conversation: Option<ConversationId>,
    /// What a stream of this user is told before anything else is looked at: somebody's right ended.
    pub ends: Option<UserId>,
    needs: Permission,
    only: Option<UserId>,
    full: Option<Body>,
    summary: Option<Body>,
}

impl Rendered {
    /// An event that nobody is shown.
    pub(crate) fn silent(seq: i64, ends: Option<UserId>) -> Self {
        let (conversation, needs, only) = (None, Permission::ThreadView, None);
        Self { seq, conversation, ends, needs, only, full: None, summary: None }
    }

    pub(crate) fn new(seq: i64, conversation: Option<ConversationId>, shown: Shown, at: Millis) -> Self {
        let body = |data: &Value| Body::new(seq, conversation.as_ref(), &shown, data, at);
        let (full, summary) = (Some(body(&shown.full)), shown.summary.as_ref().map(body));
        Self { seq, needs: shown.needs, only: shown.only, ends: None, full, summary, conversation }
    }

    /// How much a stream of `user` is told that has `joined` the event's conversation; `None` for nothing.
    pub(crate) fn detail(&self, user: &UserId, role: ConsoleRole, joined: bool) -> Option<Detail> {
        let theirs = role.may(self.needs) && self.only.as_ref().is_none_or(|only| only == user);
        if !theirs || self.full.is_none() {
            return None;
        }
        if joined || self.conversation.is_none() || self.only.is_some() {
            return Some(Detail::Full);
        }
        self.summary.is_some().then_some(Detail::Summary)
    }

    fn body(&self, detail: Detail) -> Option<&Body> {
        match detail {
            Detail::Full => self.full.as_ref(),
            Detail::Summary => self.summary.as_ref(),
        }
    }

    pub(crate) fn bytes(&self, detail: Detail) -> usize {
        self.body(detail).map_or(0, |body| body.head.len() + body.tail.len())
    }

    /// All bytes that it holds.
    pub(crate) fn size(&self) -> usize {
        self.bytes(Detail::Full) + self.bytes(Detail::Summary)
    }

    /// The frame as a stream is sent it whose last numbered frame was `prev`; without `prev` for one that is told again.
    pub(crate) fn frame(&self, detail: Detail, prev: Option<i64>) -> Utf8Bytes {
        self.body(detail).map_or_else(Utf8Bytes::default, |body| body.with(prev))
    }
}

/// A frame in two halves, between which `prev` stands.
struct Body {
    head: String,
    tail: String,
    /// The whole frame for the `prev` that was asked for first: with equal permissions that is everybody's.
    usual: OnceLock<(Option<i64>, Utf8Bytes)>,
}

impl Body {
    fn new(seq: i64, conversation: Option<&ConversationId>, shown: &Shown, data: &Value, at: Millis) -> Self {
        let quoted = |text: &str| Value::from(text).to_string();
        let mut head = format!("{{\"type\":{},\"seq\":{seq}", quoted(shown.kind));
        if let Some(of) = &shown.of {
            head.push_str(&format!(",\"ref\":{}", quoted(of)));
        }
        let mut tail = String::new();
        if let Some(conversation) = conversation {
            tail.push_str(&format!(",\"conversation_id\":{}", quoted(conversation.as_str())));
        }
        tail.push_str(&format!(",\"ts\":{},\"data\":{data}}}", quoted(&api::at(at))));
        Self { head, tail, usual: OnceLock::new() }
    }

    fn with(&self, prev: Option<i64>) -> Utf8Bytes {
        let (usual, text) = self.usual.get_or_init(|| (prev, self.compose(prev)));
        if *usual == prev { text.clone() } else { self.compose(prev) }
    }

    fn compose(&self, prev: Option<i64>) -> Utf8Bytes {
        match prev {
            Some(prev) => format!("{},\"prev\":{prev}{}", self.head, self.tail).into(),
            None => format!("{}{}", self.head, self.tail).into(),
        }
    }
}
