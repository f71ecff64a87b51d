//! `plumbline customers`: whom the office bills.

use std::io::Write;

use domain::{customer::Customer, import};
use store::{Store, office::customer, rights::tombstone};

use super::{Failure, open, read, table};
use crate::{cli::CustomersCommand, settings::Settings};

/// # Errors
/// [`Failure`]: a file that cannot be read or has bad rows, a database away.
pub async fn run(settings: &Settings, command: CustomersCommand, out: &mut dyn Write) -> Result<(), Failure> {
    match command {
        CustomersCommand::Import { file } => {
            let contracts: Vec<&str> =
                settings.firm.rules.contracts.iter().map(|c| c.name.as_str()).collect();
            let customers = import::customers(&read(&file)?, &contracts)
                .map_err(|bad| Failure::Failed(format!("{}: {bad}", file.display())))?;
            let store = open(settings).await?;
            let customers = without_erased(&store, customers, out).await?;
            let count = customers.len();
            store.write(move |tx| Box::pin(async move { customer::import(tx, &customers).await })).await?;
            writeln!(out, "{count} {} imported.", if count == 1 { "customer" } else { "customers" })?;
        }
        CustomersCommand::List => {
            let store = open(settings).await?;
            let customers = store.reader().query(customer::all()).await?;
            if customers.is_empty() {
                writeln!(
                    out,
                    "There are no customers: `plumbline customers import FILE.csv` brings them in."
                )?;
                return Ok(());
            }
            let rows: Vec<Vec<String>> = customers
                .into_iter()
                .map(|c| {
                    vec![c.id.0, c.name, format!("{}, {} {}", c.street, c.postal_code, c.city), c.contract]
                })
                .collect();
            table(out, &["id", "name", "address", "contract"], &rows)?;
        }
    }
    Ok(())
}

/// Who was erased does not come back with an old file.
async fn without_erased(
    store: &Store,
    customers: Vec<Customer>,
    out: &mut dyn Write,
) -> Result<Vec<Customer>, Failure> {
    let (mut tx, mut kept) = (store.reader(), Vec::with_capacity(customers.len()));
    for customer in customers {
        match tombstone::of_customer(&mut tx, &customer.id).await? {
            Some(_) => writeln!(
                out,
                "{} left out: erased on request. Take it out of the file; a new customer gets a new id.",
                customer.id
            )?,
            None => kept.push(customer),
        }
    }
    Ok(kept)
}
