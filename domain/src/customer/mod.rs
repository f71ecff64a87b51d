//! A customer of the firm, and finding the one that somebody means. Never reads a store: all customers are an argument.

mod address;
mod directory;
mod find;
mod name;
mod pieces;

use serde::{Deserialize, Serialize};

use crate::id::CustomerId;

pub use directory::Directory;
pub use find::{CANDIDATES, Match, Query};

/// Customers that are matched against at once.
pub const MOST_CUSTOMERS: usize = 100_000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    pub id: CustomerId,
    pub name: String,
    /// With the house number.
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub phone: String,
    pub email: String,
    /// The name of a contract in the billing rules; empty for none.
    pub contract: String,
}

impl Customer {
    /// `Schillerstrasse 12, 10117 Berlin`, without the parts that are not known.
    #[must_use]
    pub fn full_address(&self) -> String {
        let city = [self.postal_code.trim(), self.city.trim()];
        let city = city.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let parts = [self.street.trim(), city.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
#[path = "customer_tests.rs"]
mod tests;
