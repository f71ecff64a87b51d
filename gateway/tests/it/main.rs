//! The gateway's routes from outside: a real socket, a real database, a real clock's absence. One binary; the verbs are
//! in `app`.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod app;
mod approvals;
mod bindings;
mod calls;
mod clients;
#[path = "../../../store/tests/it/databases.rs"]
mod databases;
mod db;
mod desk;
mod entrance;
mod health;
mod hold;
mod holding;
mod invoices;
mod jobs;
mod link;
mod live;
mod live_client;
mod live_fallbacks;
mod live_limits;
mod live_outside;
mod live_send;
mod openapi;
mod people;
mod provider;
mod push;
mod replies;
mod report;
mod rights;
mod sources;
mod staff;
mod strangers;
mod talk;
mod threads;
mod users;
mod webhooks;
