//! What failed for good, for staff: deliveries with whom they were for, rows of any queue, and trying again. The same code
//! as `plumbline queue`; never repeats what did not fail.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use domain::staff::Permission;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    event,
    failed::{self, Failed},
    queue::{self, Dead, Queue},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at,
    field::{is_id, nothing},
    page::{self, Query},
    threads::{part::preview, refusal::note as audited},
};
use crate::{error::Problem, staff::Principal, state::Gateway};

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(dead)).routes(routes!(deliveries)).routes(routes!(retry))
}

#[derive(Serialize, ToSchema)]
struct DeadView {
    /// `inbox`, `outbox` or `turn`.
    queue: &'static str,
    id: String,
    attempts: i64,
    reason: String,
    at: String,
}

impl From<Dead> for DeadView {
    fn from(dead: Dead) -> Self {
        let Dead { queue, id, attempts, reason, at: when } = dead;
        Self { queue, id, attempts, reason, at: at(when) }
    }
}

#[derive(Serialize, ToSchema)]
struct DeadRows {
    items: Vec<DeadView>,
    as_of_seq: i64,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeadQuery {
    /// Of each queue, 1 to 200; 50 if left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// What failed for good, the newest of each queue
#[utoipa::path(
    get,
    path = "/queue/dead",
    tag = "queue",
    params(DeadQuery),
    responses(
        (status = 200, body = DeadRows),
        (status = 400, description = "`invalid_query`", body = Problem),
        (status = 401, description = "`unauthorized`", body = Problem),
        (status = 403, description = "`forbidden`: needs `settings.view`", body = Problem),
    )
)]
async fn dead(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<DeadQuery>,
) -> Result<Json<DeadRows>, Problem> {
    principal.require(Permission::SettingsView)?;
    let limit = i64::try_from(page::limit(asked.limit)?).unwrap_or(1);
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let rows = queue::dead(&mut tx, limit).await?;
    Ok(Json(DeadRows { items: rows.into_iter().map(DeadView::from).collect(), as_of_seq }))
}

#[derive(Serialize, ToSchema)]
struct DeliveryView {
    id: String,
    /// Null for news of a job between the agents.
    message_id: Option<String>,
    thread_id: String,
    channel: String,
    address: String,
    /// Null where nobody is known at the address.
    name: Option<String>,
    preview: String,
    attempts: i64,
    reason: Option<String>,
    at: String,
}

impl From<Failed> for DeliveryView {
    fn from(failed: Failed) -> Self {
        Self {
            id: failed.id.0,
            message_id: failed.message.map(|message| message.0),
            thread_id: failed.conversation.0,
            channel: failed.to.channel.0,
            address: failed.to.external,
            name: failed.name,
            preview: preview(&failed.parts),
            attempts: failed.attempts,
            reason: failed.reason,
            at: at(failed.at),
        }
    }
}

#[derive(Serialize, ToSchema)]
struct Deliveries {
    items: Vec<DeliveryView>,
    next_cursor: Option<String>,
    as_of_seq: i64,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DeliveryStateAsked {
    Failed,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeliveriesQuery {
    /// Those that failed are the ones listed; the others stand with their messages.
    #[param(inline)]
    #[serde(rename = "state")]
    _state: Option<DeliveryStateAsked>,
    /// 1 to 200; 50 if left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Deliveries that failed for good, newest first
#[utoipa::path(
    get,
    path = "/deliveries",
    tag = "queue",
    params(DeliveriesQuery),
    responses(
        (status = 200, body = Deliveries),
        (status = 400, description = "`invalid_query`, `invalid_cursor`", body = Problem),
        (status = 401, description = "`unauthorized`", body = Problem),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn deliveries(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<DeliveriesQuery>,
) -> Result<Json<Deliveries>, Problem> {
    principal.require(Permission::ThreadView)?;
    let limit = page::limit(asked.limit)?;
    let before: Option<i64> = page::after(asked.cursor.as_deref())?;
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let mut rows = failed::list(&mut tx, before, page::one_more(limit)).await?;
    let next_cursor = page::next(&mut rows, limit, |failed| failed.seq);
    Ok(Json(Deliveries { items: rows.into_iter().map(DeliveryView::from).collect(), next_cursor, as_of_seq }))
}

/// Try again what failed for good
#[utoipa::path(
    post,
    path = "/queue/{queue}/{id}/retry",
    tag = "queue",
    params(("queue" = String, Path, description = "`inbox`, `outbox` or `turn`"), ("id" = String, Path)),
    responses(
        (status = 204, description = "it is due again"),
        (status = 401, description = "`unauthorized`", body = Problem),
        (status = 403, description = "`forbidden`: needs `queue.retry`", body = Problem),
        (status = 404, description = "`not_found`: nothing there failed under that id", body = Problem),
    )
)]
async fn retry(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path((queue, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    principal.require(Permission::QueueRetry)?;
    let missing = || nothing("nothing that failed has that id in that queue");
    let queue = Queue::parse(&queue).filter(|_| is_id(&id)).ok_or_else(missing)?;
    let now = gateway.now();
    let done = gateway.store.write(move |tx| {
        Box::pin(async move {
            if !queue::retry_in(tx, queue, &id, now).await? {
                return Ok(false);
            }
            if queue == Queue::Outbox
                && let Some((conversation, message)) = failed::of(tx, &id).await?
            {
                event::put(tx, "status", Some(&conversation), &json!({ "message": message }), now).await?;
            }
            audited(tx, &principal, "tried_again", &id, now).await?;
            Ok(true)
        })
    });
    if !done.await? {
        return Err(missing());
    }
    gateway.waker.wake();
    Ok(StatusCode::NO_CONTENT)
}
