//! Taking jobs in at the office's door: the job, its place in the inbox and who wants to hear of it, in one transaction,
//! decided before the caller is answered. What the job means is the office agent's.

use domain::{
    address::ChannelName,
    agent::AgentName,
    clock::Millis,
    id::{Ids, JobId},
    inbound::{Arrival, Inbound},
    job::{JobNotice, JobReport},
};
use store::{
    Error, Tx, inbox,
    office::{
        job::{self, Acceptance, Change, Job},
        push_config::{self, PushTarget},
        task,
    },
};

use crate::a2a::AgentState;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Reported,
    /// The same job with other data; good until it is closed.
    Corrected,
}

/// A job as a caller hands it in.
pub(crate) struct Order {
    /// Who gives it, and is told how it ends; empty for a caller who is told nothing.
    pub peer: AgentName,
    /// The caller's own id of this message; `None` where the caller has none and the job's id has to do.
    pub message: Option<String>,
    pub kind: Kind,
    pub report: JobReport,
    /// What the caller calls the context, where that is not the job's id.
    pub context: Option<String>,
    pub push: Option<PushTarget>,
}

pub(crate) enum Verdict {
    /// It is here: new, or the same as before.
    Taken(Box<Job>),
    /// It is here with other data.
    Differs,
    /// A correction of a job that is closed.
    Over(Box<Job>),
    /// The job has as many places to push to as it may have.
    TooManyTargets,
}

pub(crate) enum Withdrawal {
    Done(Box<Job>),
    /// It is closed otherwise, or was withdrawn by somebody else.
    Closed(Box<Job>),
    Unknown,
}

/// Takes a job in, or a correction of one.
pub(crate) async fn receive(state: &AgentState, order: Order) -> Result<Verdict, Error> {
    let (ids, to, now) = (state.gateway.ids.clone(), state.agent.name.clone(), state.gateway.now());
    let verdict = state
        .gateway
        .store
        .write(move |tx| Box::pin(async move { settle(tx, &ids, &to, &order, now).await }))
        .await?;
    state.gateway.waker.wake();
    Ok(verdict)
}

async fn settle(
    tx: &mut Tx,
    ids: &Ids,
    to: &AgentName,
    order: &Order,
    now: Millis,
) -> Result<Verdict, Error> {
    let report = &order.report;
    let channel = ChannelName::link(order.peer.as_str());
    let key = order.message.clone().unwrap_or_else(|| format!("job:{}", report.job_id));
    let heard = order.message.is_some() && inbox::known(tx, &channel, &key).await?;
    let change = if heard { Change::Same } else { change(tx, order, now).await? };
    let Some(job) = job::get(tx, &report.job_id).await?.map(Box::new) else { return Ok(Verdict::Differs) };
    match change {
        Change::Same => {}
        Change::Done => {
            let notice = match order.kind {
                Kind::Corrected if job.revision > 1 => JobNotice::Corrected { report: report.clone() },
                Kind::Corrected | Kind::Reported => JobNotice::Reported { report: report.clone() },
            };
            inbox::put(tx, ids, &arrival(channel, key, to, &job, notice), now).await?;
            if let Some(context) = &order.context {
                task::set_context(tx, &job.id, context).await?;
            }
        }
        Change::Closed(_) => return Ok(Verdict::Over(job)),
        Change::Unknown => return Ok(Verdict::Differs),
    }
    if let Some(target) = &order.push
        && !push_config::put(tx, &job.id, target, now).await?
    {
        return Ok(Verdict::TooManyTargets);
    }
    Ok(Verdict::Taken(job))
}

/// What the order does to the job. A known job with other data, reported anew, is [`Change::Unknown`].
async fn change(tx: &mut Tx, order: &Order, now: Millis) -> Result<Change, Error> {
    if order.kind == Kind::Corrected {
        let change = job::correct(tx, &order.report, now).await?;
        if change != Change::Unknown {
            return Ok(change);
        }
        // Its report never came, or was refused: the correction holds the whole job.
    }
    Ok(match job::accept(tx, &order.peer, &order.report, now).await? {
        Acceptance::Accepted => Change::Done,
        Acceptance::Same => Change::Same,
        Acceptance::Differs => Change::Unknown,
    })
}

/// The row for the inbox. A job's conversation is named by who reported it, whoever speaks now.
fn arrival(channel: ChannelName, external: String, to: &AgentName, job: &Job, notice: JobNotice) -> Arrival {
    let peer = job.peer.clone().unwrap_or_else(|| AgentName(String::new()));
    let body = Inbound::Job { to: to.clone(), peer, job: job.id.clone(), notice };
    Arrival { channel, external, lane: job.id.0.clone(), body }
}

/// Stops a job. `message` is the caller's own id of the request, where it has one: the same one again is done again.
pub(crate) async fn withdraw(
    state: &AgentState,
    peer: AgentName,
    id: JobId,
    message: Option<String>,
    reason: String,
) -> Result<Withdrawal, Error> {
    let (ids, to, now) = (state.gateway.ids.clone(), state.agent.name.clone(), state.gateway.now());
    let channel = ChannelName::link(peer.as_str());
    let withdrawal = state
        .gateway
        .store
        .write(move |tx| {
            Box::pin(async move {
                let key = message.clone().unwrap_or_else(|| format!("withdrawn:{id}"));
                let heard = message.is_some() && inbox::known(tx, &channel, &key).await?;
                let change = job::withdraw(tx, &id, &reason, now).await?;
                let Some(job) = job::get(tx, &id).await?.map(Box::new) else {
                    return Ok(Withdrawal::Unknown);
                };
                match change {
                    Change::Done => {
                        let notice = JobNotice::Withdrawn { job_id: id, reason };
                        inbox::put(tx, &ids, &arrival(channel, key, &to, &job, notice), now).await?;
                        Ok(Withdrawal::Done(job))
                    }
                    Change::Same if heard => Ok(Withdrawal::Done(job)),
                    Change::Same | Change::Closed(_) => Ok(Withdrawal::Closed(job)),
                    Change::Unknown => Ok(Withdrawal::Unknown),
                }
            })
        })
        .await?;
    state.gateway.waker.wake();
    Ok(withdrawal)
}
