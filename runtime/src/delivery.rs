//! Third stage: sends what is in the outbox, one attempt at a time, in order within an address. What a send came to
//! decides the row; a send whose answer was lost is never repeated blindly.

use std::sync::Arc;

use channels::channel::{Channel, Facts, LostAnswer};
use domain::{
    address::ChannelName,
    agent::AgentName,
    clock::Millis,
    id::JobId,
    inbound::{Arrival, Inbound},
    job::{HandoffState, JobNotice, Settlement, SettlementStatus},
    outbound::{Content, DeliveryState, SendOutcome},
    retry::backoff,
    turn::Wake,
};
use serde_json::json;
use store::{
    Error, Tx, asleep, channel_state,
    db::crash,
    event, failed, handoff, inbox,
    outbox::{self, Outcome, Taken},
    wake,
};
use tokio_util::task::TaskTracker;

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
        let lease = now.plus(ms(belt.config().delivery.lease_ms));
        let batch = i64::try_from(room).unwrap_or(1);
        let (taken, held) = belt
            .store
            .write(move |tx| Box::pin(async move { paced.claim(tx, now, lease, batch).await }))
            .await?;
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
    match settle(belt, row, outcome).await {
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

async fn settle(belt: &Arc<Belt>, row: Taken, outcome: SendOutcome) -> Result<(), Error> {
    let house = Arc::clone(belt);
    let now = belt.now();
    belt.store
        .write(move |tx| {
            Box::pin(async move {
                match &outcome {
                    SendOutcome::Wait { until, reason } => {
                        asleep::lay(tx, &row, *until, reason, now).await?;
                    }
                    // Not the message's own try: none is counted against it.
                    SendOutcome::PauseChannel { reason } => {
                        let until = now.plus(ms(house.config().delivery.retry_ceiling_ms));
                        outbox::hold(tx, &row, until, reason, now).await?;
                        pause(tx, &house, &row.outbound.to.channel, reason, now).await?;
                    }
                    tried => {
                        let settled = decide(&house, &row, tried, now);
                        outbox::settle(tx, &row, &settled, now).await?;
                    }
                }
                match &row.outbound.content {
                    Content::Job(notice) => job_told(tx, &house, &row, notice, &outcome, now).await,
                    _ => Ok(()),
                }
            })
        })
        .await
}

/// Nothing goes out on `channel` for a while, in any process: each message would meet the same answer.
pub(crate) async fn pause(
    tx: &mut Tx,
    belt: &Belt,
    channel: &ChannelName,
    reason: &str,
    now: Millis,
) -> Result<(), Error> {
    let until = now.plus(ms(belt.config().delivery.retry_ceiling_ms));
    if channel_state::pause(tx, channel, (until, reason), now).await? {
        tracing::error!(%channel, reason, "nothing can be sent on this channel until somebody mends it");
        let body = json!({ "kind": "channel_paused", "channel": channel, "until": until, "reason": reason });
        event::put(tx, "channel", None, &body, now).await?;
    }
    Ok(())
}

fn decide<'o>(belt: &Belt, row: &Taken, outcome: &'o SendOutcome, now: Millis) -> Outcome<'o> {
    let config = belt.config();
    let delivery = &config.delivery;
    let state = |state, due, reason| Outcome { state, due, provider_id: None, reason };
    match outcome {
        SendOutcome::Sent { external } => {
            Outcome { provider_id: Some(external), ..state(DeliveryState::Sent, now, None) }
        }
        SendOutcome::Refused { reason } => state(DeliveryState::Failed, now, Some(reason.as_str())),
        SendOutcome::Unknown { reason } => {
            let due = now.plus(ms(delivery.unknown_grace_ms));
            state(DeliveryState::Unknown, due, Some(reason.as_str()))
        }
        SendOutcome::PauseChannel { reason } | SendOutcome::Wait { reason, .. } => {
            state(DeliveryState::Queued, now, Some(reason.as_str()))
        }
        SendOutcome::RetryAt { at, reason } => {
            let tries = row.outbound.attempts.saturating_add(1);
            let news = matches!(row.outbound.content, Content::Job(_));
            if tries >= delivery.attempts && !news {
                return state(DeliveryState::Failed, now, Some(reason.as_str()));
            }
            let fraction = belt.ids.fraction();
            let own = backoff(ms(delivery.retry_first_ms), ms(delivery.retry_ceiling_ms), tries, fraction);
            state(DeliveryState::Queued, (*at).max(now.plus(own)), Some(reason.as_str()))
        }
    }
}

/// What the side that handed a job over learns from a send: it arrived, it waits, or the peer will not take it.
async fn job_told(
    tx: &mut Tx,
    belt: &Belt,
    row: &Taken,
    notice: &JobNotice,
    outcome: &SendOutcome,
    now: Millis,
) -> Result<(), Error> {
    let handed_over = matches!(
        notice,
        JobNotice::Reported { .. } | JobNotice::Corrected { .. } | JobNotice::Withdrawn { .. }
    );
    if !handed_over {
        return Ok(());
    }
    let (job, handover) = (notice.job().clone(), Wake::Handoff(notice.job().clone()));
    match outcome {
        SendOutcome::Sent { external } => {
            match notice {
                JobNotice::Withdrawn { reason, .. } => withdrawn(tx, &row.agent, &job, reason, now).await?,
                _ => handoff::accepted(tx, &row.agent, &job, external, now).await?,
            }
            wake::settle(tx, &handover, &json!({ "delivered": true }), now).await?;
        }
        SendOutcome::Refused { reason } => {
            let arrival = refusal(row, notice, reason);
            inbox::put(tx, &belt.ids, &arrival, now).await?;
        }
        SendOutcome::RetryAt { .. }
        | SendOutcome::Wait { .. }
        | SendOutcome::Unknown { .. }
        | SendOutcome::PauseChannel { .. } => {
            wake::settle(tx, &handover, &json!({ "delivered": false }), now).await?;
        }
    }
    Ok(())
}

/// The peer stopped the job: its word is the answer to our notice.
async fn withdrawn(
    tx: &mut Tx,
    agent: &AgentName,
    job: &JobId,
    reason: &str,
    now: Millis,
) -> Result<(), Error> {
    let settlement = Settlement {
        job_id: job.clone(),
        status: SettlementStatus::Withdrawn,
        note: reason.to_owned(),
        invoice_id: None,
    };
    handoff::settle(tx, agent, &settlement, HandoffState::Withdrawn, now).await
}

/// The peer's refusal comes in like any other news.
fn refusal(row: &Taken, notice: &JobNotice, reason: &str) -> Arrival {
    let job = notice.job().clone();
    Arrival {
        channel: row.outbound.to.channel.clone(),
        external: format!("refused:{}", row.outbound.id),
        lane: job.0.clone(),
        body: Inbound::Job {
            to: row.agent.clone(),
            peer: row.outbound.to.channel.peer(),
            job: job.clone(),
            notice: JobNotice::Refused { job_id: job, reason: reason.to_owned() },
        },
    }
}
