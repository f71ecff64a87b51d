//! The belt: intake, turn, delivery, wake-up.
