//! The version of the form in which turns are saved. A program goes on with what its own and earlier versions saved, and
//! leaves the rest to newer ones.

#[cfg(debug_assertions)]
use std::sync::atomic::{AtomicU32, Ordering};

/// Raise it with a new arm in `Machine::load` and a saved state in the tests.
const VERSION: u32 = 1;

#[cfg(debug_assertions)]
static STANDS_FOR: AtomicU32 = AtomicU32::new(VERSION);

/// From now on this process reads and writes `version`, which only an upgrade's test asks for; release builds cannot.
#[cfg(debug_assertions)]
pub fn stand_for(version: u32) {
    STANDS_FOR.store(version, Ordering::SeqCst);
}

/// What this program saves, and the newest that it goes on with.
#[cfg(debug_assertions)]
pub(super) fn current() -> u32 {
    STANDS_FOR.load(Ordering::SeqCst)
}

#[cfg(not(debug_assertions))]
pub(super) const fn current() -> u32 {
    VERSION
}
