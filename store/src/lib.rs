//! The only SQL in the house: SQLite or Postgres behind one text. SQLite uses a partial index only where the statement
//! repeats the index's own condition word for word: that is why some say a state twice. `db` holds what differs; then
//! one table a file.

pub mod approval;
pub mod asleep;
pub mod audit;
pub mod call;
pub mod channel_state;
pub mod check;
pub mod command;
pub mod contact;
pub mod conversation;
pub mod db;
pub mod decision;
pub mod delivered;
pub mod error;
pub mod event;
pub mod failed;
pub mod handoff;
pub mod heard;
pub mod inbox;
pub mod journal;
pub mod lease;
pub mod merge;
pub mod message;
pub mod names;
pub mod note;
pub mod office;
pub mod outbox;
pub mod pace;
pub mod question;
pub mod queue;
pub mod report;
pub mod response;
pub mod retention;
pub mod rights;
pub mod search;
pub mod session;
pub mod setting;
pub mod speech;
pub mod submission;
pub mod thread;
pub mod ticket;
pub mod timer;
pub mod todo;
pub mod turn;
pub mod upload;
pub mod user;
pub mod wake;

pub use db::{Config, Store, Tx};
pub use error::Error;
