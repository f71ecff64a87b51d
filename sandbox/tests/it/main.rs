//! The sandbox from outside: one binary, each file a feature, everything over HTTP on loopback.
//! No test sleeps: time is a manual clock and `advance` returns when all is done.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod clients;
mod faults;
mod graph;
mod handshake;
mod lifecycle;
mod limits;
mod media;
mod page;
mod people;
mod receiver;
mod stage;
mod statuses;
mod templates;
mod webhooks;
