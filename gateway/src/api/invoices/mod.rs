//! Invoices as they were written: listed, shown, and handed out as a page and as PDF/A-3 with the e-invoice inside. Writes and
//! cancels none: that takes an approval.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use documents::invoice::{DocumentError, InvoiceDocument, html, pdf, style_source};
use domain::{
    firm::Firm,
    id::{CustomerId, InvoiceId, JobId},
    invoice::{Invoice, InvoiceState},
    language::Language,
    staff::Permission,
};
use serde::Deserialize;
use store::{
    event,
    office::invoice::{self, Filter},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::view::{InvoiceView, Summary};
use super::page::{self, Page, Query};
use crate::{error::Problem, staff::Principal, state::Gateway};

mod view;

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(page))
        .routes(routes!(file))
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum InvoiceStateAsked {
    Open,
    Paid,
    Cancelled,
    Settled,
}

impl From<InvoiceStateAsked> for InvoiceState {
    fn from(asked: InvoiceStateAsked) -> Self {
        match asked {
            InvoiceStateAsked::Open => Self::Open,
            InvoiceStateAsked::Paid => Self::Paid,
            InvoiceStateAsked::Cancelled => Self::Cancelled,
            InvoiceStateAsked::Settled => Self::Settled,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `settled` is a cancellation invoice's.
    #[param(inline)]
    state: Option<InvoiceStateAsked>,
    customer_id: Option<String>,
    job_id: Option<String>,
    /// 1 to 200; 50 if left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    cursor: Option<String>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LanguageAsked {
    De,
    En,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DocumentQuery {
    /// The firm's own if left out.
    #[param(inline)]
    language: Option<LanguageAsked>,
}

impl DocumentQuery {
    fn language(&self, firm: &Firm) -> Language {
        match self.language {
            Some(LanguageAsked::De) => Language::De,
            Some(LanguageAsked::En) => Language::En,
            None => firm.language(),
        }
    }
}

/// Invoices, newest first
#[utoipa::path(
    get,
    path = "/invoices",
    tag = "invoices",
    params(ListQuery),
    responses(
        (status = 200, body = Page<Summary>),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn list(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<ListQuery>,
) -> Result<Json<Page<Summary>>, Problem> {
    principal.require(Permission::ThreadView)?;
    let limit = page::limit(asked.limit)?;
    let after: Option<(i16, i64)> = page::after(asked.cursor.as_deref())?;
    let filter = Filter {
        state: asked.state.map(InvoiceState::from),
        customer: asked.customer_id.map(CustomerId),
        job: asked.job_id.map(JobId),
    };
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let mut rows = invoice::page(&mut tx, &filter, after, page::one_more(limit)).await?;
    let next_cursor = page::next(&mut rows, limit, |invoice| (invoice.year, invoice.number));
    let items = rows.into_iter().map(|invoice| Summary::new(invoice, &gateway.firm)).collect();
    Ok(Json(Page { items, next_cursor, as_of_seq }))
}

/// One invoice
#[utoipa::path(
    get,
    path = "/invoices/{id}",
    tag = "invoices",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = InvoiceView),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn one(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Json<InvoiceView>, Problem> {
    let (invoice, firm) = read(&gateway, &principal, id).await?;
    Ok(Json(InvoiceView::new(invoice, &firm)))
}

/// One invoice as a page
#[utoipa::path(
    get,
    path = "/invoices/{id}/html",
    tag = "invoices",
    params(("id" = String, Path), DocumentQuery),
    responses(
        (status = 200, description = "A page without script that needs nothing else", body = String, content_type = "text/html"),
        (status = 400, description = "`invalid_query`", body = Problem),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn page(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path(id): Path<String>,
    Query(asked): Query<DocumentQuery>,
) -> Result<Response, Problem> {
    let (invoice, firm) = read(&gateway, &principal, id).await?;
    let text = html(&InvoiceDocument { invoice: &invoice, firm: &firm }, asked.language(&gateway.firm))?;
    // The console shows it in a frame of its own.
    let policy = format!(
        "default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox",
        style_source()
    );
    let policy = HeaderValue::from_str(&policy).map_err(|_| Problem::internal())?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    ];
    Ok((headers, text).into_response())
}

/// One invoice as PDF/A-3, with the e-invoice (ZUGFeRD / Factur-X, profile EN 16931) inside
#[utoipa::path(
    get,
    path = "/invoices/{id}/pdf",
    tag = "invoices",
    params(("id" = String, Path), DocumentQuery),
    responses(
        (status = 200, description = "The file", body = String, content_type = "application/pdf"),
        (status = 400, description = "`invalid_query`", body = Problem),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`not_an_e_invoice`: the rules of EN 16931 miss something, mostly a setting of the firm",
         body = Problem),
    )
)]
async fn file(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path(id): Path<String>,
    Query(asked): Query<DocumentQuery>,
) -> Result<Response, Problem> {
    let (invoice, firm) = read(&gateway, &principal, id).await?;
    let name: String =
        invoice.id.as_str().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let language = asked.language(&gateway.firm);
    // Setting a hundred lines takes the processor for a while, and other requests wait behind it otherwise.
    let written = tokio::task::spawn_blocking(move || {
        pdf(&InvoiceDocument { invoice: &invoice, firm: &firm }, language)
    });
    let bytes = written.await.map_err(|_| Problem::internal())??;
    let disposition = HeaderValue::from_str(&format!("inline; filename=\"{name}.pdf\""));
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, disposition.map_err(|_| Problem::internal())?),
    ];
    Ok((headers, bytes).into_response())
}

/// An invoice, and the firm as it stands on it: an address that changed since changes no old invoice.
async fn read(gateway: &Gateway, principal: &Principal, id: String) -> Result<(Invoice, Arc<Firm>), Problem> {
    principal.require(Permission::ThreadView)?;
    let (id, mut tx) = (InvoiceId(id), gateway.store.reader());
    let found = invoice::get(&mut tx, &id).await?.ok_or_else(|| {
        let id: String = id.as_str().chars().take(80).collect();
        Problem::new(StatusCode::NOT_FOUND, "not_found", format!("there is no invoice {id}"))
    })?;
    let firm = invoice::firm(&mut tx, &id).await?;
    Ok((found, firm.map_or_else(|| Arc::clone(&gateway.firm), Arc::new)))
}

/// What a firm's settings miss, staff are told; what broke is logged.
impl From<DocumentError> for Problem {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Rejected { .. } => {
                Self::new(StatusCode::CONFLICT, "not_an_e_invoice", error.to_string())
            }
            DocumentError::Unwritten { .. } => {
                tracing::error!(%error, "an invoice could not be written");
                Self::internal()
            }
        }
    }
}
