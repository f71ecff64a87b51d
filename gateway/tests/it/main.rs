//! The gateway's routes from outside: a real socket, a real database, a real clock's absence. One binary; the verbs are
//! in `app`.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod app;
mod bindings;
mod clients;
mod health;
mod jobs;
mod link;
mod push;
mod staff;
mod strangers;
mod webhooks;
