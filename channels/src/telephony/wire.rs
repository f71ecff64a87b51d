//! What the webhook's body holds, and what it says of a call. What is more in it is passed over.

use domain::{
    clock::Millis,
    import::digits_of_phone,
    message::{Media, MediaKind, MediaSource},
    phone_call::{CallNews, CallState},
};
use serde::Deserialize;
use url::Url;

use super::Config;

/// The longest name of a call, and the longest number.
const NAME: usize = 128;
const NUMBER: usize = 40;
const ADDRESS: usize = 2048;

#[derive(Deserialize)]
pub(super) struct Told {
    call_id: String,
    state: String,
    direction: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// When the call came into this state.
    at: String,
    started_at: Option<String>,
    answered_at: Option<String>,
    ended_at: Option<String>,
    recording: Option<Recording>,
}

#[derive(Deserialize)]
struct Recording {
    url: String,
    mime: Option<String>,
}

impl Told {
    /// # Errors
    /// A sentence that names the field.
    pub(super) fn news(self, config: &Config, country: &str) -> Result<CallNews, String> {
        let external = self.call_id.trim().to_owned();
        if !(1..=NAME).contains(&external.len()) || external.chars().any(char::is_control) {
            return Err(format!("call_id must have 1 to {NAME} characters"));
        }
        let states = CallState::ALL.map(CallState::as_str).join(", ");
        let state = CallState::parse(&self.state).ok_or_else(|| format!("state must be one of {states}"))?;
        let inbound = match self.direction.as_str() {
            "in" => true,
            "out" => false,
            _ => return Err("direction must be in or out".to_owned()),
        };
        let at = moment("at", &self.at)?;
        let told = |field: &str, text: Option<String>| text.map(|text| moment(field, &text)).transpose();
        let (started, answered, ended) = (
            told("started_at", self.started_at)?,
            told("answered_at", self.answered_at)?,
            told("ended_at", self.ended_at)?,
        );
        let (number, line) = if inbound { (self.from, self.to) } else { (self.to, self.from) };
        Ok(CallNews {
            external,
            inbound,
            state,
            number: digits(&number, country),
            line: digits(&line, country),
            started: [started, answered, ended].into_iter().flatten().fold(at, Millis::min),
            answered: answered.or((state == CallState::Answered).then_some(at)),
            ended: ended.or((state.rank() == CallState::Ended.rank()).then_some(at)),
            recording: self.recording.map(|recording| recording.media(config)),
        })
    }
}

impl Recording {
    /// The recording, to be fetched, or why it is not.
    fn media(self, config: &Config) -> Media {
        let url = (self.url.len() <= ADDRESS).then(|| Url::parse(&self.url).ok()).flatten();
        let source = match url {
            Some(url) if config.may_fetch(&url) => MediaSource::Provider(url.into()),
            Some(url) => {
                let host = url.host_str().unwrap_or_default();
                let why =
                    format!("the recording is at {host}, which telephony.recording_hosts does not name");
                MediaSource::Missing(why)
            }
            None => MediaSource::Missing("the recording's address cannot be read".to_owned()),
        };
        let mime = self.mime.filter(|mime| mime.len() <= NAME && mime.starts_with("audio/"));
        Media::new(MediaKind::Audio, mime.unwrap_or_else(|| "audio/mpeg".to_owned()), source)
    }
}

/// Digits with country code; what is no number ("anonymous") stays as it came.
fn digits(number: &str, country: &str) -> String {
    digits_of_phone(number, country).unwrap_or_else(|_| {
        let plain = number.chars().filter(|c| !c.is_control());
        plain.take(NUMBER).collect::<String>().trim().to_owned()
    })
}

fn moment(field: &str, text: &str) -> Result<Millis, String> {
    let read: Result<jiff::Timestamp, _> = text.parse();
    read.map(|at| Millis(at.as_millisecond()))
        .map_err(|_| format!("{field} must be a time like 2026-11-21T08:00:00Z"))
}
