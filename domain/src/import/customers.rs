//! The list of customers: `customer_id,name,street,postal_code,city,phone,email,contract`. Stores nothing.

use std::collections::HashMap;

use super::{BadList, Fields, rows};
use crate::{customer::Customer, id::CustomerId};

/// Reads a list of customers. `contracts` are the names in the billing rules.
///
/// # Errors
/// [`BadList`], with every bad row named by its line.
pub fn customers(bytes: &[u8], contracts: &[&str]) -> Result<Vec<Customer>, BadList> {
    let mut lines: HashMap<String, u64> = HashMap::new();
    rows(
        bytes,
        &["customer_id", "name"],
        &["street", "postal_code", "city", "phone", "email", "contract"],
        |line, row| {
            let customer = read(row, contracts)?;
            match lines.insert(customer.id.0.clone(), line) {
                Some(first) => Err(format!("customer_id {} stands in line {first} already", customer.id)),
                None => Ok(customer),
            }
        },
    )
}

fn read(row: &Fields<'_>, contracts: &[&str]) -> Result<Customer, String> {
    let id = row.required("customer_id")?;
    if id.len() > 32 || !id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        return Err(format!("customer_id {id:?} may hold letters, digits, - _ . only, at most 32"));
    }
    let email = row.text("email")?;
    if !email.is_empty()
        && !email.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.'))
    {
        return Err(format!("email {email:?} is no address"));
    }
    let contract = row.text("contract")?;
    let known = contracts.iter().find(|known| known.eq_ignore_ascii_case(&contract));
    if !contract.is_empty() && known.is_none() {
        return Err(format!(
            "contract {contract:?} is not in the billing rules; there are {}",
            contracts.join(", ")
        ));
    }
    Ok(Customer {
        id: CustomerId(id),
        name: row.required("name")?,
        street: row.text("street")?,
        postal_code: row.text("postal_code")?,
        city: row.text("city")?,
        phone: row.text("phone")?,
        email,
        contract: known.map_or(contract, |known| (*known).to_owned()),
    })
}
