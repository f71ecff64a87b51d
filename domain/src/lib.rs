//! The words of the house as plain types: no IO, no async, no knowledge of databases, models or providers.
//! `ARCHITECTURE.md` defines the words; each file here is one of them.

pub mod address;
pub mod agent;
pub mod clock;
pub mod command;
pub mod contact;
pub mod conversation;
pub mod current;
pub mod id;
pub mod inbound;
pub mod job;
pub mod language;
pub mod live;
pub mod message;
pub mod moment;
pub mod outbound;
pub mod pace;
pub mod phone_call;
pub mod question;
pub mod retry;
pub mod staff;
pub mod thread;
pub mod tool;
pub mod turn;

pub mod billing;
pub mod customer;
pub mod firm;
pub mod import;
pub mod invoice;
mod same_job;
pub mod spelling;
pub mod written;
