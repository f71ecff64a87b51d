//! News of a job from the other end of the link: for the office a job's own conversation, for the field the
//! conversation that handed the job over.

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::Millis,
    conversation::Conversation,
    id::{JobId, MessageId},
    job::{HandoffState, JobNotice, Settlement, SettlementStatus},
    language,
    message::{Author, Direction, Message, Part},
    turn::Wake,
};
use serde_json::{Value, json};
use store::{Error, Tx, conversation, event, handoff, message, office, question, turn, wake};

use crate::{asking, belt::Belt};

pub(super) struct News {
    pub to: AgentName,
    pub peer: AgentName,
    pub notice: JobNotice,
}

pub(super) async fn take_in(tx: &mut Tx, belt: &Belt, news: News, now: Millis) -> Result<(), Error> {
    let job = news.notice.job().clone();
    match &news.notice {
        JobNotice::Reported { .. } => {}
        JobNotice::Corrected { .. } => {
            let why = json!({ "status": "superseded", "reason": "the technician corrected the job" });
            let cancelled = question::cancel_for_job(tx, &job, &why, now).await?;
            for id in &cancelled {
                asking::tell_asked(tx, belt, id, "question.job_corrected", &json!({ "job": job }), now)
                    .await?;
            }
        }
        JobNotice::Withdrawn { reason, .. } => {
            let why = json!({ "status": "withdrawn", "reason": reason });
            let cancelled = question::cancel_for_job(tx, &job, &why, now).await?;
            let facts = json!({ "job": job, "reason": reason });
            for id in &cancelled {
                asking::tell_asked(tx, belt, id, "question.job_withdrawn", &facts, now).await?;
            }
        }
        JobNotice::Settled(settlement) => return settled(tx, belt, &news, settlement, now).await,
        JobNotice::Refused { reason, .. } => {
            let reason = reason.clone();
            return refused(tx, belt, &news, &job, &reason, now).await;
        }
    }
    let held = jobs_own(tx, belt, &news, &job, now).await?;
    office::job::set_conversation(tx, &job, &held.id).await?;
    tell_agent(tx, belt, &held, news, now).await
}

/// The conversation that a job of the link is: `link:<peer>/<job>`.
async fn jobs_own(
    tx: &mut Tx,
    belt: &Belt,
    news: &News,
    job: &JobId,
    now: Millis,
) -> Result<Conversation, Error> {
    let address = Address::new(ChannelName::link(news.peer.as_str()), job.as_str());
    let written = match &news.notice {
        JobNotice::Reported { report } | JobNotice::Corrected { report } => {
            language::detect(&report.work_done)
        }
        _ => None,
    };
    // Staff who never wrote anything are asked in the language of the report.
    let language = written.unwrap_or_else(|| belt.firm.language());
    conversation::open(tx, &belt.ids, &news.to, &address, None, language, now).await
}

async fn settled(
    tx: &mut Tx,
    belt: &Belt,
    news: &News,
    settlement: &Settlement,
    now: Millis,
) -> Result<(), Error> {
    let Some(known) = handoff::get(tx, &news.to, &settlement.job_id).await? else {
        tracing::warn!(job = %settlement.job_id, "news of a job that was not handed over here");
        return Ok(());
    };
    let state = match settlement.status {
        SettlementStatus::Completed => HandoffState::Completed,
        SettlementStatus::Rejected => HandoffState::Rejected,
        SettlementStatus::Withdrawn => HandoffState::Withdrawn,
    };
    handoff::settle(tx, &news.to, settlement, state, now).await?;
    // The technician who withdrew it is waiting for exactly this.
    let waiting = wake::settle(tx, &handover(&settlement.job_id), &json!({ "delivered": true }), now).await?;
    if waiting && state == HandoffState::Withdrawn {
        return Ok(());
    }
    tell_conversation(tx, belt, &known.conversation, news, now).await
}

async fn refused(
    tx: &mut Tx,
    belt: &Belt,
    news: &News,
    job: &JobId,
    reason: &str,
    now: Millis,
) -> Result<(), Error> {
    let Some(known) = handoff::get(tx, &news.to, job).await? else { return Ok(()) };
    let told: Value = json!({ "refused": reason });
    if wake::settle(tx, &handover(job), &told, now).await? {
        return Ok(());
    }
    tell_conversation(tx, belt, &known.conversation, news, now).await
}

fn handover(job: &JobId) -> Wake {
    Wake::Handoff(job.clone())
}

async fn tell_conversation(
    tx: &mut Tx,
    belt: &Belt,
    id: &domain::id::ConversationId,
    news: &News,
    now: Millis,
) -> Result<(), Error> {
    let Some(held) = conversation::get(tx, id).await? else { return Ok(()) };
    let copy = News { to: news.to.clone(), peer: news.peer.clone(), notice: news.notice.clone() };
    tell_agent(tx, belt, &held, copy, now).await
}

async fn tell_agent(
    tx: &mut Tx,
    belt: &Belt,
    held: &Conversation,
    news: News,
    now: Millis,
) -> Result<(), Error> {
    let parts = vec![Part::Job(news.notice)];
    let heard =
        Message::new(MessageId::new(&belt.ids), &held.id, Direction::In, Author::Peer(news.peer), parts, now);
    message::put(tx, &heard, true).await?;
    event::put(tx, "message", Some(&held.id), &json!({ "message": heard.id }), now).await?;
    turn::schedule(tx, &belt.ids, held, now, now, now).await
}
