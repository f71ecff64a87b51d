//! The words of the house as plain types: no IO, no async.
