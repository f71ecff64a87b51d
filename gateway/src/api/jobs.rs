//! Jobs as the office has them, from taken in to invoiced: listed, counted and shown. Changes none: jobs move by what
//! staff approve, and by the agents' tools.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use domain::{
    id::{CustomerId, JobId},
    job::{JobState, Material},
    staff::Permission,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{
    Tx, event,
    office::{
        self,
        board::{self, After, Filter},
        job::Job,
    },
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at,
    erased::Erased,
    page::{self, Query},
};
use crate::{error::Problem, staff::Principal, state::Gateway};

/// The longest search, in characters.
const SEARCH: usize = 200;

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one))
}

#[derive(Serialize, ToSchema)]
pub(crate) struct JobView {
    id: String,
    /// `received`, `deferred`, `invoiced`, `rejected` or `withdrawn`.
    state: &'static str,
    /// Raised by each correction.
    revision: i64,
    customer_id: String,
    /// Null where the office does not know the customer.
    customer: Option<String>,
    technician: String,
    location: String,
    work_done: String,
    /// Whether the place, the work or the note was erased; they are empty then.
    erased: bool,
    #[serde(with = "rust_decimal::serde::float")]
    #[schema(value_type = f64)]
    hours_worked: Decimal,
    materials_used: Vec<MaterialView>,
    /// What staff decided on each conflict with the billing rules: `waive` or `charge`.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    decisions: Value,
    /// Why it was refused, withdrawn or opened again.
    note: String,
    invoice_id: Option<String>,
    /// The agent that handed it over; null for a plain caller.
    peer: Option<String>,
    /// The job's own thread on the link between the agents.
    thread_id: Option<String>,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize, ToSchema)]
struct MaterialView {
    name: String,
    #[serde(with = "rust_decimal::serde::float")]
    #[schema(value_type = f64)]
    quantity: Decimal,
}

impl From<Material> for MaterialView {
    fn from(material: Material) -> Self {
        Self { name: material.name, quantity: material.quantity }
    }
}

#[derive(Serialize, ToSchema)]
struct Jobs {
    items: Vec<JobView>,
    /// Of all jobs, by state.
    counts: BTreeMap<&'static str, i64>,
    next_cursor: Option<String>,
    as_of_seq: i64,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum JobStateAsked {
    Received,
    Deferred,
    Invoiced,
    Rejected,
    Withdrawn,
}

impl From<JobStateAsked> for JobState {
    fn from(asked: JobStateAsked) -> Self {
        match asked {
            JobStateAsked::Received => Self::Received,
            JobStateAsked::Deferred => Self::Deferred,
            JobStateAsked::Invoiced => Self::Invoiced,
            JobStateAsked::Rejected => Self::Rejected,
            JobStateAsked::Withdrawn => Self::Withdrawn,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    #[param(inline)]
    state: Option<JobStateAsked>,
    customer_id: Option<String>,
    /// A piece of the job's id, the customer's name or the report, in any case.
    #[param(max_length = 200)]
    search: Option<String>,
    /// 1 to 200; 50 if left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Jobs, newest first
#[utoipa::path(
    get,
    path = "/jobs",
    tag = "jobs",
    params(ListQuery),
    responses(
        (status = 200, body = Jobs),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn list(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<ListQuery>,
) -> Result<Json<Jobs>, Problem> {
    principal.require(Permission::ThreadView)?;
    let limit = page::limit(asked.limit)?;
    let after: Option<After> = page::after(asked.cursor.as_deref())?;
    let words = asked.search.map(|words| words.trim().to_owned()).filter(|words| !words.is_empty());
    if words.as_deref().is_some_and(|words| words.chars().count() > SEARCH) {
        return Err(page::invalid(format!("search has at most {SEARCH} characters")));
    }
    let filter =
        Filter { state: asked.state.map(JobState::from), customer: asked.customer_id.map(CustomerId), words };
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let counts = board::counts(&mut tx).await?;
    let mut rows = board::list(&mut tx, &filter, after.as_ref(), page::one_more(limit)).await?;
    let next_cursor = page::next(&mut rows, limit, |job| (job.created, job.id.clone()));
    let mut items = Vec::with_capacity(rows.len());
    for job in rows {
        items.push(view(&mut tx, job).await?);
    }
    let counts = counts.into_iter().map(|(state, n)| (state.as_str(), n)).collect();
    Ok(Json(Jobs { items, counts, next_cursor, as_of_seq }))
}

/// One job
#[utoipa::path(
    get,
    path = "/jobs/{id}",
    tag = "jobs",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = JobView),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn one(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Json<JobView>, Problem> {
    principal.require(Permission::ThreadView)?;
    let mut tx = gateway.store.reader();
    shown(&mut tx, &JobId(id.clone())).await?.map(Json).ok_or_else(|| {
        let id: String = id.chars().take(80).collect();
        Problem::new(StatusCode::NOT_FOUND, "not_found", format!("there is no job {id}"))
    })
}

/// One job as it is now, for the live stream.
pub(crate) async fn shown(tx: &mut Tx, id: &JobId) -> Result<Option<JobView>, Problem> {
    match office::job::get(tx, id).await? {
        Some(job) => Ok(Some(view(tx, job).await?)),
        None => Ok(None),
    }
}

async fn view(tx: &mut Tx, job: Job) -> Result<JobView, Problem> {
    let customer = office::customer::get(tx, job.customer()).await?.map(|customer| customer.name);
    let (report, mut erased) = (job.report, Erased::default());
    Ok(JobView {
        id: job.id.0,
        state: job.state.as_str(),
        revision: job.revision,
        customer_id: report.customer_id.0,
        customer,
        technician: report.technician,
        location: erased.told(report.location),
        work_done: erased.told(report.work_done),
        hours_worked: report.hours_worked,
        materials_used: report.materials_used.into_iter().map(MaterialView::from).collect(),
        decisions: serde_json::to_value(&job.decisions).unwrap_or_default(),
        note: erased.told(job.note),
        invoice_id: job.invoice.map(|invoice| invoice.0),
        peer: job.peer.map(|peer| peer.0),
        thread_id: job.conversation.map(|conversation| conversation.0),
        created_at: at(job.created),
        updated_at: at(job.updated),
        erased: erased.any(),
    })
}
