//! What was said in a recording, from any OpenAI-compatible transcription server. One request; when to ask again is the
//! caller's.

use std::{path::PathBuf, time::Duration};

use async_trait::async_trait;
use reqwest::multipart::{Form, Part};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::ModelError;

/// Recordings are accepted up to this size by OpenAI's own server.
const LARGEST: u64 = 25 * 1024 * 1024;
/// A long voice note takes a while on a machine of one's own.
const PATIENCE: Duration = Duration::from_secs(60);
/// Characters of one transcript that are kept.
const TRANSCRIPT_CHARS: usize = 12_000;

#[async_trait]
pub trait Transcriber: Send + Sync {
    /// The words in the recording at `path`.
    ///
    /// # Errors
    /// [`ModelError`], whose variant is the decision.
    async fn transcribe(&self, path: &str, mime: &str) -> Result<String, ModelError>;
}

#[derive(Clone, Debug)]
pub struct Config {
    /// With its version: `https://api.openai.com/v1`.
    pub base_url: String,
    pub api_key: Option<SecretString>,
    pub model: String,
}

pub struct Server {
    config: Config,
    http: reqwest::Client,
}

impl Server {
    #[must_use]
    pub fn new(config: Config, http: reqwest::Client) -> Self {
        Self { config, http }
    }

    async fn form(&self, path: &str, mime: &str) -> Result<Form, ModelError> {
        let stop = |reason: String| ModelError::Stop { reason };
        let file = PathBuf::from(path);
        let size =
            tokio::fs::metadata(&file).await.map_err(|e| stop(format!("the recording is gone: {e}")))?.len();
        if size > LARGEST {
            return Err(stop(format!("the recording has {size} bytes, more than {LARGEST}")));
        }
        let bytes = tokio::fs::read(&file).await.map_err(|e| stop(format!("the recording is gone: {e}")))?;
        // Servers go by the ending of the name; WhatsApp's voice notes are Ogg.
        let ending = file.extension().and_then(|e| e.to_str()).unwrap_or("ogg").to_owned();
        let plain = mime.split(';').next().unwrap_or("audio/ogg").trim();
        let part = Part::bytes(bytes).file_name(format!("recording.{ending}")).mime_str(plain);
        let part = part.map_err(|_| stop(format!("{mime:?} is no media type")))?;
        Ok(Form::new().part("file", part).text("model", self.config.model.clone()))
    }
}

#[async_trait]
impl Transcriber for Server {
    async fn transcribe(&self, path: &str, mime: &str) -> Result<String, ModelError> {
        let url = format!("{}/audio/transcriptions", self.config.base_url.trim_end_matches('/'));
        let mut request = self.http.post(&url).timeout(PATIENCE).multipart(self.form(path, mime).await?);
        if let Some(key) = &self.config.api_key {
            request = request.bearer_auth(key.expose_secret());
        }
        let retry = |reason: String| ModelError::Retry { reason, after: None };
        let answer =
            request.send().await.map_err(|_| retry("the transcription server did not answer".to_owned()))?;
        let status = answer.status();
        if status.is_success() {
            let heard: Heard = answer
                .json()
                .await
                .map_err(|_| retry("the transcription server's answer holds no text".to_owned()))?;
            return Ok(heard.text.trim().chars().take(TRANSCRIPT_CHARS).collect());
        }
        let reason = format!("the transcription server answered {status}");
        Err(if status.is_server_error() || status == reqwest::StatusCode::TOO_MANY_REQUESTS {
            retry(reason)
        } else {
            ModelError::Stop { reason }
        })
    }
}

/// Everything else that servers tell of a recording is left out.
#[derive(Deserialize)]
struct Heard {
    text: String,
}
