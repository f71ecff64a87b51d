//! The trade's tables: customers, the office's jobs, invoices. Rules and prices are `domain::billing`'s.

pub mod board;
pub mod customer;
pub mod invoice;
pub mod job;
pub mod push_config;
pub mod task;
pub mod visit;
