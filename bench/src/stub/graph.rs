//! The one call of the Graph API that a reply makes. It answers as Meta does and remembers whose reply came when.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{Sent, World};
use crate::webhook;

static SENT: AtomicU64 = AtomicU64::new(0);

pub(super) async fn messages(State(world): State<World>, body: Bytes) -> Response {
    let at = Instant::now();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let said = body["text"]["body"].as_str().and_then(webhook::marked);
    let (number, to) = (SENT.fetch_add(1, Ordering::Relaxed), body["to"].as_str().unwrap_or_default());
    let answer = json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": to, "wa_id": to }],
        "messages": [{ "id": format!("wamid.bench{number:016}") }],
    });
    world.note(|journal| {
        match said {
            Some((sender, message)) => journal.sent.push(Sent { sender, message, at }),
            None => journal.other += 1,
        }
        journal.inside += at.elapsed();
    });
    Json(answer).into_response()
}
