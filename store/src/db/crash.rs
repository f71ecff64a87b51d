//! Crash points: with `PLUMBLINE_CRASH_AT=n` (after the n-th commit) or `-n` (just before it) a debug build aborts there,
//! as a power cut would. Tests stop the real binary at each commit in turn; release builds have no such switch.

#[cfg(debug_assertions)]
mod armed {
    use std::sync::{
        LazyLock,
        atomic::{AtomicI64, Ordering},
    };

    static AT: LazyLock<i64> = LazyLock::new(|| {
        std::env::var("PLUMBLINE_CRASH_AT").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
    });
    static COMMITS: AtomicI64 = AtomicI64::new(0);

    pub(crate) fn before_commit() {
        if *AT < 0 && COMMITS.load(Ordering::SeqCst) + 1 == -*AT {
            std::process::abort();
        }
    }

    pub(crate) fn after_commit() {
        if COMMITS.fetch_add(1, Ordering::SeqCst) + 1 == *AT {
            std::process::abort();
        }
    }
}

#[cfg(not(debug_assertions))]
mod armed {
    pub(crate) fn before_commit() {}
    pub(crate) fn after_commit() {}
}

pub(super) use armed::{after_commit, before_commit};
