//! What staff ask of the office's agent at the console: heard in a conversation of their own, in which nothing is sent.
//! Whoever cannot be answered is told so at once.

use domain::{
    clock::Millis,
    command::{Command, Request},
    contact::Role,
    id::MessageId,
    language,
    message::{self as said, Author, Direction, Media, Message},
};
use store::{
    Error, Tx, call,
    command::{self, Answer},
    conversation, heard, message, turn,
};

use crate::belt::Belt;

pub(super) async fn take_in(tx: &mut Tx, belt: &Belt, asked: Command, now: Millis) -> Result<(), Error> {
    if let Request::Transcription { media, .. } | Request::CallTranscription { media, .. } = &asked.request {
        return transcribed(tx, belt, &asked, media, now).await;
    }
    let Some(agent) = belt.agent_for(Role::Office) else {
        let why = "no agent here serves the office: see `serves` in agents/*.toml";
        return refuse(tx, &asked, "no_agent", why, now).await;
    };
    let parts = asked.parts();
    let words = said::words(&parts);
    if matches!(asked.request, Request::Recording { .. }) && words.is_empty() {
        let (code, why) = not_heard(belt);
        return refuse(tx, &asked, code, why, now).await;
    }
    let spoken = language::detect(&words).or(asked.by.language);
    let language = spoken.unwrap_or_else(|| belt.firm.language());
    let held = conversation::open(tx, &belt.ids, &agent.name, &asked.address(), None, language, now).await?;
    if let Some(spoken) = spoken.filter(|spoken| *spoken != held.language) {
        heard::note(tx, &held.id, Some(spoken), Millis(0)).await?;
    }
    let author = Author::Staff(asked.by.user.clone());
    let id = MessageId::new(&belt.ids);
    let heard = Message::new(id, &held.id, Direction::In, author, parts, now);
    message::put(tx, &heard, true).await?;
    command::heard(tx, &asked, &held.id, &heard.id).await?;
    turn::schedule(tx, &belt.ids, &held, now, now, now).await
}

/// Why there are no words of a recording: the code and the sentence.
fn not_heard(belt: &Belt) -> (&'static str, &'static str) {
    match *belt.transcriber.get() {
        Some(_) => ("not_transcribed", "the recording could not be understood: say it again, or type it"),
        None => (
            "no_transcriber",
            "recordings are not understood here: set COMMS_TRANSCRIPTION_PROVIDER, or type it",
        ),
    }
}

/// Puts the words, which were heard before this row was taken in, beside the recording.
async fn transcribed(
    tx: &mut Tx,
    belt: &Belt,
    asked: &Command,
    media: &Media,
    now: Millis,
) -> Result<(), Error> {
    let Some(words) = &media.transcript else {
        let (code, why) = not_heard(belt);
        return refuse(tx, asked, code, why, now).await;
    };
    match &asked.request {
        Request::Transcription { message, part, .. } => {
            message::transcribe(tx, message, *part, words, now).await?;
        }
        Request::CallTranscription { call, .. } => call::transcribe(tx, call, words, now).await?,
        Request::Words { .. } | Request::Recording { .. } | Request::Draft { .. } => {}
    }
    let answer = Answer::Success { text: words.clone() };
    command::answer(tx, &asked.by, &asked.id, &answer, now).await?;
    Ok(())
}

async fn refuse(tx: &mut Tx, asked: &Command, code: &str, why: &str, now: Millis) -> Result<(), Error> {
    let answer = Answer::Error { code: code.to_owned(), message: why.to_owned(), retryable: false };
    command::answer(tx, &asked.by, &asked.id, &answer, now).await?;
    Ok(())
}
