//! One thread, with what else a person beside it wants to know: its jobs, what is asked there, who the customer may be.

use axum::{Json, extract::State};
use domain::{id::ConversationId, staff::Permission};
use serde::Serialize;
use store::{Tx, event, handoff, office, question};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{self, ThreadView};
use crate::{
    api::{
        at,
        customers::{self, CustomerView},
        erased::Erased,
        field::Id,
    },
    error::Problem,
    staff::Principal,
    state::Gateway,
};

/// Jobs of one thread that are named.
const JOBS: i64 = 50;

pub(super) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(get))
}

#[derive(Serialize, ToSchema)]
struct ThreadDetail {
    #[serde(flatten)]
    thread: ThreadView,
    /// Jobs that were reported here, newest first.
    jobs: Vec<JobName>,
    /// Ids of the questions that are open here, oldest first; approvals are at `/approvals/{id}`.
    questions: Vec<String>,
    /// Customers who have the person's number, where none is linked.
    suggested_customers: Vec<CustomerView>,
    as_of_seq: i64,
}

#[derive(Serialize, ToSchema)]
struct JobName {
    id: String,
    customer_id: String,
    /// Null where the house does not know the customer.
    customer: Option<String>,
    work_done: String,
    /// Whether what was done was erased; it is empty then.
    erased: bool,
    /// As the agent that handed it over knows it.
    state: &'static str,
    updated_at: String,
}

/// The jobs that were reported in `thread`, as staff know them by: what was done, and at whom.
async fn jobs(tx: &mut Tx, thread: &ConversationId) -> Result<Vec<JobName>, store::Error> {
    let mut named = Vec::new();
    for job in handoff::list(tx, thread, JOBS).await? {
        let customer = office::customer::get(tx, &job.report.customer_id).await?;
        let mut erased = Erased::default();
        named.push(JobName {
            id: job.report.job_id.0,
            customer_id: job.report.customer_id.0,
            customer: customer.map(|customer| customer.name),
            work_done: erased.told(job.report.work_done),
            erased: erased.any(),
            state: job.state.as_str(),
            updated_at: at(job.updated),
        });
    }
    Ok(named)
}

/// One thread
#[utoipa::path(
    get,
    path = "/threads/{id}",
    tag = "threads",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = ThreadDetail),
        (status = 401, description = "`unauthorized`", body = Problem),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn get(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
) -> Result<Json<ThreadDetail>, Problem> {
    principal.require(Permission::ThreadView)?;
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let thread = super::find(&mut tx, &id).await?;
    let jobs = jobs(&mut tx, &id).await?;
    let asked = question::seen_by(&mut tx, &id).await?;
    let identities = thread.person.as_ref().map_or(&[][..], |person| &person.identities);
    let suggested_customers = match &thread.customer {
        Some(_) => Vec::new(),
        None => customers::with_number(&gateway, &mut tx, identities).await?,
    };
    Ok(Json(ThreadDetail {
        thread: view::threads(&mut tx, &[thread], gateway.now()).await?.remove(0),
        jobs,
        suggested_customers,
        questions: asked.into_iter().filter(|asked| asked.open).map(|asked| asked.question.0).collect(),
        as_of_seq,
    }))
}
