//! People: who they are, how they are known, what they do; and two who turn out to be one.

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    contact::Role,
    id::{ContactId, UserId},
    language::Language,
    staff::Permission,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Error, Tx, contact, event, merge,
    rights::hold,
    search::Words,
    thread::list::{Filter, page as threads_page},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at,
    customers::{self, CustomerView},
    field::{self, Id, invalid, is_id, nothing},
    page::{self, Page, Query},
    threads::{
        refusal::note as audited,
        view::{self, IdentityView, ThreadView},
    },
};
use crate::{error::Problem, guard::Read, staff::Principal, state::Gateway};

/// Characters of a name.
pub(crate) const NAME: usize = 200;
/// Threads of one person that are shown.
const THREADS: i64 = 50;

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, change))
        .routes(routes!(join))
        .routes(routes!(part))
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PersonView {
    id: String,
    name: String,
    /// `technician`, `office`, `customer`; empty for a stranger.
    roles: Vec<&'static str>,
    language: Option<&'static str>,
    identities: Vec<IdentityView>,
}

/// A person as JSON; `None` for nobody.
async fn shown(tx: &mut Tx, id: &ContactId) -> Result<Option<PersonView>, Error> {
    let Some(person) = contact::get(tx, id).await? else { return Ok(None) };
    let identities = contact::identities_of(tx, id).await?;
    Ok(Some(PersonView {
        id: person.id.0,
        name: person.name,
        roles: person.roles.into_iter().map(Role::as_str).collect(),
        language: person.language.map(Language::as_str),
        identities: identities.iter().map(IdentityView::from).collect(),
    }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Part of a name, of a number in any spelling, or of a username.
    search: Option<String>,
    /// `technician`, `office` or `customer`.
    role: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// People, by name
#[utoipa::path(
    get,
    path = "/contacts",
    tag = "people",
    params(Asked),
    responses(
        (status = 200, body = Page<PersonView>),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn list(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<PersonView>>, Problem> {
    principal.require(Permission::ThreadView)?;
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref())?;
    let role = asked.role.as_deref().map(|role| {
        Role::parse(role).ok_or_else(|| page::invalid("role must be technician, office or customer"))
    });
    let (role, words) = (role.transpose()?, asked.search.as_deref().and_then(Words::read));
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let mut found =
        contact::page(&mut tx, words.as_ref(), role, after.as_ref(), page::one_more(limit)).await?;
    let next_cursor = page::next(&mut found, limit, |(person, folded)| (folded.clone(), person.id.clone()));
    let mut items = Vec::with_capacity(found.len());
    for (person, _) in found {
        items.extend(shown(&mut tx, &person.id).await?);
    }
    Ok(Json(Page { items, next_cursor, as_of_seq }))
}

#[derive(Serialize, ToSchema)]
struct PersonDetail {
    #[serde(flatten)]
    person: PersonView,
    /// Their threads, the newest message first.
    threads: Vec<ThreadView>,
    /// Customers who have one of their numbers.
    customers: Vec<CustomerView>,
    /// Since when a legal hold stands: nothing of them is erased or forgotten by age.
    on_hold_since: Option<String>,
    as_of_seq: i64,
}

/// One person
///
/// Who was merged into somebody else is that person.
#[utoipa::path(
    get,
    path = "/contacts/{id}",
    tag = "people",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = PersonDetail),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn get(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ContactId>,
) -> Result<Json<PersonDetail>, Problem> {
    principal.require(Permission::ThreadView)?;
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let id = contact::merged(&mut tx, &id).await?.unwrap_or(id);
    let person = shown(&mut tx, &id).await?.ok_or_else(nobody)?;
    let identities = contact::identities_of(&mut tx, &id).await?;
    let on_hold_since = hold::since(&mut tx, &id).await?.map(at);
    let filter = Filter { contact: Some(id), ..Filter::default() };
    let threads = threads_page(&mut tx, &filter, None, THREADS).await?;
    Ok(Json(PersonDetail {
        person,
        threads: view::threads(&mut tx, &threads, gateway.now()).await?,
        customers: customers::with_number(&gateway, &mut tx, &identities).await?,
        on_hold_since,
        as_of_seq,
    }))
}

fn nobody() -> Problem {
    nothing("there is no such contact")
}

/// Only what is there changes.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct PersonPatch {
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// All of them: `technician`, `office`, `customer`.
    #[schema(max_items = 3)]
    roles: Option<Vec<String>>,
    /// `en` or `de`.
    language: Option<String>,
}

/// Change what a person is called, does or speaks
#[utoipa::path(
    patch,
    path = "/contacts/{id}",
    tag = "people",
    params(("id" = String, Path)),
    request_body = PersonPatch,
    responses(
        (status = 200, body = PersonView),
        (status = 403, description = "`forbidden`: needs `contact.edit`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn change(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ContactId>,
    Read(patch): Read<PersonPatch>,
) -> Result<Json<PersonView>, Problem> {
    principal.require(Permission::ContactEdit)?;
    let mut tx = gateway.store.reader();
    if contact::get(&mut tx, &id).await?.is_none() || contact::merged(&mut tx, &id).await?.is_some() {
        return Err(nobody());
    }
    let name = patch.name.as_deref().map(|name| field::line("name", name, NAME)).transpose()?;
    let roles = patch.roles.map(|roles| read_roles(&roles)).transpose()?;
    let language = patch
        .language
        .as_deref()
        .map(|language| Language::parse(language).ok_or_else(|| invalid("language", "it must be en or de")));
    let (language, now, changed) = (language.transpose()?, gateway.now(), id.clone());
    gateway
        .store
        .write(move |tx| {
            Box::pin(async move {
                if let Some(name) = &name {
                    contact::rename(tx, &changed, name).await?;
                }
                if let Some(roles) = &roles {
                    contact::set_roles(tx, &changed, roles).await?;
                }
                if let Some(language) = language {
                    contact::set_language(tx, &changed, language).await?;
                }
                moved(tx, &changed, now).await?;
                audited(tx, &principal, "contact_changed", changed.as_str(), now).await
            })
        })
        .await?;
    shown(&mut gateway.store.reader(), &id).await?.map(Json).ok_or_else(nobody)
}

fn read_roles(roles: &[String]) -> Result<Vec<Role>, Problem> {
    let mut read = Vec::new();
    for role in roles {
        let role =
            Role::parse(role).ok_or_else(|| invalid("roles", "there are technician, office and customer"))?;
        if !read.contains(&role) {
            read.push(role);
        }
    }
    Ok(read)
}

/// Tells whoever watches that the threads of a person look different.
pub(crate) async fn moved(tx: &mut Tx, person: &ContactId, now: domain::clock::Millis) -> Result<(), Error> {
    let filter = Filter { contact: Some(person.clone()), ..Filter::default() };
    for thread in threads_page(tx, &filter, None, THREADS).await? {
        event::put(tx, "conversation", Some(thread.id()), &json!({ "changed": "contact" }), now).await?;
    }
    Ok(())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Merge {
    /// The contact that stays.
    into: String,
}

#[derive(Serialize, ToSchema)]
struct Merged {
    contact: PersonView,
    /// For `POST /contacts/merges/{undo}/undo`.
    undo: String,
}

/// Make two contacts one
///
/// Identities, threads and roles of the one go to the other; whoever writes by any of them is that person from now on.
#[utoipa::path(
    post,
    path = "/contacts/{id}/merge",
    tag = "people",
    params(("id" = String, Path, description = "The contact that goes")),
    request_body = Merge,
    responses(
        (status = 200, body = Merged),
        (status = 403, description = "`forbidden`: needs `contact.merge`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`already_merged`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`: nobody to merge into", body = Problem),
    )
)]
async fn join(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(from): Id<ContactId>,
    Read(asked): Read<Merge>,
) -> Result<Json<Merged>, Problem> {
    principal.require(Permission::ContactMerge)?;
    let mut tx = gateway.store.reader();
    contact::get(&mut tx, &from).await?.ok_or_else(nobody)?;
    let into = ContactId(asked.into);
    let there = is_id(into.as_str()) && into != from && contact::get(&mut tx, &into).await?.is_some();
    if !there {
        return Err(invalid("into", "it must be another contact"));
    }
    let (kept, now) = (into.clone(), gateway.now());
    let undo = merge_as(&gateway, &principal, from, kept, now).await?.ok_or_else(|| {
        let detail = "one of the two was merged into somebody before: read it again";
        Problem::new(StatusCode::CONFLICT, "already_merged", detail)
    })?;
    let contact = shown(&mut gateway.store.reader(), &into).await?.ok_or_else(nobody)?;
    Ok(Json(Merged { contact, undo }))
}

async fn merge_as(
    gateway: &Gateway,
    principal: &Principal,
    from: ContactId,
    into: ContactId,
    now: domain::clock::Millis,
) -> Result<Option<String>, Error> {
    let (ids, principal) = (gateway.ids.clone(), principal.clone());
    gateway
        .store
        .write(move |tx| {
            Box::pin(async move {
                let user: &UserId = &principal.user;
                let undo = merge::merge(tx, &ids, &from, &into, user, now).await?;
                if undo.is_some() {
                    moved(tx, &into, now).await?;
                    audited(tx, &principal, "contact_merged", from.as_str(), now).await?;
                }
                Ok(undo)
            })
        })
        .await
}

#[derive(Serialize, ToSchema)]
struct Parted {
    /// The contact that had gone.
    contact: PersonView,
    /// The contact that it had gone into.
    other: PersonView,
}

/// Take a merge back
#[utoipa::path(
    post,
    path = "/contacts/merges/{undo}/undo",
    tag = "people",
    params(("undo" = String, Path)),
    responses(
        (status = 200, body = Parted),
        (status = 403, description = "`forbidden`: needs `contact.merge`", body = Problem),
        (status = 404, description = "`not_found`: no such merge, or it was taken back", body = Problem),
    )
)]
async fn part(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(undo): Id<String>,
) -> Result<Json<Parted>, Problem> {
    principal.require(Permission::ContactMerge)?;
    let now = gateway.now();
    let parted = gateway.store.write(move |tx| {
        Box::pin(async move {
            let parted = merge::undo(tx, &undo, now).await?;
            if let Some((from, into)) = &parted {
                moved(tx, from, now).await?;
                moved(tx, into, now).await?;
                audited(tx, &principal, "contact_parted", from.as_str(), now).await?;
            }
            Ok(parted)
        })
    });
    let (from, into) = parted.await?.ok_or_else(|| nothing("there is no such merge to take back"))?;
    let mut tx = gateway.store.reader();
    let contact = shown(&mut tx, &from).await?.ok_or_else(nobody)?;
    let other = shown(&mut tx, &into).await?.ok_or_else(nobody)?;
    Ok(Json(Parted { contact, other }))
}
