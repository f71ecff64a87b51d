//! Third stage: sends what is in the outbox, one attempt at a time, in order within an address. What a send came to
//! decides the row; a send whose answer was lost is never repeated blindly.

mod claim;
mod settle;

use std::sync::Arc;

use channels::channel::{Channel, Facts, LostAnswer};
use domain::{
    clock::Millis,
    outbound::{Content, DeliveryState, SendOutcome},
};
use store::{Error, db::crash, failed, outbox::Taken};
use tokio_util::task::TaskTracker;

pub(crate) use settle::pause;

use crate::{
    bell::Stage,
    belt::Belt,
    config::ms,
    lease,
    pace::Paced,
    stage::{Found, POLL},
};

/// Sends under way at once in this process.
const UNDER_WAY: usize = 64;

/// Takes what is due on each channel of this process and starts sending it; a slow channel holds up no other.
///
/// # Errors
/// [`Error::Database`] where nothing could be taken.
pub async fn tick(belt: &Arc<Belt>, tasks: &TaskTracker) -> Result<Found, Error> {
    let _busy = belt.busy();
    let mut found = Found::Nothing;
    for channel in &belt.channels {
        let name = channel.name();
        let now = belt.now();
        let room = UNDER_WAY.saturating_sub(tasks.len()).min(belt.config().delivery.batch as usize);
        let room = room.min(channel.room());
        if room == 0 {
            continue;
        }
        let paced = Paced::new(channel.pace(), &name);
        let (worth, full_until) = belt.store.reader().query(paced.worth_a_claim(now)).await?;
        if let Some(until) = full_until {
            wake_at(belt, until);
        }
        if !worth {
            continue;
        }
        let (taken, held) = claim::claim(belt, tasks, paced, room, now).await?;
        if let Some(until) = held {
            wake_at(belt, until);
        }
        for row in taken {
            found = Found::Work;
            let (belt, channel) = (Arc::clone(belt), Arc::clone(channel));
            tasks.spawn(async move {
                let _busy = belt.busy();
                let news = matches!(row.outbound.content, Content::Job(_));
                deliver(&belt, &channel, row).await;
                if news {
                    // Turns wait for what became of it, and a refusal comes in.
                    belt.bell.ring_all();
                }
                belt.bell.ring(Stage::Delivery);
            });
        }
    }
    Ok(found)
}

/// Looks again at `until`, where that is sooner than the stage looks for itself.
fn wake_at(belt: &Arc<Belt>, until: Millis) {
    let wait = belt.now().until(until);
    if wait < POLL {
        let bell = belt.bell.clone();
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            bell.ring(Stage::Delivery);
        });
    }
}

async fn deliver(belt: &Arc<Belt>, channel: &Arc<dyn Channel>, row: Taken) {
    let outcome = match before_sending(belt, channel.as_ref(), &row) {
        Some(outcome) => outcome,
        None => {
            let facts = Facts { now: belt.now(), last_inbound: row.last_inbound, queued: row.queued };
            crash::point("send.before");
            let sending = channel.send(&row.outbound, &facts);
            let sent = lease::keep(belt.config().delivery.lease_ms, sending, || renew(belt, &row)).await;
            crash::point("send.after");
            match sent {
                Ok(outcome) => outcome,
                Err(_) => {
                    tracing::info!(outbox = %row.outbound.id, "another worker took the delivery over, or it was settled");
                    return;
                }
            }
        }
    };
    let id = row.outbound.id.clone();
    match settle::settle(belt, row, outcome).await {
        Ok(()) => {}
        Err(Error::Fenced) => tracing::info!(outbox = %id, "another worker took the delivery over"),
        Err(error) => tracing::warn!(outbox = %id, %error, "a delivery waits for the end of its lease"),
    }
}

async fn renew(belt: &Belt, row: &Taken) -> Result<(), Error> {
    let (row, until) = (row.clone(), belt.now().plus(ms(belt.config().delivery.lease_ms)));
    belt.store
        .write(move |tx| Box::pin(async move { store::lease::of_delivery(tx, &row, until).await }))
        .await
}

/// What is known without sending: words whose conversation changed hands, and a send whose answer was lost.
fn before_sending(belt: &Belt, channel: &dyn Channel, row: &Taken) -> Option<SendOutcome> {
    if row.stale {
        return Some(SendOutcome::Refused { reason: failed::TAKEN_OVER.to_owned() });
    }
    match (row.was, channel.lost_answer()) {
        (DeliveryState::Sending, LostAnswer::WaitForStatus) => {
            Some(SendOutcome::Unknown { reason: "the answer to an earlier attempt was lost".to_owned() })
        }
        (DeliveryState::Sending, LostAnswer::GiveUp) => {
            Some(SendOutcome::Refused { reason: "nobody can tell whether it was sent".to_owned() })
        }
        (DeliveryState::Unknown, _)
            if !matches!(row.outbound.content, Content::Question { .. } | Content::Job(_)) =>
        {
            Some(SendOutcome::Refused {
                reason: format!(
                    "no status within {} s of a lost answer",
                    belt.config().delivery.unknown_grace_ms / 1000
                ),
            })
        }
        _ => None,
    }
}
