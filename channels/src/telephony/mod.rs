//! A telephone system: tells of calls by a signed webhook, and keeps their recordings until they are fetched. Nothing is
//! said on it, and nobody is called.

mod config;
mod receiver;
mod recordings;
mod wire;

pub use config::Config;
pub use receiver::{Receiver, Unread};
pub use recordings::Recordings;

/// The channel's name, which rows carry.
pub const NAME: &str = "telephony";
