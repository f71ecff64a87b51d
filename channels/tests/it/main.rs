//! The WhatsApp channel from outside, against the Cloud API emulator: nothing of the one is known to the other.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

mod arrivals;
mod examined;
mod files;
mod kinds;
mod limits;
mod stage;
mod trouble;
mod window;
