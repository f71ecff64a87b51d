//! Whether this process takes more in: not while the inbox holds as much as it may. And whether it is leaving, so that
//! whoever shares out requests sends them elsewhere; what comes all the same is still stored.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use domain::clock::Millis;
use store::{Error, inbox};

use crate::{error::Problem, state::Gateway};

/// A count is good for this long; meanwhile no request asks the database.
const GOOD_MS: i64 = 1_000;

#[derive(Clone, Default)]
pub struct Admission(Arc<Known>);

#[derive(Default)]
struct Known {
    leaving: AtomicBool,
    /// When the inbox was last counted, and what waited.
    counted_at: AtomicI64,
    waiting: AtomicI64,
}

impl Admission {
    /// From now on this process is not ready.
    pub fn leave(&self) {
        self.0.leaving.store(true, Ordering::SeqCst);
    }

    #[must_use]
    pub fn is_leaving(&self) -> bool {
        self.0.leaving.load(Ordering::SeqCst)
    }

    /// Refuses what would go beyond the inbox's limit; the sender comes again.
    pub(crate) async fn room(&self, gateway: &Gateway) -> Result<(), Problem> {
        let limit = i64::from(gateway.config.inbox_pending);
        if self.waiting(gateway, limit).await? < limit {
            return Ok(());
        }
        Err(Problem::unavailable(format!("the inbox is full ({limit} messages wait); come again")))
    }

    /// How many arrivals wait, as of the last second: of the requests that find the count old, one counts again.
    async fn waiting(&self, gateway: &Gateway, limit: i64) -> Result<i64, Error> {
        let Millis(now) = gateway.now();
        let before = self.0.counted_at.load(Ordering::SeqCst);
        let old = (now - before).abs() >= GOOD_MS;
        let mine = old
            && self.0.counted_at.compare_exchange(before, now, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        if mine {
            let waiting = inbox::waiting(&mut gateway.store.reader(), limit).await?;
            self.0.waiting.store(waiting, Ordering::SeqCst);
            // Once a count, not once an arrival: there may be thousands a second.
            if waiting >= limit {
                tracing::warn!(limit, "the inbox is full; arrivals are told to come again");
            }
        }
        Ok(self.0.waiting.load(Ordering::SeqCst))
    }
}
