//! First stage: what came in becomes a message, an answer or a job's news; then a turn is due. Never calls a model.

mod answer;
mod at_once;
mod command;
mod echo;
mod identity;
mod job_news;
mod meeting;
mod message;
mod notice;
mod status;
mod stranger;

use std::{collections::BTreeMap, sync::Arc};

use domain::{clock::Millis, id::InboxId, inbound::Inbound, message::Part, retry::backoff};
use store::{
    Error, Tx, call,
    inbox::{self, Taken},
};

use tokio_util::task::TaskTracker;

use self::meeting::Met;
use crate::{
    bell::Stage,
    belt::Belt,
    config::ms,
    lease,
    media::{self, Brought},
    stage::Found,
    typing,
};

/// Lanes at work at once in this process. One waits for its own files alone.
const LANES: usize = 64;

/// Settles what is due: at once what needs nothing from outside, and the rest in `tasks`, lanes side by side, each lane in
/// order.
///
/// # Errors
/// [`Error::Database`] where nothing could be taken.
pub async fn tick(belt: &Arc<Belt>, tasks: &TaskTracker) -> Result<Found, Error> {
    let _busy = belt.busy();
    let now = belt.now();
    if !inbox::anything_due(&mut belt.store.reader(), now).await? {
        return Ok(Found::Nothing);
    }
    let settled = at_once::settle(belt, now).await;
    if settled.any {
        belt.bell.ring_all();
    }
    let begun = settled.rest && begin_lanes(belt, tasks, now).await?;
    Ok(if settled.any || begun { Found::Work } else { Found::Nothing })
}

/// Takes lanes and begins to settle them. `false` where there was nothing to take, or no room.
async fn begin_lanes(belt: &Arc<Belt>, tasks: &TaskTracker, now: Millis) -> Result<bool, Error> {
    if tasks.len() >= LANES {
        return Ok(false);
    }
    let lease = now.plus(ms(belt.config().intake.lease_ms));
    let batch = i64::from(belt.config().intake.batch);
    let taken = belt
        .store
        .write(move |tx| Box::pin(async move { inbox::claim(tx, now, lease, batch).await }))
        .await?;
    let any = !taken.is_empty();
    let mut lanes: BTreeMap<String, Vec<Taken>> = BTreeMap::new();
    for row in taken {
        lanes.entry(row.lane.clone()).or_default().push(row);
    }
    for lane in lanes.into_values() {
        let belt = Arc::clone(belt);
        tasks.spawn(async move {
            let _busy = belt.busy();
            settle_lane(&belt, lane).await;
            belt.bell.ring_all();
        });
    }
    Ok(any)
}

/// Settles one lane in order. After a failure the rest goes back untouched, so that nothing overtakes.
async fn settle_lane(belt: &Arc<Belt>, lane: Vec<Taken>) {
    let mut rows = lane.into_iter();
    while let Some(mut row) = rows.next() {
        let (id, fence, attempts) = (row.id.clone(), row.fence, row.attempts);
        if let Ok(body) = &mut row.body {
            let held = std::iter::once((id.clone(), fence));
            let held: Vec<_> =
                held.chain(rows.as_slice().iter().map(|row| (row.id.clone(), row.fence))).collect();
            let bringing = media::bring(belt, &row.channel, body, attempts);
            match lease::keep(belt.config().intake.lease_ms, bringing, || renew(belt, held.clone())).await {
                Ok(Brought::Whole) => {}
                Ok(Brought::Later) => {
                    let rest: Vec<_> = rows.map(|row| (row.id, row.fence)).collect();
                    put_back(belt, (id, fence, attempts), None, rest).await;
                    return;
                }
                Err(_) => {
                    tracing::info!(inbox = %id, "another worker took the lane over");
                    return;
                }
            }
        }
        let Err(error) = settle(belt, row).await else { continue };
        if matches!(error, Error::Fenced) {
            return;
        }
        tracing::warn!(inbox = %id, attempts, %error, "an arrival could not be settled");
        let rest: Vec<(InboxId, i64)> = rows.map(|row| (row.id, row.fence)).collect();
        put_back(belt, (id, fence, attempts), Some(error), rest).await;
        return;
    }
}

