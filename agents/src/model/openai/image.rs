//! Images as a server takes them: addresses passed on, files of the media folder as `data:` URLs.
//! Never reads a file outside that folder, nor one that is too large or no image; the model is told instead.

use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;

use super::config::Config;
use crate::model::{Entry, Image};

/// Where images come from and how many of which size are shown.
#[derive(Clone, Debug)]
pub(super) struct Album {
    folder: PathBuf,
    bytes: u64,
    shown: usize,
}

impl Album {
    pub fn new(config: &Config, shown: bool) -> Self {
        let shown = if shown { config.images } else { 0 };
        Self { folder: config.media_folder.clone(), bytes: config.image_bytes, shown }
    }

    /// The content parts for each entry's images, in the entries' order: the newest shown, the others named.
    pub async fn parts(&self, entries: &[Entry]) -> Vec<Vec<Value>> {
        let count = |entry: &Entry| if let Entry::Heard { images, .. } = entry { images.len() } else { 0 };
        let mut before = entries.iter().map(count).sum::<usize>().saturating_sub(self.shown);
        let mut all = Vec::with_capacity(entries.len());
        for entry in entries {
            let mut parts = Vec::new();
            if let Entry::Heard { images, .. } = entry {
                for image in images {
                    let shown = match before {
                        _ if self.shown == 0 => Err("this model takes no images"),
                        0 => self.part(image).await,
                        _ => Err("only newer images are"),
                    };
                    before = before.saturating_sub(1);
                    parts.push(shown.unwrap_or_else(|why| note(image, why)));
                }
            }
            all.push(parts);
        }
        all
    }

    async fn part(&self, image: &Image) -> Result<Value, &'static str> {
        let source = image.source.trim();
        if source.starts_with("https://") || source.starts_with("http://") {
            return Ok(json!({ "type": "image_url", "image_url": { "url": source } }));
        }
        let bytes = self.read(source).await?;
        let mime = kind(&bytes).ok_or("it is no JPEG, PNG, GIF or WebP")?;
        let url = format!("data:{mime};base64,{}", STANDARD.encode(&bytes));
        Ok(json!({ "type": "image_url", "image_url": { "url": url } }))
    }

    async fn read(&self, source: &str) -> Result<Vec<u8>, &'static str> {
        const MISSING: &str = "the file is not in the media folder";
        let folder = tokio::fs::canonicalize(&self.folder).await.map_err(|_| MISSING)?;
        // A name within the folder, or a path that leads into it.
        let within = tokio::fs::canonicalize(folder.join(source)).await;
        let path = match within {
            Ok(path) => path,
            Err(_) => tokio::fs::canonicalize(Path::new(source)).await.map_err(|_| MISSING)?,
        };
        if !path.starts_with(&folder) {
            return Err(MISSING);
        }
        let file = tokio::fs::File::open(&path).await.map_err(|_| MISSING)?;
        if !file.metadata().await.is_ok_and(|about| about.is_file()) {
            return Err(MISSING);
        }
        let mut bytes = Vec::new();
        file.take(self.bytes + 1).read_to_end(&mut bytes).await.map_err(|_| "the file could not be read")?;
        if bytes.len() as u64 > self.bytes { Err("the file is too large") } else { Ok(bytes) }
    }
}

fn note(image: &Image, why: &str) -> Value {
    let name = image.source.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    json!({ "type": "text", "text": format!("[image {name} is not shown: {why}]") })
}

/// The kind by its first bytes: what a sender declares is often wrong, and a server refuses the whole request for it.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;
