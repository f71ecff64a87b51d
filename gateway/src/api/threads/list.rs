//! The list of threads by what staff look for, and how many stand behind each tab.

use axum::{Json, extract::State};
use domain::{
    conversation::Owner,
    id::{ContactId, ConversationId, UserId},
    staff::Permission,
    thread::Status,
};
use serde::{Deserialize, Serialize};
use store::{
    event,
    search::Words,
    thread::{
        Thread,
        list::{Assigned, Filter, Sort, counts, page},
    },
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{self, ThreadView};
use crate::{
    api::{
        field::is_id,
        page::{self, Page, Query, invalid},
    },
    error::Problem,
    staff::Principal,
    state::Gateway,
};

pub(super) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(tabs))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Part of a name, a number in any spelling or its last digits, a username, or words of messages.
    search: Option<String>,
    /// `open`, `snoozed` or `resolved`; all without.
    status: Option<String>,
    /// `me`, `none` or a user's id.
    assignee: Option<String>,
    label: Option<String>,
    /// `agent`, `staff`, `phone`, `none`, `me` or a user's id.
    owner: Option<String>,
    /// Only those with unread messages.
    unread: Option<bool>,
    /// Only those where a person waits for an answer.
    waiting: Option<bool>,
    /// Only those with an open approval.
    approval: Option<bool>,
    /// `whatsapp`, `cli`; `link` for the talk of agents about jobs, which is left out otherwise.
    channel: Option<String>,
    /// A contact's id.
    contact: Option<String>,
    /// `last` (the default): the newest message first. `waiting`: only those who wait, the longest first.
    sort: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Threads, by what is looked for
#[utoipa::path(
    get,
    path = "/threads",
    tag = "threads",
    params(Asked),
    responses(
        (status = 200, body = Page<ThreadView>),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn list(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<ThreadView>>, Problem> {
    principal.require(Permission::ThreadView)?;
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref())?;
    let filter = filter(asked, &principal)?;
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let mut found = page(&mut tx, &filter, after.as_ref(), page::one_more(limit)).await?;
    let sort = if filter.search.is_some() { Sort::Last } else { filter.sort };
    let next_cursor = page::next(&mut found, limit, |thread| end(thread, sort));
    let items = view::threads(&mut tx, &found, gateway.now()).await?;
    Ok(Json(Page { items, next_cursor, as_of_seq }))
}

fn end(thread: &Thread, sort: Sort) -> (i64, ConversationId) {
    let at = match sort {
        Sort::Last => thread.last_ms,
        Sort::Waiting => thread.waiting_since.unwrap_or_default(),
    };
    (at.0, thread.id().clone())
}

fn filter(asked: Asked, principal: &Principal) -> Result<Filter, Problem> {
    let known = |name: &str, text: Option<String>| match text {
        Some(text) if !is_id(&text) => Err(invalid(format!("{name} is not an id"))),
        text => Ok(text),
    };
    Ok(Filter {
        status: status(asked.status.as_deref())?,
        assigned: known("assignee", asked.assignee)?.map(|assignee| match assignee.as_str() {
            "none" => Assigned::Nobody,
            "me" => Assigned::To(principal.user.clone()),
            _ => Assigned::To(UserId(assignee)),
        }),
        label: asked.label.map(|label| label.chars().filter(|c| !c.is_control()).collect()),
        owner: known("owner", asked.owner)?.map(|owner| match owner.as_str() {
            "agent" | "staff" | "phone" | "none" => owner,
            "me" => Owner::Staff(principal.user.clone()).stored(),
            _ => Owner::Staff(UserId(owner)).stored(),
        }),
        unread: asked.unread.unwrap_or(false),
        waiting: asked.waiting.unwrap_or(false),
        approval: asked.approval.unwrap_or(false),
        channel: known("channel", asked.channel)?,
        contact: known("contact", asked.contact)?.map(ContactId),
        search: asked.search.as_deref().and_then(Words::read),
        sort: match asked.sort.as_deref() {
            None | Some("last") => Sort::Last,
            Some("waiting") => Sort::Waiting,
            Some(_) => return Err(invalid("sort must be last or waiting")),
        },
    })
}

fn status(text: Option<&str>) -> Result<Option<Status>, Problem> {
    let read = |text| Status::parse(text).ok_or_else(|| invalid("status must be open, snoozed or resolved"));
    text.map(read).transpose()
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AskedTabs {
    /// `open` (the default), `snoozed`, `resolved` or `all`.
    status: Option<String>,
}

/// How many threads each tab holds.
#[derive(Serialize, ToSchema)]
struct Tabs {
    /// `assignee=me`
    mine: i64,
    /// `assignee=none`
    unassigned: i64,
    all: i64,
    /// `owner=agent`
    agent: i64,
    /// `approval=true`
    approval: i64,
    /// `unread=true`
    unread: i64,
    /// `waiting=true`
    waiting: i64,
    as_of_seq: i64,
}

/// How many threads stand behind each tab
#[utoipa::path(
    get,
    path = "/threads/counts",
    tag = "threads",
    params(AskedTabs),
    responses(
        (status = 200, body = Tabs),
        (status = 400, description = "`invalid_query`", body = Problem),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn tabs(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<AskedTabs>,
) -> Result<Json<Tabs>, Problem> {
    principal.require(Permission::ThreadView)?;
    let status = match asked.status.as_deref() {
        Some("all") => None,
        other => status(other.or(Some("open")))?,
    };
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let counts = counts(&mut tx, &principal.user, status).await?;
    Ok(Json(Tabs {
        mine: counts.mine,
        unassigned: counts.unassigned,
        all: counts.all,
        agent: counts.agent,
        approval: counts.approval,
        unread: counts.unread,
        waiting: counts.waiting,
        as_of_seq,
    }))
}
