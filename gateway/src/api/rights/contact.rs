//! A person who writes or works here: their copy, and their end.

use axum::{Json, extract::State, response::Response};
use domain::{id::ContactId, staff::Permission};
use store::rights::Who;

use super::{BeforeErasing, Erased, Erasure, asked_before, erased, exported};
use crate::{api::field::Id, error::Problem, guard::Read, staff::Principal, state::Gateway};

/// Everything kept about a person
///
/// A zip archive: JSON documents, and the files of their messages.
#[utoipa::path(
    get,
    path = "/contacts/{id}/export",
    operation_id = "export_contact",
    tag = "people",
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "The archive", content_type = "application/zip", body = [u8]),
        (status = 403, description = "`forbidden`: needs `contact.export`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub(super) async fn export(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ContactId>,
) -> Result<Response, Problem> {
    principal.require(Permission::ContactExport)?;
    exported(&gateway, principal, Who::Contact(id)).await
}

/// What erasing a person would leave
///
/// And what is open of theirs. Changes nothing.
#[utoipa::path(
    get,
    path = "/contacts/{id}/erase",
    operation_id = "before_erasing_contact",
    tag = "people",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = BeforeErasing),
        (status = 403, description = "`forbidden`: needs `contact.erase`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub(super) async fn before(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ContactId>,
) -> Result<Json<BeforeErasing>, Problem> {
    principal.require(Permission::ContactErase)?;
    asked_before(&gateway, Who::Contact(id)).await
}

/// Erase a person
///
/// Their words, files, names and numbers go, for good; ids, times and invoices stay. To ask again is no mistake: it ends
/// what was left.
#[utoipa::path(
    post,
    path = "/contacts/{id}/erase",
    operation_id = "erase_contact",
    tag = "people",
    params(("id" = String, Path)),
    request_body = Erasure,
    responses(
        (status = 200, body = Erased),
        (status = 403, description = "`forbidden`: needs `contact.erase`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`still_open`: the detail names what; `on_hold`", body = Problem),
        (status = 422, description = "`malformed_json`", body = Problem),
    )
)]
pub(super) async fn erase(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ContactId>,
    Read(asked): Read<Erasure>,
) -> Result<Json<Erased>, Problem> {
    principal.require(Permission::ContactErase)?;
    erased(gateway, principal, Who::Contact(id), asked).await
}
