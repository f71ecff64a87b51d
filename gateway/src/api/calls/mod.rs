//! Calls by telephone: those that the telephone system told of, and those that staff write down, with their recordings. Nobody
//! is called from here.

mod enter;
pub(crate) mod link;
pub(crate) mod view;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header::RANGE},
    response::Response,
};
use domain::{
    id::{ContactId, ConversationId, PhoneCallId},
    staff::Permission,
};
use serde::Deserialize;
use store::{
    call::{self, Change, Filter, Link},
    contact, event,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::view::{CallView, shown};
use super::{
    field::{self, Id, given, invalid, is_id, nothing},
    media,
    page::{self, Page, Query},
    threads::refusal::note as audited,
};
use crate::{error::Problem, guard::Read, staff::Principal, state::Gateway};

/// Characters of a note.
const NOTE: usize = 4_000;

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new()
        .routes(routes!(list, enter::create))
        .routes(routes!(get, change))
        .routes(routes!(recording))
}

fn gone() -> Problem {
    nothing("there is no such call")
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only those with this person: linked, or from a number of theirs.
    contact_id: Option<String>,
    /// Only those of this thread and its person.
    thread_id: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Calls by telephone, newest first
#[utoipa::path(
    get,
    path = "/calls",
    tag = "calls",
    params(Asked),
    responses(
        (status = 200, body = Page<CallView>),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`: no such person or thread", body = Problem),
    )
)]
async fn list(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<CallView>>, Problem> {
    principal.require(Permission::ThreadView)?;
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref())?;
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let filter = filter(&mut tx, &asked).await?;
    let mut found = call::list(&mut tx, &filter, after.as_ref(), page::one_more(limit)).await?;
    let next_cursor = page::next(&mut found, limit, |named| (named.call.started, named.call.id.clone()));
    Ok(Json(Page { items: found.into_iter().map(CallView::from).collect(), next_cursor, as_of_seq }))
}

async fn filter(tx: &mut store::Tx, asked: &Asked) -> Result<Filter, Problem> {
    let named =
        |id: &Option<String>| id.clone().map(|id| if is_id(&id) { Ok(id) } else { Err(gone_filter()) });
    let mut filter = Filter {
        contact: named(&asked.contact_id).transpose()?.map(ContactId),
        conversation: named(&asked.thread_id).transpose()?.map(ConversationId),
        numbers: Vec::new(),
    };
    if let Some(thread) = &filter.conversation {
        let link = link::of_thread(tx, thread).await?.ok_or_else(gone_filter)?;
        filter.contact = filter.contact.or(link.contact);
    }
    if let Some(person) = &filter.contact {
        contact::get(tx, person).await?.ok_or_else(gone_filter)?;
        filter.numbers = link::numbers_of(tx, person).await?;
    }
    Ok(filter)
}

fn gone_filter() -> Problem {
    nothing("there is no such person or thread")
}

/// One call
#[utoipa::path(
    get,
    path = "/calls/{id}",
    tag = "calls",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = CallView),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn get(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<PhoneCallId>,
) -> Result<Json<CallView>, Problem> {
    principal.require(Permission::ThreadView)?;
    shown(&mut gateway.store.reader(), &id).await?.map(Json).ok_or_else(gone)
}

/// Only what is there changes.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct CallPatch {
    #[schema(max_length = 4000)]
    note: Option<String>,
    /// Who it was with, or null for nobody known.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    contact_id: Option<Option<String>>,
}

/// Change a call's note, or whom it was with
#[utoipa::path(
    patch,
    path = "/calls/{id}",
    tag = "calls",
    params(("id" = String, Path)),
    request_body = CallPatch,
    responses(
        (status = 200, body = CallView),
        (status = 403, description = "`forbidden`: needs `thread.note`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn change(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<PhoneCallId>,
    Read(patch): Read<CallPatch>,
) -> Result<Json<CallView>, Problem> {
    principal.require(Permission::ThreadNote)?;
    let mut tx = gateway.store.reader();
    let link = match patch.contact_id {
        Some(Some(person)) => Some(person_link(&mut tx, "contact_id", person).await?),
        Some(None) => Some(Link::default()),
        None => None,
    };
    let note = patch.note.map(|note| note_text(&note)).transpose()?;
    let (changed, now) = (id.clone(), gateway.now());
    let known = gateway.store.write(move |tx| {
        Box::pin(async move {
            let known = call::change(tx, &changed, &Change { note, link }, now).await?;
            if known {
                audited(tx, &principal, "call_changed", changed.as_str(), now).await?;
            }
            Ok(known)
        })
    });
    if !known.await? {
        return Err(gone());
    }
    shown(&mut tx, &id).await?.map(Json).ok_or_else(gone)
}

/// A note, which may be taken away.
fn note_text(note: &str) -> Result<String, Problem> {
    if note.trim().is_empty() { Ok(String::new()) } else { field::text("note", note, NOTE) }
}

async fn person_link(tx: &mut store::Tx, field: &str, person: String) -> Result<Link, Problem> {
    let wrong = || invalid(field, "there is no such person");
    let person = if is_id(&person) { ContactId(person) } else { return Err(wrong()) };
    contact::get(tx, &person).await?.ok_or_else(wrong)?;
    Ok(link::of_person(tx, &person).await?)
}

/// The recording of a call
///
/// Takes `Range`, so that it can be wound. Who heard it from its beginning stands in the audit log.
#[utoipa::path(
    get,
    path = "/calls/{id}/recording",
    tag = "calls",
    params(("id" = String, Path)),
    responses(
        media::Served,
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`: no such call, or no recording is kept", body = Problem),
    )
)]
async fn recording(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<PhoneCallId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    principal.require(Permission::ThreadView)?;
    let named = call::get(&mut gateway.store.reader(), &id).await?.ok_or_else(gone)?;
    let kept = named.call.recording.ok_or_else(|| nothing("the call has no recording"))?;
    let response = media::serve(&gateway, &kept, id.as_str(), &headers).await?;
    // A player asks for one piece after the other.
    let begins = headers.get(RANGE).is_none_or(|range| range.as_bytes().starts_with(b"bytes=0-"));
    if begins && response.status().is_success() {
        let now = gateway.now();
        let noted = gateway.store.write(move |tx| {
            Box::pin(async move { audited(tx, &principal, "call_heard", id.as_str(), now).await })
        });
        noted.await?;
    }
    Ok(response)
}
