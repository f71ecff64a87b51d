//! Crash points: with `PLUMBLINE_CRASH_AT=NAME:n` a debug build aborts the n-th time it comes to the point of that name, as
//! a power cut would. Tests stop the real binary at each point in turn; release builds have no such switch.
//!
//! `commit.before` and `commit.after` stand around every commit, and are also written as `-n` and `n`. The others stand
//! around each call to the outside: `ask_model`, `send`, `fetch`, `transcribe` and `effect`, each with `.before` and `.after`.

#[cfg(debug_assertions)]
mod armed {
    use std::sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    };

    /// Where to abort: the point's name and the how manieth time there.
    static AT: LazyLock<Option<(String, u64)>> =
        LazyLock::new(|| read(&std::env::var("PLUMBLINE_CRASH_AT").ok()?));
    static PASSED: AtomicU64 = AtomicU64::new(0);

    pub(super) fn read(text: &str) -> Option<(String, u64)> {
        let (name, time) = match text.split_once(':') {
            Some((name, time)) => (name, time),
            None => match text.strip_prefix('-') {
                Some(time) => ("commit.before", time),
                None => ("commit.after", text),
            },
        };
        Some((name.to_owned(), time.parse().ok().filter(|time| *time > 0)?))
    }

    /// Aborts here, if it is time to.
    pub fn point(name: &str) {
        if let Some((armed, time)) = &*AT
            && armed == name
            && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *time
        {
            std::process::abort();
        }
    }
}

#[cfg(not(debug_assertions))]
mod armed {
    /// Nothing: only debug builds abort.
    pub fn point(_name: &str) {}
}

pub use armed::point;

pub(super) fn before_commit() {
    point("commit.before");
}

pub(super) fn after_commit() {
    point("commit.after");
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::armed::read;

    #[test]
    fn a_point_is_a_name_and_a_number_or_a_commits_number_alone() {
        let at = |name: &str, time| Some((name.to_owned(), time));
        assert_eq!(read("send.after:3"), at("send.after", 3));
        assert_eq!(read("12"), at("commit.after", 12));
        assert_eq!(read("-7"), at("commit.before", 7));
        assert_eq!(read("send.after"), None);
        assert_eq!(read("0"), None);
    }
}
