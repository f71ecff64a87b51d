//! A legal hold of a person: while it stands, nothing of them is erased or forgotten by age. Who sets and lifts it stands in
//! the audit log; why, in whoever's file asked for it.

use axum::{Json, extract::State};
use domain::{id::ContactId, staff::Permission};
use serde::Serialize;
use store::{contact, rights::hold};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at,
    field::{Id, nothing},
    threads::refusal::note as audited,
};
use crate::{error::Problem, staff::Principal, state::Gateway};

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(set, lift))
}

#[derive(Serialize, ToSchema)]
struct HoldView {
    /// Since when all that is kept of them stays; null where nothing stands in the way.
    on_hold_since: Option<String>,
}

/// Put a person on hold
///
/// Nothing of them is erased, and nothing forgotten by age, until it is lifted. To ask again changes nothing.
#[utoipa::path(
    put,
    path = "/contacts/{id}/hold",
    operation_id = "hold_contact",
    tag = "people",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = HoldView),
        (status = 403, description = "`forbidden`: needs `contact.erase`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn set(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ContactId>,
) -> Result<Json<HoldView>, Problem> {
    put(&gateway, principal, id, true).await
}

/// Lift a person's hold
///
/// What is old enough is forgotten from then on; a person may be erased again.
#[utoipa::path(
    delete,
    path = "/contacts/{id}/hold",
    operation_id = "release_contact",
    tag = "people",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = HoldView),
        (status = 403, description = "`forbidden`: needs `contact.erase`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn lift(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ContactId>,
) -> Result<Json<HoldView>, Problem> {
    put(&gateway, principal, id, false).await
}

async fn put(
    gateway: &Gateway,
    principal: Principal,
    id: ContactId,
    on: bool,
) -> Result<Json<HoldView>, Problem> {
    principal.require(Permission::ContactErase)?;
    let mut tx = gateway.store.reader();
    contact::get(&mut tx, &id).await?.ok_or_else(|| nothing("there is no such contact"))?;
    let id = contact::merged(&mut tx, &id).await?.unwrap_or(id);
    let (now, person) = (gateway.now(), id.clone());
    let done = gateway.store.write(move |tx| {
        Box::pin(async move {
            if hold::set(tx, &person, on, now).await? {
                let action = if on { "contact_held" } else { "contact_released" };
                audited(tx, &principal, action, person.as_str(), now).await?;
            }
            Ok(())
        })
    });
    done.await?;
    let since = hold::since(&mut gateway.store.reader(), &id).await?;
    Ok(Json(HoldView { on_hold_since: since.map(at) }))
}
