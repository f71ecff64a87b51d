//! What agents can do, one tool a file. A tool decides nothing about who may: approvals are the dispatcher's.

mod argument;
pub mod console;
mod customers;
pub mod field;
pub mod jobs;
pub mod office;
pub mod schema;
pub mod tool;
pub mod toolbox;
