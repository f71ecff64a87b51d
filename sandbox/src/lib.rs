//! A WhatsApp Cloud API emulator: Graph API, webhooks, phones in a web page, faults on demand.
//!
//! It stands in for Meta towards any client and shares nothing with the programs it tests. Start it
//! with [`Sandbox::start`]; everything else is HTTP, described in the crate's README.
//!
//! It never talks to Meta, never writes to disk, and keeps nothing beyond its process.

mod catalogue;
mod check;
mod clock;
mod config;
mod control;
mod error;
mod graph;
mod hub;
mod page;
mod server;
mod switches;
mod webhook;
mod world;

pub use clock::Clock;
pub use config::{Config, Delays, Limits, PersonConfig};
pub use error::Error;
pub use server::Sandbox;
pub use switches::{ServicePricing, Switches, UnknownNumbers};
