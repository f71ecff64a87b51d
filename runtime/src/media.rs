//! Brings into the house what a message only names: files that are still with the provider, and the words of
//! recordings. Done before the message is taken in, so that nobody answers half of it; the lane waits meanwhile, and not
//! for ever.

use agents::model::ModelError;
use channels::channel::NotFetched;
use domain::{
    address::ChannelName,
    command::{Command, Request},
    inbound::Inbound,
    message::{Media, MediaKind, MediaSource, Part},
};

use store::db::crash;

use crate::belt::Belt;

/// Tries before a file or its words are given up, and the message taken in without.
const TRIES: i64 = 4;

/// Whether the message may be taken in now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Brought {
    Whole,
    /// Something is only away for the moment: come again.
    Later,
}

/// Fetches and transcribes what `body` names. On the last of its `attempts` it is made whole in any case.
pub(crate) async fn bring(belt: &Belt, channel: &ChannelName, body: &mut Inbound, attempts: i64) -> Brought {
    let mut brought = Brought::Whole;
    for media in named(body) {
        if one(belt, channel, media, attempts >= TRIES).await == Brought::Later {
            brought = Brought::Later;
        }
    }
    brought
}

/// Whether `body` names nothing that is to be brought.
pub(crate) fn is_whole(belt: &Belt, body: &mut Inbound) -> bool {
    let listens = belt.transcriber.get().is_some();
    named(body).into_iter().all(|media| match (&media.source, media.kind, &media.transcript) {
        (MediaSource::Provider(_), ..) => false,
        (MediaSource::File(_), MediaKind::Audio, None) => !listens,
        _ => true,
    })
}

fn named(body: &mut Inbound) -> Vec<&mut Media> {
    match body {
        Inbound::Recording { media, .. }
        | Inbound::Command(Command {
            request:
                Request::Recording { media, .. }
                | Request::Transcription { media, .. }
                | Request::CallTranscription { media, .. },
            ..
        }) => vec![media],
        Inbound::Message(message) => {
            let media = message.parts.iter_mut().filter_map(|part| match part {
                Part::Media(media) => Some(media),
                _ => None,
            });
            media.collect()
        }
        _ => Vec::new(),
    }
}

async fn one(belt: &Belt, channel: &ChannelName, media: &mut Media, last: bool) -> Brought {
    if matches!(media.source, MediaSource::Provider(_)) {
        match fetch(belt, channel, media).await {
            Ok(()) => {}
            Err(NotFetched::Later(why)) if !last => {
                tracing::info!(%why, "a file is fetched again later");
                return Brought::Later;
            }
            Err(why) => media.source = MediaSource::Missing(why.to_string()),
        }
    }
    listen(belt, media, last).await
}

async fn fetch(belt: &Belt, channel: &ChannelName, media: &mut Media) -> Result<(), NotFetched> {
    let Some(from) = belt.fetch.get(channel) else {
        return Err(NotFetched::Later("no process here reaches the provider".to_owned()));
    };
    crash::point("fetch.before");
    let fetched = from.fetch(media).await;
    crash::point("fetch.after");
    let fetched = fetched?;
    media.source = MediaSource::File(fetched.path);
    media.mime = fetched.mime;
    media.sha256 = Some(fetched.sha256);
    Ok(())
}

/// The words of a recording. Without a transcription server the agent is told that there are none.
async fn listen(belt: &Belt, media: &mut Media, last: bool) -> Brought {
    let (MediaKind::Audio, None, MediaSource::File(path)) = (media.kind, &media.transcript, &media.source)
    else {
        return Brought::Whole;
    };
    let transcriber = belt.transcriber.get();
    let Some(transcriber) = transcriber.as_ref() else { return Brought::Whole };
    crash::point("transcribe.before");
    let heard = transcriber.transcribe(path, &media.mime).await;
    crash::point("transcribe.after");
    match heard {
        Ok(words) => media.transcript = Some(words).filter(|words| !words.is_empty()),
        Err(ModelError::Retry { reason, .. }) if !last => {
            tracing::info!(%reason, "a recording is transcribed again later");
            return Brought::Later;
        }
        Err(error) => tracing::warn!(%error, "a recording stays without its words"),
    }
    Brought::Whole
}
