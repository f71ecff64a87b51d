//! Webhooks out: what they say, how they are written and signed, who carries them.
//! It never decides when one is due: that is `World::emit` and its timers.

pub(crate) mod courier;
pub(crate) mod encode;
pub(crate) mod envelope;
pub(crate) mod handshake;
pub(crate) mod payload;
pub(crate) mod sign;
