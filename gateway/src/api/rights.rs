//! What a person may ask of whoever keeps data about them: a copy of it, and its end. Both are told to the audit log.

use std::io::SeekFrom;

use axum::{
    Json,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{id::ContactId, staff::Permission};
use serde::{Deserialize, Serialize};
use store::{contact, rights::erase::Order};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    field::{Id, nothing},
    threads::refusal::note as audited,
};
use crate::{error::Problem, guard::Read, rights, staff::Principal, state::Gateway};

/// Bytes of an archive sent at once.
const CHUNK: usize = 64 * 1024;

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(export)).routes(routes!(erase))
}

/// Everything kept about a person
///
/// A zip archive: JSON documents, and the files of their messages.
#[utoipa::path(
    get,
    path = "/contacts/{id}/export",
    operation_id = "export_contact",
    tag = "people",
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "The archive", content_type = "application/zip", body = [u8]),
        (status = 401, description = "`unauthorized`", body = Problem),
        (status = 403, description = "`forbidden`: needs `contact.export`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn export(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ContactId>,
) -> Result<Response, Problem> {
    principal.require(Permission::ContactExport)?;
    contact::get(&mut gateway.store.reader(), &id)
        .await?
        .ok_or_else(|| nothing("there is no such contact"))?;
    let now = gateway.now();
    let name = format!("attachment; filename=\"contact-{id}.zip\"");
    // Told before it is handed out: whoever reads it has read it.
    let subject = id.clone();
    gateway
        .store
        .write(move |tx| {
            Box::pin(async move { audited(tx, &principal, "contact_exported", subject.as_str(), now).await })
        })
        .await?;
    let file = tempfile::tempfile().map_err(unwritten)?;
    let out = file.try_clone().map_err(unwritten)?;
    rights::export(&gateway.store, &id, &gateway.config.media_folder, out, now).await.map_err(refused)?;
    let mut file = tokio::fs::File::from_std(file);
    file.seek(SeekFrom::Start(0)).await.map_err(unwritten)?;
    let mut response = Body::from_stream(stream(file)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn stream(file: tokio::fs::File) -> impl futures::Stream<Item = std::io::Result<Bytes>> {
    futures::stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(chunk), file)))
    })
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Erasure {
    /// Also while a job of theirs is open, or they work at the console.
    despite_open: bool,
}

#[derive(Serialize, ToSchema)]
struct Erased {
    /// Invoices: tax law wants them kept unaltered for eight years.
    kept_invoices: Vec<String>,
    /// Jobs that are open: what their bill needs stays until it is erased again.
    open_jobs: Vec<String>,
    /// Customers whom the person was linked to, and who are others.
    other_customers: Vec<String>,
}

/// Erase a person
///
/// Their words, files, names and numbers go, for good; ids, times and invoices stay. To ask again is no mistake: it ends
/// what was left.
#[utoipa::path(
    post,
    path = "/contacts/{id}/erase",
    operation_id = "erase_contact",
    tag = "people",
    params(("id" = String, Path)),
    request_body = Erasure,
    responses(
        (status = 200, body = Erased),
        (status = 401, description = "`unauthorized`", body = Problem),
        (status = 403, description = "`forbidden`: needs `contact.erase`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`still_open`: the detail names what", body = Problem),
        (status = 422, description = "`malformed_json`", body = Problem),
    )
)]
async fn erase(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ContactId>,
    Read(asked): Read<Erasure>,
) -> Result<Json<Erased>, Problem> {
    principal.require(Permission::ContactErase)?;
    let order = Order { actor: principal.actor(), now: gateway.now() };
    // It goes on where whoever asked stops waiting.
    let work = tokio::spawn(async move {
        let folder = &gateway.config.media_folder;
        rights::erase(&gateway.store, &gateway.ids, &id, folder, &order, asked.despite_open).await
    });
    let kept = work.await.map_err(|_| Problem::internal())?.map_err(refused)?;
    Ok(Json(Erased {
        kept_invoices: kept.invoices,
        open_jobs: kept.open_jobs,
        other_customers: kept.customers.into_iter().map(|id| id.0).collect(),
    }))
}

fn refused(error: rights::Error) -> Problem {
    match error {
        rights::Error::Nobody => nothing(error.to_string()),
        rights::Error::StillOpen(_) => Problem::new(StatusCode::CONFLICT, "still_open", error.to_string()),
        rights::Error::Store(error) => error.into(),
        rights::Error::File { .. } => {
            tracing::error!(%error, "the files of a person");
            Problem::internal()
        }
    }
}

fn unwritten(error: std::io::Error) -> Problem {
    tracing::error!(%error, "an archive could not be written");
    Problem::internal()
}
