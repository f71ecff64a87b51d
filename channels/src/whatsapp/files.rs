//! Files with Meta: fetched when they come, since their ids live seven days and their addresses five minutes, and
//! uploaded when they go. What is decided about them is in `media`.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use domain::{
    clock::Millis,
    message::{Media, MediaSource},
    outbound::SendOutcome,
};
use reqwest::{StatusCode, header::CONTENT_TYPE};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{
    errors,
    graph::{Graph, Upload},
    media, wire,
};
use crate::{
    channel::{Fetched, NotFetched},
    fetched,
    transport::{Answer, Failure},
};

/// Uploaded files live thirty days with Meta; less, to be sure.
const UPLOAD_LIVES: Duration = Duration::from_secs(29 * 24 * 3600);
/// A send has to be over within the delivery's lease, its upload included.
const UPLOAD: Duration = Duration::from_secs(25);
/// Uploads whose ids are remembered.
const REMEMBERED: usize = 256;

pub(super) struct Files {
    /// With room for whole files in its answers.
    graph: Graph,
    phone_number_id: String,
    folder: PathBuf,
    largest: u64,
    hosts: Vec<String>,
    /// Ids by the hash of the file: a repeated send needs no second upload.
    uploaded: Mutex<HashMap<String, (String, Millis)>>,
}

/// What Meta says of a file.
struct Resolved {
    url: Url,
    mime: String,
    sha256: Option<String>,
}

/// Whether it is worth asking for the address once more.
enum Miss {
    Stale(String),
    Final(NotFetched),
}

impl Files {
    pub(super) fn new(graph: Graph, phone_number_id: String, config: &super::config::Media) -> Self {
        Self {
            graph,
            phone_number_id,
            folder: config.folder.clone(),
            largest: u64::try_from(config.largest_mib).unwrap_or(u64::MAX).saturating_mul(1024 * 1024),
            hosts: config.hosts.clone(),
            uploaded: Mutex::default(),
        }
    }

    /// Fetches what `media` names and keeps it in the media folder.
    pub(super) async fn fetch(&self, asked: &Media) -> Result<Fetched, NotFetched> {
        let MediaSource::Provider(id) = &asked.source else {
            return Err(NotFetched::Refused("the file is not with WhatsApp".to_owned()));
        };
        let mut last = String::new();
        // Once more, since an address lives five minutes and may have been used up on the way.
        for _ in 0..2 {
            let resolved = self.resolve(id).await?;
            match self.download(asked, &resolved).await {
                Ok(bytes) => return self.keep(bytes, asked, &resolved).await,
                Err(Miss::Final(why)) => return Err(why),
                Err(Miss::Stale(why)) => last = why,
            }
        }
        Err(NotFetched::Later(last))
    }

    async fn resolve(&self, id: &str) -> Result<Resolved, NotFetched> {
        let query = [("phone_number_id", self.phone_number_id.as_str())];
        let answer =
            self.graph.get(id, &query).await.map_err(|failure| NotFetched::Later(failure.to_string()))?;
        if !answer.status.is_success() {
            return Err(unresolved(&answer));
        }
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let word = |key: &str| wire::text(body.get(key).unwrap_or(&Value::Null)).some();
        let size: Option<u64> = word("file_size").and_then(|size| size.parse().ok());
        if size.is_some_and(|size| size > self.largest) {
            return Err(self.too_large());
        }
        let url = word("url").and_then(|url| Url::parse(&url).ok());
        let url = url.ok_or_else(|| NotFetched::Later("WhatsApp gave no address for the file".to_owned()))?;
        if !media::may_fetch(&url, self.graph.base(), &self.hosts) {
            let host = url.host_str().unwrap_or_default();
            let why = format!("the file is at {host}, which is none of Meta's hosts (whatsapp.media.hosts)");
            return Err(NotFetched::Refused(why));
        }
        let sha256 = word("sha256").as_deref().and_then(media::sha256_hex);
        Ok(Resolved { url, mime: word("mime_type").unwrap_or_default(), sha256 })
    }

