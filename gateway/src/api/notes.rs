//! Notes beside a thread, for colleagues alone.

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    id::{ConversationId, NoteId},
    staff::{ConsoleRole, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{event, note};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at,
    field::{self, Id, nothing},
    page::{self, Page, Query},
    threads::{self, refusal::note as audited, view::AuthorView},
};
use crate::{error::Problem, guard::Read, staff::Principal, state::Gateway};

const TEXT: usize = 10_000;

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(change, remove))
}

#[derive(Serialize, ToSchema)]
pub(crate) struct NoteView {
    id: String,
    thread_id: String,
    author: AuthorView,
    text: String,
    created_at: String,
    updated_at: String,
}

impl From<note::Note> for NoteView {
    fn from(note: note::Note) -> Self {
        Self {
            id: note.id.0,
            thread_id: note.conversation.0,
            author: AuthorView { r#type: "staff", id: Some(note.author.0), name: note.author_name },
            text: note.text,
            created_at: at(note.created),
            updated_at: at(note.updated),
        }
    }
}

/// The note as JSON, for the live stream.
///
/// # Errors
/// [`store::Error`].
pub(crate) async fn shown(tx: &mut store::Tx, id: &NoteId) -> Result<Option<NoteView>, store::Error> {
    Ok(note::get(tx, id).await?.map(NoteView::from))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// The notes of a thread, oldest first
#[utoipa::path(
    get,
    path = "/threads/{id}/notes",
    tag = "notes",
    params(("id" = String, Path), Asked),
    responses(
        (status = 200, body = Page<NoteView>),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn list(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<NoteView>>, Problem> {
    principal.require(Permission::ThreadView)?;
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref())?;
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    threads::find(&mut tx, &id).await?;
    let mut notes = note::list(&mut tx, &id, after.as_ref(), page::one_more(limit)).await?;
    let next_cursor = page::next(&mut notes, limit, |note| (note.created, note.id.clone()));
    Ok(Json(Page { items: notes.into_iter().map(NoteView::from).collect(), next_cursor, as_of_seq }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteBody {
    #[schema(min_length = 1, max_length = 10000)]
    pub text: String,
}

/// Write a note
#[utoipa::path(
    post,
    path = "/threads/{id}/notes",
    tag = "notes",
    params(("id" = String, Path)),
    request_body = NoteBody,
    responses(
        (status = 201, body = NoteView),
        (status = 403, description = "`forbidden`: needs `thread.note`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn create(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    Read(body): Read<NoteBody>,
) -> Result<(StatusCode, Json<NoteView>), Problem> {
    Ok((StatusCode::CREATED, Json(write(&gateway, &principal, &id, body).await?)))
}

/// Writes a note as `principal`.
///
/// # Errors
/// As the route's.
pub(crate) async fn write(
    gateway: &Gateway,
    principal: &Principal,
    thread: &ConversationId,
    body: NoteBody,
) -> Result<NoteView, Problem> {
    principal.require(Permission::ThreadNote)?;
    let text = field::text("text", &body.text, TEXT)?;
    threads::find(&mut gateway.store.reader(), thread).await?;
    let (id, thread, now) = (NoteId::new(&gateway.ids), thread.clone(), gateway.now());
    let (made, principal) = (id.clone(), principal.clone());
    gateway
        .store
        .write(move |tx| {
            Box::pin(async move {
                note::put(tx, &made, &thread, &principal.user, &text, now).await?;
                event::put(tx, "note", Some(&thread), &json!({ "note": made }), now).await?;
                audited(tx, &principal, "noted", made.as_str(), now).await
            })
        })
        .await?;
    shown(&mut gateway.store.reader(), &id).await?.ok_or_else(gone)
}

fn gone() -> Problem {
    nothing("there is no such note")
}

/// A note that `principal` may change: their own, or anybody's for those who manage users.
async fn own(gateway: &Gateway, principal: &Principal, id: &NoteId) -> Result<note::Note, Problem> {
    principal.require(Permission::ThreadNote)?;
    let note = note::get(&mut gateway.store.reader(), id).await?.ok_or_else(gone)?;
    let manages = matches!(principal.role, ConsoleRole::Owner | ConsoleRole::Admin);
    if note.author == principal.user || manages {
        return Ok(note);
    }
    Err(Problem::forbidden("only its author changes a note (thread.note), or an owner or admin"))
}

/// Change a note
#[utoipa::path(
    patch,
    path = "/notes/{id}",
    tag = "notes",
    params(("id" = String, Path)),
    request_body = NoteBody,
    responses(
        (status = 200, body = NoteView),
        (status = 403, description = "`forbidden`: needs `thread.note`, and the note to be one's own", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn change(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<NoteId>,
    Read(body): Read<NoteBody>,
) -> Result<Json<NoteView>, Problem> {
    let known = own(&gateway, &principal, &id).await?;
    let text = field::text("text", &body.text, TEXT)?;
    let (now, changed) = (gateway.now(), id.clone());
    gateway
        .store
        .write(move |tx| {
            Box::pin(async move {
                note::change(tx, &changed, &text, now).await?;
                event::put(tx, "note", Some(&known.conversation), &json!({ "note": changed }), now).await?;
                audited(tx, &principal, "note_changed", changed.as_str(), now).await
            })
        })
        .await?;
    shown(&mut gateway.store.reader(), &id).await?.map(Json).ok_or_else(gone)
}

/// Take a note away
#[utoipa::path(
    delete,
    path = "/notes/{id}",
    tag = "notes",
    params(("id" = String, Path)),
    responses(
        (status = 204),
        (status = 403, description = "`forbidden`: needs `thread.note`, and the note to be one's own", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn remove(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<NoteId>,
) -> Result<StatusCode, Problem> {
    let known = own(&gateway, &principal, &id).await?;
    let now = gateway.now();
    let removed = gateway.store.write(move |tx| {
        Box::pin(async move {
            let removed = note::remove(tx, &id).await?;
            if removed {
                let body = json!({ "note": id, "removed": true });
                event::put(tx, "note", Some(&known.conversation), &body, now).await?;
                audited(tx, &principal, "note_removed", id.as_str(), now).await?;
            }
            Ok(removed)
        })
    });
    if removed.await? { Ok(StatusCode::NO_CONTENT) } else { Err(gone()) }
}
