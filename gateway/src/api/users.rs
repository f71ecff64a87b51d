//! Who works at the console: the list that assigning needs, and for whoever manages it, letting people in, giving them
//! another role, and letting them go at once.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use domain::{
    id::{ContactId, UserId},
    staff::{ConsoleRole, Permission},
};
use serde::{Deserialize, Serialize};
use store::{
    audit, contact, event,
    user::{self, Person, User},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{at, page::Page};
use crate::{
    error::Problem,
    guard::Read,
    staff::{Principal, login},
    state::Gateway,
};

/// The longest name, in characters.
const NAME: usize = 200;

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(list, invite)).routes(routes!(change, remove))
}

/// Somebody who works at the console.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserView {
    id: String,
    name: String,
    role: &'static str,
    contact_id: Option<String>,
    /// Who vouches for them: `plumbline`, or an identity provider's address.
    issuer: String,
    created_at: String,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id.0,
            name: user.name,
            role: user.role.as_str(),
            contact_id: user.contact.map(|contact| contact.0),
            issuer: if user.issuer.is_empty() { "plumbline".to_owned() } else { user.issuer },
            created_at: at(user.created),
        }
    }
}

/// Everybody who works at the console
#[utoipa::path(
    get,
    path = "/users",
    tag = "users",
    responses(
        (status = 200, body = Page<UserView>),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn list(State(gateway): State<Gateway>, principal: Principal) -> Result<Json<Page<UserView>>, Problem> {
    principal.require(Permission::ThreadView)?;
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let items = user::list(&mut tx).await?.into_iter().map(UserView::from).collect();
    Ok(Json(Page { items, next_cursor: None, as_of_seq }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invitation {
    /// Unique, in any case.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// `owner`, `admin`, `dispatcher`, `staff` or `auditor`.
    role: String,
}

#[derive(Serialize, ToSchema)]
struct Invited {
    user: UserView,
    /// Hand it to the person: it opens the console once.
    login_path: String,
}

/// Let somebody in, or give somebody a new login link
///
/// Somebody of that name who works here already keeps their role and gets the link; somebody who left is taken back.
#[utoipa::path(
    post,
    path = "/users",
    tag = "users",
    request_body = Invitation,
    responses(
        (status = 201, body = Invited),
        (status = 403, description = "`forbidden`: needs `users.manage`; only an owner makes owners", body = Problem),
        (status = 409, description = "`other_role`: somebody of that name has another role", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn invite(
    State(gateway): State<Gateway>,
    principal: Principal,
    Read(invitation): Read<Invitation>,
) -> Result<(StatusCode, Json<Invited>), Problem> {
    principal.require(Permission::UsersManage)?;
    let role = role(&invitation.role)?;
    may_grant(&principal, role)?;
    let person = Person::local(&invitation.name, role);
    let sane = !person.name.is_empty()
        && person.name.chars().count() <= NAME
        && !person.name.chars().any(char::is_control);
    if !sane {
        return Err(invalid("name", format!("1 to {NAME} characters, none of them a control character")));
    }
    let known = user::find(&mut gateway.store.reader(), "", &person.subject).await?;
    if let Some(known) = known.filter(|known| known.removed.is_none() && known.role != role) {
        let detail = format!("{} has the role {}: change it first", known.name, known.role);
        return Err(Problem::new(StatusCode::CONFLICT, "other_role", detail));
    }
    let (ids, config, now) = (gateway.ids.clone(), gateway.staff.desk().config.clone(), gateway.now());
    let (user, secret) = gateway
        .store
        .write(move |tx| {
            Box::pin(async move { login::invite(tx, &ids, &config, &person, &principal.actor(), now).await })
        })
        .await?;
    let login_path = format!("/console/login#{secret}");
    Ok((StatusCode::CREATED, Json(Invited { user: user.into(), login_path })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    /// Ends their sessions and tokens at once.
    role: Option<String>,
    /// Who they are where they write to the agents; null for nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    contact_id: Option<Option<ContactId>>,
}

/// Tells a field that is null from one that is not there.
fn given<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<ContactId>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// Give somebody another role, or say which contact they are
#[utoipa::path(
    patch,
    path = "/users/{id}",
    tag = "users",
    params(("id" = String, Path)),
    request_body = Change,
    responses(
        (status = 200, body = UserView),
        (status = 403, description = "`forbidden`: needs `users.manage`; only an owner makes or changes owners", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`oneself`, `role_from_provider`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn change(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path(id): Path<UserId>,
    Read(change): Read<Change>,
) -> Result<Json<UserView>, Problem> {
    let known = managed(&gateway, &principal, &id).await?;
    let role = change.role.as_deref().map(role).transpose()?.filter(|role| *role != known.role);
    if let Some(role) = role {
        may_grant(&principal, role)?;
        not_oneself(&principal, &id)?;
        if !known.issuer.is_empty() {
            let detail = format!("the role of {} is given by {}: change it there", known.name, known.issuer);
            return Err(Problem::new(StatusCode::CONFLICT, "role_from_provider", detail));
        }
    }
    if let Some(Some(contact)) = &change.contact_id
        && contact::get(&mut gateway.store.reader(), contact).await?.is_none()
    {
        return Err(invalid("contact_id", "there is no such contact"));
    }
    let now = gateway.now();
    let changed = gateway.store.write(move |tx| {
        Box::pin(async move {
            if let Some(contact) = &change.contact_id {
                user::link(tx, &id, contact.as_ref()).await?;
                login::note(tx, &principal, "user_linked", id.0.clone(), now).await?;
            }
            if let Some(role) = role {
                user::set_role(tx, &id, role, now).await?;
                let entry = audit::Entry {
                    actor: principal.actor(),
                    action: "user_role",
                    subject: id.0.clone(),
                    digest: role.as_str().to_owned(),
                };
                audit::append(tx, &entry, now).await?;
            }
            user::get(tx, &id).await
        })
    });
    changed.await?.map(|user| Json(user.into())).ok_or_else(nobody)
}

/// Let somebody go, at once
///
/// Their sessions, tokens and open sockets end with this, and the contact they are may approve nothing by message.
#[utoipa::path(
    delete,
    path = "/users/{id}",
    tag = "users",
    params(("id" = String, Path)),
    responses(
        (status = 204),
        (status = 403, description = "`forbidden`: needs `users.manage`; only an owner removes owners", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`oneself`", body = Problem),
    )
)]
async fn remove(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Problem> {
    managed(&gateway, &principal, &id).await?;
    not_oneself(&principal, &id)?;
    let now = gateway.now();
    let removed = gateway.store.write(move |tx| {
        Box::pin(async move {
            let removed = user::remove(tx, &id, now).await?;
            if removed {
                login::note(tx, &principal, "user_removed", id.0.clone(), now).await?;
            }
            Ok(removed)
        })
    });
    if removed.await? { Ok(StatusCode::NO_CONTENT) } else { Err(nobody()) }
}

/// The user `id`, whom `principal` may change.
async fn managed(gateway: &Gateway, principal: &Principal, id: &UserId) -> Result<User, Problem> {
    principal.require(Permission::UsersManage)?;
    let known = user::get(&mut gateway.store.reader(), id).await?;
    let known = known.filter(|known| known.removed.is_none()).ok_or_else(nobody)?;
    may_grant(principal, known.role)?;
    Ok(known)
}

fn may_grant(principal: &Principal, role: ConsoleRole) -> Result<(), Problem> {
    if principal.role.may_grant(role) {
        return Ok(());
    }
    let detail = format!("the role {} may not give or take the role {role} (users.manage)", principal.role);
    Err(Problem::forbidden(detail))
}

fn not_oneself(principal: &Principal, id: &UserId) -> Result<(), Problem> {
    if principal.user != *id {
        return Ok(());
    }
    let detail = "nobody changes or removes themselves: ask another owner";
    Err(Problem::new(StatusCode::CONFLICT, "oneself", detail))
}

fn role(text: &str) -> Result<ConsoleRole, Problem> {
    ConsoleRole::parse(text)
        .ok_or_else(|| invalid("role", "there are owner, admin, dispatcher, staff and auditor"))
}

fn invalid(field: &str, detail: impl Into<String>) -> Problem {
    let errors = vec![crate::error::FieldProblem { field: field.to_owned(), detail: detail.into() }];
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "the body has a field that cannot be used")
        .with_fields(errors)
}

fn nobody() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "nobody of that id works here")
}
