//! Commits that fail, for tests that want to know what becomes of the work: before anything was done, or after the commit,
//! when only its answer is lost.

use std::sync::Arc;

/// What becomes of one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Nothing is done.
    Before,
    /// All is done, and the caller is told that it failed.
    After,
}

/// Asked for each change.
pub type Faults = Arc<dyn Fn() -> Fault + Send + Sync>;