/// A lane that waits for a file stays this worker's.
async fn renew(belt: &Belt, held: Vec<(InboxId, i64)>) -> Result<(), Error> {
    let until = belt.now().plus(ms(belt.config().intake.lease_ms));
    belt.store
        .write(move |tx| Box::pin(async move { store::lease::of_arrivals(tx, &held, until).await }))
        .await
}

async fn settle(belt: &Arc<Belt>, row: Taken) -> Result<(), Error> {
    let house = Arc::clone(belt);
    let pressed = pressed(&row);
    let channel = row.channel.clone();
    belt.store
        .write(move |tx| {
            Box::pin(async move {
                let (id, fence) = (row.id.clone(), row.fence);
                apply(tx, &house, row, None, house.now()).await?;
                inbox::done(tx, &id, fence).await
            })
        })
        .await?;
    if let Some(external) = pressed {
        typing::read(belt, &channel, external);
    }
    Ok(())
}

/// A press, which no turn of its own conversation may follow: its being read is told here.
fn pressed(row: &Taken) -> Option<String> {
    match &row.body {
        Ok(Inbound::Message(message))
            if message.parts.iter().any(|part| matches!(part, Part::Choice { .. })) =>
        {
            message.id.clone()
        }
        _ => None,
    }
}

/// Settles `row`; `met` is whom it is from, where that was asked before.
async fn apply(
    tx: &mut Tx,
    belt: &Belt,
    row: Taken,
    met: Option<Box<Met>>,
    now: Millis,
) -> Result<(), Error> {
    match row.body {
        Ok(Inbound::Message(inbound)) => {
            message::take_in(tx, belt, (&row.id, &row.external), inbound, met, now).await
        }
        Ok(Inbound::Status(told)) => status::take_in(tx, belt, (&row.id, &row.channel), &told, now).await,
        Ok(Inbound::Job { to, peer, job: _, notice }) => {
            job_news::take_in(tx, belt, job_news::News { to, peer, notice }, now).await
        }
        Ok(Inbound::Echo(echo)) => echo::take_in(tx, belt, echo, now).await,
        Ok(Inbound::Identity(change)) => identity::take_in(tx, &row.channel, &change, now).await,
        Ok(Inbound::Decided { question }) => answer::decided(tx, belt, &question, now).await,
        Ok(Inbound::Command(asked)) => command::take_in(tx, belt, asked, now).await,
        Ok(Inbound::Recording { call, media }) => call::recorded(tx, &call, &media, now).await,
        Ok(Inbound::Notice(notice)) => notice::take_in(tx, &row.id, &notice, now).await,
        Err(reason) => Err(Error::Unknown { column: "inbox.body", value: reason }),
    }
}

async fn put_back(
    belt: &Arc<Belt>,
    (id, fence, attempts): (InboxId, i64, i64),
    error: Option<Error>,
    rest: Vec<(InboxId, i64)>,
) {
    let now = belt.now();
    // Also what this version cannot read is tried again: a newer one may take it.
    let given_up = error.is_some() && attempts >= i64::from(belt.config().intake.attempts);
    let repeat = u32::try_from(attempts).unwrap_or(u32::MAX);
    let due = now.plus(backoff(ms(1_000), ms(60_000), repeat, belt.ids.fraction()));
    let reason = error.map_or_else(|| "a file is not there yet".to_owned(), |error| error.to_string());
    let done = belt
        .store
        .write(move |tx| {
            Box::pin(async move {
                if given_up {
                    inbox::bury(tx, &id, fence, &reason).await?;
                } else {
                    inbox::again(tx, &id, fence, due, &reason).await?;
                }
                for (id, fence) in rest {
                    inbox::again(tx, &id, fence, now, "an earlier one of its lane was put back").await?;
                }
                Ok(())
            })
        })
        .await;
    if let Err(error) = done {
        tracing::warn!(%error, "arrivals wait for the end of their lease");
    }
    belt.bell.ring(Stage::Intake);
}
