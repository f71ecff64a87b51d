//! The tools over a real store: what each says, writes and queues, and that nothing is done without its grant.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what broke by failing there")]

mod calls;
mod field;
mod house;
mod jobs;
mod office;
