//! Tasks of staff: beside a thread or on their own, due or not, somebody's or nobody's.

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    clock::Millis,
    id::{ConversationId, TodoId, UserId},
    staff::Permission,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    event,
    todo::{self, Filter, Todo},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at,
    field::{self, Id, given, is_id, nothing},
    page::{self, Page, Query, invalid},
    threads::{self, change::colleague, refusal::note as audited, view::UserName},
};
use crate::{error::Problem, guard::Read, staff::Principal, state::Gateway};

const TITLE: usize = 300;

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new()
        .routes(routes!(of_thread, create))
        .routes(routes!(list, create_alone))
        .routes(routes!(get, change))
}

#[derive(Serialize, ToSchema)]
pub(crate) struct TaskView {
    id: String,
    thread_id: Option<String>,
    title: String,
    due_at: Option<String>,
    assignee: Option<UserName>,
    done: bool,
    done_at: Option<String>,
    created_at: String,
}

impl From<Todo> for TaskView {
    fn from(todo: Todo) -> Self {
        let name = todo.assignee_name;
        Self {
            id: todo.id.0,
            thread_id: todo.conversation.map(|id| id.0),
            title: todo.title,
            due_at: todo.due.map(at),
            assignee: todo.assignee.map(|id| UserName { user_id: id.0, name }),
            done: todo.done.is_some(),
            done_at: todo.done.map(at),
            created_at: at(todo.created),
        }
    }
}

/// The task as JSON, for the live stream.
///
/// # Errors
/// [`store::Error`].
pub(crate) async fn shown(tx: &mut store::Tx, id: &TodoId) -> Result<Option<TaskView>, store::Error> {
    Ok(todo::get(tx, id).await?.map(TaskView::from))
}

