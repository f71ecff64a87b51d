//! What needs nothing from outside is found and settled in one transaction: many arrivals for one commit, and nobody holds a
//! row for longer than that. Whatever stands in the way of one leaves all of them to be taken lane by lane.

use std::{collections::BTreeSet, sync::Arc};

use domain::{address::ChannelName, clock::Millis};
use store::{
    Error, Tx,
    inbox::{self, Taken},
};

use super::{apply, meeting, pressed};
use crate::{belt::Belt, media, typing};

/// What became of what was due.
pub(super) struct Settled {
    /// Something was settled.
    pub any: bool,
    /// Something is left that has to be taken.
    pub rest: bool,
}

/// A press whose being read is to be told: its channel, and what the provider calls it.
type Read = (ChannelName, String);

pub(super) async fn settle(belt: &Arc<Belt>, now: Millis) -> Settled {
    let house = Arc::clone(belt);
    let done = belt.store.write(move |tx| Box::pin(async move { all(tx, &house, now).await })).await;
    match done {
        Ok((settled, read)) => {
            for (channel, external) in read {
                typing::read(belt, &channel, external);
            }
            settled
        }
        Err(error) => {
            tracing::debug!(%error, "arrivals are taken lane by lane");
            Settled { any: false, rest: true }
        }
    }
}

async fn all(tx: &mut Tx, belt: &Belt, now: Millis) -> Result<(Settled, Vec<Read>), Error> {
    tx.gives_way().await?;
    let due = inbox::due(tx, now, i64::from(belt.config().intake.batch)).await?;
    let (mut ready, mut left) = (Vec::with_capacity(due.len()), BTreeSet::new());
    for mut row in due {
        // Nothing overtakes within a lane.
        if left.contains(&row.lane) || !is_ready(belt, &mut row) {
            left.insert(row.lane);
        } else {
            ready.push(row);
        }
    }
    let met = meeting::meet_all(tx, belt, &ready, now).await?;
    let (mut settled, mut read) = (Vec::with_capacity(ready.len()), Vec::new());
    for (row, met) in ready.into_iter().zip(met) {
        read.extend(pressed(&row).map(|external| (row.channel.clone(), external)));
        settled.push(row.id.clone());
        apply(tx, belt, row, met, now).await?;
    }
    if !settled.is_empty() {
        inbox::settle(tx, &settled).await?;
    }
    Ok((Settled { any: !settled.is_empty(), rest: !left.is_empty() }, read))
}

/// One that was tried before goes by itself: it may be what stands in the others' way.
fn is_ready(belt: &Belt, row: &mut Taken) -> bool {
    row.attempts == 0 && row.body.as_mut().is_ok_and(|body| media::is_whole(belt, body))
}
