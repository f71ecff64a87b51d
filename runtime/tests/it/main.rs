//! The belt from inside: several workers over one store, a clock that the test moves, and every call to the outside held at
//! a gate until the test lets it go on, fail, or never come back.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what broke by failing there")]

mod activity;
#[path = "../../../store/tests/it/databases.rs"]
mod databases;
mod effects;
mod fair;
mod fencing;
mod outside;
mod pending;
mod retention;
mod simulation;
mod taking_in;
mod upgrade;
mod world;
