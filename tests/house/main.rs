//! The rules of the house, as a test: who may know whom, how large a file may grow, where SQL stands. A rule that is not
//! checked here is a wish. `ARCHITECTURE.md` says why.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what broke by failing there")]

mod arrows;
mod data;
mod files;
mod tree;
mod words;
