//! How a taking ends when the turn does not park: a reply said, a turn given up with an honest sentence, or put back for
//! later. Each in one transaction.

use std::{sync::Arc, time::Duration};

use agents::turn::{Ending, Exhausted, Machine};
use domain::{
    clock::Millis,
    contact::Role,
    conversation::Conversation,
    id::MessageId,
    live::ProgressStep,
    message::{Author, Direction, Message, Part},
    outbound::Content,
    retry::backoff,
    turn::TurnState,
};
use serde_json::json;
use store::{
    Error, Tx,
    command::{self, Answer},
    conversation, event, message, question, turn,
};

use super::Run;
use crate::{
    asking,
    bell::Stage,
    belt::Belt,
    config::ms,
    insist::insist,
    speak::{self, Speech},
};

pub(super) async fn finish(run: &mut Run, machine: Machine, end: Ending) -> Result<(), Error> {
    match end {
        Ending::Reply(text) => said(run, &machine, text).await,
        Ending::GaveUp(limit) => {
            let reason = match limit {
                Exhausted::ModelRounds => "the limit of model rounds was reached",
                Exhausted::ToolCalls => "the limit of tool calls was reached",
                Exhausted::Tokens => "the limit of tokens was reached",
                Exhausted::MalformedReplies => "the model's replies could not be used",
            };
            fail(run, machine, reason, "turn.failed").await
        }
    }
}

async fn said(run: &mut Run, machine: &Machine, text: String) -> Result<(), Error> {
    let (belt, taken, carried) = (Arc::clone(&run.belt), run.taken.clone(), std::mem::take(&mut run.carried));
    let (now, saved) = (run.belt.now(), save(machine)?);
    run.belt
        .store
        .write(move |tx| {
            Box::pin(async move {
                conversation::release(tx, &taken.conversation.id, taken.epoch).await?;
                carried.settle(tx, &taken.id).await?;
                let left = conversation::left(tx, &taken.conversation.id).await?;
                let mut dropped = None;
                if taken.conversation.address.channel.is_link() {
                    let said = keep(tx, &belt, &taken, text, now).await?;
                    let body = json!({ "message": said });
                    event::put(tx, "message", Some(&taken.conversation.id), &body, now).await?;
                } else if taken.conversation.address.channel.is_console() {
                    keep(tx, &belt, &taken, text.clone(), now).await?;
                    answer(tx, &taken, &Answer::Success { text }, now).await?;
                } else if left.owner_version != taken.owner_version {
                    // Nothing of it stands in the conversation: the person whom it was for never reads it.
                    dropped = Some("somebody took the conversation over");
                } else {
                    let speech = Speech {
                        key: format!("turn:{}", taken.id),
                        author: Author::Agent(taken.conversation.agent.clone()),
                        content: Content::Text { text },
                        turn: Some(taken.id.clone()),
                        owner_version: Some(taken.owner_version),
                    };
                    speak::say(tx, &belt, &taken.conversation, speech, now).await?;
                }
                turn::end(tx, &taken, TurnState::Done, &saved, dropped, now).await?;
                if left.unheard {
                    turn::schedule(tx, &belt.ids, &taken.conversation, now, now, now).await?;
                }
                Ok(())
            })
        })
        .await?;
    run.tell(ProgressStep::Finished);
    run.ring(Stage::Delivery);
    Ok(())
}

/// Keeps what the agent concludes where nobody is to be told: for staff to read, and for the agent to know later.
async fn keep(
    tx: &mut Tx,
    belt: &Belt,
    taken: &turn::Taken,
    text: String,
    now: Millis,
) -> Result<MessageId, Error> {
    let said = Message {
        turn: Some(taken.id.clone()),
        ..Message::new(
            MessageId::new(&belt.ids),
            &taken.conversation.id,
            Direction::Internal,
            Author::Agent(taken.conversation.agent.clone()),
            vec![Part::text(text)],
            now,
        )
    };
    message::put(tx, &said, false).await?;
    Ok(said.id)
}

/// Whoever asked at the console gets their one answer.
async fn answer(tx: &mut Tx, taken: &turn::Taken, answer: &Answer, now: Millis) -> Result<(), Error> {
    for asked in command::of_turn(tx, &taken.conversation.id, &taken.id).await? {
        command::answer(tx, &asked.by, &asked.id, answer, now).await?;
    }
    Ok(())
}

/// What this turn has not heard makes the next one.
pub(super) async fn go_on(
    tx: &mut Tx,
    belt: &Belt,
    conversation: &Conversation,
    now: Millis,
) -> Result<(), Error> {
    if message::any_unheard(tx, &conversation.id).await? {
        turn::schedule(tx, &belt.ids, conversation, now, now, now).await?;
    }
    Ok(())
}