fn gone() -> Problem {
    nothing("there is no such task")
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// `me` or a user's id.
    assignee: Option<String>,
    done: Option<bool>,
    /// Only those due before then, RFC 3339.
    due: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Tasks, oldest first
#[utoipa::path(
    get,
    path = "/tasks",
    tag = "tasks",
    params(Asked),
    responses(
        (status = 200, body = Page<TaskView>),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn list(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<TaskView>>, Problem> {
    page_of(&gateway, &principal, None, asked).await
}

/// The tasks of a thread, oldest first
#[utoipa::path(
    get,
    path = "/threads/{id}/tasks",
    tag = "tasks",
    params(("id" = String, Path), Asked),
    responses(
        (status = 200, body = Page<TaskView>),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn of_thread(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<TaskView>>, Problem> {
    page_of(&gateway, &principal, Some(id), asked).await
}

async fn page_of(
    gateway: &Gateway,
    principal: &Principal,
    thread: Option<ConversationId>,
    asked: Asked,
) -> Result<Json<Page<TaskView>>, Problem> {
    principal.require(Permission::ThreadView)?;
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref())?;
    let assignee = match asked.assignee.as_deref() {
        Some("me") => Some(principal.user.clone()),
        Some(id) if !is_id(id) => return Err(invalid("assignee is not an id")),
        other => other.map(UserId::from),
    };
    let due =
        asked.due.as_deref().map(|due| field::time("due", due).map_err(|_| invalid("due must be a time")));
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    if let Some(thread) = &thread {
        threads::find(&mut tx, thread).await?;
    }
    let filter = Filter { conversation: thread, assignee, done: asked.done, due_before: due.transpose()? };
    let mut tasks = todo::list(&mut tx, &filter, after.as_ref(), page::one_more(limit)).await?;
    let next_cursor = page::next(&mut tasks, limit, |task| (task.created, task.id.clone()));
    Ok(Json(Page { items: tasks.into_iter().map(TaskView::from).collect(), next_cursor, as_of_seq }))
}

/// One task
#[utoipa::path(
    get,
    path = "/tasks/{id}",
    tag = "tasks",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = TaskView),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn get(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<TodoId>,
) -> Result<Json<TaskView>, Problem> {
    principal.require(Permission::ThreadView)?;
    shown(&mut gateway.store.reader(), &id).await?.map(Json).ok_or_else(gone)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTask {
    #[schema(min_length = 1, max_length = 300)]
    title: String,
    /// RFC 3339.
    #[serde(default)]
    due_at: Option<String>,
    /// A user's id, or `me`.
    #[serde(default)]
    assignee: Option<String>,
}

/// Note a task beside a thread
#[utoipa::path(
    post,
    path = "/threads/{id}/tasks",
    tag = "tasks",
    params(("id" = String, Path)),
    request_body = NewTask,
    responses(
        (status = 201, body = TaskView),
        (status = 403, description = "`forbidden`: needs `thread.note`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn create(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    Read(body): Read<NewTask>,
) -> Result<(StatusCode, Json<TaskView>), Problem> {
    add(&gateway, &principal, Some(id), body).await
}

/// Note a task that belongs to no thread
#[utoipa::path(
    post,
    path = "/tasks",
    tag = "tasks",
    request_body = NewTask,
    responses(
        (status = 201, body = TaskView),
        (status = 403, description = "`forbidden`: needs `thread.note`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn create_alone(
    State(gateway): State<Gateway>,
    principal: Principal,
    Read(body): Read<NewTask>,
) -> Result<(StatusCode, Json<TaskView>), Problem> {
    add(&gateway, &principal, None, body).await
}

async fn add(
    gateway: &Gateway,
    principal: &Principal,
    thread: Option<ConversationId>,
    body: NewTask,
) -> Result<(StatusCode, Json<TaskView>), Problem> {
    principal.require(Permission::ThreadNote)?;
    let (mut tx, now) = (gateway.store.reader(), gateway.now());
    if let Some(thread) = &thread {
        threads::find(&mut tx, thread).await?;
    }
    let assignee = match body.assignee {
        Some(id) => Some(colleague(&mut tx, "assignee", id, principal).await?),
        None => None,
    };
    let todo = Todo {
        id: TodoId::new(&gateway.ids),
        conversation: thread,
        title: field::line("title", &body.title, TITLE)?,
        due: body.due_at.as_deref().map(|due| field::time("due_at", due)).transpose()?,
        assignee,
        assignee_name: String::new(),
        done: None,
        created_by: principal.user.clone(),
        created: now,
    };
    let id = todo.id.clone();
    keep(gateway, principal, todo, "task_noted", now).await?;
    let task = shown(&mut gateway.store.reader(), &id).await?.ok_or_else(gone)?;
    Ok((StatusCode::CREATED, Json(task)))
}

async fn keep(
    gateway: &Gateway,
    principal: &Principal,
    todo: Todo,
    action: &'static str,
    now: Millis,
) -> Result<(), Problem> {
    let principal = principal.clone();
    let kept = gateway.store.write(move |tx| {
        Box::pin(async move {
            todo::put(tx, &todo, now).await?;
            event::put(tx, "task", todo.conversation.as_ref(), &json!({ "task": todo.id }), now).await?;
            audited(tx, &principal, action, todo.id.as_str(), now).await
        })
    });
    Ok(kept.await?)
}

/// Only what is there changes.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct TaskPatch {
    #[schema(min_length = 1, max_length = 300)]
    title: Option<String>,
    /// RFC 3339, or null for none.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    due_at: Option<Option<String>>,
    /// A user's id, `me`, or null for nobody.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    assignee: Option<Option<String>>,
    done: Option<bool>,
}

/// Change a task, or tick it off
#[utoipa::path(
    patch,
    path = "/tasks/{id}",
    tag = "tasks",
    params(("id" = String, Path)),
    request_body = TaskPatch,
    responses(
        (status = 200, body = TaskView),
        (status = 403, description = "`forbidden`: needs `thread.note`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn change(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<TodoId>,
    Read(patch): Read<TaskPatch>,
) -> Result<Json<TaskView>, Problem> {
    principal.require(Permission::ThreadNote)?;
    let (mut tx, now) = (gateway.store.reader(), gateway.now());
    let mut todo = todo::get(&mut tx, &id).await?.ok_or_else(gone)?;
    if let Some(title) = patch.title {
        todo.title = field::line("title", &title, TITLE)?;
    }
    if let Some(due) = patch.due_at {
        todo.due = due.as_deref().map(|due| field::time("due_at", due)).transpose()?;
    }
    match patch.assignee {
        Some(Some(id)) => todo.assignee = Some(colleague(&mut tx, "assignee", id, &principal).await?),
        Some(None) => todo.assignee = None,
        None => {}
    }
    if let Some(done) = patch.done {
        todo.done = done.then(|| todo.done.unwrap_or(now));
    }
    keep(&gateway, &principal, todo, "task_changed", now).await?;
    shown(&mut gateway.store.reader(), &id).await?.map(Json).ok_or_else(gone)
}
