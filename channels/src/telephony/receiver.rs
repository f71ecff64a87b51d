//! The webhook's side: a body becomes news of a call once its signature fits. The signature is Meta's: `sha256=` and the
//! HMAC of the bytes as they came, in hex, in `X-Hub-Signature-256`. Stores nothing.

use domain::phone_call::CallNews;
use secrecy::SecretString;

use super::{Config, wire::Told};
use crate::whatsapp::signature::{self, Unsigned};

pub struct Receiver {
    secrets: Vec<SecretString>,
    config: Config,
    /// Of numbers that are written without one.
    country: String,
}

/// Why a body is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    #[error(transparent)]
    Unsigned(#[from] Unsigned),
    #[error("{0}")]
    Unreadable(String),
}

impl Receiver {
    /// `None` without a secret: anybody could speak for the telephone system, so nothing is received at all.
    #[must_use]
    pub fn new(config: &Config, country: &str) -> Option<Self> {
        let secrets = config.secrets();
        config.is_set().then(|| Self { secrets, config: config.clone(), country: country.to_owned() })
    }

    /// Checks the signature over the bytes as they came, and only then reads them.
    ///
    /// # Errors
    /// [`Unread`].
    pub fn receive(&self, signature: Option<&[u8]>, body: &[u8]) -> Result<CallNews, Unread> {
        signature::verify(&self.secrets, signature, body)?;
        let told: Told =
            serde_json::from_slice(body).map_err(|error| Unread::Unreadable(error.to_string()))?;
        told.news(&self.config, &self.country).map_err(Unread::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use domain::{clock::Millis, message::MediaSource, phone_call::CallState};
    use serde_json::{Value, json};

    use super::*;

    fn receiver() -> Receiver {
        let config = Config {
            secret: "the-secret-of-a-test".into(),
            previous_secrets: vec!["the-secret-before-it".into()],
            recording_hosts: vec!["records.example.com".to_owned()],
            ..Config::default()
        };
        Receiver::new(&config, "49").unwrap()
    }

    fn told(body: &Value) -> Result<CallNews, Unread> {
        let body = body.to_string();
        let signature = signature::sign(&"the-secret-before-it".into(), body.as_bytes());
        receiver().receive(Some(signature.as_bytes()), body.as_bytes())
    }

    fn call() -> Value {
        json!({
            "call_id": "c-1", "state": "ended", "direction": "in", "from": "0151 5551 2345", "to": "+49 30 1234567",
            "at": "2026-11-21T08:05:00Z", "started_at": "2026-11-21T09:00:00+01:00", "answered_at": "2026-11-21T08:00:20Z",
            "recording": { "url": "https://records.example.com/1.mp3?sig=x" }, "vendor": { "queue": 4 }
        })
    }

    #[test]
    fn a_signed_call_is_read() {
        let news = told(&call()).unwrap();
        assert_eq!(
            (news.number.as_str(), news.line.as_str(), news.inbound),
            ("4915155512345", "49301234567", true)
        );
        assert_eq!((news.state, news.started), (CallState::Ended, Millis(1_795_248_000_000)));
        assert_eq!(news.answered, Some(Millis(1_795_248_020_000)));
        assert_eq!(news.ended, Some(Millis(1_795_248_300_000)));
        let recording = news.recording.unwrap();
        assert_eq!(recording.mime, "audio/mpeg");
        assert_eq!(recording.source, MediaSource::Provider("https://records.example.com/1.mp3?sig=x".into()));
    }

    #[test]
    fn what_is_no_number_stays_and_a_foreign_recording_is_not_fetched() {
        let mut body = call();
        body["from"] = json!("anonymous\u{7}");
        body["recording"] = json!({ "url": "https://evil.example/1.mp3", "mime": "text/html" });
        let news = told(&body).unwrap();
        assert_eq!(news.number, "anonymous");
        let recording = news.recording.unwrap();
        assert!(matches!(&recording.source, MediaSource::Missing(why) if why.contains("evil.example")));
        assert_eq!(recording.mime, "audio/mpeg");
    }

    #[test]
    fn what_is_not_signed_or_cannot_be_read_is_refused() {
        let body = call().to_string();
        let wrong = signature::sign(&"another-secret-entirely".into(), body.as_bytes());
        for signature in [None, Some("sha256="), Some(wrong.as_str())] {
            let refused = receiver().receive(signature.map(str::as_bytes), body.as_bytes());
            assert!(matches!(refused, Err(Unread::Unsigned(_))), "{signature:?}");
        }
        for (field, value) in [
            ("call_id", json!("")),
            ("call_id", json!("x".repeat(129))),
            ("state", json!("dancing")),
            ("direction", json!("up")),
            ("at", json!("now")),
            ("ended_at", json!("later")),
            ("recording", json!("https://records.example.com/1.mp3")),
        ] {
            let mut body = call();
            body[field] = value.clone();
            assert!(matches!(told(&body), Err(Unread::Unreadable(_))), "{field}: {value}");
        }
        assert!(Receiver::new(&Config::default(), "49").is_none(), "without a secret there is no door");
    }
}
