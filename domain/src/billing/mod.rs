//! What a job costs: decimal rules without clock or chance. A model never computes a figure; staff decide, code bills.

mod conflict;
mod labour;
mod material;
mod money;
mod price;
mod rules;

pub use conflict::{Conflict, ConflictKind, Decision, Decisions};
pub use material::{Known, lookup};
pub use money::{amount, cents};
pub use price::{Bill, Line, LineKind, implausible, price};
pub use rules::{BadRules, Contract, MaterialPrice, Rules};

#[cfg(test)]
#[path = "billing_tests.rs"]
mod tests;
