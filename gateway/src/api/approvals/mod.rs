//! What staff have to decide: proposals of the agents, and questions of theirs about a job. Renders no
//! proposal: the words are those that staff were asked in.

mod decision;
mod view;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use domain::{contact::Role, id::QuestionId, staff::Permission};
use serde::Deserialize;
use store::{
    Tx,
    approval::{self, After, Approval, Which},
    event,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use self::view::ApprovalView;
use super::page::{self, Page, Query};
use crate::{error::Problem, staff::Principal, state::Gateway};

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one)).routes(routes!(decision::decide))
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Asked {
    /// Oldest first.
    #[default]
    Open,
    /// Answered, expired or cancelled; newest first.
    Settled,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    #[serde(default)]
    #[param(inline)]
    state: Asked,
    /// 1 to 200; 50 if left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// What the office has to decide, or has decided
#[utoipa::path(
    get,
    path = "/approvals",
    tag = "approvals",
    params(ListQuery),
    responses(
        (status = 200, body = Page<ApprovalView>),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn list(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<ListQuery>,
) -> Result<Json<Page<ApprovalView>>, Problem> {
    principal.require(Permission::ThreadView)?;
    let limit = page::limit(asked.limit)?;
    let after: Option<After> = page::after(asked.cursor.as_deref())?;
    let which = match asked.state {
        Asked::Open => Which::Open,
        Asked::Settled => Which::Settled,
    };
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let more = page::one_more(limit);
    let mut rows = approval::list(&mut tx, Role::Office, which, after.as_ref(), more).await?;
    let next_cursor = page::next(&mut rows, limit, |row| (row.question.asked_at, row.question.id.clone()));
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view::of(&mut tx, row).await?);
    }
    Ok(Json(Page { items, next_cursor, as_of_seq }))
}

/// One of them
#[utoipa::path(
    get,
    path = "/approvals/{id}",
    tag = "approvals",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = ApprovalView),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn one(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Json<ApprovalView>, Problem> {
    principal.require(Permission::ThreadView)?;
    let mut tx = gateway.store.reader();
    let found = for_staff(&mut tx, &QuestionId(id)).await?;
    Ok(Json(view::of(&mut tx, found).await?))
}

/// One of them as it is now, for the live stream; `None` for what staff have no part in.
pub(crate) async fn shown(tx: &mut Tx, id: &QuestionId) -> Result<Option<ApprovalView>, Problem> {
    let found = approval::get(tx, id).await?;
    match found.filter(|found| found.question.purpose.role() == Some(Role::Office)) {
        Some(found) => Ok(Some(view::of(tx, found).await?)),
        None => Ok(None),
    }
}

/// A question that staff answer; a technician's own are not theirs.
async fn for_staff(tx: &mut Tx, id: &QuestionId) -> Result<Approval, Problem> {
    let found = approval::get(tx, id).await?;
    found.filter(|found| found.question.purpose.role() == Some(Role::Office)).ok_or_else(|| not_found(id))
}

fn not_found(id: &QuestionId) -> Problem {
    let id: String = id.0.chars().take(80).collect();
    Problem::new(StatusCode::NOT_FOUND, "not_found", format!("there is nothing to decide by the id {id}"))
}
