//! How staff keep a thread in order: done with, put off, whose it is, how urgent, under which labels, read or not.

use axum::{Json, extract::State};
use domain::{
    clock::Millis,
    id::{ConversationId, Ids, MessageId, UserId},
    staff::Permission,
    thread::{Priority, Status},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Error, Tx, event,
    thread::change::{self, LABELS},
    timer, user,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{owner::shown, refusal, view::ThreadView};
use crate::{
    api::field::{self, Id, given, invalid},
    error::Problem,
    guard::Read,
    staff::Principal,
    state::Gateway,
};

/// Characters of a label.
const LABEL: usize = 40;
/// Labels listed at once.
const LISTED: i64 = 500;

pub(super) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new()
        .routes(routes!(patch))
        .routes(routes!(read))
        .routes(routes!(unread))
        .routes(routes!(labels))
}

/// Only what is there changes.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct ThreadPatch {
    /// `open`, `snoozed` (then `snoozed_until` says until when) or `resolved`.
    status: Option<String>,
    /// RFC 3339, in the future. The person's next message ends it before.
    snoozed_until: Option<String>,
    /// A user's id, `me`, or null for nobody.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    assignee: Option<Option<String>>,
    /// `none`, `low`, `medium`, `high` or `urgent`.
    priority: Option<String>,
    /// All of them: others are taken away.
    #[schema(max_items = 20)]
    labels: Option<Vec<String>>,
}

/// What is to change, checked.
#[derive(Default)]
struct Changes {
    status: Option<(Status, Option<Millis>)>,
    assignee: Option<Option<UserId>>,
    priority: Option<Priority>,
    labels: Option<Vec<String>>,
}

