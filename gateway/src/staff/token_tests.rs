//! Tokens that must not count, and the one that does.
