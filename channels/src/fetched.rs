//! How files that were fetched are kept: under the hash of their bytes, whole or not at all. Fetches nothing.

use std::path::{Path, PathBuf};

/// The type without its parameters, in lower case.
pub(crate) fn essence(mime: &str) -> String {
    mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The ending of files of a type; `bin` for one that nobody knows.
pub(crate) fn extension(mime: &str) -> &'static str {
    match essence(mime).as_str() {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "audio/ogg" => "ogg",
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        "audio/aac" => "aac",
        "audio/amr" => "amr",
        "video/mp4" => "mp4",
        "video/3gpp" => "3gp",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        other => {
            mime_guess::get_mime_extensions_str(other).and_then(|all| all.first()).copied().unwrap_or("bin")
        }
    }
}

/// Where a file with that hash is kept below `folder`: `ab/abcdef....jpg`. Nothing a stranger chose is in it.
pub(crate) fn kept_at(folder: &Path, sha256: &str, mime: &str) -> PathBuf {
    folder.join(sha256.get(..2).unwrap_or("00")).join(format!("{sha256}.{}", extension(mime)))
}

/// Whether an answer is an error page instead of the file.
pub(crate) fn is_a_page(content_type: &str, expected: &str) -> bool {
    essence(content_type) == "text/html" && essence(expected) != "text/html"
}

/// Whole or not at all: a reader never sees half a file.
pub(crate) async fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if tokio::fs::try_exists(path).await? {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let part = path.with_extension("part");
    let mut file = tokio::fs::File::create(&part).await?;
    tokio::io::AsyncWriteExt::write_all(&mut file, bytes).await?;
    file.sync_all().await?;
    drop(file);
    tokio::fs::rename(&part, path).await
}
