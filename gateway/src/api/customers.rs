//! The firm's customers, to be looked up and linked. Nobody changes them here: they come from the firm's own list.

use axum::{Json, extract::State};
use channels::whatsapp::numbers;
use domain::{
    contact::{Identity, IdentityKind},
    customer::Customer,
    id::CustomerId,
    staff::Permission,
};
use serde::{Deserialize, Serialize};
use store::{contact, event, office::customer, rights, search::Words};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    field::{Id, nothing},
    page::{self, Page, Query},
    threads::view::Named,
};
use crate::{error::Problem, staff::Principal, state::Gateway};

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

#[derive(Serialize, ToSchema)]
pub(crate) struct CustomerView {
    id: String,
    name: String,
    /// Street, postal code and city.
    address: String,
    phone: String,
    email: String,
    /// The name of a contract; empty for none.
    contract: String,
}

impl From<Customer> for CustomerView {
    fn from(customer: Customer) -> Self {
        Self {
            address: customer.full_address(),
            id: customer.id.0,
            name: customer.name,
            phone: customer.phone,
            email: customer.email,
            contract: customer.contract,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct CustomerDetail {
    #[serde(flatten)]
    customer: CustomerView,
    /// The people who write to us and are this customer; whose rights are asked for as a contact's. Empty for one who never
    /// wrote.
    writes_as: Vec<Named>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Part of a name, an id, a street or a city, or a number.
    search: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Customers, by name
#[utoipa::path(
    get,
    path = "/customers",
    tag = "people",
    params(Asked),
    responses(
        (status = 200, body = Page<CustomerView>),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn list(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<CustomerView>>, Problem> {
    principal.require(Permission::ThreadView)?;
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref())?;
    let words = asked.search.as_deref().and_then(Words::read);
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let mut found = customer::page(&mut tx, words.as_ref(), after.as_ref(), page::one_more(limit)).await?;
    let next_cursor =
        page::next(&mut found, limit, |(customer, folded)| (folded.clone(), customer.id.clone()));
    let items = found.into_iter().map(|(customer, _)| customer.into()).collect();
    Ok(Json(Page { items, next_cursor, as_of_seq }))
}

/// One customer
#[utoipa::path(
    get,
    path = "/customers/{id}",
    tag = "people",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = CustomerDetail),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
async fn get(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<CustomerId>,
) -> Result<Json<CustomerDetail>, Problem> {
    principal.require(Permission::ThreadView)?;
    let mut tx = gateway.store.reader();
    let found = customer::get(&mut tx, &id).await?;
    let customer = found.ok_or_else(|| nothing("there is no such customer"))?.into();
    let mut writes_as = Vec::new();
    for person in rights::customer::persons(&mut tx, &id).await? {
        let named = contact::get(&mut tx, &person).await?;
        writes_as.extend(named.map(|named| Named { id: named.id.0, name: named.name }));
    }
    Ok(Json(CustomerDetail { customer, writes_as }))
}

/// The customers who have one of the numbers among `identities`.
///
/// # Errors
/// [`store::Error`].
pub(crate) async fn with_number(
    gateway: &Gateway,
    tx: &mut store::Tx,
    identities: &[Identity],
) -> Result<Vec<CustomerView>, store::Error> {
    let mut found: Vec<Customer> = Vec::new();
    for identity in identities.iter().filter(|identity| identity.kind == IdentityKind::Phone) {
        let spellings = numbers::variants(&identity.value);
        for customer in customer::by_phone(tx, &spellings, &gateway.config.house.get().country_code).await? {
            if !found.iter().any(|known| known.id == customer.id) {
                found.push(customer);
            }
        }
    }
    Ok(found.into_iter().map(CustomerView::from).collect())
}
