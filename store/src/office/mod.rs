//! The trade's tables.

pub mod customer;
pub mod invoice;
pub mod job;
