//! The belt: intake, turn, delivery, wake-up. Each stage takes rows from its table, works and settles them; a stage whose
//! knowledge grows hands it to the crate it calls.

pub mod asking;
pub mod bell;
pub mod belt;
pub mod config;
pub mod delivery;
mod insist;
pub mod intake;
mod lease;
mod media;
mod pace;
pub mod retention;
pub mod speak;
pub mod stage;
pub mod turn;
pub mod typing;
mod upkeep;
pub mod wakeup;

pub use belt::{Agent, Belt};
pub use config::Config;
