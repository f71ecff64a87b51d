//! An agent at work: the turns of a thread, and what each did: model rounds, tool calls, waits, tokens, time, cost. Secrets
//! are masked; a model's thoughts are not kept.

use axum::{Json, extract::State};
use domain::{
    id::{ConversationId, TurnId},
    staff::Permission,
};
use serde::{Deserialize, Serialize};
use store::{event, journal, turn};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::mask::masked;
use crate::{
    api::{
        at,
        field::{Id, nothing},
        page::{self, Page, Query},
    },
    error::Problem,
    staff::Principal,
    state::Gateway,
};

/// Steps of one turn that are shown.
const STEPS: i64 = 500;

pub(super) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(turns)).routes(routes!(steps))
}

#[derive(Serialize, ToSchema)]
struct TurnView {
    id: String,
    agent: String,
    /// `due`, `running`, `parked`, `done` or `failed`.
    state: String,
    /// Why it failed, or is put back.
    reason: Option<String>,
    model_rounds: i64,
    tool_calls: i64,
    tokens_in: i64,
    tokens_out: i64,
    /// Millionths of the configured currency; null where no price is configured.
    cost_micros: Option<i64>,
    created_at: String,
    finished_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct StepView {
    /// `model` or `tool`.
    kind: String,
    /// The model's or the tool's name.
    name: String,
    /// `done`; `started` for what waits for somebody, or was under way.
    state: String,
    /// What it was asked, as JSON text; secrets masked.
    request: String,
    /// What came of it; null while it waits.
    result: Option<String>,
    tokens_in: i64,
    tokens_out: i64,
    cost_micros: Option<i64>,
    started_at: String,
    finished_at: Option<String>,
    duration_ms: Option<i64>,
    /// What it waits for: `question` or `handoff`, and its id.
    waits_for: Option<WaitView>,
}

#[derive(Serialize, ToSchema)]
struct WaitView {
    kind: String,
    id: String,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// The turns of a thread's agent, newest first
#[utoipa::path(
    get,
    path = "/threads/{id}/turns",
    tag = "threads",
    params(("id" = String, Path), Asked),
    responses(
        (status = 200, body = Page<TurnView>),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn turns(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<TurnView>>, Problem> {
    principal.require(Permission::ThreadView)?;
    let limit = page::limit(asked.limit)?;
    let after: Option<i64> = page::after(asked.cursor.as_deref())?;
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    super::find(&mut tx, &id).await?;
    let mut found = turn::history(&mut tx, &id, after, page::one_more(limit)).await?;
    let next_cursor = page::next(&mut found, limit, |turn| turn.seq);
    let price = gateway.config.house.get().price;
    let items = found.into_iter().map(|turn| TurnView {
        cost_micros: price.map(|price| price.of(turn.tokens_in, turn.tokens_out)),
        id: turn.id.0,
        agent: turn.agent.0,
        state: turn.state,
        reason: turn.reason,
        model_rounds: turn.model_rounds,
        tool_calls: turn.tool_calls,
        tokens_in: turn.tokens_in,
        tokens_out: turn.tokens_out,
        created_at: at(turn.created),
        finished_at: turn.finished.map(at),
    });
    Ok(Json(Page { items: items.collect(), next_cursor, as_of_seq }))
}

#[derive(Serialize, ToSchema)]
struct Steps {
    items: Vec<StepView>,
    as_of_seq: i64,
}

/// What one turn did, in order
#[utoipa::path(
    get,
    path = "/threads/{id}/turns/{turn}/steps",
    tag = "threads",
    params(("id" = String, Path), ("turn" = String, Path)),
    responses(
        (status = 200, body = Steps),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`: no such thread, or the turn is of another", body = Problem),
    )
)]
async fn steps(
    State(gateway): State<Gateway>,
    principal: Principal,
    axum::extract::Path((thread, turn)): axum::extract::Path<(String, String)>,
) -> Result<Json<Steps>, Problem> {
    principal.require(Permission::ThreadView)?;
    let missing = || nothing("there is no such turn in this thread");
    if !crate::api::field::is_id(&thread) || !crate::api::field::is_id(&turn) {
        return Err(missing());
    }
    let (thread, turn) = (ConversationId(thread), TurnId(turn));
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    if turn::conversation_of(&mut tx, &turn).await? != Some(thread) {
        return Err(missing());
    }
    let steps = journal::list(&mut tx, &turn, STEPS).await?;
    let price = gateway.config.house.get().price;
    let items = steps.into_iter().map(|step| StepView {
        kind: step.kind,
        name: step.name,
        state: step.state,
        request: masked(&step.request),
        result: step.result.as_deref().map(masked),
        tokens_in: step.tokens_in,
        tokens_out: step.tokens_out,
        cost_micros: price
            .filter(|_| step.tokens_in + step.tokens_out > 0)
            .map(|price| price.of(step.tokens_in, step.tokens_out)),
        started_at: at(step.started),
        duration_ms: step.finished.map(|end| end.0.saturating_sub(step.started.0)),
        finished_at: step.finished.map(at),
        waits_for: step.waits_for.map(|(kind, id)| WaitView { kind, id }),
    });
    Ok(Json(Steps { items: items.collect(), as_of_seq }))
}
