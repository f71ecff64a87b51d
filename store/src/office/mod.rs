//! The trade's tables.
