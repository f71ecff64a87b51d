//! The sandbox's clock: real or manual time plus a shift that the control API moves forward.
//! It never goes backward and nothing else in this crate asks the system for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that can be advanced. Clones share the same time.
#[derive(Clone)]
pub struct Clock {
    source: Source,
    shift_ms: Arc<AtomicI64>,
}

#[derive(Clone)]
enum Source {
    System,
    Manual,
    Outside(Arc<dyn Fn() -> i64 + Send + Sync>),
}

impl Clock {
    /// Real time, which may still be advanced.
    pub fn system() -> Self {
        Self::with(Source::System, 0)
    }

    /// Time that stands still until it is advanced. Unix milliseconds.
    pub fn manual(start_ms: i64) -> Self {
        Self::with(Source::Manual, start_ms)
    }

    /// Time read from elsewhere, such as the clock of a surrounding test.
    pub fn from_fn(now_ms: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self::with(Source::Outside(Arc::new(now_ms)), 0)
    }

    fn with(source: Source, shift_ms: i64) -> Self {
        Self { source, shift_ms: Arc::new(AtomicI64::new(shift_ms)) }
    }

    /// Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        let base = match &self.source {
            Source::System => system_ms(),
            Source::Manual => 0,
            Source::Outside(read) => read(),
        };
        base + self.shift_ms.load(Ordering::SeqCst)
    }

    /// Moves the clock to `at_ms`, unless it is already later.
    pub fn advance_to(&self, at_ms: i64) {
        let missing = at_ms - self.now_ms();
        if missing > 0 {
            self.shift_ms.fetch_add(missing, Ordering::SeqCst);
        }
    }

    /// How long to sleep, at most, before `wait_ms` of this clock may have passed; `None` when only an
    /// advance can make time pass.
    pub(crate) fn nap(&self, wait_ms: i64) -> Option<std::time::Duration> {
        let wait = u64::try_from(wait_ms.max(1)).unwrap_or(1);
        match self.source {
            Source::System => Some(std::time::Duration::from_millis(wait)),
            Source::Manual => None,
            Source::Outside(_) => Some(std::time::Duration::from_millis(wait.min(50))),
        }
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Clock").field(&self.now_ms()).finish()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where real time enters the sandbox")]
fn system_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn a_manual_clock_moves_only_forward_and_only_when_told() {
        let clock = Clock::manual(1_000);
        assert_eq!(clock.now_ms(), 1_000);
        clock.advance_to(1_500);
        clock.advance_to(1_200);
        assert_eq!(clock.now_ms(), 1_500);
        assert!(clock.nap(10).is_none());
    }
}
