//! Fourth stage: moments that have come. Each timer is settled in the transaction of what it causes.

use std::sync::Arc;

use domain::{
    clock::Millis,
    id::{ConversationId, JobId, MessageId, QuestionId},
    job::{JobNotice, JobState},
    message::{Author, Direction, Message, Part},
    question::QuestionState,
    turn::Wake,
};
use serde_json::json;
use store::{
    Error, Tx, conversation, event, message, office, question, thread,
    timer::{self, Purpose, Taken},
    turn, wake,
};

use crate::{asking, belt::Belt, config::ms, stage::Found};

/// Timers taken at once, and how long one may take.
const BATCH: i64 = 64;
const LEASE_MS: u64 = 30_000;

/// # Errors
/// [`Error::Database`] where nothing could be taken.
pub async fn tick(belt: &Arc<Belt>) -> Result<Found, Error> {
    let _busy = belt.busy();
    let now = belt.now();
    if !timer::anything_due(&mut belt.store.reader(), now).await? {
        return Ok(Found::Nothing);
    }
    let lease = now.plus(ms(LEASE_MS));
    let taken = belt
        .store
        .write(move |tx| Box::pin(async move { timer::claim(tx, now, lease, BATCH).await }))
        .await?;
    for timer in taken {
        let house = Arc::clone(belt);
        let settled = belt
            .store
            .write(move |tx| {
                Box::pin(async move {
                    timer::done(tx, &timer).await?;
                    fire(tx, &house, &timer, now).await
                })
            })
            .await;
        match settled {
            Ok(()) | Err(Error::Fenced) => {}
            Err(error) => tracing::warn!(%error, "a timer waits for the end of its lease"),
        }
    }
    belt.bell.ring_all();
    Ok(Found::Work)
}

async fn fire(tx: &mut Tx, belt: &Belt, timer: &Taken, now: Millis) -> Result<(), Error> {
    match timer.purpose {
        Purpose::HandoffPatience => {
            let job = Wake::Handoff(JobId::from(timer.of.as_str()));
            wake::settle(tx, &job, &json!({ "delivered": false }), now).await?;
            Ok(())
        }
        Purpose::ExpireQuestion => expire_question(tx, belt, &QuestionId::from(timer.of.as_str()), now).await,
        Purpose::RemindQuestion => remind_question(tx, belt, &timer.of, now).await,
        Purpose::WakeThread => wake_thread(tx, &ConversationId::from(timer.of.as_str()), now).await,
        Purpose::RemindJob => remind_job(tx, belt, &JobId::from(timer.of.as_str()), now).await,
    }
}

/// Gives an open question up. Its agent is told with the wake; staff who were asked are told here.
async fn expire_question(tx: &mut Tx, belt: &Belt, id: &QuestionId, now: Millis) -> Result<(), Error> {
    if !question::expire(tx, id, now).await? {
        return Ok(());
    }
    let of_a_role = question::get(tx, id).await?.is_some_and(|asked| asked.purpose.role().is_some());
    if of_a_role {
        asking::tell_asked(tx, belt, id, "question.expired", &json!({}), now).await?;
    }
    Ok(())
}

/// Asks once more, and later after twice the wait, until the question expires.
async fn remind_question(tx: &mut Tx, belt: &Belt, id: &str, now: Millis) -> Result<(), Error> {
    let Some(asked) = question::get(tx, &QuestionId::from(id)).await? else { return Ok(()) };
    if asked.state != QuestionState::Open {
        return Ok(());
    }
    asking::remind(tx, belt, &asked, now).await?;
    let next = now.plus(asked.asked_at.until(now));
    if next < asked.expires_at {
        timer::set(tx, &belt.ids, Purpose::RemindQuestion, id, next).await?;
    }
    Ok(())
}

/// A thread that staff snoozed comes back, unless the person wrote before or staff thought better of it.
async fn wake_thread(tx: &mut Tx, id: &ConversationId, now: Millis) -> Result<(), Error> {
    if !thread::change::wake(tx, id, now).await? {
        return Ok(());
    }
    event::put(tx, "conversation", Some(id), &json!({ "changed": "status" }), now).await
}

/// A job that staff put off comes back: its agent takes it up again.
async fn remind_job(tx: &mut Tx, belt: &Belt, id: &JobId, now: Millis) -> Result<(), Error> {
    let Some(job) = office::job::get(tx, id).await? else { return Ok(()) };
    let Some(held) = job.conversation.clone().filter(|_| job.state == JobState::Deferred) else {
        return Ok(());
    };
    let Some(held) = conversation::get(tx, &held).await? else { return Ok(()) };
    let parts = vec![Part::Job(JobNotice::Reported { report: job.report })];
    let id = MessageId::new(&belt.ids);
    let reminder = Message::new(id, &held.id, Direction::Internal, Author::House, parts, now);
    message::put(tx, &reminder, true).await?;
    turn::schedule(tx, &belt.ids, &held, now, now, now).await
}
