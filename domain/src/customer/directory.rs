//! All customers, each read once for being found: who is looked for again and again is compared with what is known by then.

use super::{Customer, address::Own, name::Name};
use crate::spelling::fold;

/// Customers in comparable words.
#[derive(Debug, Default)]
pub struct Directory {
    entries: Vec<Entry>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub customer: Customer,
    /// Folded, as ids are compared.
    pub id: String,
    pub name: Name,
    pub address: Own,
}

impl Directory {
    #[must_use]
    pub fn new(customers: Vec<Customer>) -> Self {
        Self { entries: customers.into_iter().map(Entry::read).collect() }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

impl Entry {
    fn read(customer: Customer) -> Self {
        Self {
            id: fold(customer.id.as_str()),
            name: Name::read(&customer.name),
            address: Own::read(&customer),
            customer,
        }
    }
}
