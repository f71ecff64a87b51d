//! What the load shares with the house's own tests of fleets: signed webhooks, who writes, a PostgreSQL cluster of one's own.
//! Measures nothing.

pub mod people;
pub mod postgres;
pub mod webhook;
