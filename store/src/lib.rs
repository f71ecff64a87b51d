//! The only SQL in the house: SQLite or Postgres behind one text. `db` holds what differs; then one table a file.

pub mod db;
pub mod error;

pub use db::{Config, Store, Tx};
pub use error::Error;
