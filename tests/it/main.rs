//! The house from outside: people speak, the belt runs, the store is looked at. Every story goes through the real doors:
//! inbox, turns, the agents' HTTP link, outbox.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what broke by failing there")]

mod approvals;
mod backups;
mod browser;
mod calls;
mod commands;
mod console;
mod crashes;
mod erased;
mod files;
mod fleet;
mod house;
mod leaving;
mod pace;
mod phones;
mod processes;
mod published;
mod questions;
mod scenarios;
mod settings;
#[path = "../../agents/tests/it/standin.rs"]
#[expect(dead_code, reason = "written for the models' own tests, which use all of it")]
mod standin;
mod strangers;
mod taken_over;
mod turns;
mod wire;
