//! Files from people: raw bytes in, with content type and name, so a browser and curl need no frame.
//! Files go out as attachments, never as pages.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::{Hubs, Problem, Reply};
use crate::hub::Hub;
use crate::world::acts::Act;
use crate::world::media::Medium;

/// Beyond this Meta does not fetch a file for the business.
const INBOUND_MOST: usize = 100 * 1024 * 1024;

#[derive(Deserialize)]
pub(super) struct About {
    filename: Option<String>,
    kind: Option<String>,
    caption: Option<String>,
    voice: Option<bool>,
    reply_to: Option<String>,
}

/// `POST /sandbox/media?filename=a.jpg` with the bytes as body: an id for the act `media`.
pub(super) async fn media(
    State(hub): Hubs,
    Query(about): Query<About>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Reply {
    shelve(&hub, &about, &headers, bytes).map(|id| Json(json!({ "media_id": id })))
}

/// `POST /sandbox/people/{id}/upload?caption=...`: shelves the file and sends it in one step.
pub(super) async fn send(
    State(hub): Hubs,
    Path(person): Path<String>,
    Query(about): Query<About>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Reply {
    let media_id = shelve(&hub, &about, &headers, bytes)?;
    let act = json!({
        "act": "media", "media_id": media_id, "kind": about.kind, "caption": about.caption,
        "voice": about.voice.unwrap_or(false), "reply_to": about.reply_to,
    });
    let act: Act = serde_json::from_value(act).map_err(|error| Problem::bad(error.to_string()))?;
    let mut answer = hub.act(|world| world.act(&person, act)).map_err(Problem::bad)?;
    answer["media_id"] = json!(media_id);
    Ok(Json(answer))
}

fn shelve(hub: &Hub, about: &About, headers: &HeaderMap, bytes: Bytes) -> Result<String, Problem> {
    if bytes.is_empty() || bytes.len() > INBOUND_MOST {
        return Err(Problem::bad(format!("a file of 1 to {INBOUND_MOST} bytes is needed as the body")));
    }
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let guessed = about.filename.as_deref().and_then(|name| mime_guess::from_path(name).first_raw());
    let mime = given.filter(|mime| !mime.starts_with("application/x-www-form")).or(guessed);
    let mut mime = mime.unwrap_or("application/octet-stream").to_owned();
    if about.voice == Some(true) && mime.starts_with("audio/ogg") {
        // Phones record nothing else.
        mime = "audio/ogg; codecs=opus".into();
    }
    Ok(hub.act(|world| {
        let id = world.chance.digits(16);
        let medium = Medium::received(id.clone(), &mime, about.filename.clone(), bytes, world.now);
        world.shelf.put(medium, world.now, world.limits.media_files, world.limits.media_bytes);
        id
    }))
}

/// For the page, which has no token: what is on the shelf, whoever put it there.
pub(super) async fn content(State(hub): Hubs, Path(id): Path<String>) -> Result<Response, Problem> {
    hub.read(|world| {
        let medium =
            world.shelf.get(&id, world.now).ok_or_else(|| Problem::missing(format!("no file {id}")))?;
        Ok(crate::graph::file(medium).into_response())
    })
}