/// Keep a thread in order
#[utoipa::path(
    patch,
    path = "/threads/{id}",
    tag = "threads",
    params(("id" = String, Path)),
    request_body = ThreadPatch,
    responses(
        (status = 200, body = ThreadView),
        (status = 403, description = "`forbidden`: needs `thread.assign`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn patch(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    Read(asked): Read<ThreadPatch>,
) -> Result<Json<ThreadView>, Problem> {
    principal.require(Permission::ThreadAssign)?;
    let now = gateway.now();
    let mut tx = gateway.store.reader();
    super::find(&mut tx, &id).await?;
    let changes = checked(&mut tx, asked, &principal, now).await?;
    let (ids, changed) = (gateway.ids.clone(), id.clone());
    gateway
        .store
        .write(move |tx| Box::pin(async move { apply(tx, &ids, &principal, &changed, changes, now).await }))
        .await?;
    shown(&gateway, &id).await
}

async fn checked(
    tx: &mut Tx,
    asked: ThreadPatch,
    principal: &Principal,
    now: Millis,
) -> Result<Changes, Problem> {
    let status = asked.status.as_deref().map(|text| {
        Status::parse(text).ok_or_else(|| invalid("status", "it must be open, snoozed or resolved"))
    });
    let status = match (status.transpose()?, asked.snoozed_until) {
        (Some(Status::Snoozed), Some(until)) => Some((Status::Snoozed, Some(until))),
        (Some(Status::Snoozed), None) => return Err(invalid("snoozed_until", "needed with status snoozed")),
        (_, Some(_)) => return Err(invalid("snoozed_until", "only with status snoozed")),
        (status, None) => status.map(|status| (status, None)),
    };
    let status = match status {
        Some((status, Some(until))) => {
            let until = field::time("snoozed_until", &until)?;
            if until <= now {
                return Err(invalid("snoozed_until", "it must be in the future"));
            }
            Some((status, Some(until)))
        }
        Some((status, None)) => Some((status, None)),
        None => None,
    };
    let assignee = match asked.assignee {
        Some(Some(id)) => Some(Some(colleague(tx, "assignee", id, principal).await?)),
        Some(None) => Some(None),
        None => None,
    };
    let priority = asked.priority.as_deref().map(|text| {
        Priority::parse(text)
            .ok_or_else(|| invalid("priority", "it must be none, low, medium, high or urgent"))
    });
    let labels = asked.labels.map(|labels| {
        if labels.len() > LABELS {
            return Err(invalid("labels", format!("at most {LABELS}")));
        }
        labels.iter().map(|label| field::line("labels", label, LABEL)).collect::<Result<Vec<_>, _>>()
    });
    Ok(Changes { status, assignee, priority: priority.transpose()?, labels: labels.transpose()? })
}

/// The user whom `id` names; `me` is who asks.
///
/// # Errors
/// 422 `invalid` for somebody who does not work here.
pub(crate) async fn colleague(
    tx: &mut Tx,
    field: &str,
    id: String,
    principal: &Principal,
) -> Result<UserId, Problem> {
    if id == "me" {
        return Ok(principal.user.clone());
    }
    let known = if field::is_id(&id) { user::get(tx, &UserId(id)).await? } else { None };
    let known = known.filter(|known| known.removed.is_none());
    known.map(|known| known.id).ok_or_else(|| invalid(field, "nobody of that id works here"))
}

async fn apply(
    tx: &mut Tx,
    ids: &Ids,
    principal: &Principal,
    id: &ConversationId,
    changes: Changes,
    now: Millis,
) -> Result<(), Error> {
    let mut changed = Vec::new();
    if let Some((status, until)) = changes.status {
        change::set_status(tx, id, status, until).await?;
        match until {
            Some(until) => timer::set(tx, ids, timer::Purpose::WakeThread, id.as_str(), until).await?,
            None => timer::clear(tx, timer::Purpose::WakeThread, id.as_str()).await?,
        }
        changed.push("status");
    }
    if let Some(assignee) = changes.assignee {
        change::assign(tx, id, assignee.as_ref()).await?;
        changed.push("assignee");
    }
    if let Some(priority) = changes.priority {
        change::set_priority(tx, id, priority).await?;
        changed.push("priority");
    }
    if let Some(labels) = changes.labels {
        change::set_labels(tx, id, &labels).await?;
        changed.push("labels");
    }
    let Some(first) = changed.first() else { return Ok(()) };
    event::put(tx, "conversation", Some(id), &json!({ "changed": first }), now).await?;
    refusal::note(tx, principal, "thread_changed", id.as_str(), now).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadUpTo {
    /// The last message that was seen.
    up_to: String,
}

#[derive(Serialize, ToSchema)]
struct Unread {
    unread: i64,
}

/// Mark a thread read, up to a message
#[utoipa::path(
    post,
    path = "/threads/{id}/read",
    tag = "threads",
    params(("id" = String, Path)),
    request_body = ReadUpTo,
    responses(
        (status = 200, body = Unread),
        (status = 403, description = "`forbidden`: needs `thread.assign`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn read(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    Read(asked): Read<ReadUpTo>,
) -> Result<Json<Unread>, Problem> {
    principal.require(Permission::ThreadAssign)?;
    let before = super::find(&mut gateway.store.reader(), &id).await?.unread;
    let foreign = || invalid("up_to", "it must be a message of this thread");
    let up_to = if field::is_id(&asked.up_to) { MessageId(asked.up_to) } else { return Err(foreign()) };
    let now = gateway.now();
    let left = gateway.store.write(move |tx| {
        Box::pin(async move {
            let left = change::read(tx, &id, &up_to).await?;
            if left.is_some_and(|left| left != before) {
                event::put(tx, "conversation", Some(&id), &json!({ "changed": "unread" }), now).await?;
            }
            Ok(left)
        })
    });
    Ok(Json(Unread { unread: left.await?.ok_or_else(foreign)? }))
}

/// Mark a thread unread
#[utoipa::path(
    post,
    path = "/threads/{id}/unread",
    tag = "threads",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = Unread),
        (status = 403, description = "`forbidden`: needs `thread.assign`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn unread(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
) -> Result<Json<Unread>, Problem> {
    principal.require(Permission::ThreadAssign)?;
    super::find(&mut gateway.store.reader(), &id).await?;
    let (now, marked) = (gateway.now(), id.clone());
    gateway
        .store
        .write(move |tx| {
            Box::pin(async move {
                change::unread(tx, &marked).await?;
                event::put(tx, "conversation", Some(&marked), &json!({ "changed": "unread" }), now).await
            })
        })
        .await?;
    Ok(Json(Unread { unread: super::find(&mut gateway.store.reader(), &id).await?.unread }))
}

#[derive(Serialize, ToSchema)]
struct Labels {
    items: Vec<LabelView>,
}

#[derive(Serialize, ToSchema)]
struct LabelView {
    name: String,
    threads: i64,
}

/// Every label in use
#[utoipa::path(
    get,
    path = "/labels",
    tag = "threads",
    responses(
        (status = 200, body = Labels),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn labels(State(gateway): State<Gateway>, principal: Principal) -> Result<Json<Labels>, Problem> {
    principal.require(Permission::ThreadView)?;
    let labels = change::labels(&mut gateway.store.reader(), LISTED).await?;
    let items = labels.into_iter().map(|(name, threads)| LabelView { name, threads }).collect();
    Ok(Json(Labels { items }))
}
