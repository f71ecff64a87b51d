//! Media over the Graph API: upload, resolve, delete, and the download behind a resolved URL.
//! Bytes go out only with the token, and only while URL and file live.

use std::sync::Arc;

use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::call::Call;
use super::refusal::Refusal;
use super::{Answer, Outcome, auth, strike, success, wrong_method};
use crate::check;
use crate::hub::Hub;
use crate::world::faults::{Fault, Target};
use crate::world::media::{Medium, acceptable, download_path, download_valid};

pub(super) async fn upload(hub: &Arc<Hub>, call: &Call) -> Outcome {
    let fault = hub.act(|world| world.faults.strike(&[Target::Upload, Target::Graph], None));
    if let Some(fault) = fault.clone()
        && let Some(response) = strike::inflict(hub, fault, call).await?
    {
        return Ok(Answer::Ready(response));
    }
    auth::check(hub, call)?;
    check::product(&call.params)?;
    let file = call.file.as_ref().ok_or_else(|| Refusal::required("file"))?;
    let declared = file.mime.as_deref().filter(|mime| *mime != "application/octet-stream");
    let mime = declared.or_else(|| call.text("type")).unwrap_or("application/octet-stream");
    acceptable(mime, file.bytes.len())?;
    let id = hub.act(|world| {
        let id = world.chance.digits(16);
        let medium = Medium::uploaded(id.clone(), mime, file.name.clone(), file.bytes.clone(), world.now);
        world.shelf.put(medium, world.now, world.limits.media_files, world.limits.media_bytes);
        id
    });
    if let Some(Fault::AnswerLost { ms }) = fault {
        return Ok(Answer::Ready(strike::hang(hub, ms).await));
    }
    Ok(Answer::Body(json!({ "id": id })))
}

/// `GET` resolves an id to a URL of five minutes, `DELETE` removes the file.
pub(super) fn node(hub: &Arc<Hub>, call: &Call) -> Outcome {
    let id = call.path.first().map_or("", String::as_str);
    let gone = || Refusal::no_object(id, call.method.as_str());
    match call.method {
        Method::GET => {
            let base = call.base_url(hub);
            hub.read(|world| {
                let medium = world.shelf.get(id, world.now).ok_or_else(gone)?;
                let size = medium.bytes.len();
                let size =
                    if world.switches.file_size_as_string { json!(size.to_string()) } else { json!(size) };
                let path = download_path(id, &world.account.app_secret, world.now);
                Ok(Answer::Body(json!({
                    "messaging_product": "whatsapp", "url": format!("{base}{path}"), "mime_type": medium.mime,
                    "sha256": medium.sha256_hex(), "file_size": size, "id": id,
                })))
            })
        }
        Method::DELETE => {
            hub.act(|world| world.shelf.remove(id)).ok_or_else(gone)?;
            success()
        }
        _ => wrong_method(call),
    }
}

/// The file itself. What is wrong here is a bare 404 or 401, as from a file server.
pub(super) async fn download(hub: &Arc<Hub>, call: &Call) -> Outcome {
    let fault = hub.act(|world| world.faults.strike(&[Target::Media, Target::Graph], None));
    match fault {
        Some(Fault::Gone) => return Ok(Answer::Ready(StatusCode::NOT_FOUND.into_response())),
        Some(fault) => {
            if let Some(response) = strike::inflict(hub, fault, call).await? {
                return Ok(Answer::Ready(response));
            }
        }
        None => {}
    }
    if auth::check(hub, call).is_err() {
        return Ok(Answer::Ready(StatusCode::UNAUTHORIZED.into_response()));
    }
    Ok(Answer::Ready(hub.read(|world| {
        let (id, hash) = (call.text("mid").unwrap_or_default(), call.text("hash").unwrap_or_default());
        let until = call.text("ext").and_then(|ext| ext.parse().ok()).unwrap_or(0);
        let valid = download_valid(id, until, hash, &world.account.app_secret, world.now);
        match world.shelf.get(id, world.now).filter(|_| valid) {
            Some(medium) => file(medium),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    })))
}

/// A file as a response; never shown as a page, whatever it is.
pub(crate) fn file(medium: &Medium) -> Response {
    let headers = [
        (header::CONTENT_TYPE, medium.mime.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_DISPOSITION, "attachment".to_owned()),
    ];
    (headers, medium.bytes.clone()).into_response()
}