/// Gives the turn up: the person gets the sentence `key`, staff get the reason.
pub(super) async fn fail(
    run: &mut Run,
    machine: Machine,
    reason: &str,
    key: &'static str,
) -> Result<(), Error> {
    let (belt, taken, carried) = (Arc::clone(&run.belt), run.taken.clone(), std::mem::take(&mut run.carried));
    let (now, saved, why) = (run.belt.now(), save(&machine)?, reason.to_owned());
    run.belt
        .store
        .write(move |tx| {
            Box::pin(async move {
                conversation::release(tx, &taken.conversation.id, taken.epoch).await?;
                carried.settle(tx, &taken.id).await?;
                let person = taken.conversation.contact.is_some();
                if person {
                    let sentence = belt.texts.sentence(taken.conversation.language, key, &json!({}));
                    let speech = Speech::house(format!("failed:{}", taken.id), sentence);
                    speak::say(tx, &belt, &taken.conversation, speech, now).await?;
                }
                if taken.conversation.address.channel.is_console() {
                    let message = belt.texts.sentence(taken.conversation.language, key, &json!({}));
                    let error = Answer::Error { code: "failed".to_owned(), message, retryable: true };
                    answer(tx, &taken, &error, now).await?;
                } else {
                    tell_staff(tx, &belt, &taken, &why, now).await?;
                }
                close_questions(tx, &belt, &taken, now).await?;
                turn::end(tx, &taken, TurnState::Failed, &saved, Some(&why), now).await?;
                go_on(tx, &belt, &taken.conversation, now).await
            })
        })
        .await?;
    tracing::warn!(turn = %run.taken.id, reason, "the turn was given up");
    run.tell(ProgressStep::Failed { reason: reason.to_owned() });
    run.ring(Stage::Delivery);
    Ok(())
}

/// Nobody is to decide what nothing waits for. A turn that is brought back goes on from there.
async fn close_questions(tx: &mut Tx, belt: &Belt, taken: &turn::Taken, now: Millis) -> Result<(), Error> {
    let why = json!({ "status": "cancelled", "reason": "the turn that asked was given up" });
    for id in question::cancel_for_turn(tx, &taken.id, &why, now).await? {
        asking::tell_asked(tx, belt, &id, "question.given_up", &json!({}), now).await?;
    }
    Ok(())
}

async fn tell_staff(
    tx: &mut Tx,
    belt: &Belt,
    taken: &turn::Taken,
    why: &str,
    now: Millis,
) -> Result<(), Error> {
    let subject = match &taken.conversation.contact {
        Some(id) => store::contact::get(tx, id).await?.map_or_else(String::new, |person| person.name),
        None => taken.conversation.address.external.clone(),
    };
    for (_, staff) in asking::holders(tx, belt, Role::Office, taken.conversation.language, now).await? {
        if staff.id == taken.conversation.id {
            continue;
        }
        let facts = json!({ "person": subject, "reason": why });
        let sentence = belt.texts.sentence(staff.language, "turn.failed_staff", &facts);
        let speech = Speech::house(format!("failed:{}:{}", taken.id, staff.id), sentence);
        speak::say(tx, belt, &staff, speech, now).await?;
    }
    Ok(())
}

/// The model or another side is away for longer than a taking waits. On the last taking the turn is given up, and the
/// person gets the sentence `key`.
pub(super) async fn later(
    run: &mut Run,
    machine: Machine,
    wait: Duration,
    reason: &str,
    key: &'static str,
) -> Result<(), Error> {
    let due = run.belt.now().plus(wait.min(ms(run.belt.config().turns.retry_ceiling_ms)));
    if run.taken.attempts >= i64::from(run.belt.config().turns.attempts) {
        return fail(run, machine, reason, key).await;
    }
    again(run, due, reason).await
}

/// A newer program saved this turn: it is left to one of those.
pub(super) async fn leave_for_newer(run: &Run) -> Result<(), Error> {
    let due = run.belt.now().plus(ms(run.belt.config().turns.retry_ceiling_ms));
    let (taken, lease) = (run.taken.clone(), run.lease());
    let left = run.belt.store.write(move |tx| {
        Box::pin(async move {
            conversation::hold(tx, &taken.conversation.id, taken.epoch, lease).await?;
            turn::leave(tx, &taken, due, "saved by a newer version").await
        })
    });
    left.await
}

/// Trouble of our own: the turn comes back after a while.
pub(super) async fn put_back(run: &Run, reason: &str) {
    let config = run.belt.config();
    let turns = &config.turns;
    let attempts = u32::try_from(run.taken.attempts).unwrap_or(u32::MAX);
    let wait =
        backoff(ms(turns.retry_first_ms), ms(turns.retry_ceiling_ms), attempts, run.belt.ids.fraction());
    let due = run.belt.now().plus(wait);
    if let Err(error) = insist(&run.belt, turns.lease_ms, || again(run, due, reason)).await {
        tracing::warn!(turn = %run.taken.id, %error, "the turn waits for the end of its lease");
    }
}

async fn again(run: &Run, due: Millis, reason: &str) -> Result<(), Error> {
    let (taken, why, lease) = (run.taken.clone(), reason.to_owned(), run.lease());
    run.belt
        .store
        .write(move |tx| {
            Box::pin(async move {
                conversation::hold(tx, &taken.conversation.id, taken.epoch, lease).await?;
                turn::again(tx, &taken, due, &why).await
            })
        })
        .await?;
    run.tell(ProgressStep::Parked { waits: vec![reason.to_owned()] });
    Ok(())
}

fn save(machine: &Machine) -> Result<String, Error> {
    machine.save().map_err(|source| Error::Stored { column: "turn.machine", source })
}
