//! The ways in and out. A channel knows its provider and nothing of turns, tables or models.

pub mod channel;
pub mod cli;
mod fetched;
pub mod link;
pub mod plan;
pub mod telephony;
pub mod transport;
pub mod whatsapp;
