//! Customers as the office keeps them. Which one somebody means is `domain::customer`'s to say.

use domain::{
    customer::{Customer, MOST_CUSTOMERS},
    id::CustomerId,
};

use crate::{Error, Tx, args, db::Row};

/// Writes `customers`, each over an earlier one of the same id. Earlier jobs and invoices keep what they said.
///
/// # Errors
/// [`Error::Database`].
pub async fn import(tx: &mut Tx, customers: &[Customer]) -> Result<(), Error> {
    for customer in customers {
        put(tx, customer).await?;
    }
    Ok(())
}

/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, customer: &Customer) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO customer (id, name, street, postal_code, city, phone, email, contract)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET
           name = excluded.name, street = excluded.street, postal_code = excluded.postal_code, city = excluded.city,
           phone = excluded.phone, email = excluded.email, contract = excluded.contract",
        args![
            &customer.id.0,
            &customer.name,
            &customer.street,
            &customer.postal_code,
            &customer.city,
            &customer.phone,
            &customer.email,
            &customer.contract
        ],
    )
    .await?;
    Ok(())
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &CustomerId) -> Result<Option<Customer>, Error> {
    let row = tx
        .row(
            "SELECT id, name, street, postal_code, city, phone, email, contract FROM customer WHERE id = $1",
            args![&id.0],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// All customers by id, at most [`MOST_CUSTOMERS`].
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx) -> Result<Vec<Customer>, Error> {
    let rows = tx
        .rows(
            "SELECT id, name, street, postal_code, city, phone, email, contract FROM customer ORDER BY id LIMIT $1",
            args![i64::try_from(MOST_CUSTOMERS).unwrap_or(i64::MAX)],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx) -> Result<i64, Error> {
    let row = tx.row("SELECT COUNT(*) AS n FROM customer", args![]).await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

fn read(row: &Row) -> Result<Customer, Error> {
    Ok(Customer {
        id: CustomerId(row.get("id")?),
        name: row.get("name")?,
        street: row.get("street")?,
        postal_code: row.get("postal_code")?,
        city: row.get("city")?,
        phone: row.get("phone")?,
        email: row.get("email")?,
        contract: row.get("contract")?,
    })
}
