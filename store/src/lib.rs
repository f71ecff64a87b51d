//! The only SQL in the house: SQLite or Postgres behind one text. `db` holds what differs; then one table a file.

pub mod approval;
pub mod audit;
pub mod check;
pub mod command;
pub mod contact;
pub mod conversation;
pub mod db;
pub mod decision;
pub mod delivered;
pub mod error;
pub mod event;
pub mod handoff;
pub mod inbox;
pub mod journal;
pub mod message;
pub mod names;
pub mod office;
pub mod outbox;
pub mod question;
pub mod queue;
pub mod search;
pub mod session;
pub mod setting;
pub mod speech;
pub mod submission;
pub mod thread;
pub mod ticket;
pub mod timer;
pub mod turn;
pub mod upload;
pub mod user;
pub mod wake;

pub use db::{Config, Store, Tx};
pub use error::Error;
