//! Media sent by link, fetched as Meta does when the switch `fetch_links` is on.
//! It follows no redirect and reads no more than the largest file of the kind.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use serde_json::json;

use crate::check::Checked;
use crate::hub::Hub;
use crate::webhook::courier::reason;
use crate::world::media::{Medium, acceptable, kind_of};

/// Replaces the link of a media message by the id of the fetched file.
pub(super) async fn link(hub: &Arc<Hub>, checked: &mut Checked) -> Result<(), String> {
    if !["image", "video", "audio", "document", "sticker"].contains(&checked.kind.as_str()) {
        return Ok(());
    }
    let Some(link) = checked.content["link"].as_str().map(str::to_owned) else { return Ok(()) };
    let sent = hub.http.get(&link).timeout(Duration::from_secs(15)).send().await;
    let mut response = sent.map_err(|error| format!("Media download error: {}", reason(&error)))?;
    if !response.status().is_success() {
        return Err(format!("Media download error: HTTP code {}", response.status().as_u16()));
    }
    let header = response.headers().get(reqwest::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mime = header.unwrap_or("application/octet-stream").to_owned();
    let most = kind_of(&mime).map_or(0, |(_, most)| most);
    let mut bytes = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| reason(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > most {
            break;
        }
    }
    acceptable(&mime, bytes.len()).map_err(|refusal| refusal.details.unwrap_or(refusal.message))?;
    let id = hub.act(|world| {
        let id = world.chance.digits(16);
        let medium = Medium::uploaded(id.clone(), &mime, None, bytes.freeze(), world.now);
        world.shelf.put(medium, world.now, world.limits.media_files, world.limits.media_bytes);
        id
    });
    checked.content["id"] = json!(id);
    Ok(())
}
