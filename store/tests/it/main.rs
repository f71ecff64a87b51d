//! The store's story, told on SQLite and on Postgres: one SQL text, the same answers from both.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what broke by failing there")]

mod approvals;
mod belt;
mod changes;
mod check;
mod claims;
mod console;
mod customer_rights;
mod databases;
mod db;
mod events;
mod full;
mod going;
mod hints;
mod inspect;
mod pace;
mod plans;
mod questions;
mod reached;
mod report;
mod retention;
mod rights;
mod trade;
mod words;
