//! Customers as the office keeps them. Which one somebody means is `domain::customer`'s to say.

use domain::{
    customer::{Customer, MOST_CUSTOMERS},
    id::CustomerId,
    import::digits_of_phone,
    spelling,
};

use crate::{
    Error, Tx, args,
    db::{Query, Row},
    search::Words,
};

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
    tx.run(
        "INSERT INTO customer (id, name, street, postal_code, city, phone, email, contract, folded, phone_tail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (id) DO UPDATE SET
           name = excluded.name, street = excluded.street, postal_code = excluded.postal_code, city = excluded.city,
           phone = excluded.phone, email = excluded.email, contract = excluded.contract, folded = excluded.folded,
           phone_tail = excluded.phone_tail",
        args![
            &customer.id.0,
            &customer.name,
            &customer.street,
            &customer.postal_code,
            &customer.city,
            &customer.phone,
            &customer.email,
            &customer.contract,
            spelling::fold(&customer.name),
            tail(&customer.phone)
        ],
    )
    .await?;
    Ok(())
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &CustomerId) -> Result<Option<Customer>, Error> {
    tx.query(by_id(id)).await
}

/// As [`get`].
#[must_use]
pub fn by_id(id: &CustomerId) -> Query<Option<Customer>> {
    Query::row(
        "SELECT id, name, street, postal_code, city, phone, email, contract FROM customer WHERE id = $1",
        args![&id.0],
        read,
    )
}

/// All customers by id, at most [`MOST_CUSTOMERS`].
#[must_use]
pub fn all() -> Query<Vec<Customer>> {
    Query::rows(
        "SELECT id, name, street, postal_code, city, phone, email, contract FROM customer ORDER BY id LIMIT $1",
        args![i64::try_from(MOST_CUSTOMERS).unwrap_or(i64::MAX)],
        read,
    )
}

/// Which list it is: another number after any change of any customer.
#[must_use]
pub fn revision() -> Query<i64> {
    let sql = "SELECT revision FROM customer_list WHERE one = 1";
    Query::row(sql, args![], |row| row.get("revision")).map(Option::unwrap_or_default)
}

/// What differs between the spellings of one number stands before its last digits.
const TAIL: usize = 8;
/// Customers whose numbers end alike.
const ALIKE: i64 = 50;

fn tail(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    digits.iter().skip(digits.len().saturating_sub(TAIL)).collect()
}

/// The customers who have one of the numbers `spellings`: digits with country code. `country` is that of customers' numbers
/// without one.
///
/// # Errors
/// [`Error::Database`].
pub async fn by_phone(tx: &mut Tx, spellings: &[String], country: &str) -> Result<Vec<Customer>, Error> {
    let Some(first) = spellings.first() else { return Ok(Vec::new()) };
    let rows = tx
        .rows(
            "SELECT id, name, street, postal_code, city, phone, email, contract FROM customer
             WHERE phone_tail = $1 AND phone_tail <> '' ORDER BY id LIMIT $2",
            args![tail(first), ALIKE],
        )
        .await?;
    let mut found: Vec<Customer> = rows.iter().map(read).collect::<Result<_, _>>()?;
    found.retain(|customer| {
        digits_of_phone(&customer.phone, country).is_ok_and(|digits| spellings.contains(&digits))
    });
    Ok(found)
}

/// Up to `limit` customers after `after`, by name: those whose name, number, id or place holds what was typed.
///
/// # Errors
/// [`Error::Database`].
pub async fn page(
    tx: &mut Tx,
    search: Option<&Words>,
    after: Option<&(String, CustomerId)>,
    limit: i64,
) -> Result<Vec<(Customer, String)>, Error> {
    let (folded, id) = after.map_or(("", ""), |(folded, id)| (folded.as_str(), id.as_str()));
    let rows = tx
        .rows(
            "SELECT id, name, street, postal_code, city, phone, email, contract, folded FROM customer
             WHERE (folded > $1 OR (folded = $1 AND id > $2))
               AND ($3 IS NULL OR folded LIKE $3 ESCAPE '!' OR LOWER(id) LIKE $3 ESCAPE '!'
                    OR LOWER(street || ' ' || city) LIKE $3 ESCAPE '!' OR ($4 <> '' AND phone_tail LIKE $4))
             ORDER BY folded, id LIMIT $5",
            args![
                folded,
                id,
                search.map(Words::contained),
                search.map(|words| words.last_digits(TAIL)).unwrap_or_default(),
                limit
            ],
        )
        .await?;
    rows.iter().map(|row| Ok((read(row)?, row.get("folded")?))).collect()
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
