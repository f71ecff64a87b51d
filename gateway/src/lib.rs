//! Every HTTP route. A handler checks who asks, reads, stores and answers; it never calls a model and never runs a tool.
//! `router` lists the routes on one page.

mod a2a;
mod admission;
pub mod api;
mod auth;
pub mod codes;
pub mod configuration;
pub mod console;
mod error;
mod guard;
mod health;
pub mod live;
mod metrics;
mod picture;
mod process_job;
mod reception;
pub mod rights;
pub mod router;
mod source;
pub mod staff;
mod state;
mod telephony;
mod webhooks;

pub use a2a::push_configs::StoredTargets;
pub use admission::Admission;
pub use error::Problem;
pub use state::{Config, Duty, Gateway, HostedAgent, House, Price, Waker};
pub use webhooks::Room;