    async fn download(&self, asked: &Media, resolved: &Resolved) -> Result<Bytes, Miss> {
        let answer = match self.graph.file(resolved.url.clone()).await {
            Ok(answer) => answer,
            Err(Failure::TooLong { .. }) => return Err(Miss::Final(self.too_large())),
            Err(failure) => return Err(Miss::Final(NotFetched::Later(failure.to_string()))),
        };
        match answer.status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::GONE => {
                return Err(Miss::Stale(format!("the file's address answered {}", answer.status)));
            }
            status if status.is_redirection() => {
                let why = format!("the file's address leads elsewhere ({status})");
                return Err(Miss::Final(NotFetched::Refused(why)));
            }
            status => {
                return Err(Miss::Final(NotFetched::Later(format!("the file's host answered {status}"))));
            }
        }
        let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if fetched::is_a_page(kind, &asked.mime) {
            return Err(Miss::Stale("a page came instead of the file".to_owned()));
        }
        let hash = hex::encode(Sha256::digest(&answer.body));
        let told = asked.sha256.as_ref().or(resolved.sha256.as_ref());
        if told.is_some_and(|told| *told != hash) {
            return Err(Miss::Stale("the file was damaged on its way".to_owned()));
        }
        Ok(answer.body)
    }

    fn too_large(&self) -> NotFetched {
        NotFetched::Refused(format!("the file is larger than {} MiB", self.largest / 1024 / 1024))
    }

    async fn keep(&self, bytes: Bytes, asked: &Media, resolved: &Resolved) -> Result<Fetched, NotFetched> {
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let mime = if resolved.mime.is_empty() { asked.mime.clone() } else { resolved.mime.clone() };
        let path = fetched::kept_at(&self.folder, &sha256, &mime);
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        fetched::write(&path, &bytes).await.map_err(|error| {
            NotFetched::Later(format!(
                "the media folder {} cannot be written: {error}",
                self.folder.display()
            ))
        })?;
        Ok(Fetched { path: path.to_string_lossy().into_owned(), mime, bytes: size, sha256 })
    }

    /// `media` as it goes out: a file of ours is uploaded, or was before.
    pub(super) async fn with_meta(
        &self,
        asked: &Media,
        attempts: u32,
        now: Millis,
    ) -> Result<Media, SendOutcome> {
        let MediaSource::File(path) = &asked.source else { return Ok(asked.clone()) };
        let refused = |reason: String| SendOutcome::Refused { reason };
        let bytes =
            tokio::fs::read(path).await.map_err(|e| refused(format!("the file cannot be read: {e}")))?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let mut fitting = media::fit(asked.clone(), size).map_err(refused)?;
        let name = media::upload_name(&fitting, path);
        let key = format!("{}:{}", hex::encode(Sha256::digest(&bytes)), fitting.mime);
        let id = match self.known(&key, now) {
            Some(id) => id,
            None => {
                let upload = Upload { name: &name, mime: &fitting.mime, bytes: &bytes };
                let id = self.upload(&upload, attempts, now).await?;
                self.remember(key, id.clone(), now);
                id
            }
        };
        fitting.name = fitting.name.or(Some(name));
        fitting.source = MediaSource::Provider(id);
        Ok(fitting)
    }

    async fn upload(&self, upload: &Upload<'_>, attempts: u32, now: Millis) -> Result<String, SendOutcome> {
        let later = |reason: String| SendOutcome::RetryAt { at: now.plus(Duration::from_secs(5)), reason };
        let path = format!("{}/media", self.phone_number_id);
        let sent = tokio::time::timeout(UPLOAD, self.graph.upload(&path, upload)).await;
        let answer = sent.map_err(|_| later("the upload took too long".to_owned()))?;
        let answer = answer.map_err(|failure| later(failure.to_string()))?;
        if !answer.status.is_success() {
            return Err(match errors::judge(&answer, attempts, now) {
                // A second upload harms nobody.
                SendOutcome::Unknown { reason } => later(reason),
                other => other,
            });
        }
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let id = wire::text(body.get("id").unwrap_or(&Value::Null)).some();
        id.ok_or_else(|| later("WhatsApp gave the uploaded file no id".to_owned()))
    }

    fn known(&self, key: &str, now: Millis) -> Option<String> {
        let uploaded = self.uploaded.lock().unwrap_or_else(PoisonError::into_inner);
        uploaded.get(key).filter(|(_, at)| at.plus(UPLOAD_LIVES) > now).map(|(id, _)| id.clone())
    }

    fn remember(&self, key: String, id: String, now: Millis) {
        let mut uploaded = self.uploaded.lock().unwrap_or_else(PoisonError::into_inner);
        if uploaded.len() >= REMEMBERED {
            uploaded.clear();
        }
        uploaded.insert(key, (id, now));
    }

    /// Forgets all uploads: Meta no longer knows one of them.
    pub(super) fn forget(&self) {
        self.uploaded.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn unresolved(answer: &Answer) -> NotFetched {
    match errors::judge(answer, 0, Millis(0)) {
        // What stands in the address is the file here, not our number.
        SendOutcome::Refused { .. } => NotFetched::Gone("WhatsApp no longer has the file".to_owned()),
        SendOutcome::PauseChannel { .. } if errors::is_no_such_object(answer) => {
            NotFetched::Gone("WhatsApp no longer has the file".to_owned())
        }
        SendOutcome::PauseChannel { reason }
        | SendOutcome::RetryAt { reason, .. }
        | SendOutcome::Unknown { reason }
        | SendOutcome::Wait { reason, .. } => NotFetched::Later(reason),
        SendOutcome::Sent { .. } => NotFetched::Later("an answer that makes no sense".to_owned()),
    }
}
