//! What the tools that hand over, correct and withdraw share: whose job it is, and telling the peer in the transaction
//! of the change.

use domain::{
    agent::AgentName,
    clock::Millis,
    contact::Role,
    customer::Customer,
    id::{CustomerId, JobId},
    job::{HandoffState, JobNotice, JobReport},
    turn::Wake,
};
use store::{Tx, handoff, handoff::Handoff, office, outbox};

use crate::tool::{Context, Settled, ToolError};

/// How long the turn waits for the peer's first word before it says that the job is safe here.
const PATIENCE_MS: i64 = 3_000;
/// A second report of the same work within these days is asked about.
const SAME_WORK_DAYS: i64 = 14;
const SAME_WORK_READ: i64 = 10;

pub(super) fn peer(context: &Context) -> Result<AgentName, ToolError> {
    if context.contact.as_ref().is_some_and(|person| !person.has(Role::Technician)) {
        return Err(ToolError::tell("only a technician may hand jobs over, correct or withdraw them"));
    }
    context.peer.clone().ok_or_else(|| ToolError::tell("this agent has no peer that jobs are handed to"))
}

pub(super) async fn customer(tx: &mut Tx, id: &CustomerId) -> Result<Customer, ToolError> {
    office::customer::get(tx, id).await?.ok_or_else(|| {
        ToolError::tell(format!("there is no customer {id}: take the customer_id that find_customer gave"))
    })
}

/// The conversation's own job, while the office has not settled it.
pub(super) async fn open_job(tx: &mut Tx, context: &Context, job: &JobId) -> Result<Handoff, ToolError> {
    let known = handoff::get(tx, &context.agent, job).await?;
    let Some(known) = known.filter(|known| known.conversation == context.conversation.id) else {
        return Err(ToolError::tell(format!(
            "there is no job {job} from this conversation; list_open_jobs shows which there are"
        )));
    };
    let how = match known.state {
        HandoffState::Queued | HandoffState::Accepted => return Ok(known),
        HandoffState::Completed => match &known.invoice {
            Some(invoice) => format!("invoiced as {invoice}"),
            None => "settled".to_owned(),
        },
        HandoffState::Rejected => "rejected by the office".to_owned(),
        HandoffState::Withdrawn => "withdrawn".to_owned(),
    };
    Err(ToolError::tell(format!("{job} is already {how}: it cannot be changed from here; the office can")))
}

/// An earlier job that `report` may be a repeat of.
pub(super) async fn reported_before(
    tx: &mut Tx,
    report: &JobReport,
    now: Millis,
) -> Result<Option<Handoff>, store::Error> {
    let since = Millis(now.0.saturating_sub(SAME_WORK_DAYS * 24 * 60 * 60 * 1000));
    let candidates = handoff::same_work(tx, report, since, SAME_WORK_READ).await?;
    Ok(candidates.into_iter().find(|earlier| earlier.report.reads_like(report)))
}

/// Queues `notice` for the peer and lets the turn wait for its first word.
pub(super) async fn tell_peer(
    tx: &mut Tx,
    context: &Context,
    peer: &AgentName,
    notice: &JobNotice,
) -> Result<Settled, store::Error> {
    // One call sends one notice, however often its transaction is tried.
    let key = format!("job:{}:{}", context.turn, context.call);
    outbox::notify_peer(tx, &context.ids, &context.conversation.id, peer, &key, notice, context.now).await?;
    Ok(Settled::Wait { wake: Wake::Handoff(notice.job().clone()), patience_ms: PATIENCE_MS })
}
