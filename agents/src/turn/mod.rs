//! The turn: a pure, serialisable machine. Input goes in, a step comes out; model, tools, clock and store are outside.

pub mod machine;
pub mod transcript;
pub mod version;

pub use machine::{Ending, Exhausted, Heard, Machine, Step};
