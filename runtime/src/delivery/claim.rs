//! Takes what is due. Where nobody can tell whether the taking was committed, what was not sent goes back: left as it is, it would
//! look like a send whose answer was lost. Sends nothing.

use std::sync::{Arc, Mutex, PoisonError};

use domain::clock::Millis;
use store::{
    Error,
    outbox::{self, Claim, Taken},
};
use tokio_util::task::TaskTracker;

use crate::{bell::Stage, belt::Belt, config::ms, insist::insist, pace::Paced};

/// Up to `room` rows, held by a lease that begins now; and when the first may go of those that the pace held.
///
/// # Errors
/// [`Error::Database`] where nothing could be taken. What was taken all the same is given back in `tasks`.
pub(super) async fn claim(
    belt: &Arc<Belt>,
    tasks: &TaskTracker,
    paced: Paced,
    room: usize,
    now: Millis,
) -> Result<(Vec<Taken>, Option<Millis>), Error> {
    let lease = now.plus(ms(belt.config().delivery.lease_ms));
    let batch = i64::try_from(room).unwrap_or(1);
    let found = Arc::new(Mutex::new(Vec::<Claim>::new()));
    let seen = Arc::clone(&found);
    let claimed = belt.store.write(move |tx| {
        Box::pin(async move {
            let (taken, held) = paced.claim(tx, now, lease, batch).await?;
            seen.lock().unwrap_or_else(PoisonError::into_inner).extend(taken.iter().map(Taken::claim));
            Ok((taken, held))
        })
    });
    let claimed = claimed.await;
    if claimed.is_err() {
        let found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
        if !found.is_empty() {
            let belt = Arc::clone(belt);
            tasks.spawn(async move { give_back(&belt, found).await });
        }
    }
    claimed
}

async fn give_back(belt: &Arc<Belt>, claims: Vec<Claim>) {
    let _busy = belt.busy();
    let claims: Arc<[Claim]> = claims.into();
    let once = || {
        let (claims, now) = (Arc::clone(&claims), belt.now());
        belt.store.write(move |tx| Box::pin(async move { outbox::give_back(tx, &claims, now).await }))
    };
    if let Err(error) = insist(belt, belt.config().delivery.lease_ms, once).await {
        tracing::warn!(%error, rows = claims.len(), "deliveries that were perhaps taken wait for the end of their lease");
    }
    belt.bell.ring(Stage::Delivery);
}
