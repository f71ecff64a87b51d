//! What a send came to, written: sent, due again, failed, or not known; and who is told of it. Sends nothing.

use std::sync::Arc;

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
    Error, Tx, asleep, channel_state, event, handoff, inbox,
    outbox::{self, Outcome, Taken},
    wake,
};

use crate::{belt::Belt, config::ms, insist::insist};

/// Writes what a send came to. Nobody else knows: a database that is away for a moment is asked again.
///
/// # Errors
/// [`Error::Fenced`] where another worker took the row over, or it was settled.
pub(super) async fn settle(belt: &Arc<Belt>, row: Taken, outcome: SendOutcome) -> Result<(), Error> {
    let sent = Arc::new((row, outcome));
    let once = || {
        let (house, sent, now) = (Arc::clone(belt), Arc::clone(&sent), belt.now());
        belt.store.write(move |tx| Box::pin(async move { write(tx, &house, &sent.0, &sent.1, now).await }))
    };
    insist(belt, belt.config().delivery.lease_ms, once).await
}

async fn write(
    tx: &mut Tx,
    belt: &Belt,
    row: &Taken,
    outcome: &SendOutcome,
    now: Millis,
) -> Result<(), Error> {
    match outcome {
        SendOutcome::Wait { until, reason } => {
            asleep::lay(tx, row, *until, reason, now).await?;
        }
        // Not the message's own try: none is counted against it.
        SendOutcome::PauseChannel { reason } => {
            let until = now.plus(ms(belt.config().delivery.retry_ceiling_ms));
            outbox::hold(tx, row, until, reason, now).await?;
            pause(tx, belt, &row.outbound.to.channel, reason, now).await?;
        }
        tried => {
            let settled = decide(belt, row, tried, now);
            outbox::settle(tx, row, &settled, now).await?;
        }
    }
    match &row.outbound.content {
        Content::Job(notice) => job_told(tx, belt, row, notice, outcome, now).await,
        _ => Ok(()),
    }
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
