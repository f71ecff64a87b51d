//! A customer of the firm's list who never wrote: their copy, and their end. One who writes is asked for as a contact.

use axum::{Json, extract::State, response::Response};
use domain::{id::CustomerId, staff::Permission};
use store::rights::Who;

use super::{BeforeErasing, Erased, Erasure, asked_before, erased, exported};
use crate::{api::field::Id, error::Problem, guard::Read, staff::Principal, state::Gateway};

/// Everything kept about a customer who never wrote
///
/// A zip archive: JSON documents, and the files of their calls.
#[utoipa::path(
    get,
    path = "/customers/{id}/export",
    operation_id = "export_customer",
    tag = "people",
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "The archive", content_type = "application/zip", body = [u8]),
        (status = 403, description = "`forbidden`: needs `contact.export`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`is_contact`: they write, and the detail names the contact", body = Problem),
    )
)]
pub(super) async fn export(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<CustomerId>,
) -> Result<Response, Problem> {
    principal.require(Permission::ContactExport)?;
    exported(&gateway, principal, Who::Customer(id)).await
}

/// What erasing a customer who never wrote would leave
///
/// And what is open of theirs. Changes nothing.
#[utoipa::path(
    get,
    path = "/customers/{id}/erase",
    operation_id = "before_erasing_customer",
    tag = "people",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = BeforeErasing),
        (status = 403, description = "`forbidden`: needs `contact.erase`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`is_contact`: they write, and the detail names the contact", body = Problem),
    )
)]
pub(super) async fn before(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<CustomerId>,
) -> Result<Json<BeforeErasing>, Problem> {
    principal.require(Permission::ContactErase)?;
    asked_before(&gateway, Who::Customer(id)).await
}

/// Erase a customer who never wrote
///
/// Their name, address and numbers go, for good, wherever they stand; the record keeps its id, and invoices stay. To ask again
/// is no mistake.
#[utoipa::path(
    post,
    path = "/customers/{id}/erase",
    operation_id = "erase_customer",
    tag = "people",
    params(("id" = String, Path)),
    request_body = Erasure,
    responses(
        (status = 200, body = Erased),
        (status = 403, description = "`forbidden`: needs `contact.erase`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`still_open`: the detail names what; `is_contact`: they write", body = Problem),
        (status = 422, description = "`malformed_json`", body = Problem),
    )
)]
pub(super) async fn erase(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<CustomerId>,
    Read(asked): Read<Erasure>,
) -> Result<Json<Erased>, Problem> {
    principal.require(Permission::ContactErase)?;
    erased(gateway, principal, Who::Customer(id), asked).await
}
