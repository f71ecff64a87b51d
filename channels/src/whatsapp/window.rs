//! The customer service window: for 24 hours after a person last wrote, anything may be said; afterwards only a
//! template (Meta's page "Messaging"). Only what a person sends opens it. Pure.

use std::time::Duration;

use domain::{clock::Millis, outbound::Content};

use crate::channel::Facts;

pub const WINDOW: Duration = Duration::from_secs(24 * 3600);

/// When the window closes; `None` where it never opened.
#[must_use]
pub fn closes_at(last_inbound: Millis) -> Option<Millis> {
    (last_inbound.0 > 0).then(|| last_inbound.plus(WINDOW))
}

/// Whether a message that leaves now arrives within the window. `margin` is for the way there and for clocks that differ.
#[must_use]
pub fn is_open(facts: &Facts, margin: Duration) -> bool {
    closes_at(facts.last_inbound).is_some_and(|closes| facts.now.plus(margin) < closes)
}

/// Whether `content` may go only within the window.
#[must_use]
pub fn binds(content: &Content) -> bool {
    match content {
        Content::Template(_) => false,
        Content::Reply { body, .. } => binds(body),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEARD: Millis = Millis(1_800_000_000_000);

    fn open_at(after_ms: i64) -> bool {
        let facts = Facts { now: Millis(HEARD.0 + after_ms), last_inbound: HEARD, queued: HEARD };
        is_open(&facts, Duration::from_secs(60))
    }

    #[test]
    fn the_window_is_a_day_less_a_margin() {
        let day = 24 * 3_600_000;
        assert!(open_at(0));
        assert!(open_at(day - 60_001));
        assert!(!open_at(day - 60_000));
        assert!(!open_at(day));
        let never = Facts { now: HEARD, last_inbound: Millis(0), queued: HEARD };
        assert!(!is_open(&never, Duration::ZERO));
    }
}
