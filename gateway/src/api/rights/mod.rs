//! What a person may ask of whoever keeps data about them: a copy of it, and its end; the same for a customer of the list who
//! never wrote. Both are told to the audit log.

mod contact;
mod customer;

use std::io::SeekFrom;

use axum::{
    Json,
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use store::rights::{
    Who,
    erase::{Kept, Order},
    open::Open,
};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{field::nothing, threads::refusal::note as audited};
use crate::{error::Problem, rights, staff::Principal, state::Gateway};

/// Bytes of an archive sent at once.
const CHUNK: usize = 64 * 1024;

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new()
        .routes(routes!(contact::export))
        .routes(routes!(contact::before, contact::erase))
        .routes(routes!(customer::export))
        .routes(routes!(customer::before, customer::erase))
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
    /// The person's own records as customers that an open job still needs: to be erased by these ids once it is settled.
    open_customers: Vec<String>,
    /// Customers whom the person was linked to, and who are others.
    other_customers: Vec<String>,
}

impl From<Kept> for Erased {
    fn from(kept: Kept) -> Self {
        Self {
            kept_invoices: kept.invoices,
            open_jobs: kept.open_jobs,
            open_customers: kept.open_customers.into_iter().map(|id| id.0).collect(),
            other_customers: kept.customers.into_iter().map(|id| id.0).collect(),
        }
    }
}

/// What erasing would leave, and what stands in its way.
#[derive(Serialize, ToSchema)]
struct BeforeErasing {
    #[serde(flatten)]
    left: Erased,
    /// While there is any of it, erasing is refused unless `despite_open` is said.
    open: Vec<UnsettledView>,
}

#[derive(Serialize, ToSchema)]
struct UnsettledView {
    /// `job`, `user` or `question`.
    kind: &'static str,
    id: String,
    /// Of somebody who works at the console.
    name: Option<String>,
}

impl From<Open> for UnsettledView {
    fn from(open: Open) -> Self {
        match open {
            Open::Job(id) => Self { kind: "job", id, name: None },
            Open::User { id, name } => Self { kind: "user", id: id.0, name: Some(name) },
            Open::Question(id) => Self { kind: "question", id, name: None },
        }
    }
}

async fn exported(gateway: &Gateway, principal: Principal, who: Who) -> Result<Response, Problem> {
    rights::known(&gateway.store, &who).await.map_err(refused)?;
    let now = gateway.now();
    let (kind, action) = match &who {
        Who::Contact(_) => ("contact", "contact_exported"),
        Who::Customer(_) => ("customer", "customer_exported"),
    };
    let name = format!("attachment; filename=\"{kind}-{who}.zip\"");
    // Told before it is handed out: whoever reads it has read it.
    let subject = who.subject();
    gateway
        .store
        .write(move |tx| Box::pin(async move { audited(tx, &principal, action, &subject, now).await }))
        .await?;
    let file = tempfile::tempfile().map_err(unwritten)?;
    let out = file.try_clone().map_err(unwritten)?;
    rights::export(&gateway.store, &who, &gateway.config.media_folder, out, now).await.map_err(refused)?;
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

async fn asked_before(gateway: &Gateway, who: Who) -> Result<Json<BeforeErasing>, Problem> {
    let (kept, open) = rights::before(&gateway.store, &who).await.map_err(refused)?;
    let open = open.into_iter().map(UnsettledView::from).collect();
    Ok(Json(BeforeErasing { left: kept.into(), open }))
}

async fn erased(
    gateway: Gateway,
    principal: Principal,
    who: Who,
    asked: Erasure,
) -> Result<Json<Erased>, Problem> {
    let order = Order { actor: principal.actor(), now: gateway.now() };
    // It goes on where whoever asked stops waiting.
    let work = tokio::spawn(async move {
        let folder = &gateway.config.media_folder;
        rights::erase(&gateway.store, &gateway.ids, &who, folder, &order, asked.despite_open).await
    });
    let kept = work.await.map_err(|_| Problem::internal())?.map_err(refused)?;
    Ok(Json(kept.into()))
}

fn refused(error: rights::Error) -> Problem {
    match error {
        rights::Error::Nobody | rights::Error::NoCustomer => nothing(error.to_string()),
        rights::Error::Writes { .. } => Problem::new(StatusCode::CONFLICT, "is_contact", error.to_string()),
        rights::Error::StillOpen(_) => Problem::new(StatusCode::CONFLICT, "still_open", error.to_string()),
        rights::Error::OnHold => Problem::new(StatusCode::CONFLICT, "on_hold", error.to_string()),
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
