//! Recordings, fetched from where the telephone system says, if that is a place that the configuration trusts. No secret
//! goes with the request, and no redirect is followed.

use async_trait::async_trait;
use domain::message::{Media, MediaSource};
use reqwest::{StatusCode, header::CONTENT_TYPE};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::Config;
use crate::{
    channel::{Fetch, Fetched, NotFetched},
    fetched,
    transport::{self, Failure, Transport},
};

pub struct Recordings {
    config: Config,
    transport: Transport,
}

impl Recordings {
    #[must_use]
    pub fn new(config: Config, client: reqwest::Client, http: &transport::Config) -> Self {
        let whole_files = transport::Config {
            answer_kib: config.largest_mib.saturating_mul(1024).max(1024),
            total_seconds: config.fetch_seconds,
            // Each holds a whole file in memory.
            concurrent: 2,
            ..http.clone()
        };
        Self { transport: Transport::new(client, &whole_files), config }
    }
}

#[async_trait]
impl Fetch for Recordings {
    async fn fetch(&self, media: &Media) -> Result<Fetched, NotFetched> {
        let MediaSource::Provider(url) = &media.source else {
            return Err(NotFetched::Refused("the recording is not with the telephone system".to_owned()));
        };
        let url = Url::parse(url).ok().filter(|url| self.config.may_fetch(url)).ok_or_else(|| {
            NotFetched::Refused("telephony.recording_hosts does not name the recording's host".to_owned())
        })?;
        let answer = self.transport.get(url).await.map_err(|failure| match failure {
            Failure::TooLong { .. } => {
                NotFetched::Refused(format!("the recording is larger than {} MiB", self.config.largest_mib))
            }
            failure => NotFetched::Later(failure.to_string()),
        })?;
        match answer.status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                return Err(NotFetched::Gone("the telephone system no longer has the recording".to_owned()));
            }
            status if status.is_redirection() => {
                return Err(NotFetched::Refused(format!(
                    "the recording's address leads elsewhere ({status})"
                )));
            }
            status => return Err(NotFetched::Later(format!("the recording's host answered {status}"))),
        }
        let told = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let mime = kind(told, &media.mime)?;
        let sha256 = hex::encode(Sha256::digest(&answer.body));
        let path = fetched::kept_at(&self.config.folder, &sha256, &mime);
        fetched::write(&path, &answer.body).await.map_err(|error| {
            let folder = self.config.folder.display();
            NotFetched::Later(format!("the media folder {folder} cannot be written: {error}"))
        })?;
        let bytes = u64::try_from(answer.body.len()).unwrap_or(u64::MAX);
        Ok(Fetched { path: path.to_string_lossy().into_owned(), mime, bytes, sha256 })
    }
}

/// The recording's type: the host's word where it is one for sound, the telephone system's where the host knows none.
fn kind(told: &str, expected: &str) -> Result<String, NotFetched> {
    let told = fetched::essence(told);
    match told.as_str() {
        "" | "application/octet-stream" | "binary/octet-stream" => Ok(expected.to_owned()),
        sound if sound.starts_with("audio/") => Ok(told),
        other => Err(NotFetched::Refused(format!("the file is {other}, and no recording"))),
    }
}
